//! From what went wrong with a way to a finding with remedies.

use crate::case::{Case, Proxied, lock};
use crate::check::{Outcome, Status};
use crate::code::Code;
use crate::evidence::{ChangeKind, Echo, EchoWay};
use crate::finding::{Action, Finding, Remedy, Weight};

use super::talk::Trouble;
use super::words::{remedies, why};

/// The way on which it went wrong.
#[derive(Debug, Clone, Copy)]
pub(super) enum Way<'a> {
    Direct,
    Through(&'a Proxied),
}

/// The outcome of a check whose way ended in `trouble`.
pub(super) fn explain(case: &Case, trouble: Trouble, way: Way<'_>) -> Outcome {
    let used = match way {
        Way::Direct => case.proxy_used().is_none(),
        Way::Through(proxy) => proxy.used,
    };
    let weight = match (used, way) {
        (true, _) => Weight::Blocks,
        // Nobody goes this way; but it may show why the other fails.
        (false, Way::Direct) => Weight::Suspect,
        (false, Way::Through(_)) => Weight::Remark,
    };
    let Some(code) = trouble.code else {
        let number = trouble.detail.map(|detail| format!(" ({detail})")).unwrap_or_default();
        return Outcome { status: Status::Fail, ..Outcome::pass(format!("{}{number}", trouble.message)) };
    };
    let mut outcome = Outcome::found(finding(case, code, &trouble, way).weighing(weight));
    if let (Way::Through(proxy), true) = (way, used)
        && let Some(proof) = rewritten(case, proxy)
    {
        outcome = outcome.and(proof);
    }
    if !used {
        outcome.status = Status::Warn;
    }
    outcome
}

fn finding(case: &Case, code: Code, trouble: &Trouble, way: Way<'_>) -> Finding {
    let message = match way {
        // With the program behind it, which a person can look for.
        Way::Through(proxy) => {
            trouble.message.replacen(&proxy.server.to_string(), &case.proxy_name(&proxy.server), 1)
        }
        Way::Direct => trouble.message.clone(),
    };
    let mut finding = Finding::blocks(code, message, why(code));
    if let Some(url) = case.url() {
        finding = finding.with("host", url.host.clone()).with("port", url.port.to_string());
    }
    if let Some(mark) = &trouble.mark {
        finding = finding.with("mark", mark.clone());
    }
    if let Some(detail) = &trouble.detail {
        finding.saw.push_str(&format!(" ({detail})"));
        finding = finding.with("detail", detail.clone());
    }
    if let Way::Through(proxy) = way {
        finding = finding.with("proxy", proxy.server.to_string());
        if let Some(program) = case.facts.program.get() {
            finding = finding.with("program", program.name.clone());
        }
        // The direct way is the answer to most of what goes wrong at a proxy, when it works.
        if !board_side(code) {
            finding = finding.action(Action::BypassProxy, bypass_text(case));
        }
    }
    // At a proxy with TLS nothing about the board's address helps.
    if code == Code::TlsMismatch && !at_the_proxy(trouble, way) {
        finding = encrypted(case, trouble, finding);
    }
    let helps = |remedy: &Remedy| !(trouble.unspoken && remedy.action == Some(Action::ProxyCredentials));
    remedies(code, &trouble.help).into_iter().filter(helps).fold(finding, add)
}

/// Whether it went wrong before the tunnel was open.
fn at_the_proxy(trouble: &Trouble, way: Way<'_>) -> bool {
    matches!(way, Way::Through(_)) && trouble.of_the_proxy
}

/// Which side has to change: a plain request met TLS, TLS met a plain server, or a certificate is not trusted.
fn encrypted(case: &Case, trouble: &Trouble, finding: Finding) -> Finding {
    let tls = case.url().is_some_and(|url| url.tls);
    match (tls, &trouble.detail) {
        (false, _) => finding.action(Action::SwitchToWss, "Connect with wss://."),
        (true, Some(_)) => finding.action(
            Action::TrustCertificate,
            "If the board is yours, compare the fingerprint with that of its certificate and trust that one.",
        ),
        (true, None) => {
            finding.action(Action::SwitchToWs, "Connect with ws://, or to the port on which TLS is spoken.")
        }
    }
}

/// What only the board can mend, whichever way one comes.
fn board_side(code: Code) -> bool {
    matches!(code, Code::BusyOtherClient | Code::WrongPassword | Code::PortRefused)
}

/// Whether the direct way is known to work is worth a word.
pub(super) fn bypass_text(case: &Case) -> String {
    let works = lock(&case.facts.paths).iter().any(|path| path.through.is_none() && path.is_ok());
    let proven = if works { " That way works: it was just tried." } else { "" };
    format!("Connect to this board directly, without the proxy.{proven}")
}

fn add(finding: Finding, remedy: Remedy) -> Finding {
    let same = |other: &Remedy| {
        other.text == remedy.text || (other.action.is_some() && other.action == remedy.action)
    };
    if finding.remedies.iter().any(same) { finding } else { finding.remedy(remedy) }
}

/// What the self-echo proves of the tunnel that connections to this board go through.
fn rewritten(case: &Case, proxy: &Proxied) -> Option<Finding> {
    let echoes = lock(&case.facts.echoes).clone();
    let echo =
        echoes.into_iter().find(|echo| echo.way == EchoWay::Tunnel(proxy.via) && !echo.arrived.is_empty())?;
    if echo.taken_by.new && echo.taken_by.old && echo.relays != Some(false) {
        return None;
    }
    let name = case.proxy_name(&proxy.server);
    let half = echo.taken_by.new && echo.taken_by.old;
    let code = if half {
        Code::ProxyHalfRelay
    } else if stripped(&echo) {
        Code::HandshakeStripped
    } else {
        Code::HandshakeRewritten
    };
    let saw = if half {
        format!("The proxy {name} did not pass on what came after the handshake.")
    } else {
        format!("The proxy {name} changed the request on its way to the board: {}.", told(&echo))
    };
    let finding = Finding::blocks(code, saw, why(code)).with("proxy", proxy.server.to_string());
    let finding = match case.facts.program.get() {
        Some(program) => finding.with("program", program.name.clone()).with("pid", program.pid.to_string()),
        None => finding,
    };
    let finding = finding.action(Action::BypassProxy, bypass_text(case));
    Some(remedies(code, "").into_iter().fold(finding, add))
}

/// Whether headers are missing, rather than written in another way.
fn stripped(echo: &Echo) -> bool {
    let gone = |change: &crate::evidence::Change| change.breaks && change.kind == ChangeKind::Removed;
    echo.changes.iter().any(gone)
}

/// The changes that matter, for a sentence: `“Sec-WebSocket-Key” became “Sec-Websocket-Key”`.
pub(super) fn told(echo: &Echo) -> String {
    let name = |line: &str| line.split(':').next().unwrap_or_default().to_owned();
    let of = |change: &crate::evidence::Change| match (&change.sent, &change.arrived) {
        (Some(sent), Some(arrived)) if name(sent) != name(arrived) => {
            format!("“{}” became “{}”", name(sent), name(arrived))
        }
        (Some(sent), Some(arrived)) => format!("“{sent}” became “{arrived}”"),
        (Some(sent), None) => format!("“{}” was taken out", name(sent)),
        (None, Some(arrived)) => format!("“{}” was added", name(arrived)),
        (None, None) => String::new(),
    };
    let all: Vec<String> = echo.changes.iter().filter(|change| change.breaks).map(of).take(3).collect();
    all.join(", ")
}
