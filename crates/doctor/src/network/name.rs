//! Has the name an address, and a true one?

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use boardwalk_transport::WebReplUrl;
use futures::future::{BoxFuture, FutureExt as _};

use crate::case::Case;
use crate::check::{Check, Need, Outcome};
use crate::code::Code;
use crate::finding::{Action, Finding, Weight};
use crate::world::is_fake;

pub(super) struct Name;

/// A resolver that has not answered by then does not know the name.
const LIMIT: Duration = Duration::from_millis(4000);

impl Check for Name {
    fn id(&self) -> &'static str {
        "name"
    }

    fn title(&self) -> &'static str {
        "Name"
    }

    fn needs(&self) -> &'static [Need] {
        &[Need::Passed("address"), Need::Over("route")]
    }

    fn deadline(&self) -> Duration {
        LIMIT + Duration::from_secs(1)
    }

    fn run<'a>(&'a self, case: &'a Case) -> BoxFuture<'a, Outcome> {
        look(case).boxed()
    }
}

async fn look(case: &Case) -> Outcome {
    let Some(url) = case.url() else { return Outcome::skipped("A serial port has no name to look up.") };
    if let Ok(address) = url.host.parse::<IpAddr>() {
        let _ = case.facts.addresses.set(vec![SocketAddr::new(address, url.port)]);
        return Outcome::pass("The address is given as numbers: there is nothing to look up.");
    }
    let known = case.facts.routed.get().map(|routed| routed.addresses.clone()).unwrap_or_default();
    let found = match case.facts.looked_up.get() {
        _ if !known.is_empty() => known,
        Some(found) => found.clone(),
        None => look_up(case, url).await.unwrap_or_default(),
    };
    if found.is_empty() {
        return not_found(case, &url.host);
    }
    let list: Vec<String> = found.iter().map(|address| address.ip().to_string()).take(4).collect();
    let list = list.join(", ");
    let fake = found.iter().any(|address| is_fake(address.ip()));
    let _ = case.facts.addresses.set(found);
    if !fake {
        return Outcome::pass(format!("{} is {list}.", url.host));
    }
    Outcome::found(
        Finding::suspect(
            Code::FakeIpName,
            format!("{} resolved to {list}, an address that a TUN proxy invented.", url.host),
            "A proxy with a fake-IP range answers for every name with an address of its own and then carries the connection itself; it cannot look up names of the local network.",
        )
        .action(Action::EditAddress, "Give the board's IP address instead of its name.")
        .advice("In the proxy, add the name (or *.local, *.lan) to fake-ip-filter."),
    )
}

/// The addresses of a name; `None` when it needs no looking up.
pub(super) async fn look_up(case: &Case, url: &WebReplUrl) -> Option<Vec<SocketAddr>> {
    if url.host.parse::<IpAddr>().is_ok() {
        return None;
    }
    case.waiting("name", format!("the address of {}", url.host));
    let found = tokio::time::timeout(LIMIT, case.world.resolver.resolve(&url.host, url.port)).await;
    Some(found.ok().and_then(Result::ok).unwrap_or_default())
}

fn not_found(case: &Case, host: &str) -> Outcome {
    // A proxy looks names up itself.
    let weight = if case.proxy_used().is_some() { Weight::Suspect } else { Weight::Blocks };
    let local = host.ends_with(".local");
    let why = if local {
        "Names that end in .local are asked in the local network by mDNS; the board did not answer there, or multicast does not come through."
    } else {
        "Neither DNS nor the local network knows the name."
    };
    Outcome::found(
        Finding::blocks(Code::NameNotFound, format!("No address was found for {host}."), why)
            .weighing(weight)
            .with("host", host)
            .action(Action::EditAddress, "Give the board's IP address, as its router or its serial port says it.")
            .advice("Over USB the board tells its address: import network; network.WLAN(network.STA_IF).ifconfig()"),
    )
}
