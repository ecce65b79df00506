//! One cause out of many findings: what explains the others and is explained by none.

use crate::check::Status;
use crate::code::Code;
use crate::finding::{Finding, Weight};
use crate::report::{CheckReport, Verdict};

use Code::*;

/// What a cause brings about besides itself. A finding that one of these explains is a consequence, not the cause.
#[rustfmt::skip]
const EXPLAINS: &[(Code, &[Code])] = &[
    (AddressInvalid, &[NoAnswer, HostUnreachable, PortRefused]),
    // In another network the same address is somebody else, or nobody.
    (NotOnBoardNetwork, &[NoAnswer, HostUnreachable, ClientIsolation, PortRefused, NotWebrepl, NotHttp, CaptivePortal, Redirected, RedirectedToTls, TunRoute, ProxyCannotReachBoard]),
    (FakeIpName, &[TunRoute, NoAnswer, HostUnreachable, PortRefused, ClosedBeforeReply, SilentAfterRequest, BoardBusy]),
    (TunRoute, &[NoAnswer, HostUnreachable, PortRefused, ClosedBeforeReply, SilentAfterRequest, BoardBusy]),
    (LocalNetworkPermission, &[HostUnreachable, NoAnswer]),
    (ClientIsolation, &[NoAnswer, HostUnreachable]),
    (HandshakeRewritten, &[HandshakeStripped, BoardServedPage, SilentAfterRequest, BoardBusy, ClosedBeforeReply, ProxyAnswersBeforeDialling, ProxyHalfRelay]),
    (HandshakeStripped, &[BoardServedPage, SilentAfterRequest, BoardBusy, ClosedBeforeReply, NotWebrepl, ProxyCannotReachBoard]),
    (ProxyHalfRelay, &[NoPasswordPrompt, LinkSilent]),
    // The proxy only passes on what the direct way shows as well.
    (PortRefused, &[ProxyCannotReachBoard, ProxyAnswersBeforeDialling]),
    (NoAnswer, &[ProxyCannotReachBoard, ProxyAnswersBeforeDialling]),
    (HostUnreachable, &[ProxyCannotReachBoard, ProxyAnswersBeforeDialling]),
    (NameNotFound, &[ProxyCannotReachBoard, ProxyAnswersBeforeDialling]),
    (BusyOtherClient, &[ProxyAnswersBeforeDialling, ClosedBeforeReply]),
    (ClosedBeforeReply, &[ProxyAnswersBeforeDialling]),
    (BoardBusy, &[SilentAfterRequest]),
    // What the board itself says over USB.
    (WifiNotConnected, &[NoAnswer, HostUnreachable, NameNotFound, PortRefused, WebreplNotRunning, ProxyCannotReachBoard]),
    (WebreplNotInFirmware, &[WebreplNotRunning, PortRefused, NoAnswer, ProxyCannotReachBoard]),
    (WebreplNotRunning, &[PortRefused, NoAnswer, ProxyCannotReachBoard, ProxyAnswersBeforeDialling]),
    (ProgramRunning, &[BoardBusy, SilentAfterRequest, NoAnswer]),
    // serial
    (BrlttyClaimsPort, &[DriverMissing, NoPort, PortBusy, PortRenumbered]),
    (DriverMissing, &[NoPort]),
    (UsbEnumerationFailed, &[NoPort, DriverMissing]),
    (Uf2Bootloader, &[NoPort]),
    (PortRenumbered, &[NoPort]),
    (Sandboxed, &[NoPort, PermissionDenied]),
    (BluetoothPort, &[NoPort, NoResponse, DeviceHung]),
    (ModemManager, &[PortBusy, NoPrompt, NotMicropython]),
    (Brownout, &[WatchdogResets, NoResponse, NoPrompt, ProgramRunning, NoAnswer, HostUnreachable, PortRefused, WifiNotConnected, WebreplNotRunning, ClosedBeforeReply, SilentAfterRequest, BoardBusy, LinkSilent]),
    (RomDownloadMode, &[NoResponse, NoPrompt, NotMicropython]),
    (WatchdogResets, &[InterruptSwallowed, ProgramRunning, NoPrompt, NoAnswer, HostUnreachable, PortRefused, WifiNotConnected, WebreplNotRunning, ClosedBeforeReply, SilentAfterRequest, BoardBusy, LinkSilent]),
    (NotMicropython, &[NoResponse, NoPrompt, ProgramRunning, InterruptSwallowed]),
    (WrongUsbSocket, &[NoResponse]),
    (InterruptSwallowed, &[ProgramRunning, NoPrompt]),
    (NoPrompt, &[ProgramRunning]),
];

/// What all the checks come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Judgement {
    pub(crate) verdict: Verdict,
    pub(crate) cause: Option<Code>,
    pub(crate) summary: String,
    pub(crate) explanation: String,
}

