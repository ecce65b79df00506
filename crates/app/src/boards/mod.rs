//! The boards of the window: those that are plugged in, those that are open, and those that were here before, as one
//! list by identity.

mod identity;
mod list;
mod pump;
mod watch;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use boardwalk_device::Session;
use boardwalk_transport::{PortWatch, Target, UsbIdentity};
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use crate::AppError;
use crate::app::lock;
use crate::wire::{BoardInfo, PortGuess};

pub(crate) use identity::{guess, id_of, identity_of};
pub(crate) use pump::Pump;

/// A board as it is remembered when it is not here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Remembered {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) target: Target,
    #[serde(default)]
    pub(crate) identity: Option<UsbIdentity>,
    pub(crate) last_seen_ms: u64,
}

/// How many boards are remembered.
const REMEMBERED_MAX: usize = 50;

/// An open board.
#[derive(Clone)]
pub(crate) struct Open {
    pub(crate) target: Target,
    pub(crate) title: String,
    pub(crate) guess: PortGuess,
    pub(crate) demo: bool,
    pub(crate) info: Option<BoardInfo>,
    /// Where the board's relative paths start; empty until it said so.
    pub(crate) working_folder: String,
    /// `None` while the port is being opened.
    pub(crate) line: Option<Line>,
}

/// What an open board's session consists of for us.
#[derive(Clone)]
pub(crate) struct Line {
    pub(crate) session: Session,
    pub(crate) pump: Pump,
}

pub(crate) struct Boards {
    pub(crate) ports: PortWatch,
    open: Mutex<HashMap<String, Open>>,
    remembered: Mutex<Vec<Remembered>>,
    /// Something in the list may have changed.
    pub(crate) changed: Arc<Notify>,
}

impl Boards {
    pub(crate) fn new(ports: PortWatch, remembered: Vec<Remembered>) -> Self {
        Self {
            ports,
            open: Mutex::new(HashMap::new()),
            remembered: Mutex::new(remembered),
            changed: Arc::new(Notify::new()),
        }
    }

    /// The session of an open board.
    pub(crate) fn line(&self, id: &str) -> Result<Line, AppError> {
        lock(&self.open).get(id).and_then(|open| open.line.clone()).ok_or_else(not_connected)
    }

    pub(crate) fn get(&self, id: &str) -> Option<Open> {
        lock(&self.open).get(id).cloned()
    }

    /// Takes a place for a board that is being opened. `false`: it has one already.
    pub(crate) fn begin(&self, id: &str, open: Open) -> bool {
        let mut all = lock(&self.open);
        if all.contains_key(id) {
            return false;
        }
        all.insert(id.to_owned(), open);
        drop(all);
        self.changed.notify_one();
        true
    }

    pub(crate) fn update(&self, id: &str, change: impl FnOnce(&mut Open)) {
        if let Some(open) = lock(&self.open).get_mut(id) {
            change(open);
        }
        self.changed.notify_one();
    }

    pub(crate) fn remove(&self, id: &str) -> Option<Open> {
        let gone = lock(&self.open).remove(id);
        self.changed.notify_one();
        gone
    }

    pub(crate) async fn close_all(&self) {
        let all: Vec<Open> = lock(&self.open).drain().map(|(_, open)| open).collect();
        let closing = all.iter().filter_map(|open| open.line.as_ref()).map(|line| line.session.close());
        futures::future::join_all(closing).await;
    }

    /// Puts a board at the head of those that are remembered.
    pub(crate) fn remember(&self, board: Remembered) -> Vec<Remembered> {
        let mut all = lock(&self.remembered);
        all.retain(|known| known.id != board.id);
        all.insert(0, board);
        all.truncate(REMEMBERED_MAX);
        all.clone()
    }

    pub(crate) fn forget(&self, id: &str) -> Vec<Remembered> {
        let mut all = lock(&self.remembered);
        all.retain(|known| known.id != id);
        let left = all.clone();
        drop(all);
        self.changed.notify_one();
        left
    }

    pub(crate) fn remembered(&self) -> Vec<Remembered> {
        lock(&self.remembered).clone()
    }
}

pub(crate) fn not_connected() -> AppError {
    boardwalk_device::DeviceError::NotConnected.into()
}
