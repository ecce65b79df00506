//! A board at USB that nobody has named: which port may be asked without disturbing anybody, and which only when a person says so.

use std::time::Duration;

use boardwalk_transport::{PortGuess, PortInfo, UsbIdentity};

use tokio::time::timeout;

use crate::case::Case;
use crate::check::Outcome;
use crate::code::Code;
use crate::finding::{Action, Finding, Remedy, Weight};

/// Systems list their ports within some milliseconds.
const LISTING: Duration = Duration::from_secs(1);

/// Ports behind which the board may be.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Nearby {
    /// opening this one disturbs nobody
    pub(super) ask: Option<PortInfo>,
    /// these may be asked when a person says so, the likeliest first
    pub(super) offer: Vec<PortInfo>,
}

/// Of all ports. A remembered one is the only one that counts.
///
/// A UART bridge may restart the board that hangs on it when its port is opened, whatever the lines are told (S20, S21), and
/// so may the USB-Serial/JTAG block of ESP32 chips; MicroPython's own USB does not. Boards that Boardwalk plays itself are
/// nobody's.
pub(super) fn nearby(ports: Vec<PortInfo>, remembered: Option<&UsbIdentity>) -> Nearby {
    let mut likely: Vec<PortInfo> = Vec::new();
    for port in ports {
        let known = matches!(port.guess, PortGuess::MicroPython | PortGuess::UsbBridge) && !port.demo;
        // The second port of one board is for its programs.
        let second =
            likely.iter().any(|other| port.serial_number.is_some() && other.identity() == port.identity());
        if known && !second {
            likely.push(port);
        }
    }
    let is_remembered = |port: &PortInfo| remembered.is_some() && port.identity().as_ref() == remembered;
    if likely.iter().any(is_remembered) {
        likely.retain(is_remembered);
    }
    let quiet = |port: &PortInfo| {
        port.guess == PortGuess::MicroPython && (port.vid, port.pid) != (Some(0x303A), Some(0x1001))
    };
    let mut quiet = likely.iter().filter(|port| quiet(port));
    let ask = match (quiet.next(), quiet.next()) {
        (Some(one), None) => Some(one.clone()),
        _ => None,
    };
    likely.retain(|port| Some(port) != ask.as_ref());
    Nearby { ask, offer: likely }
}

/// What is said of ports that were not opened.
pub(super) fn not_asked(offer: &[PortInfo]) -> String {
    let paths: Vec<&str> = offer.iter().map(|port| port.path.as_str()).collect();
    match paths[..] {
        [] => "Not run, because no board is plugged in by USB.".to_owned(),
        [one] => format!(
            "Not run: a board may be at {one}, and opening that port could restart it. “--usb {one}” asks it."
        ),
        [first, ..] => {
            format!(
                "Not run: boards may be at {}; name the one that is meant (--usb {first}).",
                paths.join(", ")
            )
        }
    }
}

/// Looks which ports there are, before anything is known.
pub(crate) async fn look_around(case: &Case) {
    if case.url().is_none() || case.options.cable.is_some() || case.is_open() {
        return;
    }
    let ports = timeout(LISTING, case.world.ports.list()).await.unwrap_or_default();
    let _ = case.facts.nearby.set(nearby(ports, case.options.identity.as_ref()));
}

/// Offers to ask a board at USB, where its word would help. The first port can be asked by a click, the others by a command.
pub(crate) fn offer(case: &Case, outcome: &mut Outcome) {
    let Some((nearby, url)) = case.facts.nearby.get().zip(case.url()) else { return };
    let Some(first) = nearby.offer.first() else { return };
    let helps = |finding: &&mut Finding| finding.weight >= Weight::Suspect && HELPS.contains(&finding.code);
    for finding in outcome.findings.iter_mut().filter(helps) {
        for (at, port) in nearby.offer.iter().map(|port| &port.path).enumerate().rev() {
            let text = match at {
                0 => format!(
                    "If the board is plugged in at {port}, ask it why. Opening the port may restart it."
                ),
                _ => format!("Or ask the one at {port}."),
            };
            let remedy = Remedy::text(text).command(format!("boardwalk doctor --usb {port} {url}"));
            finding.remedies.insert(0, if at == 0 { remedy.action(Action::AskOverUsb) } else { remedy });
        }
        finding.with.push(("ask", first.path.clone()));
    }
}

/// Where the board knows more than the network shows.
const HELPS: &[Code] = &[
    Code::NameNotFound,
    Code::NotOnBoardNetwork,
    Code::HostUnreachable,
    Code::NoAnswer,
    Code::PortRefused,
    Code::ProxyCannotReachBoard,
    Code::ProxyAnswersBeforeDialling,
    Code::BoardServedPage,
    Code::BoardBusy,
    Code::SilentAfterRequest,
    Code::ClosedBeforeReply,
    Code::BusyOtherClient,
    Code::NoPasswordPrompt,
];

#[cfg(test)]
mod tests {
    use super::*;

    fn port(path: &str, guess: PortGuess, serial: &str) -> PortInfo {
        PortInfo {
            path: path.to_owned(),
            vid: Some(0x2E8A),
            pid: Some(0x0005),
            serial_number: Some(serial.to_owned()),
            manufacturer: None,
            product: None,
            interface: None,
            guess,
            title: String::new(),
            demo: false,
        }
    }

    fn told(ports: &[PortInfo], remembered: Option<&UsbIdentity>) -> (Option<String>, Vec<String>) {
        let found = nearby(ports.to_vec(), remembered);
        (found.ask.map(|port| port.path), found.offer.into_iter().map(|port| port.path).collect())
    }

    #[test]
    fn only_what_disturbs_nobody_is_asked_unasked() {
        use PortGuess::{Bluetooth, Debugger, MicroPython, UsbBridge};
        let (native, other, bridge) =
            (port("a", MicroPython, "1"), port("b", MicroPython, "2"), port("c", UsbBridge, "3"));
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(told(&[], None), (None, vec![]));
        assert_eq!(told(std::slice::from_ref(&native), None), (some("a"), vec![]));
        assert_eq!(told(std::slice::from_ref(&bridge), None), (None, vec!["c".into()]));
        assert_eq!(told(&[native.clone(), bridge.clone()], None), (some("a"), vec!["c".into()]));
        assert_eq!(told(&[native.clone(), other.clone()], None), (None, vec!["a".into(), "b".into()]));
        assert_eq!(told(&[native.clone(), other.clone()], other.identity().as_ref()), (some("b"), vec![]));
        assert_eq!(
            told(&[native.clone(), bridge.clone()], bridge.identity().as_ref()),
            (None, vec!["c".into()])
        );
        // Both ports of one board.
        assert_eq!(told(&[native.clone(), port("a2", MicroPython, "1")], None), (some("a"), vec![]));
        let jtag = PortInfo { vid: Some(0x303A), pid: Some(0x1001), ..native.clone() };
        assert_eq!(told(&[jtag], None), (None, vec!["a".into()]));
        let played = PortInfo { demo: true, ..native };
        assert_eq!(
            told(&[played, port("d", Debugger, "4"), port("e", Bluetooth, "5")], None),
            (None, vec![])
        );
    }
}
