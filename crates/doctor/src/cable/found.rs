//! What follows from the board's own answers, once it is known whether it was reached.

use std::net::IpAddr;
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt as _};

use super::{Answers, Cable};
use crate::case::{Case, lock};
use crate::check::{Check, Need, Outcome};
use crate::code::Code;
use crate::evidence::Console;
use crate::finding::{Action, Finding, Weight};

pub(crate) struct Found;

const LAST_WORDS: Duration = Duration::from_millis(300);

impl Check for Found {
    fn id(&self) -> &'static str {
        "usb-answers"
    }

    fn title(&self) -> &'static str {
        "What the board says over USB"
    }

    fn needs(&self) -> &'static [Need] {
        &[
            Need::Over("usb-console"),
            Need::Over("name"),
            Need::Over("direct"),
            Need::Over("tunnel"),
            Need::Over("login"),
        ]
    }

    fn deadline(&self) -> Duration {
        Duration::from_secs(3)
    }

    fn run<'a>(&'a self, case: &'a Case) -> BoxFuture<'a, Outcome> {
        look(case).boxed()
    }
}

async fn look(case: &Case) -> Outcome {
    let Some(plugged) = case.facts.cable.lock().await.take() else {
        return Outcome::skipped("Not run, because the board was not asked over USB.");
    };
    if !case.was_reached() {
        // What the board prints about an attempt comes when its interpreter gets round to it, at 115200 baud.
        tokio::time::sleep(LAST_WORDS).await;
    }
    let lines = plugged.recorder.lines();
    let mentions = lines.iter().any(|line| line.contains("WebREPL") || line.contains("websocket"));
    let (port, answers) = (plugged.port.clone(), plugged.answers.clone());
    plugged.leave().await;
    let outcome = match (&answers, case.was_reached()) {
        (_, true) => Outcome::pass("The board was reached; its answers are not needed."),
        (None, false) => Outcome::skipped("Not run, because the board was not asked over USB."),
        (Some(answers), false) => {
            let tried = tried(case);
            let same = mentions
                || case.options.cable.as_ref().is_some_and(Cable::is_pointed_at)
                || answers.addresses().iter().any(|address| tried.contains(address));
            findings(case, &port, answers, &tried)
                .into_iter()
                .map(|finding| finding.with("usb", port.clone()))
                // Another board may be plugged in than the one that is tried.
                .map(|finding| if same { finding } else { finding.weighing(Weight::Suspect) })
                .fold(Outcome::pass(said(&port, &lines)), Outcome::and)
        }
    };
    if !lines.is_empty() {
        *lock(&case.facts.console) = Some(Console { port, lines });
    }
    outcome
}

fn said(port: &str, lines: &[String]) -> String {
    match lines.last() {
        Some(last) => format!("While it was tried, the board at {port} printed “{last}”."),
        None => format!("While it was tried, the board at {port} printed nothing."),
    }
}

fn tried(case: &Case) -> Vec<IpAddr> {
    let addresses = case.facts.addresses.get().map(Vec::as_slice).unwrap_or_default();
    addresses.iter().map(|address| address.ip().to_canonical()).collect()
}

fn findings(case: &Case, port: &str, answers: &Answers, tried: &[IpAddr]) -> Vec<Finding> {
    let mut found = Vec::new();
    if answers.firmware == Some(false) {
        found.push(not_in_firmware(port));
    }
    let own = answers.addresses();
    if answers.is_offline() {
        found.push(offline(port, answers));
    } else if !own.is_empty() && !own.iter().any(|address| tried.contains(address)) {
        found.push(elsewhere(case, port, &own));
    }
    if answers.firmware != Some(false) {
        if answers.started == Some(false) {
            found.push(not_running(port, answers));
        }
        if answers.client == Some(true) {
            found.push(busy(port));
        }
    }
    found
}

fn not_in_firmware(port: &str) -> Finding {
    Finding::blocks(
        Code::WebreplNotInFirmware,
        format!("The firmware of the board at {port} has no module webrepl or _webrepl."),
        "WebREPL is a part of the firmware; builds for boards without Wi-Fi, and some small ones, leave it out.",
    )
    .advice("Write a firmware with WebREPL to the board (https://micropython.org/download/), or work over USB.")
}

fn offline(port: &str, answers: &Answers) -> Finding {
    let off = answers.station.active == Some(false);
    let mut saw = match off {
        true => format!("The Wi-Fi of the board at {port} is switched off."),
        false => format!("The board at {port} is not connected to a Wi-Fi"),
    };
    if !off {
        saw.push_str(&match &answers.status {
            Some(status) => format!(" (it says {status})."),
            None => ".".to_owned(),
        });
    }
    Finding::blocks(Code::WifiNotConnected, saw, "Without a network the board has no address to connect to.")
        .action(Action::SetupWebrepl, "Choose a Wi-Fi for the board over USB.")
        .action(Action::Retry, "Look again when the board is connected.")
}

/// The address was another one yesterday.
fn elsewhere(case: &Case, port: &str, own: &[IpAddr]) -> Finding {
    let shown: Vec<String> = own.iter().map(ToString::to_string).collect();
    let shown = shown.join(" and ");
    let host = case.url().map(|url| url.host.clone()).unwrap_or_default();
    let finding = Finding::blocks(
        Code::WifiNotConnected,
        format!("The board at {port} has the address {shown}; {host} was tried."),
        "Routers give addresses for a time; a board may have another one after it was off.",
    );
    let Some((url, first)) = case.url().zip(own.first()) else { return finding };
    let mut url = url.clone();
    url.host = first.to_string();
    finding.with("address", url.to_string()).action(Action::EditAddress, format!("Connect to {url}."))
}

fn not_running(port: &str, answers: &Answers) -> Finding {
    let finding = Finding::blocks(
        Code::WebreplNotRunning,
        format!("WebREPL is not started on the board at {port}."),
        "Nothing listens for connections until a program on the board says webrepl.start(); a soft reset ends it, unless boot.py starts it again.",
    );
    let finding = match answers.configured {
        Some(true) => finding.action(Action::StartWebreplOverUsb, "Start it over USB."),
        _ => finding,
    };
    match (answers.boots, answers.configured) {
        (Some(true), Some(true)) => finding,
        _ => finding.action(Action::SetupWebrepl, "Set it up over USB, so that it starts with the board."),
    }
}

fn busy(port: &str) -> Finding {
    Finding::blocks(
        Code::BusyOtherClient,
        format!("The board at {port} has a client at its WebREPL already."),
        "A board talks to one client at a time. It may also still hold a connection that died without a goodbye.",
    )
    .action(Action::FreeWebreplOverUsb, "Close the other client. If there is none, free the board over USB.")
    .action(Action::Retry, "Look again.")
}
