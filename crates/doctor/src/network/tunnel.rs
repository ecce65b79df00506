//! The handshake with the board through the proxy.

use std::time::Duration;

use futures::future::{BoxFuture, FutureExt as _};

use super::explain::{Way, explain};
use super::talk::{Live, Trouble};
use super::way;
use crate::case::{Case, Proxied, lock};
use crate::check::{Check, Need, Outcome};
use crate::code::Code;

pub(super) struct Tunnelled;

impl Check for Tunnelled {
    fn id(&self) -> &'static str {
        "tunnel"
    }

    fn title(&self) -> &'static str {
        "Handshake, through the proxy"
    }

    fn needs(&self) -> &'static [Need] {
        // One client at a time: a board turns a second one away.
        &[Need::Passed("proxy"), Need::Over("direct"), Need::Over("self-echo")]
    }

    fn deadline(&self) -> Duration {
        Duration::from_secs(18)
    }

    fn run<'a>(&'a self, case: &'a Case) -> BoxFuture<'a, Outcome> {
        look(case).boxed()
    }
}

async fn look(case: &Case) -> Outcome {
    let (Some(url), Some(proxy)) = (case.url(), case.facts.proxy.get()) else {
        return Outcome::skipped("No proxy is set.");
    };
    if case.is_open() {
        return Outcome::skipped("Not run, because the board is connected already.");
    }
    let direct_works = lock(&case.facts.paths).iter().any(|path| path.through.is_none() && path.is_ok());
    if !proxy.used && direct_works {
        return Outcome::skipped("Not run, because the board is reached directly.");
    }
    case.waiting("tunnel", format!("the proxy {}", proxy.server));
    let began = tokio::time::Instant::now();
    match way::through(case, url, proxy).await {
        Ok(conversation) => {
            let ms = began.elapsed().as_millis();
            if proxy.used {
                case.reached();
                *case.facts.live.lock().await = Some(Live::Talking(Box::new(conversation)));
            } else {
                conversation.leave().await;
            }
            let way = proxy.via.name().to_uppercase();
            Outcome::pass(format!(
                "Through {} by {way} a WebREPL answered within {ms} ms and asks for its password.",
                proxy.server
            ))
        }
        Err(trouble) => explain(case, who_we_are(case, trouble, proxy), Way::Through(proxy)),
    }
}

/// Many small SOCKS servers hang up on whoever does not offer a name and a password, where RFC 1928 (3) has them answer.
fn who_we_are(case: &Case, trouble: Trouble, proxy: &Proxied) -> Trouble {
    if trouble.code != Some(Code::ProxyNotAProxy) || case.facts.proxy_wants_user.get().is_none() {
        return trouble;
    }
    Trouble {
        code: Some(Code::ProxyAuthRequired),
        message: format!("The proxy {} wants a user name and a password.", proxy.server),
        help: String::new(),
        ..trouble
    }
}
