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
use crate::network;
use crate::report::{Event, Report};
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
        () = look_around(&case) => {}
        () = cancel.cancelled() => {}
    }
    let mut checks = run::run(checks, &case, &cancel).await;
    let live = case.facts.live.lock().await.take();
    if let (Some(live), false) = (live, cancel.is_cancelled()) {
        let _ = timeout(GOODBYE, live.leave()).await;
    }
    let cable = case.facts.cable.lock().await.take();
    if let (Some(cable), false) = (cable, cancel.is_cancelled()) {
        let _ = timeout(GOODBYE, cable.leave()).await;
    }
    let paths = lock(&case.facts.paths).clone();
    let mut findings: Vec<_> = checks.iter_mut().flat_map(|check| &mut check.outcome.findings).collect();
    network::proven(&mut findings, &paths);
    let judgement = judge(&checks, case.was_reached());
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
