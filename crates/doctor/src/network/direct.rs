//! The handshake with the board, without a proxy.

use std::net::IpAddr;
use std::time::Duration;

use boardwalk_transport::{WEBREPL_PORT, WebReplUrl};
use futures::future::{BoxFuture, FutureExt as _};

use super::explain::{Way, explain};
use super::speaks::is_tls;
use super::talk::{Live, Trouble};
use super::way;
use crate::case::Case;
use crate::check::{Check, Need, Outcome};
use crate::code::Code;
use crate::finding::{Action, Finding, Remedy};
use crate::world::{InterfaceKind, Neighbour, Os};

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
    if case.is_open() {
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
            let (trouble, why) = look_closer(case, trouble, began.elapsed()).await;
            let mut outcome = explain(case, trouble, Way::Direct);
            for finding in &mut outcome.findings {
                about_the_address(case, url, finding);
                finding.why = why.map_or(std::mem::take(&mut finding.why), str::to_owned);
            }
            let silent = |finding: &Finding| matches!(finding.code, Code::NoAnswer | Code::HostUnreachable);
            match case.facts.in_another.get().filter(|_| outcome.findings.iter().any(silent)) {
                Some(finding) => outcome.and(finding.clone()),
                None => outcome,
            }
        }
    }
}

/// What speaks for a wrong address or port is said first: most of these are.
fn about_the_address(case: &Case, url: &WebReplUrl, finding: &mut Finding) {
    if finding.code != Code::PortRefused {
        return;
    }
    let text = if case.facts.is_here.get().is_some()
        && !url.host.starts_with("127.")
        && url.host != "localhost"
    {
        "This is the address of this computer: give the board's own, as its router or its serial port says it."
    } else if url.port != WEBREPL_PORT {
        "Check the port: WebREPL listens on 8266, unless the board was told otherwise."
    } else {
        return;
    };
    finding.remedies.insert(0, Remedy::text(text).action(Action::EditAddress));
}

/// What the system knows besides may tell one cause from another, and why.
async fn look_closer(case: &Case, trouble: Trouble, took: Duration) -> (Trouble, Option<&'static str>) {
    let by_tunnel = case.facts.leaves_by.get().is_some_and(|by| by.kind == InterfaceKind::Tunnel);
    let board = case.facts.addresses.get().and_then(|all| all.first()).map(std::net::SocketAddr::ip);
    let on_link = case.facts.leaves_by.get().zip(board).is_some_and(|(by, board)| by.reaches(board));
    let seen = match trouble.code {
        Some(Code::ClosedBeforeReply | Code::NotWebrepl) if wants_tls(case, trouble.code).await => Trouble {
            code: Some(Code::TlsMismatch),
            message: "This port speaks TLS, and was spoken to without.".to_owned(),
            help: "Write wss:// instead of ws://, or give the port of the board itself.".to_owned(),
            ..trouble
        },
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
        Some(Code::NoAnswer | Code::HostUnreachable) if on_link => {
            return silent_neighbour(case, trouble, board, took).await;
        }
        // Their remedies say it all.
        Some(Code::NoAnswer | Code::HostUnreachable | Code::PortRefused) => {
            Trouble { help: String::new(), ..trouble }
        }
        _ => trouble,
    };
    (seen, None)
}

/// Servers with TLS hang up on a plain request, or answer as a web server that it was plain. At the usual port it is
/// rather a board that has a client; that is not disturbed.
async fn wants_tls(case: &Case, code: Option<Code>) -> bool {
    let Some(url) = case.url().filter(|url| !url.tls) else { return false };
    let Some(&at) = case.facts.addresses.get().and_then(|all| all.first()) else { return false };
    (code == Some(Code::NotWebrepl) || url.port != WEBREPL_PORT) && is_tls(&case.world, &url.host, at).await
}

/// Nothing came of a connection within our own network: what the neighbours' table says of the board tells why.
async fn silent_neighbour(
    case: &Case,
    trouble: Trouble,
    board: Option<IpAddr>,
    took: Duration,
) -> (Trouble, Option<&'static str>) {
    let (Some(board), Some(by)) = (board, case.facts.leaves_by.get()) else { return (trouble, None) };
    let wireless = by.kind == InterfaceKind::Wireless;
    let silent = trouble.code == Some(Code::NoAnswer);
    match neighbour(case, board).await {
        Neighbour::Missing if silent => (Trouble {
            code: Some(Code::HostUnreachable),
            message: format!("Nobody in this network has the address {board}."),
            help: "On a guest Wi-Fi that keeps its clients apart it looks the same: use another one.".to_owned(),
            ..trouble
        }, None),
        // A board has no firewall: its network answers, with yes or no, to whatever reaches it.
        Neighbour::Found if silent && wireless && !by.gateways.contains(&board) => (Trouble {
            code: Some(Code::ClientIsolation),
            message: format!("{board} is known in this Wi-Fi, and nothing comes back from it."),
            help: "Use another Wi-Fi than that for guests, or switch the isolation of clients off in the router (“AP isolation”). If the Wi-Fi is your own and has none, reset the board.".to_owned(),
            ..trouble
        }, None),
        Neighbour::Found if silent => (Trouble {
            message: format!("{board} is in this network, and does not answer on this port within {} s.", took.as_secs()),
            help: "Look at the firewall of this computer and of the one at that address. A board has none: if it is one, reset it.".to_owned(),
            ..trouble
        }, Some("The address is right and somebody has it. A firewall drops the packets, here or there, or the board hangs.")),
        Neighbour::Found => (Trouble {
            message: format!("{board} is there, and a firewall turns connections to this port away."),
            help: "Look at the firewall of this computer and of the one at that address; a board has none.".to_owned(),
            ..trouble
        }, Some("The address is right and somebody has it, but says that nobody may connect. Boards do not do that.")),
        _ => (Trouble { help: String::new(), ..trouble }, None),
    }
}

async fn neighbour(case: &Case, board: IpAddr) -> Neighbour {
    let networks = case.world.networks.clone();
    let asked = tokio::task::spawn_blocking(move || networks.neighbour(board)).await;
    asked.unwrap_or(Neighbour::Unknown)
}
