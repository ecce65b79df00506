//! Boards on the local network, and what the system does with the addresses of others.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use boardwalk_protocol::proxy::{Decision, Endpoint, Host, Near, OnLink, Route, is_made_up};
use tokio::time::{Instant, sleep_until, timeout_at};

use super::{SOURCE, SystemRoutes, endpoint};
use crate::proxy::Routed;
use crate::target::WebReplUrl;

/// How a name of mDNS was found.
enum Found {
    /// a board answered on the local network
    Here(Vec<SocketAddr>),
    /// the system's resolver, which may have asked anybody
    Somewhere(Vec<SocketAddr>),
}

impl SystemRoutes {
    /// The direct route of a board on the local network, or `None` when it is elsewhere.
    pub(super) async fn near(&self, url: &WebReplUrl, to: &Endpoint, until: Instant) -> Option<Routed> {
        if to.host.is_below("localhost") {
            let (reason, rule) = ("The board is on this computer", "localhost".to_owned());
            return Some(routed(lan(reason.to_owned(), rule), Vec::new()));
        }
        let links = self.networks().await;
        if to.host.is_below("local") {
            return self.near_by_mdns(url, &links, until).await;
        }
        let addresses = match to.host {
            Host::Address(address) => vec![SocketAddr::new(address, url.port)],
            Host::Name(_) => self.by_system(url, until).await,
        };
        let (near, addresses) = nearest(&addresses, &links)?;
        let (board, addresses) = match &to.host {
            Host::Address(_) => ("The board".to_owned(), Vec::new()),
            Host::Name(name) => (with_address(name, &addresses), addresses),
        };
        let decision = lan(format!("{board} {near}"), near.rule());
        Some(self.with_way(routed(decision, addresses), to).await)
    }

    /// A direct route, with the addresses of the name and a remark on where the system sends them.
    pub(super) async fn directly(&self, url: &WebReplUrl, mut decision: Decision, until: Instant) -> Routed {
        let to = endpoint(url);
        let addresses = match &to.host {
            Host::Address(_) => Vec::new(),
            Host::Name(_) if to.host.is_below("localhost") => Vec::new(),
            Host::Name(_) if to.host.is_below("local") => match self.by_mdns(url, until).await {
                Found::Here(all) | Found::Somewhere(all) => all,
            },
            Host::Name(_) => self.by_system(url, until).await,
        };
        if let Some(address) = addresses.first().filter(|address| is_made_up(address.ip())) {
            let remark = "is made up by a proxy in TUN mode";
            decision.reason = format!("{} Its address {} {remark}.", decision.reason, address.ip());
        }
        self.with_way(routed(decision, addresses), &to).await
    }

    /// A route through a proxy. Names of mDNS mean nothing to it, so it is given their addresses.
    pub(super) async fn through(&self, url: &WebReplUrl, decision: Decision, until: Instant) -> Routed {
        let addresses = match endpoint(url).host.is_below("local") {
            true => match self.by_mdns(url, until).await {
                Found::Here(addresses) => addresses,
                Found::Somewhere(_) => Vec::new(),
            },
            false => Vec::new(),
        };
        routed(decision, addresses)
    }

    async fn near_by_mdns(&self, url: &WebReplUrl, links: &[OnLink], until: Instant) -> Option<Routed> {
        let (decision, addresses) = match self.by_mdns(url, until).await {
            Found::Here(addresses) => {
                let near = nearest(&addresses, links).map(|(near, _)| near);
                let board = with_address(&url.host, &addresses);
                let where_it_is = near.as_ref().map_or("answers on this network".to_owned(), Near::to_string);
                (
                    lan(format!("{board} {where_it_is}"), near.map_or(".local".to_owned(), |n| n.rule())),
                    addresses,
                )
            }
            Found::Somewhere(addresses) if addresses.is_empty() => {
                let reason =
                    format!("{} is a name of the local network, where nothing answers to it now", url.host);
                (lan(reason, ".local".to_owned()), addresses)
            }
            Found::Somewhere(addresses) => {
                let (near, addresses) = nearest(&addresses, links)?;
                (lan(format!("{} {near}", with_address(&url.host, &addresses)), near.rule()), addresses)
            }
        };
        Some(self.with_way(routed(decision, addresses), &endpoint(url)).await)
    }

