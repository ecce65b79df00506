//! By which way do connections to this board go, and who says so?

use std::time::Duration;

use boardwalk_protocol::proxy::{Route, Via};
use boardwalk_transport::Routed;
use futures::future::{BoxFuture, FutureExt as _};

use super::name::look_up;
use crate::case::{Case, Proxied};
use crate::check::{Check, Need, Outcome};

pub(super) struct ProxyRoute;

impl Check for ProxyRoute {
    fn id(&self) -> &'static str {
        "route"
    }

    fn title(&self) -> &'static str {
        "Route"
    }

    fn needs(&self) -> &'static [Need] {
        &[Need::Passed("address")]
    }

    fn deadline(&self) -> Duration {
        Duration::from_secs(6)
    }

    fn run<'a>(&'a self, case: &'a Case) -> BoxFuture<'a, Outcome> {
        look(case).boxed()
    }
}

async fn look(case: &Case) -> Outcome {
    let Some(url) = case.url() else { return Outcome::skipped("A serial port needs no route.") };
    case.waiting("route", "the proxy settings of this computer");
    // The name is looked up meanwhile: both may take seconds where nobody answers.
    let (routed, proxies, looked_up) =
        tokio::join!(case.world.routes.route(url), case.world.proxies.route(url), look_up(case, url));
    if let Some(found) = looked_up {
        let _ = case.facts.looked_up.set(found);
    }
    let used = proxy_of(&routed, true);
    let saw = match &used {
        Some(proxy) => {
            let way = proxy.via.name().to_uppercase();
            format!("Through {} by {way}: {}", proxy.server, routed.decision.reason)
        }
        None => format!("Direct: {}", routed.decision.reason),
    };
    // With the local network's rule out of the way: which proxy do other programs use?
    let set = match used {
        Some(used) => Some(used),
        None => proxy_of(&proxies, false),
    };
    let _ = case.facts.routed.set(routed);
    let mut outcome = Outcome::pass(saw);
    if let Some(set) = set {
        if !set.used {
            outcome
                .because
                .push_str(&format!(" The proxy {} is set on this computer and passed by.", set.server));
        }
        let _ = case.facts.proxy.set(set);
    }
    outcome
}

fn proxy_of(routed: &Routed, used: bool) -> Option<Proxied> {
    match &routed.decision.route {
        Route::Direct => None,
        Route::Proxies(list) => {
            let server = list.iter().flatten().next()?.clone();
            // A list that begins with "direct" uses none.
            let used = used && list.first().is_some_and(Option::is_some);
            Some(Proxied { via: Via::of(server.scheme), server, used })
        }
    }
}
