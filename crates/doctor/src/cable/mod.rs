//! Both cables at once: the board is also plugged in by USB, and is asked there why it cannot be reached over the network.

mod again;
mod answers;
mod ask;
mod console;
mod findings;
mod found;
mod isolation;
mod nearby;
mod proof;
mod questions;
mod same;

use std::fmt;

use boardwalk_device::Session;
use boardwalk_transport::Target;
use bytes::Bytes;
use tokio::sync::broadcast;

pub(crate) use answers::Answers;
pub(crate) use ask::Ask;
pub(crate) use console::Recorder;
pub(crate) use found::Found;
pub(crate) use nearby::{Nearby, look_around, offer};

/// The board's other cable.
#[derive(Clone)]
pub enum Cable {
    /// A port that nobody has open. Whoever names it says that this board is behind it.
    Port(Target),
    /// A session that is open already. It may be that of another board: that is found out.
    Open {
        /// it is asked when it is at its prompt, and not disturbed otherwise
        session: Session,
        /// which port
        port: String,
        /// what the board prints
        says: broadcast::Sender<Bytes>,
    },
}

impl Cable {
    /// Somebody said that the board in question is behind this cable.
    pub(crate) fn is_pointed_at(&self) -> bool {
        matches!(self, Self::Port(_))
    }
}

impl fmt::Debug for Cable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Port(target) => f.debug_tuple("Port").field(target).finish(),
            Self::Open { port, .. } => f.debug_tuple("Open").field(port).finish(),
        }
    }
}

/// The cable in use: what the board has answered, and what it prints.
#[derive(Debug)]
pub(crate) struct Plugged {
    pub(crate) port: String,
    /// `None`: it could not be asked
    pub(crate) answers: Option<Answers>,
    pub(crate) recorder: Recorder,
    /// a session of our own, which is to be closed
    pub(crate) own: Option<Session>,
}

impl Plugged {
    /// Stops listening and gives the port back.
    pub(crate) async fn leave(self) {
        if let Some(session) = self.own {
            session.close().await;
        }
    }
}
