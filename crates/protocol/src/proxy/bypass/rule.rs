//! One entry of a list, and whether it matches.

use core::net::IpAddr;

use super::{Endpoint, Host, Network};

/// An entry as it is written, and what it means.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) text: String,
    pub(super) when: When,
    /// only for this port
    pub(super) port: Option<u16>,
    /// only for `wss` or only for `ws`
    pub(super) secure: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum When {
    Always,
    Address(IpAddr),
    Network(Network),
    /// this name
    Exactly(String),
    /// this name and all below it
    Domain(String),
    /// all below this name
    Below(String),
    /// `*` stands for any characters
    Glob(String),
    /// names without a dot
    Simple,
    /// Loopback is not implicit
    NotLoopback,
    /// nonsense
    Never,
}

impl Rule {
    pub(super) fn matches(&self, to: &Endpoint) -> bool {
        self.port.is_none_or(|port| port == to.port)
            && self.secure.is_none_or(|secure| secure == to.secure)
            && self.when.matches(&to.host)
    }
}

impl When {
    fn matches(&self, host: &Host) -> bool {
        match (self, host) {
            (Self::Always, _) => true,
            (Self::Address(one), Host::Address(other)) => one == other,
            (Self::Network(network), Host::Address(address)) => network.contains(*address),
            (Self::Exactly(name), Host::Name(other)) => name == other,
            (Self::Domain(name), Host::Name(_)) => host.is_below(name),
            (Self::Below(name), Host::Name(other)) => host.is_below(name) && name != other,
            (Self::Glob(pattern), host) => glob(pattern.as_bytes(), host.to_string().as_bytes()),
            (Self::Simple, host) => host.is_simple(),
            _ => false,
        }
    }
}

/// In one pass: what a `*` may stand for grows only until the next one, so a pattern of stars costs no more than the
/// product of the lengths.
fn glob(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        if pattern.get(p) == Some(&b'*') {
            star = Some((p, t));
            p += 1;
        } else if pattern.get(p) == Some(&text[t]) {
            p += 1;
            t += 1;
        } else if let Some((at, from)) = star {
            star = Some((at, from + 1));
            p = at + 1;
            t = from + 1;
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|&byte| byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::glob;

    #[test]
    fn globs_are_anchored_at_both_ends() {
        for (pattern, text, expected) in [
            ("10.*", "10.1.2.3", true),
            ("10.*", "101.2.3.4", false),
            ("*.local", "esp32.local", true),
            ("*.local", "esp32.local.evil", false),
            ("*a*b*c", "xxaxxbxxbxxc", true),
            ("*", "", true),
            ("", "a", false),
            ("a**b", "ab", true),
        ] {
            assert_eq!(glob(pattern.as_bytes(), text.as_bytes()), expected, "{pattern} {text}");
        }
        let (stars, text) = ("*a".repeat(200) + "b", "a".repeat(2000));
        assert!(!glob(stars.as_bytes(), text.as_bytes()));
    }
}
