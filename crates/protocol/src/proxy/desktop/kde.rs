//! KDE: the file `kioslaverc`.

use std::collections::HashMap;

use crate::proxy::bypass::{Bypass, Dialect};
use crate::proxy::server::ProxyScheme;
use crate::proxy::settings::{Entry, Kind, Manual, Mode, Order, Settings};

/// Of a proxy: its key, what it is for, what it speaks when its address does not say.
const PROXIES: [(&str, Kind, ProxyScheme); 3] = [
    ("socksProxy", Kind::Socks, ProxyScheme::Socks5),
    ("httpsProxy", Kind::Https, ProxyScheme::Http),
    ("httpProxy", Kind::Http, ProxyScheme::Http),
];

impl Settings {
    /// From the file's text. Where it says "use the environment's" it names variables, which `variable` reads.
    #[must_use]
    pub fn from_kioslaverc(text: &str, variable: impl Fn(&str) -> Option<String>) -> Self {
        let keys = group(text);
        let get = |key: &str| keys.get(key).copied().unwrap_or_default();
        let named = |key: &str| variable(get(key)).unwrap_or_default();
        let mode = match get("ProxyType") {
            "1" => manual(get("ReversedException") == "true", |key| get(key).to_owned()),
            "2" => Mode::Script {
                setting: "Proxy Config Script".into(),
                place: get("Proxy Config Script").into(),
            },
            "3" => Mode::Detect { setting: "ProxyType".into() },
            "4" => manual(get("ReversedException") == "true", named),
            _ => Mode::Unset,
        };
        Self { source: "kde", place: "in the settings of KDE", mode }
    }
}

fn manual(reversed: bool, get: impl Fn(&str) -> String) -> Mode {
    let entries: Vec<Entry> = PROXIES
        .iter()
        .filter_map(|&(key, kind, scheme)| {
            // The dialogue writes "http://127.0.0.1 7890".
            let address = get(key).trim().replace(' ', ":");
            (!address.is_empty()).then(|| Entry::new(kind, key, &address, scheme))
        })
        .collect();
    let bypass = Bypass::parse(&get("NoProxyFor"), Dialect::Kde).reversed(reversed);
    Mode::Manual(Manual { entries, order: Order::WebSocket, bypass, bypass_setting: "NoProxyFor".into() })
}

/// The keys of `[Proxy Settings]`. `[$i]` after a name says that users may not change it, `[$e]` that it has variables.
fn group(text: &str) -> HashMap<&str, &str> {
    let mut inside = false;
    let mut keys = HashMap::new();
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            inside = line == "[Proxy Settings]" || line == "[Proxy Settings][$i]";
        } else if inside && let Some((key, value)) = line.split_once('=') {
            let key = key.split_once("[$").map_or(key, |(key, _)| key).trim();
            keys.insert(key, value.trim());
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::super::testing::{reason, route};
    use super::*;

    fn settings(text: &str) -> Settings {
        let variable = |name: &str| (name == "http_proxy").then(|| "http://env.test:1".to_owned());
        Settings::from_kioslaverc(text, variable)
    }

    #[test]
    fn types_are_told_apart() {
        let manual = |more: &str| {
            settings(&format!(
                "[Other]\nProxyType=3\n[Proxy Settings][$i]\nProxyType[$i]=1\nhttpProxy=http://127.0.0.1 7890\n\
                 NoProxyFor=localhost,.lan 10.0.0.0/8\n{more}\n[Last]\nhttpProxy=x"
            ))
        };
        assert_eq!(route(&manual(""), "ws://b.test"), "http://127.0.0.1:7890");
        assert_eq!(reason(&manual(""), "ws://b.lan"), "NoProxyFor in the settings of KDE names .lan.");
        assert_eq!(route(&manual("socksProxy=socks://s.test 7891"), "ws://b.test"), "socks5://s.test:7891");
        assert_eq!(route(&manual("ReversedException=true"), "ws://b.lan"), "http://127.0.0.1:7890");
        assert_eq!(route(&manual("ReversedException=true"), "ws://b.test"), "direct");
        let environment =
            settings("[Proxy Settings]\nProxyType=4\nhttpProxy=http_proxy\nNoProxyFor=no_proxy\n");
        assert_eq!(route(&environment, "ws://b.test"), "http://env.test:1");
        let script = settings("[Proxy Settings]\nProxyType=2\nProxy Config Script=file:///p.pac\n");
        assert_eq!(reason(&script, "ws://b.test"), "script file:///p.pac");
        assert!(reason(&settings("[Proxy Settings]\nProxyType=3"), "ws://b.test").contains("WPAD"));
        for nothing in
            ["", "[Proxy Settings]\nProxyType=0", "ProxyType=1\nhttpProxy=x", "[Proxy Settings]\n=\n[", "\0"]
        {
            assert_eq!(reason(&settings(nothing), "ws://b.test"), "nothing", "{nothing}");
        }
    }
}
