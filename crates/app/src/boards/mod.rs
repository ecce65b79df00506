//! The boards of the window: those that are plugged in, those that are open, and those that were here before, as one
//! list by identity.

mod address;
mod identity;
mod list;
mod opening;
mod passwords;
mod proxy_login;
mod pump;
mod questions;
mod settings;
mod watch;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use boardwalk_device::Session;
use boardwalk_transport::{PortWatch, RouteTaken, Secret, Target, UsbIdentity};
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::AppError;
use crate::app::lock;
use crate::wire::{BoardInfo, PortGuess, WaitingFor};

pub(crate) use address::target_of;
pub(crate) use identity::{guess, id_of, identity_of};
pub(crate) use list::title;
pub(crate) use pump::Pump;
pub(crate) use questions::{Answer, Questions};
pub(crate) use settings::BoardSettings;

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
    /// `None` while the line is being opened.
    pub(crate) line: Option<Line>,
    /// What that waits for.
    pub(crate) waiting_for: WaitingFor,
    /// The way its connection takes, or tried last.
    pub(crate) route: Option<RouteTaken>,
    /// Cancelled when nobody wants the board any more.
    pub(crate) closing: CancellationToken,
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
    settings: Mutex<BTreeMap<String, BoardSettings>>,
    /// The ways that were chosen, by target; a copy of the app's, for the list.
    choices: Mutex<BTreeMap<String, String>>,
    /// The password that was last tried with each board, for the doctor. In memory, and only until the board is closed.
    tried: Mutex<HashMap<String, Secret>>,
    /// What a person is asked.
    pub(crate) questions: Arc<Questions>,
    /// Something in the list may have changed.
    pub(crate) changed: Arc<Notify>,
}

impl Boards {
    pub(crate) fn new(
        ports: PortWatch,
        remembered: Vec<Remembered>,
        settings: BTreeMap<String, BoardSettings>,
    ) -> Self {
        let changed = Arc::new(Notify::new());
        Self {
            ports,
            open: Mutex::new(HashMap::new()),
            remembered: Mutex::new(remembered),
            settings: Mutex::new(settings),
            choices: Mutex::default(),
            tried: Mutex::default(),
            questions: Arc::new(Questions::new(Arc::clone(&changed))),
            changed,
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

    /// Gives a board its line, unless it was closed while that was opened.
    pub(crate) fn attach(&self, id: &str, line: Line, closing: &CancellationToken) -> bool {
        let mut all = lock(&self.open);
        let wanted = !closing.is_cancelled();
        if let Some(open) = all.get_mut(id).filter(|_| wanted) {
            open.line = Some(line);
        }
        drop(all);
        self.changed.notify_one();
        wanted
    }

    /// Takes a board from those that are open, whether or not its line is yet.
    pub(crate) fn remove(&self, id: &str) -> Option<Open> {
        let mut all = lock(&self.open);
        let gone = all.remove(id);
        if let Some(open) = &gone {
            open.closing.cancel();
        }
        drop(all);
        self.questions.decline(id);
        self.changed.notify_one();
        gone
    }

    pub(crate) async fn close_all(&self) {
        let all: Vec<(String, Open)> = lock(&self.open).drain().collect();
        for (id, open) in &all {
            open.closing.cancel();
            self.questions.decline(id);
        }
        let closing = all.iter().filter_map(|(_, open)| open.line.as_ref()).map(|line| line.session.close());
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

    /// These ways are chosen now, by target.
    pub(crate) fn chosen(&self, choices: BTreeMap<String, String>) {
        *lock(&self.choices) = choices;
        self.changed.notify_one();
    }

    /// Opens the lines of boards on the network anew: of this target, or of all.
    pub(crate) fn redial(&self, target: Option<&str>) {
        for open in lock(&self.open).values() {
            let concerned = open.target.serial_path().is_none()
                && target.is_none_or(|target| open.target.to_string() == target);
            if let (true, Some(line)) = (concerned, &open.line) {
                line.session.redial();
            }
        }
    }

    /// This password is being tried with a board.
    pub(crate) fn tries(&self, id: &str, password: Secret) {
        lock(&self.tried).insert(id.to_owned(), password);
    }

    /// The password that was last tried.
    pub(crate) fn tried(&self, id: &str) -> Option<Secret> {
        lock(&self.tried).get(id).cloned()
    }

    /// Nobody needs that any more.
    pub(crate) fn forget_tried(&self, id: &str) {
        lock(&self.tried).remove(id);
    }

    /// What was chosen for a board.
    pub(crate) fn settings_of(&self, id: &str) -> BoardSettings {
        lock(&self.settings).get(id).cloned().unwrap_or_default()
    }

    /// The boards that have this `machine.unique_id()`, by whatever cable they were here.
    pub(crate) fn with_unique_id(&self, unique_id: &str) -> Vec<String> {
        let all = lock(&self.settings);
        let same = all.iter().filter(|(_, settings)| settings.unique_id.as_deref() == Some(unique_id));
        same.map(|(id, _)| id.clone()).collect()
    }

    /// Changes what was chosen for a board, and gives what was chosen for all of them; `None` when nothing changed.
    pub(crate) fn change_settings(
        &self,
        id: &str,
        change: impl FnOnce(&mut BoardSettings),
    ) -> Option<BTreeMap<String, BoardSettings>> {
        let mut all = lock(&self.settings);
        let before = all.get(id).cloned().unwrap_or_default();
        let mut now = before.clone();
        change(&mut now);
        if now == before {
            return None;
        }
        if now == BoardSettings::default() {
            all.remove(id);
        } else {
            all.insert(id.to_owned(), now);
        }
        let all = all.clone();
        self.changed.notify_one();
        Some(all)
    }

    pub(crate) fn remembered(&self) -> Vec<Remembered> {
        lock(&self.remembered).clone()
    }
}

pub(crate) fn not_connected() -> AppError {
    boardwalk_device::DeviceError::NotConnected.into()
}
