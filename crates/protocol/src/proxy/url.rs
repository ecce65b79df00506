//! Reads the address of a proxy, as people and systems write it.

use core::net::Ipv6Addr;
use core::str::FromStr;

use super::host::Host;
use super::server::{ProxyScheme, ProxyServer, ProxyUrl, ProxyUrlError, ProxyUser};

/// Longest address we look at, in bytes.
const MOST: usize = 2048;

impl ProxyUrl {
    /// `[scheme://][user[:password]@]host[:port][/]`; without a scheme it speaks `scheme`. What follows the host and port
    /// is ignored, as curl does. The last `@` ends the password, so that it may hold others.
    ///
    /// # Errors
    /// A [`ProxyUrlError`] for each way in which it can be wrong.
    pub fn parse(text: &str, scheme: ProxyScheme) -> Result<Self, ProxyUrlError> {
        let text = text.trim();
        if text.len() > MOST || text.chars().any(char::is_control) {
            return Err(ProxyUrlError::Broken);
        }
        let (scheme, rest) = match text.split_once("://") {
            Some((name, rest)) => (ProxyScheme::named(name).ok_or(ProxyUrlError::Scheme)?, rest),
            None => (scheme, text),
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let (user, place) = match authority.rsplit_once('@') {
            Some((user, place)) => (Some(self::user(user)?), place),
            None => (None, authority),
        };
        Ok(Self { server: ProxyServer::parse(place, scheme)?, user })
    }
}

/// A text without a scheme is an HTTP proxy.
impl FromStr for ProxyUrl {
    type Err = ProxyUrlError;

    fn from_str(text: &str) -> Result<Self, ProxyUrlError> {
        Self::parse(text, ProxyScheme::Http)
    }
}

impl ProxyServer {
    /// `host[:port]`.
    ///
    /// # Errors
    /// [`ProxyUrlError::Host`] and [`ProxyUrlError::Port`].
    pub fn parse(place: &str, scheme: ProxyScheme) -> Result<Self, ProxyUrlError> {
        let (host, port) = split_port(place.trim()).ok_or(ProxyUrlError::Host)?;
        let port = match port {
            Some(digits) => parse_port(digits).ok_or(ProxyUrlError::Port)?,
            None => scheme.port(),
        };
        let allowed = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':');
        if host.is_empty() || host.len() > 253 || !host.chars().all(allowed) {
            return Err(ProxyUrlError::Host);
        }
        if host.contains(':') && host.parse::<Ipv6Addr>().is_err() {
            return Err(ProxyUrlError::Host);
        }
        let host = if host.is_ascii() { host.to_ascii_lowercase() } else { Host::parse(host).to_string() };
        Ok(Self { scheme, host, port })
    }
}

impl ProxyScheme {
    /// By the name in URLs, in any case. `socks` is SOCKS5, as GNOME and Firefox write it.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "http" => Self::Http,
            "https" => Self::Https,
            "socks" | "socks5" => Self::Socks5,
            "socks5h" => Self::Socks5h,
            "socks4" | "socks4a" => Self::Socks4,
            _ => return None,
        })
    }

    /// The port when none is written: 80, 443, 1080.
    #[must_use]
    pub fn port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
            Self::Socks4 | Self::Socks5 | Self::Socks5h => 1080,
        }
    }
}

/// `host`, `host:port`, `[v6]:port` or a bare IPv6 address. `None` when a bracket is open or something follows it.
pub(super) fn split_port(text: &str) -> Option<(&str, Option<&str>)> {
    if let Some(rest) = text.strip_prefix('[') {
        let (host, rest) = rest.split_once(']')?;
        return match rest.strip_prefix(':') {
            Some("") => Some((host, None)),
            Some(port) => Some((host, Some(port))),
            None => rest.is_empty().then_some((host, None)),
        };
    }
    match text.split_once(':') {
        Some((_, rest)) if rest.contains(':') => Some((text, None)),
        Some((host, "")) => Some((host, None)),
        Some((host, port)) => Some((host, Some(port))),
        None => Some((text, None)),
    }
}

pub(super) fn parse_port(digits: &str) -> Option<u16> {
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|&port| plain && port > 0)
}

fn user(text: &str) -> Result<ProxyUser, ProxyUrlError> {
    let (name, password) = match text.split_once(':') {
        Some((name, password)) => (name, Some(decoded(password)?)),
        None => (text, None),
    };
    Ok(ProxyUser { name: decoded(name)?, password })
}

/// Percent-decoding. A `%` that starts no byte stands for itself: people forget to write %25, and curl takes it so.
fn decoded(text: &str) -> Result<String, ProxyUrlError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let hex = after.first_chunk::<2>().and_then(|two| core::str::from_utf8(two).ok());
        let plain = |two: &&str| two.bytes().all(|b| b.is_ascii_hexdigit());
        match hex.filter(|two| byte == b'%' && plain(two)).map(|two| u8::from_str_radix(two, 16)) {
            Some(Ok(decoded)) => {
                bytes.push(decoded);
                rest = &after[2..];
            }
            _ => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    let text = String::from_utf8(bytes).map_err(|_| ProxyUrlError::Broken)?;
    if text.chars().any(char::is_control) { Err(ProxyUrlError::Broken) } else { Ok(text) }
}

#[cfg(test)]
#[path = "url_tests.rs"]
mod tests;
