//! From a target string to a session.

use std::fmt;
use std::sync::Arc;

use boardwalk_device::{Attach, DeviceError, Session, SessionOptions, Terminal};
use boardwalk_transport::{
    AskPassword, AskProxyUser, DirectRoutes, LineMemory, NoPassword, NoProxyUser, OnRoute, OnStep,
    PortSource, Routes, SerialDial, SerialOptions, Target, TlsTrust, TrustNow, UsbIdentity, WebReplDial,
    WebReplOptions,
};

use crate::proxy::Proxies;
use crate::secrets::Secrets;

/// What the front end has read of its surroundings. Nothing below it reads the environment.
#[derive(Clone)]
pub struct World {
    /// Where serial ports are looked up.
    pub ports: PortSource,
    /// Which DTR/RTS policy worked for which board.
    pub lines: LineMemory,
    /// Who knows the passwords of WebREPLs. Nobody, unless a front end says so.
    pub passwords: Arc<dyn AskPassword>,
    /// Whose certificate to believe behind `wss://`.
    pub trust: TlsTrust,
    /// The same, asked before each dial of a connection: a person may change it while a board is away.
    pub trust_now: Option<TrustNow>,
    /// Where passwords are kept.
    pub secrets: Secrets,
    /// Is told what an opening connection waits for.
    pub on_step: OnStep,
    /// Is told which way a connection takes.
    pub on_route: OnRoute,
    /// Which way connections over the network go. Direct, unless a front end says otherwise.
    pub routes: Arc<dyn Routes>,
    /// Who knows our name and password at a proxy. Nobody, unless a front end says so.
    pub proxy_users: Arc<dyn AskProxyUser>,
    /// What `routes` and `proxy_users` are made of, when they follow this system.
    pub proxies: Option<Proxies>,
}

impl World {
    /// This computer, with the ports that a file adds (`BOARDWALK_EXTRA_PORTS`, which a front end reads).
    #[must_use]
    pub fn system(extra_ports: Option<std::ffi::OsString>) -> Self {
        let ports = PortSource::system();
        let ports = match extra_ports {
            Some(file) if !file.is_empty() => ports.with_extra_file(file),
            _ => ports,
        };
        let (lines, trust) = (LineMemory::default(), TlsTrust::Platform);
        let (routes, proxy_users) = (Arc::new(DirectRoutes), Arc::new(NoProxyUser));
        Self {
            ports,
            lines,
            passwords: Arc::new(NoPassword),
            trust,
            trust_now: None,
            secrets: Secrets::system(),
            on_step: OnStep::default(),
            on_route: OnRoute::default(),
            routes,
            proxy_users,
            proxies: None,
        }
    }

    /// Opens a session with the board at `target`.
    ///
    /// # Errors
    /// When the line cannot be opened: [`DeviceError::Transport`].
    pub async fn connect(
        &self,
        target: &Target,
        identity: Option<UsbIdentity>,
        attach: Attach,
        reconnect: bool,
    ) -> Result<(Session, Terminal), DeviceError> {
        let session = SessionOptions { attach, reconnect };
        match target {
            Target::Serial { .. } => {
                let options =
                    SerialOptions { memory: self.lines.clone(), identity, ..SerialOptions::default() };
                let dial = SerialDial::new(target.clone(), self.ports.clone(), options);
                Session::open(dial, session).await
            }
            Target::WebRepl { .. } => {
                let password = Arc::clone(&self.passwords);
                let (trust, on_step) = (self.trust, self.on_step.clone());
                let (routes, proxy_users) = (Arc::clone(&self.routes), Arc::clone(&self.proxy_users));
                let options = WebReplOptions {
                    password,
                    trust,
                    trust_now: self.trust_now.clone(),
                    on_step,
                    on_route: self.on_route.clone(),
                    routes,
                    proxy_users,
                    proxy_trust: self.proxy_trust(target),
                    ..WebReplOptions::default()
                };
                Session::open(WebReplDial::new(target.clone(), options), session).await
            }
        }
    }

    /// Whose certificate to believe at an `https://` proxy. One fingerprint is for one place: for the board, when that is
    /// behind TLS itself.
    pub(crate) fn proxy_trust(&self, target: &Target) -> TlsTrust {
        match target {
            Target::WebRepl { url } if !url.tls => self.trust,
            _ => TlsTrust::Platform,
        }
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World")
            .field("ports", &self.ports)
            .field("lines", &self.lines)
            .finish_non_exhaustive()
    }
}
