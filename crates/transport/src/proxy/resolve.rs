//! From a name to addresses: by the system, or by asking the local network.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use mdns_sd::{HostnameResolutionEvent, ScopedIp, ServiceDaemon};

/// How long the local network is asked.
const MDNS: Duration = Duration::from_millis(2000);
/// The most addresses of a name that are kept.
const MOST: usize = 16;

/// Resolves names. The world is an argument: tests bring their own. Errors are no addresses.
pub trait Resolve: Send + Sync + 'static {
    /// As the system does it: hosts file, DNS, and on many systems mDNS. As long as the system takes; the caller sets a
    /// limit. The ports are 0.
    fn system<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Vec<SocketAddr>>;

    /// By multicast DNS (RFC 6762), for names that end in `.local`. At most 2 s. The ports are 0.
    fn mdns<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Vec<SocketAddr>>;
}

/// This computer's resolver, and mDNS without any daemon.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

impl Resolve for SystemResolver {
    fn system<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Vec<SocketAddr>> {
        async move {
            let found = tokio::net::lookup_host((name, 0)).await;
            found.map(|all| all.take(MOST).collect()).unwrap_or_default()
        }
        .boxed()
    }

    fn mdns<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Vec<SocketAddr>> {
        ask_network(name, MDNS).boxed()
    }
}

async fn ask_network(name: &str, limit: Duration) -> Vec<SocketAddr> {
    /// Ends the daemon's thread also when the question is dropped.
    struct Daemon(ServiceDaemon);
    impl Drop for Daemon {
        fn drop(&mut self) {
            let _ = self.0.shutdown();
        }
    }
    let full = format!("{}.", name.trim_end_matches('.'));
    let millis = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
    // Opens sockets on all interfaces.
    let started = tokio::task::spawn_blocking(move || {
        let daemon = Daemon(ServiceDaemon::new().ok()?);
        let events = daemon.0.resolve_hostname(&full, Some(millis)).ok()?;
        Some((daemon, events))
    });
    let Ok(Some((_daemon, events))) = started.await else { return Vec::new() };
    let answer = async {
        while let Ok(event) = events.recv_async().await {
            match event {
                HostnameResolutionEvent::AddressesFound(_, found) => return addresses(found),
                HostnameResolutionEvent::SearchTimeout(_) | HostnameResolutionEvent::SearchStopped(_) => {
                    break;
                }
                _ => {}
            }
        }
        Vec::new()
    };
    tokio::time::timeout(limit, answer).await.unwrap_or_default()
}

/// IPv4 first: a board has one of those, and it needs no zone.
fn addresses(found: impl IntoIterator<Item = ScopedIp>) -> Vec<SocketAddr> {
    let mut all: Vec<SocketAddr> = found
        .into_iter()
        .map(|scoped| match (scoped.to_ip_addr(), &scoped) {
            (IpAddr::V6(v6), ScopedIp::V6(zoned)) if v6.is_unicast_link_local() => {
                SocketAddr::V6(std::net::SocketAddrV6::new(v6, 0, 0, zoned.scope_id().index))
            }
            (address, _) => SocketAddr::new(address, 0),
        })
        .filter(|address| address.ip() != IpAddr::V6(Ipv6Addr::UNSPECIFIED))
        .take(MOST)
        .collect();
    all.sort_by_key(|address| (address.is_ipv6(), *address));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A responder beside us, as a board that runs mDNS is one.
    #[tokio::test]
    async fn a_name_of_the_local_network_is_found_and_an_unknown_one_is_given_up() {
        let board = ServiceDaemon::new().unwrap();
        let name = format!("boardwalk-test-{}.local.", std::process::id());
        let addresses: &[IpAddr] = &["127.0.0.1".parse().unwrap()];
        let no_properties: &[(&str, &str)] = &[];
        let service = mdns_sd::ServiceInfo::new(
            "_boardwalk-test._tcp.local.",
            "test",
            &name,
            addresses,
            8266,
            no_properties,
        );
        board.register(service.unwrap()).unwrap();
        let bare = name.trim_end_matches('.').to_owned();
        let found = ask_network(&bare, Duration::from_secs(20)).await;
        assert_eq!(found.first().map(|address| address.ip()), Some("127.0.0.1".parse().unwrap()));
        assert!(ask_network("nobody-has-this.local", Duration::from_millis(50)).await.is_empty());
        let _ = board.shutdown();
    }
}
