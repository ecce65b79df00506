//! Does the port open? What the system says when it does not, and who holds it.

use std::time::Duration;

use boardwalk_transport::{Dial, Link, PermissionHint, SerialDial, SerialOptions, Target, TransportError};
use futures::future::{BoxFuture, FutureExt as _};

use crate::case::Case;
use crate::check::{Check, Need, Outcome};
use crate::code::Code;
use crate::finding::{Action, Finding, Remedy};
use crate::network::Live;

use super::sandbox::sandbox;

pub(super) struct Open;

impl Check for Open {
    fn id(&self) -> &'static str {
        "open"
    }

    fn title(&self) -> &'static str {
        "Opening"
    }

    fn needs(&self) -> &'static [Need] {
        &[Need::Over("port")]
    }

    fn deadline(&self) -> Duration {
        Duration::from_secs(7)
    }

    fn run<'a>(&'a self, case: &'a Case) -> BoxFuture<'a, Outcome> {
        look(case).boxed()
    }
}

/// A port that takes not one byte for so long is stuck.
pub(crate) const TAKES: Duration = Duration::from_millis(1500);

/// An open port, and what opens it again with other lines.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(super) dial: SerialDial,
    pub(super) link: Option<Link>,
}

impl Opened {
    /// Closes the port.
    pub(crate) async fn leave(self) {
        if let Some(link) = self.link {
            link.close().await;
        }
    }
}

impl Dial for Opened {
    fn target(&self) -> &Target {
        self.dial.target()
    }

    fn dial(&mut self) -> BoxFuture<'_, Result<Link, TransportError>> {
        match self.link.take() {
            Some(link) => std::future::ready(Ok(link)).boxed(),
            None => self.dial.dial(),
        }
    }

    fn wait_until_present(&mut self) -> BoxFuture<'_, ()> {
        self.dial.wait_until_present()
    }

    fn is_present(&mut self) -> BoxFuture<'_, bool> {
        self.dial.is_present()
    }

    fn try_other_line_policy(&mut self) -> bool {
        self.dial.try_other_line_policy()
    }

    fn line_policy_worked(&mut self) {
        self.dial.line_policy_worked();
    }
}

async fn look(case: &Case) -> Outcome {
    if case.is_open() {
        case.reached();
        return Outcome::pass("The board is connected already; its session is used.");
    }
    let Some(target) = case.facts.serial.get() else {
        return Outcome::skipped("Not run, because no port was chosen.");
    };
    case.waiting("open", format!("{target} to open"));
    let options = SerialOptions {
        memory: case.world.lines.clone(),
        open_timeout: Duration::from_secs(5),
        write_timeout: TAKES,
        ..SerialOptions::default()
    };
    let mut dial = SerialDial::new(target.clone(), case.world.ports.clone(), options);
    match dial.dial().await {
        Ok(link) => {
            let baud = link.info().baud.map(|baud| format!(" at {baud} baud")).unwrap_or_default();
            let opened = Opened { dial, link: Some(link) };
            *case.facts.live.lock().await = Some(Live::Port(Box::new(opened)));
            Outcome::pass(format!("The port opened{baud}."))
        }
        Err(error) => Outcome::found(explain(case, &error)),
    }
}

fn explain(case: &Case, error: &TransportError) -> Finding {
    let saw = error.to_string();
    match error {
        TransportError::PermissionDenied { path, hint, .. } => denied(case, path, hint, saw),
        TransportError::PortBusy { holder, .. } => {
            let modem = holder.as_ref().is_some_and(|holder| holder.name.contains("ModemManager"));
            if modem {
                return modem_manager(saw);
            }
            let finding =
                Finding::blocks(Code::PortBusy, saw, "A serial port belongs to one program at a time.");
            let finding = match holder {
                Some(holder) => {
                    finding.with("program", holder.name.clone()).with("pid", holder.pid.to_string())
                }
                None => finding,
            };
            finding.action(Action::Retry, error.help())
        }
        TransportError::BluetoothPort { .. } => {
            Finding::blocks(Code::BluetoothPort, saw, "Boards are behind USB ports.")
                .action(Action::ChoosePort, error.help())
        }
        TransportError::DriverError { vid, .. } => {
            let code = Code::named(error.code()).unwrap_or(Code::DeviceHung);
            let why = match vid {
                Some(0x1A86) => "Version 3.8 of the CH340 driver does not work with older and copied chips.",
                _ => "The driver of the port gave up.",
            };
            Finding::blocks(code, saw, why).advice(error.help())
        }
        TransportError::OpenTimeout { .. } | TransportError::DeviceHung { .. } => {
            Finding::blocks(Code::DeviceHung, saw, "The board's USB or its driver is stuck.")
                .action(Action::Retry, error.help())
        }
        TransportError::NotATerminal { .. } => {
            Finding::blocks(Code::AddressInvalid, saw, "What the address names is no serial port.")
                .action(Action::ChoosePort, error.help())
        }
        _ => Finding::blocks(
            Code::named(error.code()).unwrap_or(Code::NoPort),
            saw,
            "The board is not plugged in, or its port went away while it was opened.",
        )
        .action(Action::Retry, error.help()),
    }
}

fn denied(case: &Case, path: &str, hint: &PermissionHint, saw: String) -> Finding {
    if let Some(finding) = sandbox(&case.world.root) {
        return finding;
    }
    let finding = Finding::blocks(
        Code::PermissionDenied,
        saw,
        "On Linux a serial port belongs to a group; who is not in it may not open the port.",
    )
    .with("port", path);
    let finding = match hint {
        PermissionHint::JoinGroup { group, user } => finding.with("group", group.clone()).remedy(
            Remedy::text(format!("Join the group {group}, then log out and log in again."))
                .command(format!("sudo usermod -a -G {group} {user}"))
                .action(Action::JoinGroup),
        ),
        PermissionHint::LogInAgain { group } => {
            finding.with("group", group.clone()).with("login", "missing").advice(format!(
                "You are in the group {group} already, since after this login: log out and log in again."
            ))
        }
        PermissionHint::NodeClosed | PermissionHint::Unknown => finding,
    };
    finding.remedy(
        Remedy::text("Install a rule that gives serial ports to whoever sits at this computer, then plug the board in again.")
            .command("echo 'SUBSYSTEM==\"tty\", ENV{ID_BUS}==\"usb\", TAG+=\"uaccess\"' | sudo tee /etc/udev/rules.d/70-boardwalk.rules && sudo udevadm control --reload")
            .action(Action::InstallUdevRule),
    )
}

pub(super) fn modem_manager(saw: String) -> Finding {
    Finding::blocks(
        Code::ModemManager,
        saw,
        "ModemManager opens each new serial port for 10 to 20 s and types AT commands, to see whether it is a modem.",
    )
    .action(Action::Retry, "Wait 20 s, then look again.")
    .remedy(
        Remedy::text("Tell it to leave boards alone for good, then plug the board in again.")
            .command("echo 'SUBSYSTEM==\"tty\", ENV{ID_MM_DEVICE_IGNORE}=\"1\"' | sudo tee /etc/udev/rules.d/71-boardwalk-no-modem.rules && sudo udevadm control --reload"),
    )
}

#[cfg(test)]
#[path = "open_tests.rs"]
mod tests;
