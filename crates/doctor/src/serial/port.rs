//! Is the port there, and is it one behind which a board may be?

use std::path::Path;
use std::time::Duration;

use boardwalk_transport::{PortGuess, PortInfo, Target};
use futures::future::{BoxFuture, FutureExt as _};

use crate::case::Case;
use crate::check::{Check, Need, Outcome};
use crate::code::Code;
use crate::finding::{Action, Finding, Weight};
use crate::world::Os;

use super::sandbox::sandbox;

pub(super) struct Port;

impl Check for Port {
    fn id(&self) -> &'static str {
        "port"
    }

    fn title(&self) -> &'static str {
        "Port"
    }

    fn needs(&self) -> &'static [Need] {
        &[Need::Over("usb")]
    }

    fn deadline(&self) -> Duration {
        Duration::from_secs(3)
    }

    fn run<'a>(&'a self, case: &'a Case) -> BoxFuture<'a, Outcome> {
        std::future::ready(look(case)).boxed()
    }
}

fn look(case: &Case) -> Outcome {
    let ports = case.facts.ports.get().map(Vec::as_slice).unwrap_or_default();
    match case.target.as_ref().and_then(Target::serial_path) {
        Some(path) => one(case, ports, path),
        None => any(case, ports),
    }
}

/// The port that was asked for.
fn one(case: &Case, ports: &[PortInfo], path: &str) -> Outcome {
    let known = ports.iter().find(|port| port.path == path).or_else(|| behind(ports, path));
    if let Some(who) = &case.options.identity
        && known.is_none_or(|port| port.identity().as_ref() != Some(who))
        && let Some(now) = ports.iter().find(|port| port.identity().as_ref() == Some(who))
    {
        let finding = Finding::blocks(
            Code::PortRenumbered,
            format!("The board that was at {path} is at {} now.", now.path),
            "Systems number ports in the order in which they appear; the board keeps its serial number.",
        );
        return Outcome::found(
            finding.with("port", now.path.clone()).action(Action::ChoosePort, "Connect it there."),
        );
    }
    let there = known.is_some() || Path::new(path).exists() || case.world.os == Os::Windows;
    if !there {
        let others: Vec<&str> =
            ports.iter().filter(|port| port.is_likely()).map(|port| port.path.as_str()).collect();
        let others = match &others[..] {
            [] => "and no other port looks like a board".to_owned(),
            some => format!("but at {} there may be one", some.join(", ")),
        };
        let foreign = if is_windows_name(path) && case.world.os != Os::Windows {
            " Names like this are those of Windows."
        } else {
            ""
        };
        let outcome = Outcome::found(none(format!("There is no port {path}, {others}.{foreign}")));
        return within_sandbox(case, outcome);
    }
    if let Some(board) = known.and_then(without_micropython) {
        return Outcome::found(board);
    }
    let _ = case.facts.serial.set(Target::Serial { path: path.to_owned() });
    match known {
        Some(port) if port.guess == PortGuess::Bluetooth => Outcome::found(bluetooth(path)),
        Some(port) => Outcome::pass(format!("{path} is there: {}.", port.title)),
        // Drivers of virtual ports do not always name them in the registry.
        None if case.world.os == Os::Windows => Outcome::pass(format!(
            "{path} is not among the ports that the system lists; it is tried all the same."
        )),
        None => Outcome::pass(format!("{path} is there.")),
    }
}

/// The one likely board, when nobody said which port.
fn any(case: &Case, ports: &[PortInfo]) -> Outcome {
    let likely: Vec<&PortInfo> = ports.iter().filter(|port| port.is_likely()).collect();
    let listed = |ports: &[&PortInfo]| {
        ports.iter().map(|port| format!("{} ({})", port.path, port.title)).collect::<Vec<_>>().join(", ")
    };
    match &likely[..] {
        [] => within_sandbox(case, Outcome::found(none("No serial port looks like a board.".to_owned()))),
        [port] => {
            let _ = case.facts.serial.set(port.target());
            Outcome::pass(format!("{} looks like a board: {}.", port.path, port.title))
        }
        several => {
            case.reached();
            Outcome::pass(format!(
                "{} ports look like boards: {}. Name one to have it looked at.",
                several.len(),
                listed(several)
            ))
        }
    }
}

fn none(saw: String) -> Finding {
    Finding::blocks(
        Code::NoPort,
        saw,
        "The board is not plugged in, its cable carries power only, or it is off.",
    )
    .action(Action::ChoosePort, "Choose its port from the list.")
    .action(Action::Retry, "Plug it in with a cable that carries data, then look again.")
}

/// The port to which a link such as /dev/serial/by-id/… leads.
fn behind<'a>(ports: &'a [PortInfo], path: &str) -> Option<&'a PortInfo> {
    let real = std::fs::canonicalize(path).ok()?;
    ports.iter().find(|port| Path::new(&port.path) == real)
}

fn is_windows_name(path: &str) -> bool {
    path.get(..3).is_some_and(|name| name.eq_ignore_ascii_case("com"))
        && path.len() > 3
        && path[3..].bytes().all(|byte| byte.is_ascii_digit())
}

/// A sandbox may hide ports as well as refuse them.
fn within_sandbox(case: &Case, outcome: Outcome) -> Outcome {
    match sandbox(&case.world.root) {
        Some(finding) => outcome.and(finding.weighing(Weight::Suspect)),
        None => outcome,
    }
}

/// Arduino's boards with an AVR chip, whose memory is too small for MicroPython (USB ids of Arduino's `boards.txt`).
/// Opening their port restarts the sketch, so they are left alone.
fn without_micropython(port: &PortInfo) -> Option<Finding> {
    const ARDUINO: [u16; 2] = [0x2341, 0x2A03];
    const AVR: [u16; 12] =
        [0x0001, 0x0010, 0x0036, 0x0037, 0x003F, 0x0042, 0x0043, 0x0044, 0x0058, 0x8036, 0x8037, 0x0243];
    let is_avr = ARDUINO.contains(&port.vid?) && AVR.contains(&port.pid?);
    is_avr.then(|| {
        Finding::blocks(
            Code::NotMicropython,
            format!("{} is an Arduino with an AVR chip ({}).", port.path, port.title),
            "Its few kilobytes of memory do not hold MicroPython; what runs on it is an Arduino sketch.",
        )
        .with("firmware", "an Arduino sketch")
        .action(Action::ChoosePort, "Choose the port of a board that can run MicroPython.")
    })
}

fn bluetooth(path: &str) -> Finding {
    Finding::blocks(
        Code::BluetoothPort,
        format!("{path} is a Bluetooth port."),
        "Boards are not behind Bluetooth ports; opening one may wait for a device that is not there.",
    )
    .weighing(Weight::Suspect)
    .action(Action::ChoosePort, "Choose the USB port of the board.")
}
