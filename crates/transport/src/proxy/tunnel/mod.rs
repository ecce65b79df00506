//! A tunnel through one proxy: TCP, TLS where the proxy wants it, then CONNECT or SOCKS; again with credentials when it
//! asks for them.

mod attempt;
mod known;
mod rewound;
mod watch;

use std::time::Duration;

use boardwalk_protocol::proxy::tunnel::{
    Challenge, Destination, Offer, Refusal, Scheme, Unanswerable, answer, best,
};
use boardwalk_protocol::proxy::{ProxyServer, Via};
use tokio::time::Instant;

pub(crate) use known::Known;
pub(crate) use rewound::Heard;
pub use watch::{NobodyWatches, WatchTunnel};

use super::error::{ProxyError, ProxyProblem};
use super::routes::{AskProxyUser, ProxyCredentials};
use crate::webrepl::{AskReason, OnStep, TlsTrust, Wire};
use attempt::{Attempt, attempt};

/// How often one tunnel asks for other credentials: what a variable, the settings and the key store know may all be wrong,
/// and then a person may mistype twice.
const ASKS_MOST: usize = 6;
/// The same credentials are shown so often in another way; a proxy whose nonces are always too old is not followed further.
const AGAIN_MOST: usize = 2;

/// What a tunnel needs.
pub(crate) struct Tunnel<'a> {
    pub(crate) proxy: &'a ProxyServer,
    pub(crate) to: &'a Destination,
    pub(crate) users: &'a dyn AskProxyUser,
    /// credentials that a proxy took before
    pub(crate) known: &'a mut Known,
    /// whose certificate to believe at an `https://` proxy
    pub(crate) trust: TlsTrust,
    /// for TCP
    pub(crate) connect_timeout: Duration,
    /// for all of it; the time in which a person is asked does not count
    pub(crate) limit: Duration,
    pub(crate) silence: Duration,
    pub(crate) on_step: &'a OnStep,
    pub(crate) watch: &'a dyn WatchTunnel,
}

/// Credentials, and how the proxy wants to be told them.
struct Shown {
    credentials: ProxyCredentials,
    challenge: Option<Challenge>,
    /// the proxy took them before
    proven: bool,
}

impl Shown {
    fn way(&self) -> Option<Scheme> {
        self.challenge.as_ref().and_then(Challenge::known)
    }
}

impl Tunnel<'_> {
    /// Opens it. What then travels on it goes to the board.
    pub(crate) async fn open(mut self) -> Result<Wire, ProxyError> {
        let mut until = Instant::now() + self.limit;
        let mut shown = self.known.of(self.proxy);
        let mut asks = 0;
        let mut again = 0;
        loop {
            let offer = self.offer(shown.as_ref())?;
            let offered = offer != Offer::Nothing;
            let refusal = match attempt(&self, offer, until).await? {
                Attempt::Open(wire) => {
                    self.remember(shown);
                    return Ok(wire);
                }
                Attempt::Refused(refusal) => refusal,
            };
            let (challenges, answer, why) = match refusal {
                Refusal::WantsCredentials { challenges, answer } => {
                    // The same credentials once more: now that the proxy asks, with a fresh nonce, or in another way.
                    if let (Some(shown), Some(now)) = (&mut shown, best(&challenges))
                        && again < AGAIN_MOST
                        && (!offered || now.is_stale() || shown.way() != now.known())
                    {
                        again += 1;
                        shown.challenge = Some(now.clone());
                        continue;
                    }
                    let why = if offered { AskReason::Rejected } else { AskReason::Needed };
                    (challenges, answer, why)
                }
                Refusal::RejectsCredentials { or_forbids, answer } => {
                    // A proxy that let us in a moment ago does not mean us, but the port.
                    if or_forbids && shown.as_ref().is_some_and(|shown| shown.proven) {
                        return Err(self.error(Refusal::Forbids { answer }.into()));
                    }
                    (Vec::new(), answer, AskReason::Rejected)
                }
                other => {
                    if !matches!(other, Refusal::NotAProxy(_)) {
                        self.remember(shown);
                    }
                    return Err(self.error(self.problem(other)));
                }
            };
            self.known.forget(self.proxy);
            let challenge = self.challenge(&challenges, &answer, shown.as_ref())?;
            let asking = Instant::now();
            let realm = challenge.as_ref().map(Challenge::realm).unwrap_or_default().to_owned();
            let refused = |answer| match why {
                AskReason::Rejected => ProxyProblem::AuthRejected { answer },
                AskReason::Needed | AskReason::Impossible => {
                    ProxyProblem::AuthRequired { answer, unknown: Vec::new() }
                }
            };
            if asks >= ASKS_MOST {
                return Err(self.error(refused(answer)));
            }
            asks += 1;
            let Some(credentials) = self.users.ask(self.proxy, &realm, why).await else {
                return Err(self.error(refused(answer)));
            };
            until += asking.elapsed();
            shown = Some(Shown { credentials, challenge, proven: false });
        }
    }

    /// What the proxy is to be shown.
    fn offer(&self, shown: Option<&Shown>) -> Result<Offer, ProxyError> {
        let Some(Shown { credentials, challenge, .. }) = shown else { return Ok(Offer::Nothing) };
        let (name, password) = (credentials.user.clone(), credentials.password.reveal().to_owned());
        match (Via::of(self.proxy.scheme), challenge) {
            (Via::Socks5 | Via::Socks4, _) if name.len().max(password.len()) > 255 => {
                Err(self.error(ProxyProblem::CredentialsImpossible))
            }
            (Via::Socks5 | Via::Socks4, _) => Ok(Offer::User { name, password }),
            (Via::Connect, None) => Ok(Offer::Nothing),
            (Via::Connect, Some(challenge)) => {
                let mut nonce = [0; 16];
                // A nonce of zeros still makes a valid answer.
                let _ = getrandom::fill(&mut nonce);
                match answer(challenge, &name, &password, self.to, nonce) {
                    Ok(value) => Ok(Offer::Header(value)),
                    Err(Unanswerable::Credentials) => Err(self.error(ProxyProblem::CredentialsImpossible)),
                    Err(Unanswerable::Scheme) => Ok(Offer::Nothing),
                }
            }
        }
    }

    /// How to tell the proxy who we are: as it asks now, or as it asked before.
    fn challenge(
        &self,
        challenges: &[Challenge],
        answer: &str,
        shown: Option<&Shown>,
    ) -> Result<Option<Challenge>, ProxyError> {
        if Via::of(self.proxy.scheme) != Via::Connect {
            return Ok(None);
        }
        let before = || shown.and_then(|shown| shown.challenge.clone());
        let found = best(challenges).cloned().or_else(before);
        if found.is_none() {
            let unknown = challenges.iter().map(|challenge| challenge.scheme.clone()).collect();
            return Err(self.error(ProxyProblem::AuthRequired { answer: answer.to_owned(), unknown }));
        }
        Ok(found)
    }

    /// The proxy took them.
    fn remember(&mut self, shown: Option<Shown>) {
        if let Some(shown) = shown {
            self.users.accepted(self.proxy, &shown.credentials);
            self.known.keep(self.proxy, shown);
        }
    }

    fn problem(&self, refusal: Refusal) -> ProxyProblem {
        match refusal {
            Refusal::Silent => ProxyProblem::Silent { seconds: self.limit.as_secs() },
            other => other.into(),
        }
    }

    fn error(&self, problem: ProxyProblem) -> ProxyError {
        ProxyError { proxy: self.proxy.clone(), board: self.to.to_string(), problem }
    }
}
