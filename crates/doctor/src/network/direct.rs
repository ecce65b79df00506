//! The handshake with the board, without a proxy.

use std::time::Duration;

use futures::future::{BoxFuture, FutureExt as _};

use super::explain::{Way, explain};
use super::talk::{Live, Trouble};
use super::way;
use crate::case::Case;
use crate::check::{Check, Need, Outcome};
use crate::code::Code;
use crate::world::{InterfaceKind, Os};

pub(super) struct Direct;

impl Check for Direct {
    fn id(&self) -> &'static str {
        "direct"
    }

    fn title(&self) -> &'static str {
        "Handshake, directly"
    }

    fn needs(&self) -> &'static [Need] {
        &[
            Need::Passed("address"),
            Need::Over("route"),
            Need::Over("name"),
            Need::Over("networks"),
            // The board is asked before it has us for a client.
            Need::Over("usb-console"),
        ]
    }

    fn deadline(&self) -> Duration {
        Duration::from_secs(16)
    }

    fn run<'a>(&'a self, case: &'a Case) -> BoxFuture<'a, Outcome> {
        look(case).boxed()
    }
}

async fn look(case: &Case) -> Outcome {
    if case.options.open.as_ref().is_some_and(|session| session.state().borrow().is_connected()) {
        case.reached();
        return Outcome::pass(
            "The board is connected already; a second client would be turned away, so its session is used.",
        );
    }
    let Some(url) = case.url() else { return Outcome::skipped("The board is at a serial port.") };
    if case.facts.addresses.get().is_none() {
        return Outcome::skipped("Not run, because the board's address is not known.");
    }
    let used = case.proxy_used().is_none();
    let began = tokio::time::Instant::now();
    match way::direct(case, url).await {
        Ok(conversation) => {
            let ms = began.elapsed().as_millis();
            if used {
                case.reached();
                *case.facts.live.lock().await = Some(Live::Talking(Box::new(conversation)));
            } else {
                conversation.leave().await;
            }
            Outcome::pass(format!("A WebREPL answered within {ms} ms and asks for its password."))
        }
        Err(trouble) => {
            let trouble = look_closer(case, trouble, began.elapsed()).await;
            explain(case, trouble, Way::Direct)
        }
    }
}

/// What the system knows besides may tell one cause from another.
async fn look_closer(case: &Case, trouble: Trouble, took: Duration) -> Trouble {
    let by_tunnel = case.facts.leaves_by.get().is_some_and(|by| by.kind == InterfaceKind::Tunnel);
    let board = case.facts.addresses.get().and_then(|all| all.first()).map(std::net::SocketAddr::ip);
    let on_link = case.facts.leaves_by.get().zip(board).is_some_and(|(by, board)| by.reaches(board));
    match trouble.code {
        // Nothing on the way could have changed the request: it is the board that does not read it.
        Some(Code::SilentAfterRequest) if !by_tunnel && trouble.mark.is_none() => Trouble {
            code: Some(Code::BoardBusy),
            message: "The board took the connection and did not read the request.".to_owned(),
            help: "A program that never pauses keeps the board from answering, or it is stuck: stop the program over USB, or reset the board.".to_owned(),
            ..trouble
        },
        // macOS 15 says "no route" at once for a neighbour that ping reaches.
        Some(Code::HostUnreachable)
            if case.world.os == Os::MacOs && on_link && took < Duration::from_millis(500) =>
        {
            Trouble {
                code: Some(Code::LocalNetworkPermission),
                message: "macOS refused the way to a computer in its own network at once.".to_owned(),
                help: "In System Settings, Privacy & Security, Local Network, switch Boardwalk on; if it is on, switch it off and on again.".to_owned(),
                ..trouble
            }
        }
        Some(Code::NoAnswer) if on_link && neighbour_missing(case, board).await => Trouble {
            code: Some(Code::HostUnreachable),
            message: format!("Nobody in this network has the address {}.", board.map(|b| b.to_string()).unwrap_or_default()),
            help: "Check the address, and that the board is on and in the same network. On a guest Wi-Fi that keeps its clients apart it looks the same.".to_owned(),
            ..trouble
        },
        _ => trouble,
    }
}

async fn neighbour_missing(case: &Case, board: Option<std::net::IpAddr>) -> bool {
    let Some(board) = board else { return false };
    let networks = case.world.networks.clone();
    let asked = tokio::task::spawn_blocking(move || networks.neighbour(board)).await;
    asked.is_ok_and(|found| found == crate::world::Neighbour::Missing)
}
