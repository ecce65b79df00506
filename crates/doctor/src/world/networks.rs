//! This computer's interfaces, and which way its packets go.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use netdev::interface::types::InterfaceType;

/// One network interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interface {
    /// `eth0`, `wlan0`, `utun4`
    pub name: String,
    /// what it is
    pub kind: InterfaceKind,
    /// its addresses, each with the length of its network's prefix in bits
    pub addresses: Vec<(IpAddr, u8)>,
    /// the routers behind it
    pub gateways: Vec<IpAddr>,
}

/// What an interface is, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InterfaceKind {
    /// This computer itself.
    Loopback,
    /// A cable.
    Wired,
    /// Wi-Fi.
    Wireless,
    /// A program takes the packets: VPN, TUN proxy.
    Tunnel,
    /// Anything else.
    Other,
}

/// Whether a neighbour in the same network was found (ARP, NDP).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Neighbour {
    /// It told its hardware address.
    Found,
    /// It was asked for and nobody answered.
    Missing,
    /// The system does not tell.
    Unknown,
}

/// Knows the networks. Each call takes some milliseconds: never on an async thread.
pub trait Networks: Send + Sync + 'static {
    /// The interfaces that are up, the default one first.
    fn interfaces(&self) -> Vec<Interface>;

    /// The address from which packets to `to` would leave. Sends nothing.
    ///
    /// # Errors
    /// What the system says when there is no way: ENETUNREACH, EHOSTUNREACH.
    fn source_for(&self, to: SocketAddr) -> io::Result<IpAddr>;

    /// Whether a neighbour was found, after something was sent to it.
    fn neighbour(&self, address: IpAddr) -> Neighbour;
}

/// The networks of this computer.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemNetworks;

impl Networks for SystemNetworks {
    fn interfaces(&self) -> Vec<Interface> {
        let mut all = netdev::get_interfaces();
        all.sort_by_key(|interface| !interface.default);
        all.into_iter().filter(netdev::Interface::is_up).map(interface).collect()
    }

    fn source_for(&self, to: SocketAddr) -> io::Result<IpAddr> {
        let any: SocketAddr = match to {
            SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
            SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
        };
        let socket = UdpSocket::bind(any)?;
        socket.connect(to)?;
        Ok(socket.local_addr()?.ip())
    }

    fn neighbour(&self, address: IpAddr) -> Neighbour {
        if cfg!(target_os = "linux")
            && let Ok(table) = std::fs::read_to_string("/proc/net/arp")
        {
            return arp(&table, address);
        }
        Neighbour::Unknown
    }
}

fn interface(raw: netdev::Interface) -> Interface {
    let v4 = raw.ipv4.iter().map(|net| (IpAddr::V4(net.addr()), net.prefix_len()));
    let v6 = raw.ipv6.iter().map(|net| (IpAddr::V6(net.addr()), net.prefix_len()));
    let addresses: Vec<(IpAddr, u8)> = v4.chain(v6).collect();
    let gateways = raw.gateway.as_ref().map(|gateway| {
        let v4 = gateway.ipv4.iter().copied().map(IpAddr::V4);
        v4.chain(gateway.ipv6.iter().copied().map(IpAddr::V6)).collect()
    });
    let kind = kind(&raw, &addresses);
    Interface { name: raw.name, kind, addresses, gateways: gateways.unwrap_or_default() }
}

fn kind(raw: &netdev::Interface, addresses: &[(IpAddr, u8)]) -> InterfaceKind {
    if raw.is_loopback() {
        return InterfaceKind::Loopback;
    }
    if raw.is_tun() || is_tunnel_name(&raw.name) || addresses.iter().any(|(address, _)| is_fake(*address)) {
        return InterfaceKind::Tunnel;
    }
    match raw.if_type {
        // systemd and the kernel name them so: wlan0, wlp3s0, wlx0013ef…
        _ if cfg!(target_os = "linux") && raw.name.starts_with("wl") => InterfaceKind::Wireless,
        InterfaceType::Wireless80211 => InterfaceKind::Wireless,
        InterfaceType::Ethernet | InterfaceType::GigabitEthernet | InterfaceType::FastEthernetT => {
            InterfaceKind::Wired
        }
        InterfaceType::Tunnel | InterfaceType::Ppp | InterfaceType::ProprietaryVirtual => {
            InterfaceKind::Tunnel
        }
        _ => InterfaceKind::Other,
    }
}

