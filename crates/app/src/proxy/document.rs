//! The document of `boardwalk proxy URL`: which way a connection would go, and why, without connecting.

use boardwalk_protocol::proxy::{Decision, Route, Via};
use boardwalk_transport::{Routes as _, SourceSaid, SystemRoutes, WebReplUrl};
use serde::Serialize;
use ts_rs::TS;

/// The way to a board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ProxyDocument {
    /// of the board
    pub url: String,
    /// `direct` or `proxy`
    pub route: String,
    /// the first proxy that is tried, as `http://127.0.0.1:7890`; never with credentials
    pub proxy: Option<String>,
    /// how the proxy is asked: `connect`, `socks5`, `socks4`
    pub via: Option<String>,
    /// who said so: `option`, `environment`, `windows`, `macos`, `gnome`, `kde`, `portal`, `pac`, `lan`, `none`
    pub source: String,
    /// one sentence or two
    pub reason: String,
    /// the setting and the rule that decided, as they are written; may be empty
    pub rule: String,
    /// what all sources say, when that was asked for
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub all: Option<Vec<SourceDocument>>,
}

/// What one source says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct SourceDocument {
    /// as in [`ProxyDocument::source`]; `desktop` when there is none
    pub source: String,
    /// where it alone would lead: `direct`, `proxy`, or nothing when it says nothing
    pub route: Option<String>,
    /// its first proxy
    pub proxy: Option<String>,
    /// what it says, what in it means nothing, or why it could not be read
    pub says: Vec<String>,
}

/// Decides the route of a board, and with `all` asks every source.
pub async fn proxy_document(routes: &SystemRoutes, url: &WebReplUrl, all: bool) -> ProxyDocument {
    let decision = routes.route(url).await.decision;
    let all = match all {
        true => Some(routes.all(url).await.into_iter().map(SourceDocument::from).collect()),
        false => None,
    };
    ProxyDocument { all, ..ProxyDocument::new(url, &decision) }
}

impl ProxyDocument {
    /// The document of a decision that was made.
    #[must_use]
    pub fn new(url: &WebReplUrl, decision: &Decision) -> Self {
        let proxy = decision.route.proxy();
        Self {
            url: url.to_string(),
            route: route(decision).to_owned(),
            proxy: proxy.map(ToString::to_string),
            via: proxy.map(|proxy| Via::of(proxy.scheme).name().to_owned()),
            source: decision.source.to_owned(),
            reason: decision.reason.clone(),
            rule: decision.rule.clone(),
            all: None,
        }
    }
}

impl From<SourceSaid> for SourceDocument {
    fn from(said: SourceSaid) -> Self {
        let decision = said.decision.as_ref();
        Self {
            source: said.source.to_owned(),
            route: decision.map(|decision| route(decision).to_owned()),
            proxy: decision.and_then(|decision| decision.route.proxy()).map(ToString::to_string),
            says: said.says,
        }
    }
}

/// A script may answer "direct" first and a proxy after it; what is tried first counts.
fn route(decision: &Decision) -> &'static str {
    match &decision.route {
        Route::Proxies(list) if list.first().is_some_and(Option::is_some) => "proxy",
        Route::Proxies(_) | Route::Direct => "direct",
    }
}
