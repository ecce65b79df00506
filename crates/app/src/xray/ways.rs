//! Which ways are looked at: first what a connection would take, then the other one.

use boardwalk_protocol::proxy::{ProxyServer, Route};
use boardwalk_transport::WebReplUrl;
use tokio::time::Instant;

use super::XrayOptions;
use super::view::{Path, VerdictView};
use super::walk::{Limits, walk};

/// The verdict is that of the way that a connection would end up on.
pub(super) async fn all(url: &WebReplUrl, options: &XrayOptions) -> (VerdictView, Vec<Path>) {
    let limits = Limits { until: options.limit.map(|limit| Instant::now() + limit) };
    let routed = options.routes.route(url).await;
    let ways = match routed.decision.route {
        Route::Direct => vec![None],
        Route::Proxies(list) => list,
    };
    let mut verdict = VerdictView::no_way();
    let mut paths = Vec::new();
    for way in &ways {
        let path = walk(url, &routed.addresses, way.as_ref(), options, limits).await;
        verdict = path.verdict.clone();
        paths.push(path);
        // The next of a list is for a proxy that cannot be reached, and for nothing else.
        if verdict.code != "proxy-unreachable" {
            break;
        }
    }
    if let Some(other) = other(url, options, &ways).await {
        paths.push(walk(url, &routed.addresses, other.as_ref(), options, limits).await);
    }
    (verdict, paths)
}

/// What to compare with: direct, or the proxy that the settings name.
async fn other(
    url: &WebReplUrl,
    options: &XrayOptions,
    ways: &[Option<ProxyServer>],
) -> Option<Option<ProxyServer>> {
    if !ways.contains(&None) {
        return Some(None);
    }
    let elsewhere = options.elsewhere.route(url).await.decision.route;
    let proxy = elsewhere.proxy().filter(|proxy| !ways.iter().flatten().any(|walked| walked == *proxy))?;
    Some(Some(proxy.clone()))
}