/// What mihomo, Clash Verge, WireGuard and the systems' own VPNs call their interfaces.
pub(crate) fn is_tunnel_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let numbered = |stem: &str| {
        name.strip_prefix(stem).is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))
    };
    ["meta", "mihomo", "tun", "utun", "wg", "ppp", "tailscale", "wintun"].iter().any(|stem| numbered(stem))
}

/// 198.18.0.0/15, from which TUN proxies take their own address and those that they invent for names (RFC 2544 meant it
/// for benchmarks, so no board is there).
pub(crate) fn is_fake(address: IpAddr) -> bool {
    matches!(address, IpAddr::V4(v4) if v4.octets()[0] == 198 && v4.octets()[1] & 0xFE == 18)
}

/// The row of an address in `/proc/net/arp`: its flags (linux/if_arp.h) are 0x2 once the neighbour has answered.
fn arp(table: &str, address: IpAddr) -> Neighbour {
    let wanted = address.to_string();
    let row = table.lines().skip(1).map(|line| line.split_whitespace().collect::<Vec<_>>());
    let flags = row.filter(|row| row.first() == Some(&wanted.as_str())).find_map(|row| row.get(2).copied());
    let flags = flags.and_then(|flags| u32::from_str_radix(flags.trim_start_matches("0x"), 16).ok());
    match flags {
        Some(flags) if flags & 0x2 != 0 => Neighbour::Found,
        Some(_) => Neighbour::Missing,
        None => Neighbour::Unknown,
    }
}

impl Interface {
    /// Whether an address is in one of its networks.
    #[must_use]
    pub fn reaches(&self, address: IpAddr) -> bool {
        self.addresses.iter().any(|&(own, prefix)| same_network(own, address, prefix))
    }
}

/// Whether two addresses agree in their first `prefix` bits.
pub(crate) fn same_network(one: IpAddr, other: IpAddr, prefix: u8) -> bool {
    match (one, other) {
        (IpAddr::V4(one), IpAddr::V4(other)) => {
            let mask = u32::MAX.checked_shl(32_u32.saturating_sub(prefix.into())).unwrap_or(0);
            (one.to_bits() ^ other.to_bits()) & mask == 0
        }
        (IpAddr::V6(one), IpAddr::V6(other)) => {
            let mask = u128::MAX.checked_shl(128_u32.saturating_sub(prefix.into())).unwrap_or(0);
            (one.to_bits() ^ other.to_bits()) & mask == 0
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_by_prefix() {
        let of = |text: &str| text.parse::<IpAddr>().unwrap();
        for (one, other, prefix, same) in [
            ("192.168.4.2", "192.168.4.1", 24, true),
            ("192.168.4.2", "192.168.5.1", 24, false),
            ("10.0.0.1", "10.255.0.1", 8, true),
            ("10.0.0.1", "11.0.0.1", 0, true),
            ("10.0.0.1", "10.0.0.2", 32, false),
            ("fe80::1", "fe80::2", 64, true),
            ("fe80::1", "10.0.0.1", 0, false),
        ] {
            assert_eq!(same_network(of(one), of(other), prefix), same, "{one} {other} /{prefix}");
        }
    }

    #[test]
    fn interfaces_of_vpns_and_tun_proxies() {
        for name in ["Meta", "utun4", "utun1024", "tun0", "wg0", "Mihomo", "tailscale0"] {
            assert!(is_tunnel_name(name), "{name}");
        }
        for name in ["eth0", "wlan0", "tunnel-to-home", "en0", "metadata0x", "wgw"] {
            assert!(!is_tunnel_name(name), "{name}");
        }
        assert!(is_fake("198.18.0.4".parse().unwrap()) && is_fake("198.19.255.1".parse().unwrap()));
        assert!(!is_fake("198.20.0.1".parse().unwrap()));
    }

    #[test]
    fn neighbours_of_the_kernels_table() {
        let table = "IP address HW type Flags HW address Mask Device\n\
            192.168.1.1 0x1 0x2 aa:bb:cc:dd:ee:ff * wlan0\n192.168.1.9 0x1 0x0 00:00:00:00:00:00 * wlan0\n";
        let of = |text: &str| arp(table, text.parse().unwrap());
        assert_eq!(of("192.168.1.1"), Neighbour::Found);
        assert_eq!(of("192.168.1.9"), Neighbour::Missing);
        assert_eq!(of("192.168.1.7"), Neighbour::Unknown);
    }

    #[test]
    fn this_computer_reaches_itself() {
        let loopback = SystemNetworks.source_for("127.0.0.1:8266".parse().unwrap()).unwrap();
        assert_eq!(loopback, IpAddr::from([127, 0, 0, 1]));
    }
}
