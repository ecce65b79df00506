//! From a target to an open board: the questions on the way, and the way back when nobody wants it any more.

use std::sync::Arc;
use std::time::Duration;

use boardwalk_device::{Attach, DeviceError, Session, Terminal};
use boardwalk_transport::{
    DialStep, Distrust, Fingerprint, NetworkError, OnRoute, OnStep, Target, TlsProblem, TransportError,
    TrustNow, UsbIdentity,
};
use tokio_util::sync::CancellationToken;

use crate::AppError;
use crate::app::App;
use crate::connect::World;
use crate::wire::{CertificateFault, Question, WaitingFor};

use super::passwords::{AskWindow, ConnectionPassword};
use super::proxy_login::{AskForProxy, ConnectionProxies};
use super::questions::Answer;

/// So long a dial that was given up may take to say goodbye, so that the board is free for the next client.
const FAREWELL: Duration = Duration::from_secs(1);

impl App {
    /// Opens the line, asking what has to be asked.
    ///
    /// # Errors
    /// `cancelled` at once when the board is closed meanwhile, or a question declined; and why it cannot be opened.
    pub(crate) async fn dial(
        &self,
        id: &str,
        target: &Target,
        identity: Option<UsbIdentity>,
        closing: &CancellationToken,
    ) -> Result<(Session, Terminal), AppError> {
        let proxies = ConnectionProxies::new(self, id);
        loop {
            let world = self.world_of(id, proxies.as_ref());
            let (dialled, port) = (target.clone(), identity.clone());
            let mut dialling =
                tokio::spawn(async move { world.connect(&dialled, port, Attach::Gently, true).await });
            let error = tokio::select! {
                biased;
                () = closing.cancelled() => {
                    tokio::spawn(async move {
                        if tokio::time::timeout(FAREWELL, &mut dialling).await.is_err() {
                            dialling.abort();
                        }
                    });
                    return Err(cancelled());
                }
                dialled = &mut dialling => match dialled {
                    Ok(Ok(opened)) => return Ok(opened),
                    Ok(Err(error)) => error,
                    // It was aborted, which nobody but us does.
                    Err(_) => return Err(cancelled()),
                },
            };
            let Some(doubt) = Doubt::of(&error) else { return Err(error.into()) };
            let trusted = tokio::select! {
                biased;
                () = closing.cancelled() => false,
                trusted = self.ask_trust(id, doubt) => trusted,
            };
            if !trusted {
                return Err(cancelled());
            }
        }
    }

    /// Asks whether to trust a certificate, and keeps the answer if it is yes.
    pub(crate) async fn ask_trust(&self, id: &str, doubt: Doubt) -> bool {
        let trusted = self.0.boards.settings_of(id).certificate;
        let fingerprint = doubt.seen.to_string();
        let (host, shown) = (doubt.host, fingerprint.clone());
        let question = move |id| Question::Certificate {
            id,
            host,
            fingerprint: shown,
            distrust: if trusted.is_some() { CertificateFault::Changed } else { doubt.fault },
            trusted,
        };
        let Some(Answer::Trust) = self.0.boards.questions.ask(id, question).await else { return false };
        self.board_settings(id, |settings| settings.certificate = Some(fingerprint)).await;
        true
    }

    /// The world as one board's connection sees it.
    fn world_of(&self, id: &str, proxies: Option<&Arc<ConnectionProxies>>) -> World {
        let mut world = self.0.world.clone();
        world.passwords = Arc::new(AskWindow(Arc::new(ConnectionPassword::new(self, id))));
        world.trust = self.0.boards.settings_of(id).trust();
        let (app, board) = (Arc::downgrade(&self.0), id.to_owned());
        let first = world.trust;
        world.trust_now = Some(TrustNow::new(move || {
            app.upgrade().map_or(first, |app| app.boards.settings_of(&board).trust())
        }));
        if let Some(proxies) = proxies {
            world.proxy_users = Arc::new(AskForProxy(Arc::clone(proxies)));
        }
        let (told, board) = (Arc::downgrade(&self.0), id.to_owned());
        let proxies = proxies.cloned();
        world.on_route = OnRoute::new(move |route| {
            if let Some(proxies) = &proxies {
                proxies.decided(&route.decision);
            }
            if let Some(app) = told.upgrade() {
                app.boards.update(&board, |open| open.route = Some(route.clone()));
            }
        });
        let (app, id) = (Arc::downgrade(&self.0), id.to_owned());
        world.on_step = OnStep::new(move |step| {
            if let Some(app) = app.upgrade() {
                app.boards.update(&id, |open| open.waiting_for = waiting_for(step));
            }
        });
        world
    }
}

/// A certificate that a person may judge better than this computer.
pub(crate) struct Doubt {
    host: String,
    seen: Fingerprint,
    fault: CertificateFault,
}

impl Doubt {
    /// Where the error is one.
    pub(crate) fn of(error: &DeviceError) -> Option<Self> {
        let DeviceError::Transport(TransportError::Network(error)) = error else { return None };
        let NetworkError::TlsMismatch { host, seen: Some(seen), because } = error.root() else { return None };
        let fault = match because {
            TlsProblem::Untrusted(Distrust::UnknownIssuer) => CertificateFault::UnknownIssuer,
            TlsProblem::Untrusted(Distrust::Expired) => CertificateFault::Expired,
            TlsProblem::Untrusted(Distrust::NotYetValid) => CertificateFault::NotYetValid,
            TlsProblem::Untrusted(Distrust::WrongName) => CertificateFault::WrongName,
            TlsProblem::Untrusted(Distrust::Other) => CertificateFault::Other,
            TlsProblem::AnotherCertificate => CertificateFault::Changed,
            TlsProblem::NotTls | TlsProblem::NoSystemCertificates => return None,
        };
        Some(Self { host: host.clone(), seen: *seen, fault })
    }
}

fn waiting_for(step: DialStep) -> WaitingFor {
    match step {
        DialStep::Name => WaitingFor::Name,
        DialStep::Tcp => WaitingFor::Tcp,
        DialStep::Tunnel => WaitingFor::Tunnel,
        DialStep::Tls => WaitingFor::Tls,
        DialStep::Handshake => WaitingFor::Handshake,
        DialStep::Prompt => WaitingFor::PasswordPrompt,
        DialStep::Password => WaitingFor::Password,
        DialStep::Login => WaitingFor::Login,
    }
}

/// As all cancelled work ends.
fn cancelled() -> AppError {
    DeviceError::Cancelled.into()
}
