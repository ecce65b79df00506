//! Which boards are on the local network. A proxy elsewhere cannot reach them, so they go direct unless somebody says
//! otherwise.

use core::fmt;
use core::net::IpAddr;

use super::network::Network;

/// A network that an interface of this computer is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnLink {
    /// its addresses
    pub network: Network,
    /// as the system names it: `wlan0`
    pub interface: String,
    /// a VPN, or a proxy in TUN mode: what is behind it is not near
    pub tunnel: bool,
}

/// How near an address is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Near {
    /// this computer
    Loopback,
    /// reachable without a router only: 169.254.0.0/16, `fe80::/10`
    LinkLocal(Network),
    /// in a network of an interface
    OnLink(OnLink),
    /// in a range that is not routed on the internet: RFC 1918, RFC 4193
    Private(Network),
}

const LINK_LOCAL: [&str; 2] = ["169.254.0.0/16", "fe80::/10"];
const PRIVATE: [&str; 4] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"];
/// Where proxies in TUN mode take their made-up answers from (mihomo's `fake-ip-range`); RFC 2544 keeps it for
/// measurements.
const MADE_UP: &str = "198.18.0.0/15";

impl Near {
    /// How near the address is, or `None` when it is on the internet.
    #[must_use]
    pub fn of(address: IpAddr, links: &[OnLink]) -> Option<Self> {
        let address = address.to_canonical();
        if address.is_loopback() || address.is_unspecified() {
            return Some(Self::Loopback);
        }
        if is_made_up(address) {
            return None;
        }
        if let Some(network) = among(&LINK_LOCAL, address) {
            return Some(Self::LinkLocal(network));
        }
        let holds = |link: &&OnLink| {
            // A network of everything, as some tunnels have it, says nothing about what is near.
            !link.tunnel && link.network.prefix() >= 8 && link.network.contains(address)
        };
        let link = links.iter().filter(holds).max_by_key(|link| link.network.prefix());
        if let Some(link) = link {
            return Some(Self::OnLink(link.clone()));
        }
        among(&PRIVATE, address).map(Self::Private)
    }

    /// The range that decided, as it is written: `192.168.1.0/24`, `loopback`.
    #[must_use]
    pub fn rule(&self) -> String {
        match self {
            Self::Loopback => "loopback".to_owned(),
            Self::LinkLocal(network) | Self::Private(network) => network.to_string(),
            Self::OnLink(link) => link.network.to_string(),
        }
    }
}

/// Ends a sentence that begins with the board.
impl fmt::Display for Near {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Loopback => f.write_str("is on this computer"),
            Self::LinkLocal(network) => write!(f, "is on this link ({network})"),
            Self::OnLink(link) => write!(f, "is on this network ({}, {})", link.network, link.interface),
            Self::Private(network) => write!(f, "is in a private network ({network})"),
        }
    }
}

/// Whether an address is one of those that a proxy in TUN mode gives instead of the real one.
#[must_use]
pub fn is_made_up(address: IpAddr) -> bool {
    among(&[MADE_UP], address.to_canonical()).is_some()
}

fn among(networks: &[&str], address: IpAddr) -> Option<Network> {
    networks.iter().filter_map(|text| text.parse::<Network>().ok()).find(|network| network.contains(address))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(address: &str) -> String {
        let link = |network: &str, interface: &str| OnLink {
            network: network.parse().unwrap(),
            interface: interface.to_owned(),
            tunnel: interface == "Meta",
        };
        let links = [
            link("192.168.0.0/16", "br0"),
            link("192.168.1.0/24", "wlan0"),
            link("203.0.113.0/24", "eth0"),
            link("198.18.0.0/30", "Meta"),
            link("100.64.0.0/10", "Meta"),
            link("0.0.0.0/0", "ppp0"),
        ];
        Near::of(address.parse().unwrap(), &links).map_or("far".to_owned(), |near| near.to_string())
    }

    #[test]
    fn addresses_are_near_or_far() {
        for (address, expected) in [
            ("127.0.0.5", "is on this computer"),
            ("::1", "is on this computer"),
            ("::ffff:127.0.0.1", "is on this computer"),
            ("169.254.3.2", "is on this link (169.254.0.0/16)"),
            ("fe80::8", "is on this link (fe80::/10)"),
            ("192.168.1.7", "is on this network (192.168.1.0/24, wlan0)"),
            ("203.0.113.5", "is on this network (203.0.113.0/24, eth0)"),
            ("10.1.2.3", "is in a private network (10.0.0.0/8)"),
            ("172.31.255.9", "is in a private network (172.16.0.0/12)"),
            ("172.32.0.1", "far"),
            ("fd00::42", "is in a private network (fc00::/7)"),
            ("198.18.0.2", "far"),
            ("100.64.0.2", "far"),
            ("8.8.8.8", "far"),
            ("2001:db8::1", "far"),
        ] {
            assert_eq!(near(address), expected, "{address}");
        }
        assert!(is_made_up("198.19.255.255".parse().unwrap()));
        assert!(is_made_up("::ffff:198.18.0.4".parse().unwrap()));
        assert!(!is_made_up("198.20.0.0".parse().unwrap()));
    }
}
