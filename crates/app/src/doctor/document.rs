//! The documents of `boardwalk doctor --json` and `boardwalk handshake --json`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use boardwalk_doctor::{CheckReport, Echo, Finding, Passage, Path, Remedy, Report, Xray};
use serde_json::{Map, Value, json};

/// The report as `boardwalk doctor --json` prints it.
#[must_use]
pub fn document(report: &Report) -> Value {
    json!({
        "target": report.target,
        "verdict": report.verdict.as_str(),
        "cause": report.cause.map(boardwalk_doctor::Code::as_str),
        "summary": report.summary,
        "explanation": report.explanation,
        "checks": report.checks.iter().map(check).collect::<Vec<_>>(),
        "paths": report.paths.iter().map(path).collect::<Vec<_>>(),
        "echoes": report.echoes.iter().map(echo).collect::<Vec<_>>(),
        "console": report.console.as_ref().map(|console| json!({ "port": console.port, "lines": console.lines })),
    })
}

fn check(check: &CheckReport) -> Value {
    json!({
        "id": check.id,
        "title": check.title,
        "status": check.status().as_str(),
        "because": check.outcome.because,
        "ms": ms(check.took),
        "findings": check.outcome.findings.iter().map(finding).collect::<Vec<_>>(),
    })
}

fn finding(finding: &Finding) -> Value {
    let with: Map<String, Value> =
        finding.with.iter().map(|(name, value)| ((*name).to_owned(), value.as_str().into())).collect();
    json!({
        "code": finding.code.as_str(),
        "title": finding.code.title(),
        "weight": finding.weight.as_str(),
        "saw": finding.saw,
        "why": finding.why,
        "remedies": finding.remedies.iter().map(remedy).collect::<Vec<_>>(),
        "with": with,
    })
}

/// What is not there is left out.
fn remedy(remedy: &Remedy) -> Value {
    let mut fields = Map::new();
    fields.insert("text".to_owned(), remedy.text.as_str().into());
    let others = [
        ("command", remedy.command.as_deref()),
        ("link", remedy.link),
        ("action", remedy.action.map(boardwalk_doctor::Action::as_str)),
    ];
    for (name, value) in others {
        if let Some(value) = value {
            fields.insert(name.to_owned(), value.into());
        }
    }
    Value::Object(fields)
}

/// The X-ray as `boardwalk handshake --json` prints it.
#[must_use]
pub fn xray_document(xray: &Xray) -> Value {
    json!({
        "url": xray.url.to_string(),
        "verdict": xray.decisive().map(verdict),
        "paths": xray.paths().map(path).collect::<Vec<_>>(),
        "echoes": xray.echoes.iter().map(echo).collect::<Vec<_>>(),
    })
}

fn path(path: &Path) -> Value {
    let reply = path.parsed.reply.as_ref();
    json!({
        "path": path.name(),
        "proxy": path.through.as_ref().map(|(proxy, _)| proxy.to_string()),
        "verdict": verdict(path),
        "parsed": {
            "expectedAccept": path.parsed.expected_accept,
            "reply": reply.map(|reply| json!({
                "status": reply.status,
                "reason": reply.reason,
                "headers": reply.headers,
            })),
            "firstFrame": path.parsed.first_frame,
        },
        "events": path.events.iter().map(event).collect::<Vec<_>>(),
    })
}

fn verdict(path: &Path) -> Value {
    json!({ "code": path.code, "message": path.message, "help": path.help })
}

fn event(passage: &Passage) -> Value {
    json!({
        "ms": ms(passage.at),
        "dir": if passage.sent { "sent" } else { "received" },
        "what": passage.what.as_str(),
        "bytes": STANDARD.encode(&passage.bytes),
    })
}

fn echo(echo: &Echo) -> Value {
    let change = |change: &boardwalk_doctor::Change| {
        json!({
            "kind": change.kind.as_str(),
            "header": change.header,
            "sent": change.sent,
            "arrived": change.arrived,
            "breaks": change.breaks,
        })
    };
    json!({
        "way": echo.way.as_str(),
        "proxy": echo.proxy.to_string(),
        "sent": STANDARD.encode(&echo.sent),
        "arrived": STANDARD.encode(&echo.arrived),
        "changes": echo.changes.iter().map(change).collect::<Vec<_>>(),
        "takenBy": { "new": echo.taken_by.new, "old": echo.taken_by.old },
        "relays": echo.relays,
        "failure": echo.failure,
    })
}

/// Milliseconds, to the microsecond.
fn ms(time: std::time::Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}
