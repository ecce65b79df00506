//! Who knows the way to a board, and who knows our name at a proxy. Both are arguments: tests bring their own.

use std::net::SocketAddr;

use boardwalk_protocol::proxy::{Decision, ProxyServer};
use futures::future::{BoxFuture, FutureExt as _};

use crate::target::WebReplUrl;
use crate::webrepl::{AskReason, Secret};

/// The way to one board, as decided for one connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Routed {
    /// which way and why
    pub decision: Decision,
    /// where the board is, when the name had to be resolved to decide (mDNS, a name on the local network); otherwise
    /// empty: a direct connection resolves it, a proxy is given the name
    pub addresses: Vec<SocketAddr>,
}

/// Decides which way connections go. Asked anew for each, so that a changed setting takes effect at the next one.
pub trait Routes: Send + Sync + 'static {
    /// The way to this board. Bounded: at most 5 s, of which a PAC script and a name's resolution have their share.
    fn route<'a>(&'a self, url: &'a WebReplUrl) -> BoxFuture<'a, Routed>;
}

/// Always direct.
#[derive(Debug, Clone, Copy, Default)]
pub struct DirectRoutes;

/// A name and a password for a proxy. It has no `Debug`.
#[derive(Clone)]
pub struct ProxyCredentials {
    /// the name
    pub user: String,
    /// the password
    pub password: Secret,
}

/// Gives the credentials of proxies: from the settings' URLs, a key store, the environment, a person. They are sent to
/// the proxy they are for and nowhere else.
pub trait AskProxyUser: Send + Sync + 'static {
    /// Our name at this proxy, or `None`. `realm` is what the proxy calls itself, not escaped. Dropping the future is the
    /// end of the question.
    fn ask<'a>(
        &'a self,
        proxy: &'a ProxyServer,
        realm: &'a str,
        why: AskReason,
    ) -> BoxFuture<'a, Option<ProxyCredentials>>;

    /// The proxy took them: the moment to remember them, if the user wants that. Must not block.
    fn accepted(&self, proxy: &ProxyServer, credentials: &ProxyCredentials) {
        let _ = (proxy, credentials);
    }
}

/// Nobody to ask.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoProxyUser;

impl Routes for DirectRoutes {
    fn route<'a>(&'a self, _: &'a WebReplUrl) -> BoxFuture<'a, Routed> {
        let routed = Routed { decision: Decision::nothing_set(), addresses: Vec::new() };
        std::future::ready(routed).boxed()
    }
}

impl AskProxyUser for NoProxyUser {
    fn ask<'a>(
        &'a self,
        _: &'a ProxyServer,
        _: &'a str,
        _: AskReason,
    ) -> BoxFuture<'a, Option<ProxyCredentials>> {
        std::future::ready(None).boxed()
    }
}
