//! The handshake X-ray: opens a WebREPL up to its first frame, keeps every byte with its time, and says what was seen; by
//! the way that would be taken, and for comparison by the other one.

mod record;
#[cfg(test)]
mod tests;
mod view;
mod walk;
mod ways;

use std::sync::Arc;
use std::time::Duration;

use boardwalk_doctor::SystemDialler;
use boardwalk_transport::{AskProxyUser, DirectRoutes, NoProxyUser, Routed, Routes, TlsTrust, WebReplUrl};

use crate::doctor::echo_document;

pub use view::{Direction, Event, Parsed, ParsedReply, Path, VerdictView, What, Xray};

/// How to look.
#[derive(Clone)]
pub struct XrayOptions {
    /// For all of it. Without it each step has its own limit: 5 s for TCP, 15 s for a tunnel, 8 s for the reply, 5 s for
    /// the prompt.
    pub limit: Option<Duration>,
    /// Whose certificate to believe behind `wss://`.
    pub trust: TlsTrust,
    /// Which way a connection would go.
    pub routes: Arc<dyn Routes>,
    /// Which way it would go if the board were elsewhere: the proxy of that is looked at, too.
    pub elsewhere: Arc<dyn Routes>,
    /// Who knows our name at a proxy.
    pub users: Arc<dyn AskProxyUser>,
    /// Whose certificate to believe at an `https://` proxy.
    pub proxy_trust: TlsTrust,
}

impl Default for XrayOptions {
    fn default() -> Self {
        Self {
            limit: None,
            trust: TlsTrust::Platform,
            routes: Arc::new(DirectRoutes),
            elsewhere: Arc::new(DirectRoutes),
            users: Arc::new(NoProxyUser),
            proxy_trust: TlsTrust::Platform,
        }
    }
}

/// Looks at the handshake with `url`. It does not log in, and it leaves the board free for the next client: one way is
/// walked after the other, each to its clean end.
pub async fn xray(url: &WebReplUrl, options: XrayOptions) -> Xray {
    let (verdict, paths) = ways::all(url, &options).await;
    let echoes = self_echoes(url, &options).await;
    Xray { url: url.to_string(), verdict, paths, echoes }
}

/// The same request as it comes out of the proxy, at a listener of our own.
async fn self_echoes(url: &WebReplUrl, options: &XrayOptions) -> Vec<serde_json::Value> {
    let of = |routed: Routed| routed.decision.route.proxy().cloned();
    let proxy = match of(options.routes.route(url).await) {
        Some(proxy) => Some(proxy),
        None => of(options.elsewhere.route(url).await),
    };
    let Some(proxy) = proxy else { return Vec::new() };
    let dialler = Arc::new(SystemDialler::new(Arc::clone(&options.users)));
    let world = boardwalk_doctor::World { dialler, ..boardwalk_doctor::World::system() };
    boardwalk_doctor::echoes(&world, &proxy).await.iter().map(echo_document).collect()
}
