//! A diagnosis as the window shows it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use boardwalk_doctor::{CheckReport, Echo, Event, Finding, Part, Path, Remedy, Report, Status, Verdict};

use crate::wire::*;

/// So much of an exchange is shown, in bytes.
const SHOWN_MOST: usize = 8 * 1024;

/// Adds what an event tells.
pub(crate) fn hear(diagnosis: &mut Diagnosis, event: Event) {
    match event {
        Event::Planned { checks } => {
            diagnosis.checks = checks.into_iter().map(|(id, title)| pending(id, title)).collect();
        }
        Event::Started { id } => {
            if let Some(check) = find(diagnosis, id) {
                check.status = DiagnosisStatus::Running;
            }
        }
        Event::Waiting { id, what } => {
            if let Some(check) = find(diagnosis, id) {
                check.because = what;
            }
        }
        Event::Finished { check } => {
            let id = check.id;
            if let Some(known) = find(diagnosis, id) {
                *known = over(&check);
            }
        }
    }
}

/// Adds what the end tells.
pub(crate) fn conclude(diagnosis: &mut Diagnosis, report: &Report) {
    diagnosis.verdict = Some(match report.verdict {
        Verdict::Ok => DiagnosisVerdict::Ok,
        Verdict::Warning => DiagnosisVerdict::Warning,
        Verdict::Blocked => DiagnosisVerdict::Blocked,
        Verdict::Unknown => DiagnosisVerdict::Unknown,
    });
    diagnosis.cause = report.cause.map(|code| code.as_str().to_owned());
    diagnosis.summary.clone_from(&report.summary);
    diagnosis.explanation.clone_from(&report.explanation);
    diagnosis.checks = report.checks.iter().map(over).collect();
    diagnosis.paths = report.paths.iter().map(path).collect();
    diagnosis.echoes = report.echoes.iter().map(echo).collect();
    diagnosis.console = report
        .console
        .as_ref()
        .map(|console| DiagnosisConsole { port: console.port.clone(), lines: console.lines.clone() });
}

fn find<'a>(diagnosis: &'a mut Diagnosis, id: &str) -> Option<&'a mut DiagnosisCheck> {
    diagnosis.checks.iter_mut().find(|check| check.id == id)
}

fn pending(id: &str, title: &str) -> DiagnosisCheck {
    let (id, title) = (id.to_owned(), title.to_owned());
    let (because, findings) = (String::new(), Vec::new());
    DiagnosisCheck { id, title, status: DiagnosisStatus::Pending, because, ms: 0.0, findings }
}

fn over(check: &CheckReport) -> DiagnosisCheck {
    DiagnosisCheck {
        id: check.id.to_owned(),
        title: check.title.to_owned(),
        status: match check.status() {
            Status::Pass => DiagnosisStatus::Pass,
            Status::Warn => DiagnosisStatus::Warn,
            Status::Fail => DiagnosisStatus::Fail,
            Status::Skipped => DiagnosisStatus::Skipped,
            Status::Crashed => DiagnosisStatus::Crashed,
        },
        because: check.outcome.because.clone(),
        ms: check.took.as_secs_f64() * 1000.0,
        findings: check.outcome.findings.iter().map(finding).collect(),
    }
}

fn finding(finding: &Finding) -> DiagnosisFinding {
    DiagnosisFinding {
        code: finding.code.as_str().to_owned(),
        title: finding.code.title().to_owned(),
        weight: finding.weight.as_str().to_owned(),
        saw: finding.saw.clone(),
        why: finding.why.clone(),
        remedies: finding.remedies.iter().map(remedy).collect(),
        with: finding.with.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
    }
}

fn remedy(remedy: &Remedy) -> DiagnosisRemedy {
    DiagnosisRemedy {
        text: remedy.text.clone(),
        command: remedy.command.clone(),
        link: remedy.link.map(str::to_owned),
        action: remedy.action.map(|action| action.as_str().to_owned()),
    }
}

fn path(path: &Path) -> DiagnosisPath {
    let bytes = |sent: bool| {
        let said = path.events.iter().filter(|event| event.sent == sent);
        let said = said.filter(|event| matches!(event.what, Part::Http | Part::Ws));
        let all: Vec<u8> = said.flat_map(|event| event.bytes.iter().copied()).take(SHOWN_MOST).collect();
        STANDARD.encode(all)
    };
    DiagnosisPath {
        path: path.name().to_owned(),
        proxy: path.through.as_ref().map(|(server, _)| server.to_string()),
        code: path.code.clone(),
        message: path.message.clone(),
        sent: bytes(true),
        received: bytes(false),
    }
}

fn echo(echo: &Echo) -> DiagnosisEcho {
    let cut = |bytes: &[u8]| STANDARD.encode(&bytes[..bytes.len().min(SHOWN_MOST)]);
    let breaking = echo.changes.iter().filter(|change| change.breaks).count();
    DiagnosisEcho {
        way: echo.way.as_str().to_owned(),
        proxy: echo.proxy.to_string(),
        sent: cut(&echo.sent),
        arrived: cut(&echo.arrived),
        breaking: u32::try_from(breaking).unwrap_or(u32::MAX),
        failure: echo.failure.clone(),
    }
}
