//! What a system or a person has set, and which route follows from it.

use super::bypass::Bypass;
use super::host::Endpoint;
use super::route::{Decision, Route};
use super::server::{ProxyScheme, ProxyUrl, ProxyUrlError};

/// What one source says.
pub struct Settings {
    /// short and stable, as in [`Decision::source`]
    pub source: &'static str,
    /// after a setting's name in sentences: "in the environment"
    pub place: &'static str,
    /// what is set
    pub mode: Mode,
}

/// How connections are to go.
pub enum Mode {
    /// Nothing is set: another source may be asked.
    Unset,
    /// "No proxy" is set.
    Direct,
    /// Proxies for kinds of connections.
    Manual(Manual),
    /// A script decides (PAC).
    Script {
        /// the setting's name
        setting: String,
        /// `http:`, `https:` or `file:` URL, or a path
        place: String,
    },
    /// The network is to be asked for a script (WPAD), which is not done: whoever answers first could read everything.
    Detect {
        /// the setting's name
        setting: String,
    },
}

/// Proxies, and what needs none.
pub struct Manual {
    /// in the order of their places in the source
    pub entries: Vec<Entry>,
    /// whose order counts
    pub order: Order,
    /// what needs no proxy
    pub bypass: Bypass,
    /// the setting that lists it
    pub bypass_setting: String,
}

/// One proxy.
pub struct Entry {
    /// for what
    pub kind: Kind,
    /// the setting's name, as in the source
    pub setting: String,
    /// where it is, when it can be read
    pub proxy: Result<ProxyUrl, ProxyUrlError>,
}

/// For what a proxy is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `ws_proxy`
    Ws,
    /// `wss_proxy`
    Wss,
    /// URLs with http
    Http,
    /// URLs with https
    Https,
    /// a SOCKS proxy for the rest
    Socks,
    /// everything
    All,
}

/// Which entry is for a WebSocket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// As curl: `ws_proxy`, `http_proxy`, `all_proxy` for ws; `wss_proxy`, `https_proxy`, `all_proxy` for wss.
    Environment,
    /// As Chromium for both (net/docs/proxy.md, "Mapping WebSockets URLs to a proxy"): SOCKS, https, http.
    WebSocket,
}

/// What follows from settings for one destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// Nothing: ask the next source.
    Nothing,
    /// A route.
    Decision(Decision),
    /// The script at this place decides.
    Script(String),
}

impl Settings {
    /// Nothing is set here.
    #[must_use]
    pub fn unset(source: &'static str, place: &'static str) -> Self {
        Self { source, place, mode: Mode::Unset }
    }

    /// Whether anything is set, be it that no proxy is used.
    #[must_use]
    pub fn is_set(&self) -> bool {
        !matches!(self.mode, Mode::Unset)
    }

    /// The entries of its list that mean nothing, as they are written.
    #[must_use]
    pub fn nonsense(&self) -> Vec<&str> {
        match &self.mode {
            Mode::Manual(manual) => manual.bypass.nonsense().collect(),
            _ => Vec::new(),
        }
    }

    /// What follows for this destination.
    #[must_use]
    pub fn decide(&self, to: &Endpoint) -> Said {
        let Self { place, .. } = self;
        match &self.mode {
            Mode::Unset => Said::Nothing,
            Mode::Direct => self.direct(String::new(), format!("No proxy is chosen {place}.")),
            Mode::Manual(manual) => self.manual(manual, to),
            // Neither lists nor scripts are asked about this computer and this link (Chromium since M71).
            Mode::Script { setting, place: script } => match implicit().rule_for(to) {
                Some(rule) => self.bypassed(setting, rule, to),
                None => Said::Script(script.clone()),
            },
            Mode::Detect { setting } => {
                let reason = format!(
                    "{setting} {place} asks the network for a proxy (WPAD), which Boardwalk does not do, so no proxy is used."
                );
                self.direct(setting.clone(), reason)
            }
        }
    }

    fn manual(&self, manual: &Manual, to: &Endpoint) -> Said {
        let Some(entry) = manual.entry_for(to) else {
            let kinds = match (manual.order, to.secure) {
                (Order::WebSocket, _) => "for web traffic or SOCKS",
                (Order::Environment, false) => "by ws_proxy, http_proxy or all_proxy",
                (Order::Environment, true) => "by wss_proxy, https_proxy or all_proxy",
            };
            let reason = format!("No proxy is set {kinds} {}.", self.place);
            return self.direct(String::new(), reason);
        };
        if let Some(rule) = manual.bypass.rule_for(to) {
            return self.bypassed(&manual.bypass_setting, rule, to);
        }
        match &entry.proxy {
            Ok(url) => {
                let reason = format!("{} {} is {}.", entry.setting, self.place, url.server);
                let route = Route::Proxies(vec![Some(url.server.clone())]);
                Said::Decision(Decision { route, source: self.source, reason, rule: entry.setting.clone() })
            }
            Err(error) => {
                let (setting, place) = (&entry.setting, self.place);
                let because = format!("{setting} {place} cannot be used, so no proxy is used. {error}");
                self.direct(setting.clone(), because)
            }
        }
    }

    fn bypassed(&self, setting: &str, rule: &str, to: &Endpoint) -> Said {
        let reason = if implicit().rule_for(to) == Some(rule) {
            format!("{} is on this computer or this link ({rule}), where no proxy is needed.", to.host)
        } else {
            format!("{setting} {} names {rule}.", self.place)
        };
        self.direct(format!("{setting}: {rule}"), reason)
    }

    fn direct(&self, rule: String, reason: String) -> Said {
        Said::Decision(Decision { route: Route::Direct, source: self.source, reason, rule })
    }
}

impl Manual {
    fn entry_for(&self, to: &Endpoint) -> Option<&Entry> {
        let kinds = match (self.order, to.secure) {
            (Order::Environment, false) => [Kind::Ws, Kind::Http, Kind::All].as_slice(),
            (Order::Environment, true) => &[Kind::Wss, Kind::Https, Kind::All],
            (Order::WebSocket, _) => &[Kind::Socks, Kind::Https, Kind::Http, Kind::All],
        };
        kinds.iter().find_map(|kind| self.entries.iter().find(|entry| entry.kind == *kind))
    }
}

impl Entry {
    /// Reads an address; without a scheme it speaks `scheme`.
    #[must_use]
    pub fn new(kind: Kind, setting: impl Into<String>, address: &str, scheme: ProxyScheme) -> Self {
        Self { kind, setting: setting.into(), proxy: ProxyUrl::parse(address, scheme) }
    }
}

fn implicit() -> Bypass {
    Bypass::default().with_implicit(true)
}
