//! Does the proxy take connections, which program is it, and does it speak what the settings say?

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use boardwalk_protocol::proxy::{ProxyScheme, ProxyServer};
use futures::future::{BoxFuture, FutureExt as _};

use super::explain::bypass_text;
use super::speaks::{Heard, Speech, listen};
use crate::case::Case;
use crate::check::{Check, Need, Outcome};
use crate::code::Code;
use crate::finding::{Action, Finding, Remedy, Weight};

pub(super) struct ProxyAlive;

/// A proxy is near: what takes longer is not there.
const LIMIT: Duration = Duration::from_millis(3000);

impl Check for ProxyAlive {
    fn id(&self) -> &'static str {
        "proxy"
    }

    fn title(&self) -> &'static str {
        "Proxy"
    }

    fn needs(&self) -> &'static [Need] {
        // Which addresses are the board's and which are ours; and the direct way is worth a word when it works.
        &[Need::Passed("route"), Need::Over("name"), Need::Over("networks")]
    }

    fn deadline(&self) -> Duration {
        2 * LIMIT + Duration::from_secs(1)
    }

    fn run<'a>(&'a self, case: &'a Case) -> BoxFuture<'a, Outcome> {
        look(case).boxed()
    }
}

async fn look(case: &Case) -> Outcome {
    let Some(proxy) = case.facts.proxy.get() else { return Outcome::skipped("No proxy is set.") };
    let server = &proxy.server;
    case.waiting("proxy", format!("the proxy {server}"));
    let asked = tokio::time::timeout(LIMIT, case.world.resolver.resolve(&server.host, server.port)).await;
    let addresses: Vec<SocketAddr> = asked.ok().and_then(Result::ok).unwrap_or_default();
    let Some(&address) = addresses.first() else {
        return unreachable(case, format!("No address was found for the proxy {server}."));
    };
    if case.facts.addresses.get().is_some_and(|board| board.contains(&address)) {
        return found(case, the_board_itself(server));
    }
    if is_here(case, address.ip()) {
        let processes = case.world.processes.clone();
        let program = tokio::task::spawn_blocking(move || processes.listening_on(address.port())).await;
        if let Some(program) = program.ok().flatten() {
            let _ = case.facts.program.set(program);
        }
    }
    // A proxy is no board: a connection without a word does it no harm.
    match tokio::time::timeout(LIMIT, case.world.dialler.tcp(address)).await {
        Ok(Ok(connection)) => drop(connection),
        Ok(Err(_)) => {
            return unreachable(case, format!("The proxy {server} does not accept connections."));
        }
        Err(_) => {
            return unreachable(
                case,
                format!("The proxy {server} did not answer within {} s.", LIMIT.as_secs()),
            );
        }
    }
    // What nobody goes through need not be known any better.
    if !proxy.used {
        return Outcome::pass(format!("{} takes connections.", with_process(case, server)));
    }
    case.waiting("proxy", format!("a word from the proxy {server}"));
    let heard = listen(&case.world, server, address).await;
    if heard.speaks.is_empty() {
        let _ = case.facts.proxy_is_silent.set(());
    }
    if heard.wants_user {
        let _ = case.facts.proxy_wants_user.set(());
    }
    match mistaken(server, &heard) {
        Some(really) => found(case, another_kind(case, server, really)),
        None => Outcome::pass(describe(case, server, &heard)),
    }
}

/// What it speaks instead of what its scheme says. SOCKS4 cannot be asked for without beginning something: there
/// SOCKS5, whose servers mostly know it as well, proves nothing.
fn mistaken(server: &ProxyServer, heard: &Heard) -> Option<Speech> {
    let own = match server.scheme {
        ProxyScheme::Http => Speech::Http,
        ProxyScheme::Https => Speech::Tls,
        ProxyScheme::Socks5 | ProxyScheme::Socks5h => Speech::Socks5,
        ProxyScheme::Socks4 => Speech::Socks5,
    };
    // HTTP and SOCKS at one port are told apart by the first byte, as Clash does.
    if heard.speaks.contains(&own) { None } else { heard.speaks.first().copied() }
}

fn another_kind(case: &Case, server: &ProxyServer, really: Speech) -> Finding {
    let name = case.proxy_name(server);
    let wanted = server.scheme.name();
    let right = format!(
        "{}://{}",
        really.scheme(),
        server.to_string().split_once("://").map_or("", |(_, rest)| rest)
    );
    Finding::blocks(
        Code::ProxyNotAProxy,
        format!("The settings say {wanted}:// for {name}, but {} answers there.", really.name()),
        "The address is right and the kind is not: each kind of proxy has a language of its own.",
    )
    .with("proxy", server.to_string())
    .with("kind", really.scheme())
    .advice(format!("Write {right} where the proxy is set."))
}

/// A board takes one client at a time, and is no proxy.
fn the_board_itself(server: &ProxyServer) -> Finding {
    Finding::blocks(
        Code::ProxyNotAProxy,
        format!("The address of the proxy, {server}, is that of the board itself."),
        "A board is no proxy: it cannot pass a connection on.",
    )
    .with("proxy", server.to_string())
    .advice("Correct the address of the proxy in the settings.")
}

fn describe(case: &Case, server: &ProxyServer, heard: &Heard) -> String {
    let name = with_process(case, server);
    let Some(speech) = heard.speaks.first() else {
        return format!("{name} takes connections; it did not say what it speaks.");
    };
    let called =
        heard.product.as_ref().map(|product| format!(" and calls itself “{product}”")).unwrap_or_default();
    format!("{name} takes connections: it is {}{called}.", speech.name())
}

/// `http://127.0.0.1:7890 (mihomo, process 4242)`
fn with_process(case: &Case, server: &ProxyServer) -> String {
    match case.facts.program.get() {
        Some(program) => format!("{server} ({}, process {})", program.name, program.pid),
        None => server.to_string(),
    }
}

fn unreachable(case: &Case, saw: String) -> Outcome {
    let mut finding = Finding::blocks(
        Code::ProxyUnreachable,
        saw,
        "Connections to this board go through the proxy, which is not running, or not where the settings say.",
    );
    if let Some(proxy) = case.facts.proxy.get() {
        finding = finding.with("proxy", proxy.server.to_string());
    }
    found(
        case,
        finding.action(
            Action::Retry,
            "Start the proxy, or correct its address in the settings, then look again.",
        ),
    )
}

/// With the way around it before what else helps.
fn found(case: &Case, mut finding: Finding) -> Outcome {
    let used = case.proxy_used().is_some();
    finding.remedies.insert(0, Remedy::text(bypass_text(case)).action(Action::BypassProxy));
    let outcome = Outcome::found(finding.weighing(if used { Weight::Blocks } else { Weight::Remark }));
    // What is not used cannot keep the board from connecting; what builds on it is not run all the same.
    if used { outcome } else { Outcome { status: crate::check::Status::Warn, ..outcome } }
}

/// Whether an address belongs to this computer.
pub(super) fn is_here(case: &Case, address: IpAddr) -> bool {
    let ours = case.facts.interfaces.get();
    address.is_loopback()
        || ours.is_some_and(|all| all.iter().any(|i| i.addresses.iter().any(|(own, _)| *own == address)))
}
