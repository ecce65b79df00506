//! What the board's interpreter does, over whichever line a session has been opened.

mod bytes;
mod idle;
mod latency;
mod prompt;
mod storage;

use std::time::Duration;

use boardwalk_device::{DeviceError, Session, State};
use boardwalk_transport::TransportError;
use tokio::time::timeout;

use crate::case::Case;
use crate::check::Outcome;
use crate::code::Code;
use crate::finding::{Action, Finding};
use crate::network::Live;
use crate::serial::words;

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

/// The line has ended while it was in use: that is the cause, and whatever was seen before it does not count.
async fn over(case: &Case, session: &Session) -> Outcome {
    let because = prompt::reason(session).await;
    match (case.url(), because) {
        (_, DeviceError::Transport(TransportError::DeviceHung { .. })) => Outcome::found(prompt::hung()),
        (None, _) => Outcome::found(words::gone(case).await),
        (Some(_), because) => Outcome::found(
            Finding::blocks(
                Code::LinkSilent,
                format!("The connection ended while the board was being looked at: {because}"),
                "The board restarted, left the Wi-Fi, or something on the way ended the connection.",
            )
            .action(Action::Retry, "Look again.")
            .advice(
                "If it happens again, look at the board's own console over USB: it says why it restarts.",
            ),
        ),
    }
}

/// The board started again in the middle of our work: at its prompt nothing but a watchdog does that, or its supply.
fn restarted() -> Outcome {
    Outcome::found(
        Finding::blocks(
            Code::WatchdogResets,
            "The board restarted while the doctor worked at its prompt.",
            "A watchdog that a program has started goes on at the prompt and cannot be stopped; a supply that breaks down does the same.",
        )
        .action(
            Action::Rescue,
            "Catch the board while it starts and set its main.py aside: press its reset button within 30 s.",
        )
        .advice("If it goes on without a main.py, try another cable, or a hub with a supply of its own."),
    )
}

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
