//! Is this computer in the board's network, and by which way do packets leave?

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt as _};

use crate::case::Case;
use crate::check::{Check, Need, Outcome};
use crate::code::Code;
use crate::finding::{Action, Finding, Weight};
use crate::world::{Interface, InterfaceKind, Program};

pub(super) struct OwnNetworks;

impl Check for OwnNetworks {
    fn id(&self) -> &'static str {
        "networks"
    }

    fn title(&self) -> &'static str {
        "Own networks"
    }

    fn needs(&self) -> &'static [Need] {
        &[Need::Passed("address"), Need::Over("name")]
    }

    fn deadline(&self) -> Duration {
        Duration::from_secs(3)
    }

    fn run<'a>(&'a self, case: &'a Case) -> BoxFuture<'a, Outcome> {
        look(case).boxed()
    }
}

async fn look(case: &Case) -> Outcome {
    let Some(&board) = case.facts.addresses.get().and_then(|addresses| addresses.first()) else {
        return Outcome::skipped("Not run, because the board's address is not known.");
    };
    let networks = case.world.networks.clone();
    let asked =
        tokio::task::spawn_blocking(move || (networks.interfaces(), networks.source_for(board))).await;
    let Ok((interfaces, source)) = asked else {
        return Outcome::crashed("The system did not list its interfaces.");
    };
    let outcome = match for_all(&interfaces, board.ip()) {
        Some(finding) => Outcome::found(finding),
        None => judge(case, &interfaces, board, &source),
    };
    let _ = case.facts.interfaces.set(interfaces);
    if case.facts.is_here.get().is_some() { with_program(case, board.port(), outcome).await } else { outcome }
}

/// What listens on this computer has a name: a tunnel, a program that stands before the board, something else.
async fn with_program(case: &Case, port: u16, mut outcome: Outcome) -> Outcome {
    let processes = case.world.processes.clone();
    let program = tokio::task::spawn_blocking(move || processes.listening_on(port)).await;
    if let Some(Program { pid, name }) = program.ok().flatten() {
        outcome.because.push_str(&format!(" {name} (process {pid}) listens on its port {port}."));
    }
    outcome
}

fn judge(case: &Case, interfaces: &[Interface], board: SocketAddr, source: &io::Result<IpAddr>) -> Outcome {
    let source = match source {
        Ok(source) => *source,
        Err(error) => return no_way(case, interfaces, board, error),
    };
    let owns = |interface: &&Interface| interface.addresses.iter().any(|(own, _)| *own == source);
    let leaves_by = interfaces.iter().find(owns);
    if let Some(interface) = leaves_by {
        let _ = case.facts.leaves_by.set(interface.clone());
    }
    let named = leaves_by.map_or("an interface", |interface| interface.name.as_str());
    // A board on this computer, or on any network of ours, whatever its number.
    if board.ip().is_loopback() || source == board.ip() {
        let _ = case.facts.is_here.set(());
        return Outcome::pass(format!("{} is this computer.", board.ip()));
    }
    let tunnel = leaves_by.filter(|interface| interface.kind == InterfaceKind::Tunnel);
    if let (Some(tunnel), true) = (tunnel, is_local(board.ip())) {
        let outcome = Outcome::found(through_tunnel(&tunnel.name, board.ip(), source));
        return match elsewhere(interfaces, board.ip()) {
            Some(finding) => outcome.and(finding),
            None => outcome,
        };
    }
    let on_link = leaves_by.is_some_and(|interface| interface.reaches(board.ip()));
    if on_link {
        return Outcome::pass(format!("{} is in the network of {named} ({source}).", board.ip()));
    }
    if let Some(finding) = leaves_by.and_then(|by| in_another(interfaces, by, board.ip())) {
        let _ = case.facts.in_another.set(finding);
    }
    match elsewhere(interfaces, board.ip()) {
        Some(finding) => Outcome::found(finding),
        None => Outcome::pass(format!(
            "{} is in another network; packets leave by {named} ({source}).",
            board.ip()
        )),
    }
}

/// An address of a home network, and this computer is in another one: the board may still be reached through a router,
/// so this is said only when nothing answers there.
fn in_another(interfaces: &[Interface], leaves_by: &Interface, board: IpAddr) -> Option<Finding> {
    // Those have a finding of their own.
    if matches!(board, IpAddr::V4(v4) if v4.octets()[..3] == ACCESS_POINT) {
        return None;
    }
    let private = |address: &IpAddr| matches!(address, IpAddr::V4(v4) if v4.is_private());
    let home = leaves_by.addresses.iter().any(|(own, _)| private(own));
    if !home || !private(&board) || interfaces.iter().any(|interface| interface.reaches(board)) {
        return None;
    }
    Some(
        Finding::suspect(
            Code::NotOnBoardNetwork,
            format!("{board} is in another network than this computer, which is {}.", ours(interfaces)),
            "A board answers to those in its own network. Guest networks, hotspots, a second router and a cable beside the Wi-Fi are networks of their own.",
        )
        .action(Action::Retry, "Join the network that the board is in, then look again.")
        .action(Action::EditAddress, "Compare the address with the one that the board or the router says: it may be from another network."),
    )
}

