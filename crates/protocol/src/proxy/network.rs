//! A range of addresses: `192.168.0.0/16`.

use core::fmt;
use core::net::{IpAddr, Ipv4Addr};
use core::str::FromStr;

/// The addresses that share the first bits with one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

/// A text that is no range of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is no range of addresses such as 192.168.0.0/16")]
pub struct NotANetwork;

impl Network {
    /// The range of `prefix` bits around an address, or `None` when the address has fewer bits.
    #[must_use]
    pub fn new(address: IpAddr, prefix: u8) -> Option<Self> {
        let most = if address.is_ipv4() { 32 } else { 128 };
        (prefix <= most).then(|| Self { address: first(address, prefix), prefix })
    }

    /// Whether the address is in it. IPv4 and IPv6 never meet.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        address.is_ipv4() == self.address.is_ipv4() && first(address, self.prefix) == self.address
    }

    /// The number of fixed bits.
    #[must_use]
    pub fn prefix(&self) -> u8 {
        self.prefix
    }
}

/// The address with all but its first bits cleared.
fn first(address: IpAddr, prefix: u8) -> IpAddr {
    let cleared = |bits: u32| bits.saturating_sub(u32::from(prefix));
    match address {
        IpAddr::V4(v4) => {
            let kept = u32::MAX.checked_shl(cleared(32)).unwrap_or(0);
            IpAddr::V4((u32::from(v4) & kept).into())
        }
        IpAddr::V6(v6) => {
            let kept = u128::MAX.checked_shl(cleared(128)).unwrap_or(0);
            IpAddr::V6((u128::from(v6) & kept).into())
        }
    }
}

/// Also the short form of macOS, `169.254/16`.
impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let (address, prefix) = text.split_once('/').ok_or(NotANetwork)?;
        if prefix.is_empty() || !prefix.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NotANetwork);
        }
        let prefix = prefix.parse().map_err(|_| NotANetwork)?;
        let address = address.parse().or_else(|_| short(address)).map_err(|_| NotANetwork)?;
        Self::new(address, prefix).ok_or(NotANetwork)
    }
}

fn short(text: &str) -> Result<IpAddr, NotANetwork> {
    let mut bytes = [0; 4];
    let mut at = bytes.iter_mut();
    for part in text.split('.') {
        *at.next().ok_or(NotANetwork)? = part.parse().map_err(|_| NotANetwork)?;
    }
    Ok(IpAddr::V4(Ipv4Addr::from(bytes)))
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_contain_what_shares_their_bits() {
        let of = |text: &str| text.parse::<Network>().unwrap();
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        for (network, inside, outside) in [
            ("192.168.1.1/16", "192.168.255.255", "192.169.0.0"),
            ("169.254/16", "169.254.3.2", "170.254.0.0"),
            ("10.0.0.1/32", "10.0.0.1", "10.0.0.2"),
            ("0.0.0.0/0", "1.2.3.4", "::1"),
            ("fd00::/8", "fd00::42", "fe00::1"),
            ("::/0", "::1", "1.2.3.4"),
        ] {
            assert!(of(network).contains(ip(inside)), "{network} {inside}");
            assert!(!of(network).contains(ip(outside)), "{network} {outside}");
        }
        assert_eq!(of("192.168.1.1/16").to_string(), "192.168.0.0/16");
        for bad in
            ["10.0.0.0", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/+8", "x/8", "1.2.3.4.5/8", "/8"]
        {
            assert!(bad.parse::<Network>().is_err(), "{bad}");
        }
    }
}
