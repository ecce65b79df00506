//! One way to the board, walked up to the password prompt, with the patience of somebody who watches.

use std::time::Duration;

use boardwalk_transport::WebReplUrl;

use super::talk::Trouble;
use crate::case::{Case, Proxied, lock};
use crate::code::Code;
use crate::evidence::{Echo, EchoWay};
use crate::xray::{Conversation, Limits, Oddity, Walk};

/// A board in the same network answers within some 300 ms, also when its radio sleeps, and to a request within a second;
/// what takes longer is broken. Proxies try for 30 to 133 s; by 5 s it is known that nobody answers them.
const LIMITS: Limits = Limits {
    tcp: Duration::from_millis(3000),
    tunnel: Duration::from_millis(5000),
    tls: Duration::from_millis(4000),
    reply: Duration::from_millis(4500),
    prompt: Duration::from_millis(3000),
    until: None,
};

/// Walks the way without a proxy, and keeps what was seen.
pub(super) async fn direct(case: &Case, url: &WebReplUrl) -> Result<Conversation, Trouble> {
    case.waiting("direct", format!("an answer from {}", url.host));
    walk(case, url, None).await
}

/// Walks the way through a proxy, by its tunnel.
pub(super) async fn through(case: &Case, url: &WebReplUrl, proxy: &Proxied) -> Result<Conversation, Trouble> {
    walk(case, url, Some(proxy)).await
}

/// Walks the way without a proxy once more; it is told already.
pub(super) async fn again(case: &Case, url: &WebReplUrl) -> Result<Conversation, Trouble> {
    plan(case, url, None).by(None).await.talk
}

/// The way, about to be walked.
pub(super) fn plan<'a>(case: &'a Case, url: &'a WebReplUrl, proxy: Option<&Proxied>) -> Walk<'a> {
    let addresses = match proxy {
        None => case.facts.addresses.get().map(Vec::as_slice),
        Some(_) => case.facts.routed.get().map(|routed| &routed.addresses[..]),
    };
    let addresses = addresses.unwrap_or_default();
    let reply = match proxy {
        None => LIMITS.reply,
        Some(_) if was_silent(case) => Duration::from_millis(2000),
        Some(_) => Duration::from_millis(4000),
    };
    let limits = Limits { reply, ..LIMITS };
    Walk { world: &case.world, url, addresses, limits, oddity: Oddity::Nothing }
}

async fn walk(case: &Case, url: &WebReplUrl, proxy: Option<&Proxied>) -> Result<Conversation, Trouble> {
    // What comes out of its tunnel shows what the proxy does, and a board that was silent without it is so by itself.
    let known = proxy.is_some_and(|proxy| changes(case, proxy) || was_silent(case));
    let walked = plan(case, url, proxy).examined(proxy.map(|proxy| &proxy.server), known).await;
    case.saw_path(walked.path());
    walked.talk
}

/// The board said nothing to the same request without a proxy.
fn was_silent(case: &Case) -> bool {
    let silent = Code::SilentAfterRequest.as_str();
    lock(&case.facts.paths).iter().any(|path| path.through.is_none() && path.code == silent)
}

fn changes(case: &Case, proxy: &Proxied) -> bool {
    let echoes = lock(&case.facts.echoes);
    let mut tunnel = echoes.iter().filter(|echo| echo.way == EchoWay::Tunnel(proxy.via));
    let whole = |echo: &Echo| echo.taken_by.new && echo.taken_by.old;
    tunnel.any(|echo| !echo.arrived.is_empty() && !whole(echo))
}
