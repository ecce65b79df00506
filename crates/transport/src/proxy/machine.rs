//! This computer's networks, and through which of them an address would be reached. Nothing is sent for it.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use boardwalk_protocol::proxy::{Network, OnLink, is_made_up};

/// Through what an address is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// the interface, as the system names it; empty when it could not be told
    pub interface: String,
    /// a VPN, or a proxy in TUN mode
    pub tunnel: bool,
}

/// What is asked about this computer. The world is an argument: tests bring their own. The calls may block for some ms.
pub trait Machine: Send + Sync + 'static {
    /// The networks that its interfaces are in.
    fn networks(&self) -> Vec<OnLink>;

    /// Through what an address would be reached, or `None` when there is no way.
    fn way(&self, to: SocketAddr) -> Option<Way>;
}

/// The real one.
#[derive(Debug, Clone, Copy, Default)]
pub struct ThisMachine;

impl Machine for ThisMachine {
    fn networks(&self) -> Vec<OnLink> {
        interfaces().into_iter().flat_map(|interface| interface.networks).collect()
    }

    fn way(&self, to: SocketAddr) -> Option<Way> {
        let local = local_address(to).ok()?;
        let interface = interfaces().into_iter().find(|interface| interface.addresses.contains(&local));
        let (interface, tunnel) = interface.map_or((String::new(), false), |i| (i.name, i.tunnel));
        Some(Way { interface, tunnel: tunnel || is_made_up(local) })
    }
}

/// An address of this computer, as others see it.
pub(crate) fn own_address() -> Option<IpAddr> {
    // A documentation address (RFC 5737): only the default route leads to it.
    local_address((Ipv4Addr::new(203, 0, 113, 1), 9).into()).ok()
}

/// Connecting a UDP socket asks the routing table and sends nothing.
fn local_address(to: SocketAddr) -> io::Result<IpAddr> {
    let any: IpAddr = if to.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind((any, 0))?;
    socket.connect(SocketAddr::new(to.ip(), to.port().max(1)))?;
    Ok(socket.local_addr()?.ip())
}

struct Interface {
    name: String,
    tunnel: bool,
    addresses: Vec<IpAddr>,
    networks: Vec<OnLink>,
}

fn interfaces() -> Vec<Interface> {
    let all = netdev::get_interfaces().into_iter();
    all.map(|interface| {
        let name = interface.friendly_name.clone().unwrap_or_else(|| interface.name.clone());
        let pairs = interface.ipv4.iter().map(|net| (IpAddr::V4(net.addr()), net.prefix_len()));
        let pairs: Vec<_> = pairs
            .chain(interface.ipv6.iter().map(|net| (IpAddr::V6(net.addr()), net.prefix_len())))
            .collect();
        let addresses: Vec<IpAddr> = pairs.iter().map(|(address, _)| *address).collect();
        let made_up = addresses.iter().any(|address| is_made_up(*address));
        let tunnel = interface.is_tun() || made_up || is_tunnel_name(&name);
        let network = |(address, prefix)| {
            let network = Network::new(address, prefix)?;
            Some(OnLink { network, interface: name.clone(), tunnel })
        };
        let networks = pairs.into_iter().filter_map(network).collect();
        Interface { name, tunnel, addresses, networks }
    })
    .collect()
}

/// What VPNs and proxies in TUN mode call their interfaces, where the system does not tell that they are tunnels.
fn is_tunnel_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let begins = ["tun", "utun", "wg", "ppp", "wintun"];
    let is = ["meta", "mihomo", "clash", "tailscale0", "tailscale", "wireguard"];
    is.contains(&name.as_str())
        || begins.iter().any(|begin| {
            let rest = name.strip_prefix(begin);
            rest.is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_reached_through_no_tunnel() {
        let way = ThisMachine.way("127.0.0.1:8266".parse().unwrap()).unwrap();
        assert!(!way.tunnel && !way.interface.is_empty(), "{way:?}");
        let loopback = "127.0.0.1".parse().unwrap();
        assert!(ThisMachine.networks().iter().any(|link| link.network.contains(loopback)));
    }

    #[test]
    fn tunnels_have_names() {
        for name in ["Meta", "Mihomo", "utun", "utun1024", "tun0", "wg0", "tailscale0"] {
            assert!(is_tunnel_name(name), "{name}");
        }
        for name in ["eth0", "wlan0", "en0", "Ethernet", "Wi-Fi", "tunnelbear", "metal0", "br-tun"] {
            assert!(!is_tunnel_name(name), "{name}");
        }
    }
}
