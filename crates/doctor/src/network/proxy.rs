//! Does the proxy take connections, and which program is it?

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt as _};

use crate::case::Case;
use crate::check::{Check, Need, Outcome};
use crate::code::Code;
use crate::finding::{Action, Finding, Weight};

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
        &[Need::Passed("route")]
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
    let found = tokio::time::timeout(LIMIT, case.world.resolver.resolve(&server.host, server.port)).await;
    let addresses: Vec<SocketAddr> = found.ok().and_then(Result::ok).unwrap_or_default();
    let Some(&address) = addresses.first() else {
        return unreachable(case, format!("No address was found for the proxy {server}."));
    };
    if is_here(case, address.ip()) {
        let processes = case.world.processes.clone();
        let program = tokio::task::spawn_blocking(move || processes.listening_on(address.port())).await;
        if let Some(program) = program.ok().flatten() {
            let _ = case.facts.program.set(program);
        }
    }
    // A proxy is no board: a connection without a word does it no harm.
    match tokio::time::timeout(LIMIT, case.world.dialler.tcp(address)).await {
        Ok(Ok(connection)) => {
            drop(connection);
            Outcome::pass(format!("{} takes connections.", case.proxy_name(server)))
        }
        Ok(Err(_)) => unreachable(case, format!("The proxy {server} does not accept connections.")),
        Err(_) => {
            unreachable(case, format!("The proxy {server} did not answer within {} s.", LIMIT.as_secs()))
        }
    }
}

fn unreachable(case: &Case, saw: String) -> Outcome {
    let used = case.proxy_used().is_some();
    let mut finding = Finding::blocks(
        Code::ProxyUnreachable,
        saw,
        "Connections to this board go through the proxy, which is not running, or not where the settings say.",
    )
    .weighing(if used { Weight::Blocks } else { Weight::Remark });
    if let Some(proxy) = case.facts.proxy.get() {
        finding = finding.with("proxy", proxy.server.to_string());
    }
    let finding = finding
        .action(Action::BypassProxy, "Connect to this board directly.")
        .action(Action::Retry, "Start the proxy, or correct its address in the settings, then look again.");
    let outcome = Outcome::found(finding);
    // What is not used cannot keep the board from connecting; what builds on it is not run all the same.
    if used { outcome } else { Outcome { status: crate::check::Status::Warn, ..outcome } }
}

/// Whether an address belongs to this computer.
pub(super) fn is_here(case: &Case, address: IpAddr) -> bool {
    let ours = case.facts.interfaces.get();
    address.is_loopback()
        || ours.is_some_and(|all| all.iter().any(|i| i.addresses.iter().any(|(own, _)| *own == address)))
}
