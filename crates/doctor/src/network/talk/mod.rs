//! One conversation with one board: the whole handshake, the login, then a session on the same connection. Never a bare
//! connection: a board that has accepted one does nothing else until it has read a request (MicroPython's
//! `webrepl.py`, `accept_conn`).

mod bridge;

use boardwalk_device::{Session, Terminal};

use crate::serial::Opened;
use crate::xray::Conversation;

pub(crate) use crate::xray::Trouble;

/// The one connection with the board, as far as it has come.
#[derive(Debug)]
pub(crate) enum Live {
    /// The board asks for its password, or has taken it.
    Talking(Box<Conversation>),
    /// An open port.
    Port(Box<Opened>),
    /// Logged in, and a session on it.
    Session(Session, Option<Terminal>),
}

impl Live {
    /// Leaves the board free for the next client.
    pub(crate) async fn leave(self) {
        match self {
            Self::Talking(conversation) => conversation.leave().await,
            Self::Port(opened) => opened.leave().await,
            Self::Session(session, terminal) => {
                drop(terminal);
                session.close().await;
            }
        }
    }
}
