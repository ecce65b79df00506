//! What the board's interpreter does, over whichever line a session has been opened.

mod bytes;
mod idle;
mod latency;
mod prompt;
mod storage;

use std::time::Duration;

use boardwalk_device::{Session, State};
use tokio::time::timeout;

use crate::case::Case;
use crate::network::Live;

pub(crate) use bytes::BothWays;
pub(crate) use idle::Idle;
pub(crate) use latency::Latency;
pub(crate) use prompt::Prompt;
pub(crate) use storage::Storage;

/// Whether the board is at its prompt, or will be in a moment: what was done before may just be ending.
async fn at_prompt(session: &Session) -> bool {
    let ready = session.wait_for(|state| matches!(state, State::Ready));
    matches!(timeout(SETTLE, ready).await, Ok(Some(_)))
}

/// How long a session takes to leave the raw REPL.
const SETTLE: Duration = Duration::from_secs(1);

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
