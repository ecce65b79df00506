//! Where a connection of the window gets its password: the key store, then the person.

use std::sync::{Arc, Mutex, Weak};

use boardwalk_transport::{AskPassword, AskReason, Secret, Target};
use futures::FutureExt as _;
use futures::future::BoxFuture;

use crate::AppError;
use crate::app::{App, Inner, lock};
use crate::secrets::Secrets;
use crate::wire::{AppEvent, PasswordReason, Question, WaitingFor};

use super::questions::{Answer, Questions};

/// Asked by one connection, from its first dial until it is closed.
pub(crate) struct ConnectionPassword {
    // Weak: the session holds this, and the app holds the session.
    app: Weak<Inner>,
    questions: Arc<Questions>,
    secrets: Secrets,
    board: String,
    login: Mutex<Login>,
}

/// What is known of the key store, and what the person wants.
#[derive(Default)]
struct Login {
    looked: bool,
    /// The key store has one for this board.
    kept: bool,
    /// The board did not take that one.
    kept_refused: bool,
    no_key_store: Option<AppError>,
    /// What the person chose together with the password that is being tried.
    remember: Option<bool>,
    /// The board's settings say whether one is kept.
    told: bool,
}

/// What to do in the key store once the board has taken a password.
enum Keeping {
    AsItIs,
    This,
    None,
}

impl ConnectionPassword {
    pub(crate) fn new(app: &App, board: &str) -> Self {
        Self {
            app: Arc::downgrade(&app.0),
            questions: Arc::clone(&app.0.boards.questions),
            secrets: app.0.world.secrets.clone(),
            board: board.to_owned(),
            login: Mutex::default(),
        }
    }

    async fn answer(&self, target: &Target, why: AskReason) -> Option<Secret> {
        let kept = self.look(target).await;
        if let (Some(kept), AskReason::Needed) = (kept, why) {
            self.tries(&kept);
            return Some(kept);
        }
        let (kept, no_key_store) = {
            let mut login = lock(&self.login);
            login.kept_refused |= login.kept && why != AskReason::Needed;
            (login.kept, login.no_key_store.clone())
        };
        self.waits_for(WaitingFor::Password);
        let reason = match why {
            AskReason::Needed => PasswordReason::Needed,
            AskReason::Rejected => PasswordReason::Rejected,
            AskReason::Impossible => PasswordReason::Impossible,
        };
        let question = |id| Question::Password { id, reason, kept, no_key_store };
        match self.questions.ask(&self.board, question).await? {
            Answer::Password { secret, remember } => {
                lock(&self.login).remember = Some(remember);
                self.tries(&secret);
                Some(secret)
            }
            Answer::Proxy { .. } | Answer::Trust => None,
        }
    }

    /// What the key store has, once: a password that the board refused is no answer any more.
    async fn look(&self, target: &Target) -> Option<Secret> {
        if std::mem::replace(&mut lock(&self.login).looked, true) {
            return None;
        }
        self.waits_for(WaitingFor::KeyStore);
        let found = self.secrets.get(target).await;
        let mut login = lock(&self.login);
        match found {
            Ok(found) => {
                login.kept = found.is_some();
                found
            }
            Err(error) => {
                login.no_key_store = Some(error);
                None
            }
        }
    }

    fn tries(&self, password: &Secret) {
        if let Some(app) = self.app.upgrade() {
            app.boards.tries(&self.board, password.clone());
        }
    }

    fn waits_for(&self, what: WaitingFor) {
        if let Some(app) = self.app.upgrade() {
            app.boards.update(&self.board, |open| open.waiting_for = what);
        }
    }

    /// Keeps the password that the board took, or forgets the one it refused, as the person wants.
    async fn keep(&self, target: Target, password: Secret, keeping: Keeping, kept: bool) {
        let done = match keeping {
            Keeping::AsItIs => Ok(()),
            Keeping::This => self.secrets.set(&target, password).await,
            Keeping::None => self.secrets.delete(&target).await,
        };
        let Some(app) = self.app.upgrade().map(App) else { return };
        match done {
            Ok(()) => app.board_settings(&self.board, |settings| settings.password_kept = kept).await,
            Err(notice) => app.0.host.event(AppEvent::Notice { board: self.board.clone(), notice }),
        }
    }
}

/// The handle that a connection's dialler has. What follows a login must outlive the call that tells of it.
pub(crate) struct AskWindow(pub(crate) Arc<ConnectionPassword>);

impl AskPassword for AskWindow {
    fn ask<'a>(&'a self, target: &'a Target, why: AskReason) -> BoxFuture<'a, Option<Secret>> {
        self.0.answer(target, why).boxed()
    }

    fn accepted(&self, target: &Target, password: &Secret) {
        let (keeping, kept) = {
            let mut login = lock(&self.0.login);
            let (remember, refused) = (login.remember.take(), std::mem::take(&mut login.kept_refused));
            // Each reconnect is a login, too, and changes nothing.
            if std::mem::replace(&mut login.told, true) && remember.is_none() {
                return;
            }
            login.kept = remember == Some(true) || (login.kept && !refused);
            let keeping = match remember {
                Some(true) => Keeping::This,
                Some(false) if refused => Keeping::None,
                _ => Keeping::AsItIs,
            };
            (keeping, login.kept)
        };
        let (asked, target, password) = (Arc::clone(&self.0), target.clone(), password.clone());
        tokio::spawn(async move { asked.keep(target, password, keeping, kept).await });
    }
}
