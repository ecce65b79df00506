//! What the board's interpreter does, over whichever line a session has been opened.

mod bytes;
mod latency;
mod prompt;
mod storage;

use boardwalk_device::Session;

use crate::case::Case;
use crate::network::Live;

pub(crate) use bytes::BothWays;
pub(crate) use latency::Latency;
pub(crate) use prompt::Prompt;
pub(crate) use storage::Storage;

/// The session with the board: that of the window, or the one that the doctor has opened.
async fn session(case: &Case) -> Option<Session> {
    if let Some(session) = &case.options.open {
        return Some(session.clone());
    }
    match &*case.facts.live.lock().await {
        Some(Live::Session(session, _)) => Some(session.clone()),
        _ => None,
    }
}