/// Decides. `reached`: it was proved that the board can be used.
pub(crate) fn judge(checks: &[CheckReport], reached: bool) -> Judgement {
    let findings: Vec<&Finding> = checks.iter().flat_map(|check| &check.outcome.findings).collect();
    let of = |weight| findings.iter().copied().filter(move |finding| finding.weight == weight);
    if of(Weight::Blocks).next().is_some() {
        return blocked(&findings);
    }
    if !reached {
        return unknown(checks, &findings);
    }
    match of(Weight::Warns).min_by_key(|finding| finding.code) {
        Some(warning) => Judgement {
            verdict: Verdict::Warning,
            cause: Some(warning.code),
            summary: warning.saw.clone(),
            explanation: "The board connects; this will give trouble.".to_owned(),
        },
        None => Judgement {
            verdict: Verdict::Ok,
            cause: None,
            summary: connects(checks),
            explanation: String::new(),
        },
    }
}

fn blocked(findings: &[&Finding]) -> Judgement {
    let blocks: Vec<Code> = codes(findings, Weight::Blocks);
    let suspects = codes(findings, Weight::Suspect);
    // A suspect counts when what it explains has happened.
    let mut candidates = blocks.clone();
    candidates
        .extend(suspects.into_iter().filter(|&suspect| blocks.iter().any(|&code| explains(suspect, code))));
    let roots =
        candidates.iter().copied().filter(|&code| !candidates.iter().any(|&other| explains(other, code)));
    let Some(cause) = roots.min().or_else(|| candidates.iter().copied().min()) else {
        return unknown(&[], findings);
    };
    // The same one as `Report::root`: the first of the heaviest.
    let of_cause = || findings.iter().filter(|finding| finding.code == cause);
    let heaviest = of_cause().map(|finding| finding.weight).max();
    let root = of_cause().find(|finding| Some(finding.weight) == heaviest);
    let consequences: Vec<String> =
        candidates.iter().filter(|&&code| explains(cause, code)).map(title).collect();
    let beside: Vec<String> =
        candidates.iter().filter(|&&code| code != cause && !explains(cause, code)).map(title).collect();
    let mut explanation = Vec::new();
    if !consequences.is_empty() {
        explanation.push(format!("It explains what else was seen: {}.", consequences.join("; ")));
    }
    if !beside.is_empty() {
        explanation
            .push(format!("Also found: {}. It comes later on the way to the board.", beside.join("; ")));
    }
    Judgement {
        verdict: Verdict::Blocked,
        cause: Some(cause),
        summary: root.map_or_else(|| cause.title().to_owned(), |root| root.saw.clone()),
        explanation: explanation.join(" "),
    }
}

/// A check may fail at something that has no name and keeps nobody from working.
fn connects(checks: &[CheckReport]) -> String {
    match with(checks, |status| status == Status::Fail).first() {
        Some(title) => format!("The board connects, but “{title}” did not go well."),
        None => "The board connects: nothing is wrong.".to_owned(),
    }
}

/// Says what it is not.
fn unknown(checks: &[CheckReport], findings: &[&Finding]) -> Judgement {
    let passed: Vec<&str> = with(checks, |status| status == Status::Pass);
    let silent: Vec<&str> = with(checks, |status| status == Status::Crashed);
    let mut explanation = Vec::new();
    if !passed.is_empty() {
        explanation.push(format!("Ruled out, because all is well there: {}.", passed.join(", ")));
    }
    // What failed without being one of the known causes.
    let odd =
        checks.iter().filter(|check| check.status() == Status::Fail && check.outcome.findings.is_empty());
    explanation.extend(odd.map(|check| format!("Seen: {}: {}", check.title, check.outcome.because)));
    if !silent.is_empty() {
        explanation.push(format!("Without an answer: {}.", silent.join(", ")));
    }
    let suspects: Vec<String> = codes(findings, Weight::Suspect).iter().map(title).collect();
    if !suspects.is_empty() {
        explanation.push(format!("Worth a look: {}.", suspects.join("; ")));
    }
    Judgement {
        verdict: Verdict::Unknown,
        cause: None,
        summary: "The cause was not found.".to_owned(),
        explanation: explanation.join(" "),
    }
}

fn explains(cause: Code, effect: Code) -> bool {
    EXPLAINS.iter().any(|(of, effects)| *of == cause && effects.contains(&effect))
}

fn codes(findings: &[&Finding], weight: Weight) -> Vec<Code> {
    let mut codes: Vec<Code> =
        findings.iter().filter(|finding| finding.weight == weight).map(|finding| finding.code).collect();
    codes.sort();
    codes.dedup();
    codes
}

fn title(code: &Code) -> String {
    code.title().to_owned()
}

fn with(checks: &[CheckReport], wanted: impl Fn(Status) -> bool) -> Vec<&'static str> {
    checks.iter().filter(|check| wanted(check.status())).map(|check| check.title).collect()
}

#[cfg(test)]
#[path = "cause_tests.rs"]
mod tests;
