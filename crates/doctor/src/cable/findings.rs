//! What follows from the board's own answers.

use std::net::IpAddr;

use super::Answers;
use super::answers::Config;
use crate::case::{Case, lock};
use crate::code::Code;
use crate::finding::{Action, Finding};

/// Of a board that was not reached.
pub(super) fn findings(case: &Case, port: &str, answers: &Answers, tried: &[IpAddr]) -> Vec<Finding> {
    let mut found = Vec::new();
    if answers.firmware == Some(false) {
        found.push(not_in_firmware(port));
    }
    let own = answers.addresses();
    if answers.is_offline() {
        found.push(offline(port, answers));
    } else if is_elsewhere(&own, tried) {
        found.push(elsewhere(case, port, answers, &own));
    }
    if answers.firmware != Some(false) {
        if answers.started == Some(false) {
            found.push(not_running(port, answers));
        } else if let Some(finding) = another_port(case, port, answers, tried) {
            found.push(finding);
        }
        if answers.client == Some(true) {
            found.push(busy(port));
        }
    }
    found
}

/// It has addresses of the kind that was tried, and none of them was. A name without an address was none of them either.
fn is_elsewhere(own: &[IpAddr], tried: &[IpAddr]) -> bool {
    let comparable =
        tried.is_empty() || own.iter().any(|own| tried.iter().any(|tried| tried.is_ipv4() == own.is_ipv4()));
    !own.is_empty() && comparable && !own.iter().any(|address| tried.contains(address))
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
    let finding = Finding::blocks(
        Code::WifiNotConnected,
        saw,
        "Without a network the board has no address to connect to.",
    )
    .action(Action::SetupWebrepl, "Choose a Wi-Fi for the board over USB.")
    .action(Action::Retry, "Look again when the board is connected.");
    match answers.status.as_deref().and_then(meaning) {
        Some(text) => finding.advice(text),
        None => finding,
    }
}

/// The names are those of `network.STAT_…`, of ESP32, ESP8266 and CYW43.
fn meaning(status: &str) -> Option<&'static str> {
    Some(match status {
        "WRONG_PASSWORD" | "HANDSHAKE_TIMEOUT" | "ASSOC_FAIL" => {
            "The Wi-Fi refuses the board: mostly its password is wrong; some boards cannot do WPA3."
        }
        "NO_AP_FOUND" | "BEACON_TIMEOUT" => {
            "The board does not hear the Wi-Fi: compare the name letter by letter, bring the board nearer, and see that the Wi-Fi has 2.4 GHz."
        }
        "CONNECTING" => "It is on its way in: give it some seconds.",
        "NO_ADDRESS_YET" => "It is in, and the router has given it no address yet: give it some seconds.",
        "IDLE" => "No program on the board has told it to connect: boot.py does not, or broke off before.",
        _ => return None,
    })
}

/// The address was another one yesterday.
fn elsewhere(case: &Case, port: &str, answers: &Answers, own: &[IpAddr]) -> Finding {
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
    url.host = if first.is_ipv6() { format!("[{first}]") } else { first.to_string() };
    let finding =
        finding.with("address", url.to_string()).action(Action::EditAddress, format!("Connect to {url}."));
    if answers.access_point.address != Some(*first) {
        return finding;
    }
    // By this name a report knows what to leave out.
    let finding = match &answers.ssid {
        Some(ssid) => finding.with("ssid", ssid.clone()),
        None => finding,
    };
    let name = answers.ssid.as_deref().map(|name| format!(" “{name}”")).unwrap_or_default();
    finding.advice(format!("That is the board's own Wi-Fi{name}: this computer has to join it first."))
}

fn not_running(port: &str, answers: &Answers) -> Finding {
    let mut saw = format!("WebREPL is not started on the board at {port}");
    saw.push_str(match (answers.config, answers.boots) {
        (Some(Config::Missing), _) => ": it has no webrepl_cfg.py with a password.",
        (Some(Config::Broken), _) => ": its webrepl_cfg.py raises an error.",
        (Some(Config::NoPassword), _) => ": its webrepl_cfg.py does not say PASS.",
        (Some(Config::Length), _) => ": the password in its webrepl_cfg.py is not 4 to 9 characters long.",
        (_, Some(true)) => ", although its boot.py or main.py says so: it did not come to that.",
        (_, Some(false)) => ", and neither boot.py nor main.py starts it.",
        _ => ".",
    });
    let finding = Finding::blocks(
        Code::WebreplNotRunning,
        saw,
        "Nothing listens for connections until a program on the board says webrepl.start(); a soft reset ends it, unless boot.py starts it again.",
    );
    let good = matches!(answers.config, Some(Config::Good) | None);
    let finding =
        if good { finding.action(Action::StartWebreplOverUsb, "Start it over USB.") } else { finding };
    if answers.boots == Some(true) && good {
        return finding.advice("See at the console what boot.py raises when the board starts: what comes before webrepl.start() breaks off.");
    }
    finding.action(Action::SetupWebrepl, "Set it up over USB, so that it starts with the board.")
}

/// It is not known to be stopped, and was refused at this port, and boot.py names another one.
fn another_port(case: &Case, port: &str, answers: &Answers, tried: &[IpAddr]) -> Option<Finding> {
    let (url, listens) = case.url().zip(answers.boot_port)?;
    let refused = lock(&case.facts.paths)
        .iter()
        .any(|path| path.through.is_none() && path.code == Code::PortRefused.as_str());
    if !refused || listens == url.port || is_elsewhere(&answers.addresses(), tried) {
        return None;
    }
    let mut there = url.clone();
    there.port = listens;
    Some(
        Finding::blocks(
            Code::PortRefused,
            format!("The board at {port} starts its WebREPL at port {listens}; {} was tried.", url.port),
            "webrepl.start() takes another port than 8266 when it is told one.",
        )
        .with("address", there.to_string())
        .action(Action::EditAddress, format!("Connect to {there}.")),
    )
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
