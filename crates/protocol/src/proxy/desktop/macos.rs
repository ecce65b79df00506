//! macOS: the dictionary of SystemConfiguration, as `scutil --proxy` prints it.

use std::collections::HashMap;

use crate::proxy::bypass::{Bypass, Dialect};
use crate::proxy::server::ProxyScheme;
use crate::proxy::settings::{Entry, Kind, Manual, Mode, Order, Settings};

/// Of a proxy: the beginning of its keys, what it is for, what it speaks.
const PROXIES: [(&str, Kind, ProxyScheme); 3] = [
    ("SOCKS", Kind::Socks, ProxyScheme::Socks5),
    ("HTTPS", Kind::Https, ProxyScheme::Http),
    ("HTTP", Kind::Http, ProxyScheme::Http),
];

impl Settings {
    /// From what `scutil --proxy` prints; `None` when that is not it. Only the top level counts: what lies deeper is
    /// about one interface or one VPN.
    #[must_use]
    pub fn from_scutil(text: &str) -> Option<Self> {
        let (keys, exceptions) = dictionary(text)?;
        let on = |key: &str| keys.get(key) == Some(&"1");
        let entries: Vec<Entry> = PROXIES
            .iter()
            .filter(|(name, ..)| on(&format!("{name}Enable")))
            .filter_map(|&(name, kind, scheme)| {
                let (setting, port) = (format!("{name}Proxy"), keys.get(format!("{name}Port").as_str()));
                let host = keys.get(setting.as_str())?;
                let host = if host.contains(':') { format!("[{host}]") } else { (*host).to_owned() };
                let address = format!("{host}:{}", port.copied().unwrap_or_default());
                Some(Entry::new(kind, setting, &address, scheme))
            })
            .collect();
        let script = keys.get("ProxyAutoConfigURLString").filter(|_| on("ProxyAutoConfigEnable"));
        let mode = if let Some(place) = script {
            Mode::Script { setting: "ProxyAutoConfigURLString".into(), place: (*place).into() }
        } else if !entries.is_empty() {
            let mut bypass = Bypass::of(exceptions, Dialect::Chromium);
            if on("ExcludeSimpleHostnames") {
                bypass = bypass.with_simple_names();
            }
            let (order, bypass_setting) = (Order::WebSocket, "ExceptionsList".into());
            Mode::Manual(Manual { entries, order, bypass, bypass_setting })
        } else if on("ProxyAutoDiscoveryEnable") {
            Mode::Detect { setting: "ProxyAutoDiscoveryEnable".into() }
        } else {
            Mode::Unset
        };
        Some(Self { source: "macos", place: "in the settings of macOS", mode })
    }
}

/// The keys of the top level, and the strings of `ExceptionsList`.
fn dictionary(text: &str) -> Option<(HashMap<&str, &str>, Vec<&str>)> {
    let mut lines = text.lines().map(str::trim);
    lines.next().filter(|first| *first == "<dictionary> {")?;
    let (mut keys, mut exceptions, mut depth, mut of) = (HashMap::new(), Vec::new(), 1, "");
    for line in lines {
        if line == "}" {
            depth -= 1;
        }
        let Some((key, value)) = line.split_once(" : ") else { continue };
        if value.ends_with("> {") {
            depth += 1;
            of = if depth == 2 { key } else { of };
        } else if depth == 1 {
            keys.insert(key, value);
        } else if depth == 2 && of == "ExceptionsList" {
            exceptions.push(value);
        }
    }
    Some((keys, exceptions))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{reason, route};
    use super::*;

    /// As macOS prints it with ClashX on.
    const CLASH: &str = "<dictionary> {\n  ExceptionsList : <array> {\n    0 : 192.168.0.0/16\n    1 : *.local\n    2 : 169.254/16\n  }\n  \
        ExcludeSimpleHostnames : 1\n  HTTPEnable : 1\n  HTTPPort : 7890\n  HTTPProxy : 127.0.0.1\n  HTTPSEnable : 0\n  \
        HTTPSPort : 7890\n  HTTPSProxy : h.test\n  __SCOPED__ : <dictionary> {\n    en0 : <dictionary> {\n      \
        HTTPProxy : wrong\n    }\n  }\n  SOCKSEnable : 0\n}\n";

    #[test]
    fn keys_have_an_order() {
        let of = |text: &str| Settings::from_scutil(text).unwrap();
        let clash = of(CLASH);
        assert_eq!(route(&clash, "ws://b.test"), "http://127.0.0.1:7890");
        assert_eq!(reason(&clash, "ws://b.local"), "ExceptionsList in the settings of macOS names *.local.");
        assert_eq!(reason(&clash, "ws://board"), "ExceptionsList in the settings of macOS names <local>.");
        let socks =
            CLASH.replace("SOCKSEnable : 0", "SOCKSEnable : 1\n  SOCKSProxy : ::1\n  SOCKSPort : 7891");
        assert_eq!(route(&of(&socks), "ws://b.test"), "socks5://[::1]:7891");
        let script = CLASH.replace(
            "SOCKSEnable : 0",
            "ProxyAutoConfigEnable : 1\n  ProxyAutoConfigURLString : http://p/x.pac",
        );
        assert_eq!(reason(&of(&script), "ws://b.test"), "script http://p/x.pac");
        assert_eq!(reason(&of("<dictionary> {\n}"), "ws://b.test"), "nothing");
        assert!(Settings::from_scutil("No such command").is_none());
    }
}
