//! The handshake with a board, looked at: each way walked up to the password prompt and no further, every byte kept with
//! its time. Never a bare connection: a board that has accepted one does nothing else until it has read a request
//! (MicroPython's `webrepl.py`, `accept_conn`).

mod between;
mod conversation;
mod record;
mod trouble;
mod walk;

use std::time::Duration;

use boardwalk_protocol::proxy::{ProxyServer, Route};
use boardwalk_transport::{Routed, WebReplUrl};
use tokio::time::Instant;

use crate::evidence::{Echo, Path};
use crate::network::echoes;
use crate::world::World;

pub(crate) use conversation::{Conversation, mask};
pub(crate) use record::Recorder;
pub(crate) use trouble::Trouble;
pub(crate) use walk::{Limits, Oddity, Walk};

/// Everything that was seen of the handshake with one board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Xray {
    /// where it was looked at
    pub url: WebReplUrl,
    /// the ways that a connection takes: the next of a list where a proxy could not be reached; the last one decides
    pub taken: Vec<Path>,
    /// another way, for comparison
    pub compared: Option<Path>,
    /// the same request as it comes out of the proxy, at a listener of our own
    pub echoes: Vec<Echo>,
}

impl Xray {
    /// The way that a connection ends up on.
    #[must_use]
    pub fn decisive(&self) -> Option<&Path> {
        self.taken.last()
    }

    /// All ways, first those that a connection takes.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.taken.iter().chain(&self.compared)
    }
}

/// Looks at the handshake with `url`: by the way that a connection would take, and for comparison by the other one. It does
/// not log in, and it leaves the board free for the next client: one way is walked after the other, each to its clean end.
/// Each step has a limit of its own: 5 s for TCP, 15 s for a tunnel, 5 s for TLS, 8 s for the reply, 5 s for the prompt;
/// `limit` is for all of them.
pub async fn xray(world: &World, url: &WebReplUrl, limit: Option<Duration>) -> Xray {
    let seconds = Duration::from_secs;
    let limits = Limits {
        tcp: seconds(5),
        tunnel: seconds(15),
        tls: seconds(5),
        reply: seconds(8),
        prompt: seconds(5),
        until: limit.map(|limit| Instant::now() + limit),
    };
    let routed = world.routes.route(url).await;
    let elsewhere = proxy_of(&world.proxies.route(url).await);
    let walk = Walk { world, url, addresses: &routed.addresses, limits, oddity: Oddity::Nothing };
    let ways = match &routed.decision.route {
        Route::Direct => vec![None],
        Route::Proxies(list) => list.clone(),
    };
    let mut taken = Vec::new();
    for way in &ways {
        let path = walk.examined(way.as_ref(), false).await.leave().await;
        // The next of a list is for a proxy that cannot be reached, and for nothing else.
        let over = path.code != "proxy-unreachable";
        taken.push(path);
        if over {
            break;
        }
    }
    let compared = match (ways.contains(&None), &elsewhere) {
        (false, _) => Some(walk.examined(None, false).await.leave().await),
        (true, Some(proxy)) if !ways.contains(&elsewhere) => {
            Some(walk.examined(Some(proxy), false).await.leave().await)
        }
        (true, _) => None,
    };
    let echoes = match proxy_of(&routed).or(elsewhere) {
        Some(proxy) => echoes(world, &proxy).await,
        None => Vec::new(),
    };
    Xray { url: url.clone(), taken, compared, echoes }
}

fn proxy_of(routed: &Routed) -> Option<ProxyServer> {
    routed.decision.route.proxy().cloned()
}

#[cfg(test)]
mod tests;
