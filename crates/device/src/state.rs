//! What a board is doing, as far as its line tells.

use std::time::SystemTime;

use crate::error::DeviceError;
use crate::work::Work;

/// The state of a session. It is published on a watch: the latest is always true, steps between may be missed.
#[derive(Debug, Clone, PartialEq)]
pub enum State {
    /// The line is being opened, or the board listened to.
    Connecting(Waiting),
    /// The board waits at a prompt.
    Ready,
    /// A program runs: one of ours by name, or whatever ran before.
    Running {
        /// Its name where we started it.
        name: Option<String>,
        /// When it started or was first seen.
        since: SystemTime,
    },
    /// We use the line.
    Busy {
        /// What for.
        work: Work,
        /// The file it is about.
        name: Option<String>,
    },
    /// The line ended, and we wait for the board.
    Reconnecting {
        /// Counts the dials since the line ended, from 1.
        attempt: u32,
        /// Why the line ended, or why the last dial failed.
        because: DeviceError,
    },
    /// The session is over.
    Closed,
}

/// What a connecting session waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    /// The port to open.
    Port,
    /// A prompt, or output that shows a running program.
    Prompt,
}

impl State {
    /// Whether a line is open.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        matches!(self, Self::Ready | Self::Running { .. } | Self::Busy { .. })
    }
}
