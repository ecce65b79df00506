//! Windows: the values of `Internet Settings` in the registry.

use crate::proxy::bypass::{Bypass, Dialect};
use crate::proxy::server::ProxyScheme;
use crate::proxy::settings::{Entry, Kind, Manual, Mode, Order, Settings};

/// The values, each as it stands in the registry.
#[derive(Clone, Default)]
pub struct InternetSettings {
    /// `ProxyEnable`
    pub proxy_enable: bool,
    /// `ProxyServer`: `127.0.0.1:7890`, or `http=…;https=…;socks=…`
    pub proxy_server: String,
    /// `ProxyOverride`
    pub proxy_override: String,
    /// `AutoConfigURL`
    pub auto_config_url: String,
    /// `AutoDetect`
    pub auto_detect: bool,
}

impl Settings {
    /// A script counts before a proxy, as in WinINet. Detection counts last: it is on by default and mostly finds nothing.
    #[must_use]
    pub fn from_windows(values: &InternetSettings) -> Self {
        let mode = if !values.auto_config_url.trim().is_empty() {
            Mode::Script { setting: "AutoConfigURL".into(), place: values.auto_config_url.trim().into() }
        } else if values.proxy_enable && !values.proxy_server.trim().is_empty() {
            let bypass = Bypass::parse(&values.proxy_override, Dialect::Windows);
            let (order, bypass_setting) = (Order::WebSocket, "ProxyOverride".into());
            Mode::Manual(Manual { entries: entries(&values.proxy_server), order, bypass, bypass_setting })
        } else if values.auto_detect {
            Mode::Detect { setting: "AutoDetect".into() }
        } else {
            Mode::Unset
        };
        Self { source: "windows", place: "in the settings of Windows", mode }
    }
}

fn entries(server: &str) -> Vec<Entry> {
    let parts = server.split([';', ' ', '\t']).filter(|part| !part.is_empty());
    let entry = |part: &str| {
        let (kind, address, scheme) = match part.split_once('=') {
            None => (Kind::All, part, ProxyScheme::Http),
            Some(("http", address)) => (Kind::Http, address, ProxyScheme::Http),
            Some(("https", address)) => (Kind::Https, address, ProxyScheme::Http),
            // WinINet speaks SOCKS4 here, and so Chromium does.
            Some(("socks", address)) => (Kind::Socks, address, ProxyScheme::Socks4),
            Some(_) => return None,
        };
        Some(Entry::new(kind, "ProxyServer", address, scheme))
    };
    parts.filter_map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{reason, route};
    use super::*;

    fn values(server: &str) -> InternetSettings {
        InternetSettings { proxy_enable: true, proxy_server: server.into(), ..InternetSettings::default() }
    }

    #[test]
    fn values_have_an_order() {
        let of = |values: &InternetSettings| Settings::from_windows(values);
        assert_eq!(route(&of(&values("127.0.0.1:7897")), "ws://b.test"), "http://127.0.0.1:7897");
        assert_eq!(route(&of(&values("ftp=f:1;https=h:2")), "ws://b.test"), "http://h:2");
        assert_eq!(route(&of(&values("socks=socks5://h:2")), "ws://b.test"), "socks5://h:2");
        assert!(reason(&of(&values("h:x")), "ws://b.test").contains("cannot be used"));
        assert!(reason(&of(&values("ftp=f:1")), "ws://b.test").starts_with("No proxy is set for"));
        let script = InternetSettings { auto_config_url: "http://p/p.pac".into(), ..values("h:2") };
        assert_eq!(reason(&of(&script), "ws://b.test"), "script http://p/p.pac");
        let off = InternetSettings { proxy_enable: false, ..values("h:2") };
        assert_eq!(reason(&of(&off), "ws://b.test"), "nothing");
        assert!(reason(&of(&InternetSettings { auto_detect: true, ..off }), "ws://b.test").contains("WPAD"));
        let detected = InternetSettings { auto_detect: true, ..values("h:2") };
        assert_eq!(route(&of(&detected), "ws://b.test"), "http://h:2");
    }
}
