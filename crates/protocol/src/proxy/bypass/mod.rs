//! Lists of destinations that need no proxy. Each system writes and reads them in its own way; a list knows which.

mod read;
mod rule;

use core::net::IpAddr;

use super::host::{Endpoint, Host};
use super::network::Network;
use rule::{Rule, When};

/// The most entries of a list that are looked at.
const MOST: usize = 10_000;

/// Who wrote a list, and so how it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// `no_proxy`: what curl and Go agree on. Names stand for what is below them too, ranges of addresses are known,
    /// globs are not
    Environment,
    /// Chromium's rules, which macOS' list follows too: globs, exact names, ranges, `<local>`, `<-loopback>`
    Chromium,
    /// `ProxyOverride`: globs anchored at both ends, `<local>`, `<-loopback>`; no ranges
    Windows,
    /// `org.gnome.system.proxy ignore-hosts`, as `GSimpleProxyResolver` documents it
    Gnome,
    /// `NoProxyFor` in kioslaverc
    Kde,
}

/// A list of rules.
#[derive(Debug, Clone, Default)]
pub struct Bypass {
    rules: Vec<Rule>,
    /// Go direct within this computer and this link without being told, unless `<-loopback>` forbids it.
    implicit: bool,
    reversed: bool,
}

impl Bypass {
    /// Reads a list written in one text.
    #[must_use]
    pub fn parse(text: &str, dialect: Dialect) -> Self {
        let separators: &[char] = match dialect {
            // A blank separates nothing: curl and Go read "localhost .example.com" as one name that nobody has.
            Dialect::Environment => &[','],
            Dialect::Chromium => &[',', ';'],
            Dialect::Windows => &[';', ' ', '\t', '\r', '\n'],
            Dialect::Gnome | Dialect::Kde => &[',', ' ', '\t', '\r', '\n'],
        };
        Self::of(text.split(separators), dialect)
    }

    /// Reads a list whose entries are apart already.
    #[must_use]
    pub fn of<'a>(entries: impl IntoIterator<Item = &'a str>, dialect: Dialect) -> Self {
        let entries = entries.into_iter().map(str::trim).filter(|entry| !entry.is_empty());
        let rules = entries.take(MOST).map(|entry| Rule::read(entry, dialect)).collect();
        Self { rules, implicit: dialect != Dialect::Environment, reversed: false }
    }

    /// Lists what alone uses the proxy (KDE's `ReversedException`).
    #[must_use]
    pub fn reversed(mut self, reversed: bool) -> Self {
        self.reversed = reversed;
        self
    }

    /// Names without a dot go direct, too (macOS' `ExcludeSimpleHostnames`).
    #[must_use]
    pub fn with_simple_names(mut self) -> Self {
        self.rules.insert(0, Rule { text: "<local>".into(), when: When::Simple, port: None, secure: None });
        self
    }

    /// Whether loopback and link-local addresses go direct without being named.
    #[must_use]
    pub fn with_implicit(mut self, implicit: bool) -> Self {
        self.implicit = implicit;
        self
    }

    /// The rule by which this destination needs no proxy, as it is written.
    #[must_use]
    pub fn rule_for(&self, to: &Endpoint) -> Option<&str> {
        let implicit = implicit_rule(&to.host).filter(|_| self.implicit);
        if self.reversed {
            let named = self.rules.iter().any(|rule| rule.matches(to));
            return implicit.or(if named { None } else { Some("not in the list of what uses the proxy") });
        }
        // Chromium: the last rule that has something to say decides, and the implicit ones come last.
        for rule in self.rules.iter().rev() {
            if rule.when == When::NotLoopback {
                if implicit.is_some() {
                    return None;
                }
            } else if rule.matches(to) {
                return Some(&rule.text);
            }
        }
        implicit
    }

    /// The entries that can match nothing, as they are written.
    pub fn nonsense(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().filter(|rule| rule.when == When::Never).map(|rule| rule.text.as_str())
    }
}

/// Chromium's implicit rules (net/docs/proxy.md): localhost, loopback, link-local.
fn implicit_rule(host: &Host) -> Option<&'static str> {
    match host {
        Host::Name(_) if host.is_below("localhost") => Some("localhost"),
        Host::Name(_) => None,
        Host::Address(IpAddr::V4(v4)) if v4.is_loopback() => Some("127.0.0.0/8"),
        Host::Address(IpAddr::V4(v4)) if v4.is_link_local() => Some("169.254.0.0/16"),
        Host::Address(IpAddr::V6(v6)) if v6.is_loopback() => Some("::1"),
        Host::Address(IpAddr::V6(v6)) if v6.is_unicast_link_local() => Some("fe80::/10"),
        Host::Address(_) => None,
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
