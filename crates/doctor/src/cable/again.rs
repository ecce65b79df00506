//! The same attempt once more, for what the board prints about it at its console.

use std::time::Duration;

use tokio::time::Instant;

use crate::case::Case;
use crate::xray::{Limits, Oddity, Walk};

/// A board says at once what it does not like; what was silent before is not waited for.
const AGAIN: Duration = Duration::from_millis(1500);

/// Sends the whole request by the way that is used, and takes leave.
pub(super) async fn again(case: &Case) {
    let Some(url) = case.url() else { return };
    let proxy = case.proxy_used();
    let addresses = match proxy {
        None => case.facts.addresses.get().map(Vec::as_slice),
        Some(_) => case.facts.routed.get().map(|routed| &routed.addresses[..]),
    };
    let addresses = addresses.unwrap_or_default();
    let until = Some(Instant::now() + AGAIN);
    let limits = Limits { tcp: AGAIN, tunnel: AGAIN, tls: AGAIN, reply: AGAIN, prompt: AGAIN, until };
    let walk = Walk { world: &case.world, url, addresses, limits, oddity: Oddity::Nothing };
    // What came of it stands at the console.
    walk.by(proxy.map(|proxy| &proxy.server)).await.leave().await;
}
