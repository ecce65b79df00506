//! The self-echo: the same handshake, sent to ourselves through the suspect proxy. What arrives proves what the proxy
//! does to it; nothing has to be guessed.

mod compare;
mod listener;
mod probe;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use boardwalk_protocol::proxy::{ProxyScheme, ProxyServer, Via};
use futures::future::{BoxFuture, FutureExt as _};

use super::explain::told;
use super::words::why;
use crate::case::Case;
use crate::check::{Check, Need, Outcome};
use crate::code::Code;
use crate::evidence::{ChangeKind, Echo, EchoWay};
use crate::finding::{Action, Finding};
use crate::world::World;

pub(super) struct SelfEcho;

impl Check for SelfEcho {
    fn id(&self) -> &'static str {
        "self-echo"
    }

    fn title(&self) -> &'static str {
        "What the proxy does to a request"
    }

    fn needs(&self) -> &'static [Need] {
        &[Need::Passed("proxy")]
    }

    fn deadline(&self) -> Duration {
        Duration::from_secs(9)
    }

    fn run<'a>(&'a self, case: &'a Case) -> BoxFuture<'a, Outcome> {
        look(case).boxed()
    }
}

/// Sends the handshake to ourselves through a proxy, by its tunnel and, where it speaks HTTP, in the plain way of other
/// programs. At most 8 s.
pub(crate) async fn echoes(world: &World, proxy: &ProxyServer) -> Vec<Echo> {
    let by_tunnel = one(world, proxy, EchoWay::Tunnel(Via::of(proxy.scheme)));
    if proxy.scheme != ProxyScheme::Http {
        return vec![by_tunnel.await];
    }
    let (by_tunnel, plain) = tokio::join!(by_tunnel, one(world, proxy, EchoWay::Plain));
    vec![by_tunnel, plain]
}

async fn look(case: &Case) -> Outcome {
    let Some(proxy) = case.facts.proxy.get() else { return Outcome::skipped("No proxy is set.") };
    if case.facts.proxy_is_silent.get().is_some() {
        return Outcome::skipped("Not run, because the proxy says nothing.");
    }
    case.waiting("self-echo", format!("our own request to come out of {}", proxy.server));
    let echoes = echoes(&case.world, &proxy.server).await;
    let name = case.proxy_name(&proxy.server);
    let said: Vec<String> = echoes.iter().map(|echo| sentence(echo, &name)).collect();
    let tunnel = echoes.first().cloned();
    for echo in echoes {
        case.saw_echo(echo);
    }
    let outcome = Outcome::pass(said.join(" "));
    match tunnel.filter(|_| proxy.used).and_then(|echo| suspect(&echo, &name)) {
        Some(finding) => outcome.and(finding.with("proxy", proxy.server.to_string())),
        None => outcome,
    }
}

/// A refusal takes less than this.
const QUICK: Duration = Duration::from_millis(2500);

/// By which address the proxy may find us: this computer's own where it runs here, else that of the way to it.
async fn one(world: &World, proxy: &ProxyServer, way: EchoWay) -> Echo {
    let mut told = None;
    let began = tokio::time::Instant::now();
    for address in own_addresses(world, proxy).await {
        let echo = probe::probe(world, proxy, way, address).await;
        if !echo.arrived.is_empty() {
            return echo;
        }
        // The first answer is about the address nearest to the proxy.
        told.get_or_insert(echo);
        // A proxy that refuses one address says so at once; one that is silent is silent about all.
        if began.elapsed() > QUICK {
            break;
        }
    }
    told.unwrap_or_else(|| {
        probe::nothing(proxy, way, "This computer has no address that the proxy could find.")
    })
}

async fn own_addresses(world: &World, proxy: &ProxyServer) -> Vec<IpAddr> {
    const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let found = world.resolver.resolve(&proxy.host, proxy.port).await.unwrap_or_default();
    let near = found.first().is_some_and(|address| address.ip().is_loopback());
    let networks = world.networks.clone();
    // Where the proxy runs here, some refuse to lead to 127.0.0.1 and lead to the address in the network.
    let towards: SocketAddr = match found.first() {
        Some(address) if !near => *address,
        _ => (Ipv4Addr::new(192, 0, 2, 1), 9).into(),
    };
    let source = tokio::task::spawn_blocking(move || networks.source_for(towards).ok()).await.ok().flatten();
    let mut all: Vec<IpAddr> = if near { vec![LOOPBACK] } else { Vec::new() };
    all.extend(source.filter(|source| *source != LOOPBACK && !crate::world::is_fake(*source)));
    all
}

fn suspect(echo: &Echo, name: &str) -> Option<Finding> {
    if echo.arrived.is_empty() || (echo.taken_by.new && echo.taken_by.old) {
        return None;
    }
    let gone = echo.changes.iter().any(|change| change.breaks && change.kind == ChangeKind::Removed);
    let code = if gone { Code::HandshakeStripped } else { Code::HandshakeRewritten };
    let saw = format!("The proxy {name} changes requests inside its tunnel: {}.", told(echo));
    let text = "Connect to this board directly, without the proxy.";
    Some(Finding::suspect(code, saw, why(code)).action(Action::BypassProxy, text))
}

fn sentence(echo: &Echo, name: &str) -> String {
    let way = match echo.way {
        EchoWay::Tunnel(via) => format!("Inside a tunnel ({})", via.name().to_uppercase()),
        EchoWay::Plain => "The plain way that other programs go".to_owned(),
    };
    if let Some(failure) = &echo.failure {
        return format!("{way}: nothing came out of {name}: {failure}");
    }
    let taken = echo.taken_by.new && echo.taken_by.old;
    match (echo.way, taken, echo.relays) {
        (_, true, Some(false)) => format!("{way}: the request came out whole, and nothing after it."),
        (_, true, _) if echo.changes.is_empty() => format!("{way}: the request came out byte for byte."),
        (_, true, _) => format!("{way}: the request came out so that a board takes it."),
        (EchoWay::Plain, false, _) => {
            format!("{way} breaks here ({}); Boardwalk does not use it.", told(echo))
        }
        (EchoWay::Tunnel(_), false, _) => format!("{way}: the request came out changed: {}.", told(echo)),
    }
}
