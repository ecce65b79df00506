//! Which way a connection goes, and why, as data that a person can be shown.

use super::server::{ProxyScheme, ProxyServer};

/// The way of one connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// No proxy of ours in between.
    Direct,
    /// These proxies, in order: the next is tried only when the one before it cannot be reached, never after it refused
    /// (Chromium's rule since M67, net/docs/proxy.md). At least one. `None` in the list is "direct", as a PAC script may
    /// end.
    Proxies(Vec<Option<ProxyServer>>),
}

/// How a proxy is asked to reach the board. The absolute-form GET is no such way: Go proxies rewrite its header names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    /// HTTP CONNECT (RFC 9110, section 9.3.6)
    Connect,
    /// SOCKS5 with a remote name (RFC 1928)
    Socks5,
    /// SOCKS4a
    Socks4,
}

/// A route and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// which way
    pub route: Route,
    /// who said so, short and stable: `option`, `environment`, `windows`, `macos`, `gnome`, `kde`, `portal`, `pac`, `lan`,
    /// `none`
    pub source: &'static str,
    /// one English sentence for a person, with the setting and the rule that matched: "no_proxy names 192.168.0.0/16"
    pub reason: String,
    /// the setting and the rule that decided, as written in the source: `no_proxy`, `192.168.0.0/16`; empty when there
    /// is none
    pub rule: String,
}

impl Route {
    /// The first proxy, when it is not direct.
    #[must_use]
    pub fn proxy(&self) -> Option<&ProxyServer> {
        match self {
            Self::Direct => None,
            Self::Proxies(list) => list.first().and_then(Option::as_ref),
        }
    }
}

impl Decision {
    /// Direct, because nothing says otherwise.
    #[must_use]
    pub fn nothing_set() -> Self {
        let reason = "No proxy is set.".to_owned();
        Self { route: Route::Direct, source: "none", reason, rule: String::new() }
    }
}

impl Via {
    /// How this proxy carries a connection.
    #[must_use]
    pub fn of(scheme: ProxyScheme) -> Self {
        match scheme {
            ProxyScheme::Http | ProxyScheme::Https => Self::Connect,
            ProxyScheme::Socks5 | ProxyScheme::Socks5h => Self::Socks5,
            ProxyScheme::Socks4 => Self::Socks4,
        }
    }

    /// As the command line's JSON names it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Socks5 => "socks5",
            Self::Socks4 => "socks4",
        }
    }
}
