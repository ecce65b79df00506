//! Opens the WebREPL of one board, and opens it again when the board comes back.

use std::sync::Arc;
use std::time::Duration;

use boardwalk_protocol::webrepl::login::{LoginFailure, Password};
use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::time::Instant;

use super::error::NetworkError;
use super::idle::Silences;
use super::login::Conversation;
use super::password::{AskPassword, AskReason, NoPassword, Secret};
use super::progress::{DialStep, OnStep};
use super::pump::{Setup, start};
use super::reach::{Reached, anything, patience, reach};
use super::trust::{TlsTrust, TrustNow};
use super::wire::Wire;
use crate::dial::Dial;
use crate::error::TransportError;
use crate::link::{Link, LinkInfo, LinkKind};
use crate::proxy::{AskProxyUser, DirectRoutes, Known, NoProxyUser, OnRoute, RouteTaken, Routes};
use crate::target::{Target, WebReplUrl};

/// How often one dial asks for another password.
const ASKS_MOST: usize = 3;
/// The reconnect loop rests so long after a failure, twice as long after the next, and so on.
const REST_FIRST: Duration = Duration::from_millis(250);
const REST_MOST: Duration = Duration::from_secs(5);
/// A line that ended sooner than this counts as a failure.
const SHORT_LIVED: Duration = Duration::from_secs(2);

/// How to open WebREPLs.
#[derive(Clone)]
pub struct WebReplOptions {
    /// who knows the password
    pub password: Arc<dyn AskPassword>,
    /// longest wait for the name and for TCP together
    pub connect_timeout: Duration,
    /// longest wait for TLS, and then for the reply to the handshake
    pub handshake_timeout: Duration,
    /// longest wait for the board's prompt, and then for its answer to the password
    pub login_timeout: Duration,
    /// whose certificate to believe, for `wss://`
    pub trust: TlsTrust,
    /// asked before each dial, in the place of `trust`: a person may have trusted another certificate since the last one
    pub trust_now: Option<TrustNow>,
    /// an empty ping after so much silence of ours: what is on the way forgets silent connections after 60 s
    pub ping_after: Duration,
    /// a line on which nothing is acknowledged for so long is dead; at least 2 s
    pub silence: Duration,
    /// which way to the board; asked at each dial
    pub routes: Arc<dyn Routes>,
    /// who knows our name and password at a proxy
    pub proxy_users: Arc<dyn AskProxyUser>,
    /// whose certificate to believe at an `https://` proxy
    pub proxy_trust: TlsTrust,
    /// longest wait for a tunnel, TCP to the proxy and all its answers together; the time in which a person is asked for
    /// the proxy's password does not count
    pub tunnel_timeout: Duration,
    /// is told which way a dial takes
    pub on_route: OnRoute,
    /// is told how far a dial has come
    pub on_step: OnStep,
}

impl Default for WebReplOptions {
    fn default() -> Self {
        Self {
            password: Arc::new(NoPassword),
            connect_timeout: Duration::from_secs(5),
            handshake_timeout: Duration::from_secs(5),
            login_timeout: Duration::from_secs(5),
            trust: TlsTrust::Platform,
            trust_now: None,
            ping_after: Duration::from_secs(22),
            silence: Duration::from_secs(20),
            routes: Arc::new(DirectRoutes),
            proxy_users: Arc::new(NoProxyUser),
            proxy_trust: TlsTrust::Platform,
            tunnel_timeout: Duration::from_secs(15),
            on_route: OnRoute::default(),
            on_step: OnStep::default(),
        }
    }
}

/// Dials one WebREPL.
pub struct WebReplDial {
    target: Target,
    options: WebReplOptions,
    /// the one the board took
    password: Option<Password>,
    /// what a proxy took
    proxy_known: Known,
    /// how its lines ended
    silences: Silences,
    /// when the last dial worked
    since: Option<Instant>,
    failures: u32,
}

impl WebReplDial {
    /// For this target, which must be a `ws://` or `wss://` one to be dialled.
    pub fn new(target: Target, options: WebReplOptions) -> Self {
        Self {
            target,
            options,
            password: None,
            proxy_known: Known::default(),
            silences: Silences::default(),
            since: None,
            failures: 0,
        }
    }

    async fn open_line(&mut self) -> Result<Link, TransportError> {
        let Target::WebRepl { url } = self.target.clone() else {
            return Err(TransportError::UnsupportedScheme { target: self.target.to_string() });
        };
        let mut refusals = 0;
        loop {
            match self.attempt(&url).await {
                Err(NetworkError::Login { failure: LoginFailure::WrongPassword }) => {
                    self.password = None;
                    refusals += 1;
                    // The board has hung up, so there is no hurry.
                    let wrong = || NetworkError::from(LoginFailure::WrongPassword);
                    if refusals >= ASKS_MOST {
                        return Err(wrong().into());
                    }
                    let asked = ask(&self.options, &self.target, AskReason::Rejected).await;
                    self.password = Some(asked.map_err(|error| match error {
                        NetworkError::PasswordNeeded { .. } => wrong(),
                        other => other,
                    })?);
                }
                outcome => return Ok(outcome?),
            }
        }
    }