    /// mDNS and the system at once. A board that answers wins; the system does when its answer is near; another answer
    /// of its may be anybody's and counts only when no board answers.
    async fn by_mdns(&self, url: &WebReplUrl, until: Instant) -> Found {
        let (mdns, system) = (self.resolver.mdns(&url.host), self.resolver.system(&url.host));
        tokio::pin!(mdns, system);
        let (mut asking_mdns, mut asking_system) = (true, true);
        let mut somewhere = Vec::new();
        let limit = until.min(Instant::now() + super::MDNS);
        while asking_mdns || asking_system {
            tokio::select! {
                biased;
                found = &mut mdns, if asking_mdns => {
                    if !found.is_empty() {
                        return Found::Here(with_port(found, url.port));
                    }
                    asking_mdns = false;
                }
                found = &mut system, if asking_system => {
                    asking_system = false;
                    somewhere = with_port(found, url.port);
                    if nearest(&somewhere, &[]).is_some() {
                        break;
                    }
                }
                () = sleep_until(limit) => break,
            }
        }
        Found::Somewhere(somewhere)
    }

    async fn by_system(&self, url: &WebReplUrl, until: Instant) -> Vec<SocketAddr> {
        let limit = until.min(Instant::now() + SOURCE);
        let found = timeout_at(limit, self.resolver.system(&url.host)).await;
        with_port(found.unwrap_or_default(), url.port)
    }

    async fn networks(&self) -> Vec<OnLink> {
        let machine = Arc::clone(&self.machine);
        tokio::task::spawn_blocking(move || machine.networks()).await.unwrap_or_default()
    }

    /// Says when the system sends the connection into a tunnel.
    async fn with_way(&self, mut routed: Routed, to: &Endpoint) -> Routed {
        let address = match to.host {
            Host::Address(address) => Some(SocketAddr::new(address, to.port)),
            Host::Name(_) => routed.addresses.first().copied(),
        };
        let Some(address) = address.filter(|address| !address.ip().is_loopback()) else { return routed };
        let machine = Arc::clone(&self.machine);
        let way = tokio::task::spawn_blocking(move || machine.way(address)).await.unwrap_or_default();
        if let Some(way) = way.filter(|way| way.tunnel) {
            let name = if way.interface.is_empty() { "a tunnel".to_owned() } else { way.interface };
            let remark = format!("The system sends it through {name}, a VPN or a proxy in TUN mode.");
            routed.decision.reason = format!("{} {remark}", routed.decision.reason);
        }
        routed
    }
}

/// The nearest of the addresses, and all that are near.
fn nearest(addresses: &[SocketAddr], links: &[OnLink]) -> Option<(Near, Vec<SocketAddr>)> {
    let near = |address: &&SocketAddr| Near::of(address.ip(), links).is_some();
    let all: Vec<SocketAddr> = addresses.iter().filter(near).copied().collect();
    Some((Near::of(all.first()?.ip(), links)?, all))
}

fn with_port(mut addresses: Vec<SocketAddr>, port: u16) -> Vec<SocketAddr> {
    addresses.iter_mut().for_each(|address| address.set_port(port));
    addresses
}

fn with_address(name: &str, addresses: &[SocketAddr]) -> String {
    let address: Option<IpAddr> = addresses.first().map(SocketAddr::ip);
    address.map_or_else(|| name.to_owned(), |address| format!("{name} ({address})"))
}

/// The rule of the local network; the reason is a sentence without its end.
fn lan(reason: String, rule: String) -> Decision {
    let reason = format!("{reason}, so no proxy is used.");
    Decision { route: Route::Direct, source: "lan", reason, rule }
}

fn routed(decision: Decision, addresses: Vec<SocketAddr>) -> Routed {
    Routed { decision, addresses }
}
