//! Is the port there, and is it one behind which a board may be?

use std::path::Path;
use std::time::Duration;

use boardwalk_transport::{PortGuess, PortInfo, Target};
use futures::future::{BoxFuture, FutureExt as _};

use crate::case::Case;
use crate::check::{Check, Need, Outcome};
use crate::code::Code;
use crate::finding::{Action, Finding, Weight};

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
    let known = ports.iter().find(|port| port.path == path);
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
    let there = known.is_some() || Path::new(path).exists() || cfg!(windows);
    if !there {
        let others: Vec<&str> =
            ports.iter().filter(|port| port.is_likely()).map(|port| port.path.as_str()).collect();
        let others = match &others[..] {
            [] => "and no other port looks like a board".to_owned(),
            some => format!("but at {} there may be one", some.join(", ")),
        };
        return Outcome::found(none(format!("There is no port {path}, {others}.")));
    }
    let _ = case.facts.serial.set(Target::Serial { path: path.to_owned() });
    match known {
        Some(port) if port.guess == PortGuess::Bluetooth => Outcome::found(bluetooth(path)),
        Some(port) => Outcome::pass(format!("{path} is there: {}.", port.title)),
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
        [] => Outcome::found(none("No serial port looks like a board.".to_owned())),
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

fn bluetooth(path: &str) -> Finding {
    Finding::blocks(
        Code::BluetoothPort,
        format!("{path} is a Bluetooth port."),
        "Boards are not behind Bluetooth ports; opening one may wait for a device that is not there.",
    )
    .weighing(Weight::Suspect)
    .action(Action::ChoosePort, "Choose the USB port of the board.")
}
