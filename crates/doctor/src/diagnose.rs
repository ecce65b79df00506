//! From an address to a report.

use std::sync::Arc;
use std::time::Duration;

use boardwalk_transport::Target;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::cable::look_around;
use crate::case::{Case, Options, lock};
use crate::cause::judge;
use crate::check::Check;
use crate::code::Code;
use crate::finding::Action;
use crate::network;
use crate::report::{CheckReport, Event, Report};
use crate::run;
use crate::serial;
use crate::world::World;

/// How long the goodbye to a board may take.
const GOODBYE: Duration = Duration::from_millis(1500);

/// Looks at everything between this computer and the board at `target`, or at all serial ports without one. `events` must be read or dropped; the last one
/// comes before this resolves. After a cancel it resolves within 200 ms and leaves nothing behind; the checks that were
/// not over count as not run.
pub async fn diagnose(
    target: Option<&str>,
    world: World,
    options: Options,
    events: Option<mpsc::Sender<Event>>,
    cancel: CancellationToken,
) -> Report {
    let case = Arc::new(Case::new(target.unwrap_or_default(), world, options, events));
    let checks = match (&case.target, target) {
        (Some(Target::Serial { .. }), _) | (None, None) => serial::checks(),
        _ => network::checks(),
    };
    examine(&checks, case, cancel).await
}

/// The same with checks of one's own.
pub async fn examine(checks: &[Arc<dyn Check>], case: Arc<Case>, cancel: CancellationToken) -> Report {
    tokio::select! {
        () = async { case.settled().await; look_around(&case).await; } => {}
        () = cancel.cancelled() => {}
    }
    let checks = run::run(checks, &case, &cancel).await;
    let live = case.facts.live.lock().await.take();
    if let (Some(live), false) = (live, cancel.is_cancelled()) {
        let _ = timeout(GOODBYE, live.leave()).await;
    }
    let cable = case.facts.cable.lock().await.take();
    if let (Some(cable), false) = (cable, cancel.is_cancelled()) {
        let _ = timeout(GOODBYE, cable.leave()).await;
    }
    let paths = lock(&case.facts.paths).clone();
    let mut judgement = judge(&checks, case.was_reached());
    // A check that was told stays as it was told; what came out after it is said here.
    if checks.iter().any(|check| advises_bypass(check, judgement.cause))
        && paths.iter().any(|path| path.through.is_none() && path.is_ok())
    {
        judgement.explanation.insert_str(0, "Without the proxy the board answers: that way was just tried. ");
        judgement.explanation.truncate(judgement.explanation.trim_end().len());
    }
    Report {
        target: case.target.as_ref().map_or_else(|| case.shown(), ToString::to_string),
        verdict: judgement.verdict,
        cause: judgement.cause,
        summary: judgement.summary,
        explanation: judgement.explanation,
        checks,
        paths,
        echoes: lock(&case.facts.echoes).clone(),
        console: lock(&case.facts.console).clone(),
    }
}

/// Whether the cause is one for which the direct way helps, found before that way had been tried.
fn advises_bypass(check: &CheckReport, cause: Option<Code>) -> bool {
    let findings = check.outcome.findings.iter().filter(|finding| Some(finding.code) == cause);
    check.id == "proxy"
        && findings
            .flat_map(|finding| &finding.remedies)
            .any(|remedy| remedy.action == Some(Action::BypassProxy))
}
