//! GNOME and its relatives: the schema `org.gnome.system.proxy`.

use std::collections::HashMap;

use crate::proxy::bypass::{Bypass, Dialect};
use crate::proxy::server::{ProxyScheme, ProxyUser};
use crate::proxy::settings::{Entry, Kind, Manual, Mode, Order, Settings};

const SCHEMA: &str = "org.gnome.system.proxy";

/// Of a proxy: its child schema, what it is for, what it speaks, in Chromium's reading of it.
const PROXIES: [(&str, Kind, ProxyScheme); 3] = [
    ("socks", Kind::Socks, ProxyScheme::Socks5),
    ("https", Kind::Https, ProxyScheme::Http),
    ("http", Kind::Http, ProxyScheme::Http),
];

impl Settings {
    /// From what `gsettings list-recursively org.gnome.system.proxy` prints; `None` when that is not it.
    #[must_use]
    pub fn from_gsettings(text: &str) -> Option<Self> {
        let keys: HashMap<String, &str> = text
            .lines()
            .filter_map(|line| {
                let (schema, rest) = line.split_once(' ')?;
                let (key, value) = rest.split_once(' ')?;
                let child = schema.strip_prefix(SCHEMA)?.trim_start_matches('.');
                let name = if child.is_empty() { key.to_owned() } else { format!("{child}.{key}") };
                Some((name, value.trim()))
            })
            .collect();
        let mode = match string(keys.get("mode")?)?.as_str() {
            "manual" => manual(&keys),
            "auto" => match keys.get("autoconfig-url").and_then(|url| string(url)) {
                Some(place) if !place.is_empty() => Mode::Script { setting: "autoconfig-url".into(), place },
                _ => Mode::Detect { setting: "mode".into() },
            },
            _ => Mode::Unset,
        };
        Some(Self { source: "gnome", place: "in the settings of GNOME", mode })
    }
}

fn manual(keys: &HashMap<String, &str>) -> Mode {
    let text = |name: String| keys.get(&name).and_then(|value| string(value)).unwrap_or_default();
    let entries: Vec<Entry> = PROXIES
        .iter()
        .filter_map(|&(child, kind, scheme)| {
            let host = text(format!("{child}.host"));
            let port = keys.get(&format!("{child}.port")).copied().unwrap_or("0");
            if host.trim().is_empty() || port == "0" {
                return None;
            }
            // Some write a scheme before the host; IPv6 has no brackets.
            let bare = host.contains(':') && !host.contains('[') && !host.contains("://");
            let host = if bare { format!("[{host}]") } else { host.trim_end_matches('/').to_owned() };
            let mut entry = Entry::new(kind, format!("{child}.host"), &format!("{host}:{port}"), scheme);
            if child == "http" && keys.get("http.use-authentication") == Some(&"true") {
                let (name, password) =
                    (text("http.authentication-user".into()), text("http.authentication-password".into()));
                if let Ok(url) = &mut entry.proxy {
                    url.user = (!name.is_empty()).then_some(ProxyUser { name, password: Some(password) });
                }
            }
            Some(entry)
        })
        .collect();
    let hosts = keys.get("ignore-hosts").map(|list| strings(list)).unwrap_or_default();
    let bypass = Bypass::of(hosts.iter().map(String::as_str), Dialect::Gnome);
    Mode::Manual(Manual { entries, order: Order::WebSocket, bypass, bypass_setting: "ignore-hosts".into() })
}

/// A string in GVariant's text format: in single or double quotation marks, with backslashes.
fn string(text: &str) -> Option<String> {
    strings(text).into_iter().next().filter(|_| text.starts_with(['\'', '"']))
}

/// All strings of an array: `['localhost', '127.0.0.0/8']`, `@as []`.
fn strings(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut chars = text.chars();
    while let Some(quote) = chars.find(|c| matches!(c, '\'' | '"')) {
        let mut one = String::new();
        while let Some(c) = chars.next() {
            match c {
                '\\' => one.extend(chars.next()),
                c if c == quote => break,
                c => one.push(c),
            }
        }
        all.push(one);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::super::testing::{reason, route};
    use super::*;

    fn settings(mode: &str, more: &str) -> Settings {
        let text = format!(
            "org.gnome.system.proxy autoconfig-url ''\norg.gnome.system.proxy ignore-hosts ['localhost', '192.168.0.0/16', \"it's\"]\n\
             org.gnome.system.proxy mode '{mode}'\norg.gnome.system.proxy use-same-proxy true\n\
             org.gnome.system.proxy.http host '127.0.0.1'\norg.gnome.system.proxy.http port 7890\n\
             org.gnome.system.proxy.socks host ''\norg.gnome.system.proxy.socks port 0\n{more}"
        );
        Settings::from_gsettings(&text).unwrap()
    }

    #[test]
    fn modes_are_told_apart() {
        assert_eq!(reason(&settings("none", ""), "ws://b.test"), "nothing");
        let manual = settings("manual", "");
        assert_eq!(route(&manual, "ws://b.test"), "http://127.0.0.1:7890");
        assert_eq!(
            reason(&manual, "ws://192.168.4.1"),
            "ignore-hosts in the settings of GNOME names 192.168.0.0/16."
        );
        assert_eq!(reason(&manual, "ws://it's"), "ignore-hosts in the settings of GNOME names it's.");
        let socks = "org.gnome.system.proxy.socks host '::1'\norg.gnome.system.proxy.socks port 7891";
        assert_eq!(route(&settings("manual", socks), "wss://b.test"), "socks5://[::1]:7891");
        let script = "org.gnome.system.proxy autoconfig-url 'http://wpad/p.pac'";
        assert_eq!(reason(&settings("auto", script), "ws://b.test"), "script http://wpad/p.pac");
        assert!(reason(&settings("auto", ""), "ws://b.test").contains("WPAD"));
    }

    #[test]
    fn what_gsettings_does_not_print_is_not_read() {
        for text in ["", "No such schema “org.gnome.system.proxy”", "org.gnome.system.proxy mode", "\u{1}"]
        {
            assert!(Settings::from_gsettings(text).is_none(), "{text}");
        }
    }

    #[test]
    fn its_user_is_kept_apart() {
        let more = "org.gnome.system.proxy.http use-authentication true\n\
             org.gnome.system.proxy.http authentication-user 'me'\n\
             org.gnome.system.proxy.http authentication-password 'p\\'w'";
        let settings = settings("manual", more);
        let (_, user) = settings.users().next().unwrap();
        assert_eq!((user.name.as_str(), user.password.as_deref()), ("me", Some("p'w")));
    }
}
