//! Telling the host what changed, and asking a board what it is once it is ready.

use std::time::{Duration, SystemTime};

use boardwalk_device::{Consent, DeviceError, Session, State};
use boardwalk_transport::Target;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::wire::{AppEvent, BoardInfo, Place};

use super::list::millis;
use super::opening::Doubt;
use super::{BoardSettings, Remembered, title};

/// Changes that come together are told together.
const JOIN: Duration = Duration::from_millis(8);

impl App {
    /// Tells the host the whole list whenever something in it changed.
    pub(crate) fn publish_boards(self) {
        let changed = std::sync::Arc::clone(&self.0.boards.changed);
        let mut ports = self.0.boards.ports.subscribe();
        // Weak, so that dropping the app ends this.
        let app = std::sync::Arc::downgrade(&self.0);
        drop(self);
        tokio::spawn(async move {
            let mut last = Vec::new();
            loop {
                tokio::select! {
                    () = changed.notified() => {}
                    news = ports.changed() => if news.is_err() { return },
                }
                tokio::time::sleep(JOIN).await;
                let Some(app) = app.upgrade() else { return };
                let boards = app.boards.list();
                if boards != last {
                    last.clone_from(&boards);
                    app.host.event(AppEvent::Boards { boards });
                }
            }
        });
    }

    /// Follows one open board until its session is over.
    pub(crate) fn follow(&self, id: String, session: Session) {
        let app = self.clone();
        tokio::spawn(async move {
            let mut state = session.state();
            let mut asked = false;
            loop {
                let now = state.borrow_and_update().clone();
                app.0.boards.changed.notify_one();
                match now {
                    State::Ready if !asked => {
                        asked = true;
                        app.ask(&id, &session).await;
                        continue;
                    }
                    State::Reconnecting { because, .. } => {
                        // Another firmware may come back.
                        asked = false;
                        app.doubt(&id, &because);
                    }
                    State::Closed => return,
                    _ => {}
                }
                if state.changed().await.is_err() {
                    return;
                }
            }
        });
    }

    async fn ask(&self, id: &str, session: &Session) {
        // A program that was started meanwhile is left alone; then the board stays without a name for now.
        let Ok(info) = session.info(Consent::LeaveRunning, CancellationToken::new()).await else { return };
        let working_folder = info.capabilities.working_folder.clone();
        let info = BoardInfo::from(info);
        let unique_id = info.unique_id.clone();
        self.board_settings(id, |settings| settings.unique_id = unique_id).await;
        self.0.boards.update(id, |open| {
            if matches!(open.target, Target::WebRepl { .. }) {
                open.title = title(&open.target, Some(&info.machine));
            }
            open.info = Some(info);
            open.working_folder = working_folder;
        });
        self.remember(id).await;
        self.0.host.event(AppEvent::FilesChanged { place: Place::Board { board: id.to_owned() } });
    }

    /// A board that comes back with another certificate is a question again; until it is answered, trying goes on and
    /// fails.
    fn doubt(&self, id: &str, because: &DeviceError) {
        if let Some(doubt) = Doubt::of(because).filter(|_| self.0.boards.questions.of(id).is_none()) {
            let (app, id) = (self.clone(), id.to_owned());
            tokio::spawn(async move {
                if app.ask_trust(&id, doubt).await
                    && let Ok(line) = app.0.boards.line(&id)
                {
                    line.session.redial();
                }
            });
        }
    }

    /// Changes what was chosen for a board, and saves it; what cannot be saved holds until the end of the run.
    pub(crate) async fn board_settings(&self, id: &str, change: impl FnOnce(&mut BoardSettings)) {
        if let Some(all) = self.0.boards.change_settings(id, change)
            && let Err(error) = self.0.store.save_board_settings(&all).await
        {
            tracing::warn!(%error, "what was chosen for a board was not saved");
        }
    }

    /// Remembers a board that was opened, except the demo board.
    pub(crate) async fn remember(&self, id: &str) {
        let Some(open) = self.0.boards.get(id).filter(|open| !open.demo) else { return };
        let ports = self.0.boards.ports.current();
        let identity = ports.iter().find(|port| super::id_of(port) == id).and_then(|port| port.identity());
        // A target that is no USB device cannot be recognised again: every pseudo terminal would stay in the list.
        if identity.is_none() && open.target.serial_path().is_some() {
            return;
        }
        let board = Remembered {
            id: id.to_owned(),
            title: open.title,
            target: open.target,
            identity,
            last_seen_ms: millis(SystemTime::now()),
        };
        let all = self.0.boards.remember(board);
        if let Err(error) = self.0.store.save_boards(&all).await {
            tracing::warn!(%error, "the boards were not saved");
        }
    }
}
