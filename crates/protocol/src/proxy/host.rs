//! The host of an address, in the one form in which rules compare it.

use core::fmt;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A name or an address. Names are lower case, in ASCII, without a final dot.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Host {
    /// `esp32.local`
    Name(String),
    /// `192.168.4.1`; an IPv4 address inside IPv6 (RFC 4291, 2.5.5.2) is the IPv4 address
    Address(IpAddr),
}

/// Where a connection goes, as far as rules ask.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Endpoint {
    /// the board's host
    pub host: Host,
    /// 1–65535
    pub port: u16,
    /// `wss`
    pub secure: bool,
}

impl Host {
    /// From a URL's host, with or without the brackets of IPv6. What is no address is a name, whatever it holds.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let bare = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).unwrap_or(text);
        // A zone says on which link an address is, not which address it is.
        let (unzoned, _) = bare.split_once('%').unwrap_or((bare, ""));
        if let Ok(v6) = unzoned.parse::<Ipv6Addr>() {
            return Self::from(IpAddr::V6(v6));
        }
        if let Some(v4) = numbers_and_dots(bare) {
            return Self::Address(IpAddr::V4(v4));
        }
        let name = bare.strip_suffix('.').unwrap_or(bare);
        match idna::domain_to_ascii(name) {
            Ok(ascii) if !name.is_ascii() => Self::Name(ascii),
            _ => Self::Name(name.to_lowercase()),
        }
    }

    /// Whether it is a name without a dot.
    #[must_use]
    pub fn is_simple(&self) -> bool {
        matches!(self, Self::Name(name) if !name.contains('.'))
    }

    /// Whether the name is one of mDNS (RFC 6762, section 3), or of `localhost` (RFC 6761, section 6.3).
    #[must_use]
    pub fn is_below(&self, domain: &str) -> bool {
        match self {
            Self::Name(name) => {
                name == domain || name.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
            }
            Self::Address(_) => false,
        }
    }
}

impl From<IpAddr> for Host {
    fn from(address: IpAddr) -> Self {
        Self::Address(address.to_canonical())
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Address(address) => address.fmt(f),
        }
    }
}

/// An IPv4 address in all the ways in which `inet_aton` and the URL standard read it: 192.168.4.1, 192.168.004.1,
/// 0xc0a80401. The system connects to what it reads, so the rules read the same.
fn numbers_and_dots(text: &str) -> Option<Ipv4Addr> {
    let numbers: Vec<u32> = text.split('.').map(number).collect::<Option<_>>()?;
    let (last, bytes) = numbers.split_last()?;
    if bytes.len() > 3 || bytes.iter().any(|&byte| byte > 255) {
        return None;
    }
    let room = 32 - 8 * u32::try_from(bytes.len()).ok()?;
    if u64::from(*last) >= 1_u64 << room {
        return None;
    }
    let high = bytes.iter().enumerate().map(|(at, &byte)| byte << (24 - 8 * at)).sum::<u32>();
    Some(Ipv4Addr::from(high | last))
}

fn number(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    match digits {
        Some(hex) if hex.bytes().all(|b| b.is_ascii_hexdigit()) => u32::from_str_radix(hex, 16).ok(),
        Some(_) => None,
        None if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) => None,
        None if text.len() > 1 && text.starts_with('0') => u32::from_str_radix(text, 8).ok(),
        None => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_have_one_form() {
        for (text, expected) in [
            ("ESP32.Local.", "esp32.local"),
            ("bücher.local", "xn--bcher-kva.local"),
            ("[::FFFF:192.168.4.1]", "192.168.4.1"),
            ("fe80::1%eth0", "fe80::1"),
            ("192.168.004.1", "192.168.4.1"),
            ("0xc0a80401", "192.168.4.1"),
            ("192.168.1025", "192.168.4.1"),
            ("127.1", "127.0.0.1"),
            ("192.168.4.256", "192.168.4.256"),
            ("1.2.3.4.5", "1.2.3.4.5"),
            ("sup.192.168.1.1", "sup.192.168.1.1"),
            ("", ""),
        ] {
            assert_eq!(Host::parse(text).to_string(), expected, "{text}");
        }
        assert!(Host::parse("foo.localhost").is_below("localhost"));
        assert!(!Host::parse("notlocalhost").is_below("localhost"));
        assert!(Host::parse("esp32").is_simple() && !Host::parse("::1").is_simple());
    }
}
