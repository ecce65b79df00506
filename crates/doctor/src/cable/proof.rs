//! What lines of the board's console prove about an attempt.

use crate::case::{Case, lock};
use crate::code::Code;
use crate::evidence::{ChangeKind, EchoWay};
use crate::finding::{Action, Finding, Remedy};

/// `websocket_helper.py` and `webrepl.py` up to 1.19: the request came without a `Sec-WebSocket-Key` in just these letters.
const NOT_A_REQUEST: &str = "Not a websocket request";
/// The same: the connection ended within the headers.
const CUT: &str = "EOF in headers";
/// The same: a line of the headers has no colon.
const NO_COLON: &str = "need more than 1 values to unpack";
/// `accept_conn`: it has a client.
const TAKEN: &str = "Concurrent WebREPL connection";
/// `start()` without a password.
const NOT_CONFIGURED: &str = "WebREPL is not configured";
/// ESP-IDF, when the supply gives way; most often in the moment in which the radio starts.
const BROWNOUT: &str = "Brownout detector was triggered";
/// ESP-IDF, when the firmware itself crashes.
const PANIC: &str = "Guru Meditation Error";
/// `os_dupterm.c`: the connection broke while something was printed to it, or read from it.
const DROPPED: [&str; 2] = ["Exception in write() method", "Exception in read() method"];

/// Whether the board says that just now somebody came to its WebREPL.
pub(super) fn is_about_an_attempt(lines: &[String]) -> bool {
    let marks = [NOT_A_REQUEST, CUT, NO_COLON, TAKEN, "WebREPL connection from"];
    lines.iter().any(|line| marks.iter().any(|mark| line.contains(mark)))
}

/// Of an attempt that failed.
pub(super) fn proofs(case: &Case, port: &str, lines: &[String]) -> Vec<Finding> {
    let line = |mark: &str| lines.iter().find(|line| line.contains(mark));
    let mut found = Vec::new();
    if let Some(line) = line(NOT_A_REQUEST) {
        found.push(changed(case, port, line, "without the header Sec-WebSocket-Key in just these letters"));
    } else if let Some(line) = line(NO_COLON) {
        found.push(changed(case, port, line, "with a line among its headers that is none"));
    } else if let Some(line) = line(CUT) {
        found.push(changed(case, port, line, "without its end"));
    }
    if let Some(line) = line(TAKEN) {
        found.push(taken(port, line));
    }
    if let Some(line) = line(NOT_CONFIGURED) {
        found.push(not_configured(port, line));
    }
    if let Some(line) = line(BROWNOUT) {
        found.push(brownout(port, line));
    } else if let Some(line) = line(PANIC) {
        found.push(panicked(port, line));
    }
    if let Some(line) = DROPPED.iter().find_map(|mark| line(mark)) {
        found.push(dropped(port, line));
    }
    found
}

/// Boards print this about requests that they do not take, and ours is one that they take.
fn changed(case: &Case, port: &str, line: &str, how: &str) -> Finding {
    let stripped = line.contains(CUT) || took_the_key_out(case);
    let code = if stripped { Code::HandshakeStripped } else { Code::HandshakeRewritten };
    let by = match case.proxy_used() {
        Some(proxy) => format!(" The way leads through {}.", case.proxy_name(&proxy.server)),
        None => String::new(),
    };
    let finding = Finding::blocks(
        code,
        format!("The board at {port} printed “{line}”: the request reached it {how}.{by}"),
        "Boards compare the names of the headers letter by letter, and firmware up to 1.19 says so at its console only. What Boardwalk sends is right, so something on the way wrote it anew: a proxy, a reverse proxy, or a program that inspects the network.",
    );
    match case.proxy_used() {
        Some(proxy) => finding
            .with("proxy", proxy.server.to_string())
            .action(Action::BypassProxy, "Connect to this board directly, without the proxy."),
        None => finding
            .action(Action::EditAddress, "Connect to the board itself, not to what stands in front of it.")
            .advice("In the program in front of the board, pass TCP on instead of HTTP, or keep the names of the headers as they come."),
    }
}

fn took_the_key_out(case: &Case) -> bool {
    let Some(proxy) = case.proxy_used() else { return false };
    let echoes = lock(&case.facts.echoes).clone();
    let of_this_way = echoes.into_iter().filter(|echo| echo.way == EchoWay::Tunnel(proxy.via));
    of_this_way
        .flat_map(|echo| echo.changes)
        .any(|change| change.breaks && change.kind == ChangeKind::Removed)
}

fn taken(port: &str, line: &str) -> Finding {
    Finding::blocks(
        Code::BusyOtherClient,
        format!("The board at {port} printed “{line}”: another client is at its WebREPL."),
        "A board talks to one client at a time. It may also still hold a connection that died without a goodbye.",
    )
    .remedy(
        Remedy::text("Close the other client. If there is none, free the board over USB.")
            .action(Action::FreeWebreplOverUsb)
            .command("import webrepl; webrepl.stop(); webrepl.start()"),
    )
    .action(Action::Retry, "Look again.")
}

fn not_configured(port: &str, line: &str) -> Finding {
    Finding::blocks(
        Code::WebreplNotRunning,
        format!("The board at {port} printed “{line}”."),
        "WebREPL does not start without a password in webrepl_cfg.py.",
    )
    .action(Action::SetupWebrepl, "Set it up over USB.")
}

fn brownout(port: &str, line: &str) -> Finding {
    Finding::blocks(
        Code::Brownout,
        format!("The board at {port} printed “{line}” and started anew."),
        "The radio takes up to half an ampere when it starts. What the board gets over this cable is not enough for that.",
    )
    .advice("Use a short cable and a socket of the computer itself or a powered hub, then look again.")
}

fn panicked(port: &str, line: &str) -> Finding {
    Finding::blocks(
        Code::WatchdogResets,
        format!("The board at {port} crashed: “{line}”."),
        "The firmware itself broke off and the board starts anew, again and again if it happens each time.",
    )
    .advice("Write another version of the firmware, and leave out what runs in boot.py and main.py to see whether that is it.")
}

fn dropped(port: &str, line: &str) -> Finding {
    Finding::suspect(
        Code::LinkSilent,
        format!("The board at {port} printed “{line}”: its connection over the network broke off."),
        "The board lost its client in the middle of a sentence: the Wi-Fi is weak, or something on the way ends connections.",
    )
    .action(Action::Retry, "Look again.")
}