    async fn attempt(&mut self, url: &WebReplUrl) -> Result<Link, NetworkError> {
        if let Some(now) = self.options.trust_now.as_ref().map(TrustNow::ask) {
            // One fingerprint is for one place: the board, or the proxy before a board that has no TLS.
            if url.tls { self.options.trust = now } else { self.options.proxy_trust = now }
        }
        let routed = self.options.routes.route(url).await;
        let Reached { wire, proxy } = reach(url, &routed, &self.options, &mut self.proxy_known).await?;
        let heard = wire.heard.clone();
        let route = RouteTaken { decision: routed.decision, proxy: proxy.clone() };
        let opened = self.log_in(url, wire, route).await;
        opened.map_err(|error| match &proxy {
            Some(proxy) => error.through(proxy, url, anything(heard.as_ref())),
            None => error,
        })
    }

    /// From an open way to an open line.
    async fn log_in(
        &mut self,
        url: &WebReplUrl,
        wire: Wire,
        route: RouteTaken,
    ) -> Result<Link, NetworkError> {
        let step = &self.options.on_step;
        step.begin(DialStep::Handshake);
        let until = Instant::now() + patience(self.options.handshake_timeout, route.proxy.as_ref());
        let mut board = Conversation::open(wire, url, until).await?;
        let (known, options, target) = (self.password.clone(), &self.options, &self.target);
        let mut used = None;
        step.begin(DialStep::Prompt);
        let secret = async {
            step.begin(DialStep::Password);
            let password = match known {
                Some(password) => password,
                None => ask(options, target, AskReason::Needed).await?,
            };
            used = Some(password.clone());
            step.begin(DialStep::Login);
            Ok(password)
        };
        let text = match board.log_in(options.login_timeout, secret).await {
            Ok(text) => text,
            Err(error) => {
                board.leave().await;
                return Err(error);
            }
        };
        if self.password.is_none() {
            self.password = used;
        }
        if let Some(password) = &self.password {
            self.options.password.accepted(&self.target, &Secret::new(password.reveal()));
        }
        let proxy = route.proxy.clone();
        let info = LinkInfo::plain(self.target.clone(), LinkKind::WebRepl);
        let (link, peer) = Link::pair(LinkInfo { route: Some(route), ..info });
        let Conversation { wire, decoder, unread, .. } = board;
        let host = url.host.clone();
        let WebReplOptions { ping_after, silence, .. } = self.options;
        let ping_after = self.silences.ping_after(ping_after);
        let silences = self.silences.clone();
        start(Setup { wire, decoder, unread, text, host, proxy, ping_after, silence, silences }, peer);
        Ok(link)
    }
}

/// Asks until the answer can be a password.
async fn ask(options: &WebReplOptions, target: &Target, first: AskReason) -> Result<Password, NetworkError> {
    let host = match target {
        Target::WebRepl { url } => url.host.clone(),
        Target::Serial { path } => path.clone(),
    };
    let mut refusal = NetworkError::PasswordNeeded { host };
    let mut why = first;
    for _ in 0..ASKS_MOST {
        let Some(secret) = options.password.ask(target, why).await else { break };
        match Password::new(secret.reveal()) {
            Ok(password) => return Ok(password),
            Err(because) => refusal = NetworkError::PasswordImpossible { because },
        }
        why = AskReason::Impossible;
    }
    Err(refusal)
}

impl Dial for WebReplDial {
    fn target(&self) -> &Target {
        &self.target
    }

    fn dial(&mut self) -> BoxFuture<'_, Result<Link, TransportError>> {
        async {
            let outcome = self.open_line().await;
            self.since = outcome.is_ok().then(Instant::now);
            if outcome.is_err() {
                self.failures = self.failures.saturating_add(1);
            }
            outcome
        }
        .boxed()
    }

    /// Nothing tells that a board is back but an answer: the first retry comes at once, the next ones after a rest
    /// that grows to 5 s.
    fn wait_until_present(&mut self) -> BoxFuture<'_, ()> {
        async {
            if let Some(since) = self.since.take() {
                self.failures = u32::from(since.elapsed() < SHORT_LIVED);
            }
            if let Some(doublings) = self.failures.checked_sub(1) {
                let rest = REST_FIRST.saturating_mul(1 << doublings.min(10)).min(REST_MOST);
                tokio::time::sleep(rest).await;
            }
        }
        .boxed()
    }

    fn is_present(&mut self) -> BoxFuture<'_, bool> {
        std::future::ready(true).boxed()
    }
}