/// The address of a network itself, or that of all in it (RFC 919).
fn for_all(interfaces: &[Interface], board: IpAddr) -> Option<Finding> {
    let IpAddr::V4(v4) = board else { return None };
    let mut own = interfaces.iter().flat_map(|interface| &interface.addresses);
    let (address, prefix) = own.find_map(|&(own, prefix)| match own {
        IpAddr::V4(own) if (1..=30).contains(&prefix) && own != v4 => {
            let host = u32::MAX >> prefix;
            let same = (own.to_bits() ^ v4.to_bits()) & !host == 0;
            (same && [0, host].contains(&(v4.to_bits() & host))).then_some((own, prefix))
        }
        _ => None,
    })?;
    Some(
        Finding::blocks(
            Code::AddressInvalid,
            format!("{board} is no single computer: in the network of {address}/{prefix} it stands for all of them."),
            "No board can have that address.",
        )
        .action(Action::EditAddress, "Give the board's own address, as its router or its serial port says it."),
    )
}

/// This computer's own addresses, for a sentence.
fn ours(interfaces: &[Interface]) -> String {
    let ours: Vec<String> = interfaces
        .iter()
        .filter(|interface| interface.kind != InterfaceKind::Loopback)
        .flat_map(|interface| interface.addresses.iter().filter(|(own, _)| own.is_ipv4()))
        .map(|(own, prefix)| format!("{own}/{prefix}"))
        .take(4)
        .collect();
    if ours.is_empty() { "in no network".to_owned() } else { format!("{} only", ours.join(", ")) }
}

/// 192.168.4.0/24 is what MicroPython's access points use (`network.AP_IF`; ESP-IDF's default).
const ACCESS_POINT: [u8; 3] = [192, 168, 4];

fn elsewhere(interfaces: &[Interface], board: IpAddr) -> Option<Finding> {
    let IpAddr::V4(v4) = board else { return None };
    if v4.octets()[..3] != ACCESS_POINT || interfaces.iter().any(|interface| interface.reaches(board)) {
        return None;
    }
    Some(
        Finding::suspect(
            Code::NotOnBoardNetwork,
            format!("{board} is the address of a board's own Wi-Fi, and this computer is {}.", ours(interfaces)),
            "A board in access-point mode has a network of its own; computers outside of it do not reach 192.168.4.1, or reach something else that has the same number.",
        )
        .action(Action::Retry, "Join the board's Wi-Fi (ESP8266: MicroPython-xxxxxx, password micropythoN), then look again.")
        .advice("Systems leave a Wi-Fi that has no internet: tell yours to stay."),
    )
}

fn through_tunnel(name: &str, board: IpAddr, source: IpAddr) -> Finding {
    Finding::suspect(
        Code::TunRoute,
        format!("Packets to {board} leave by {name} ({source}), which a VPN or a TUN proxy made."),
        "A program takes these packets and carries them on its own way, on which a board at home is hardly found; it may even accept the connection itself.",
    )
    .with("interface", name)
    .action(Action::Retry, "Switch the VPN or the TUN mode off, then look again.")
    .advice(format!("In the VPN or the proxy, leave the board's network out (route-exclude-address: {board}/32)."))
}

/// What VPNs have no business with.
fn is_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_private() || v4.is_link_local() || crate::world::is_fake(address),
        IpAddr::V6(v6) => v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

fn no_way(case: &Case, interfaces: &[Interface], board: SocketAddr, error: &io::Error) -> Outcome {
    let blocks = if case.proxy_used().is_some() { Weight::Suspect } else { Weight::Blocks };
    if let Some(finding) = interfaces.iter().find_map(|by| in_another(interfaces, by, board.ip())) {
        let _ = case.facts.in_another.set(finding);
    }
    let finding = match elsewhere(interfaces, board.ip()) {
        Some(finding) => finding,
        None => {
            let number = error.raw_os_error().map(|number| format!(" (error {number})")).unwrap_or_default();
            let alone = interfaces.iter().all(|interface| interface.kind == InterfaceKind::Loopback);
            let saw = if alone {
                "This computer is in no network: no interface is up.".to_owned()
            } else {
                format!("This computer has no way to {}{number}.", board.ip())
            };
            Finding::blocks(Code::HostUnreachable, saw, "Without a way no packet gets to the board.")
                .action(Action::Retry, "Join the board's network by cable or Wi-Fi, then look again.")
        }
    };
    Outcome::found(finding.weighing(blocks))
}
