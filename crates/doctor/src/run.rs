//! Runs checks: side by side where they do not need each other, told in their order, whatever happens to one of them.

use std::any::Any;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use crate::cable::offer;
use crate::case::Case;
use crate::check::{Check, Need, Outcome, Status};
use crate::report::{CheckReport, Event};

/// How long a cancelled check may take to let go of what it has.
const LET_GO: Duration = Duration::from_millis(150);

/// Runs all of them. After a cancel those that are not over count as not run, and nothing of them is left.
pub(crate) async fn run(
    checks: &[Arc<dyn Check>],
    case: &Arc<Case>,
    cancel: &CancellationToken,
) -> Vec<CheckReport> {
    let planned = checks.iter().map(|check| (check.id(), check.title())).collect();
    case.tell(Event::Planned { checks: planned }).await;
    let mut run = Run {
        checks,
        case,
        reports: vec![None; checks.len()],
        tasks: JoinSet::new(),
        ids: HashMap::new(),
        told: 0,
    };
    run.advance().await;
    while !run.tasks.is_empty() {
        tokio::select! {
            biased;
            () = cancel.cancelled() => break,
            Some(ended) = run.tasks.join_next_with_id() => run.ended(ended).await,
        }
        run.advance().await;
    }
    run.tasks.abort_all();
    let _ = timeout(LET_GO, async { while run.tasks.join_next().await.is_some() {} }).await;
    run.reports
        .into_iter()
        .zip(checks)
        .map(|(report, check)| report.unwrap_or_else(|| cancelled(check)))
        .collect()
}

struct Run<'a> {
    checks: &'a [Arc<dyn Check>],
    case: &'a Arc<Case>,
    reports: Vec<Option<CheckReport>>,
    tasks: JoinSet<(usize, Outcome, Duration)>,
    /// which check a task is, for those that panic
    ids: HashMap<Id, usize>,
    /// so many have been told
    told: usize,
}

/// Whether a check may begin.
enum Turn {
    Now,
    Later,
    Never(String),
}

impl Run<'_> {
    /// Begins what can begin, and tells what is over, in order.
    async fn advance(&mut self) {
        let mut settled = false;
        while !settled {
            settled = true;
            for at in 0..self.checks.len() {
                if self.reports[at].is_some() || self.ids.values().any(|running| *running == at) {
                    continue;
                }
                match self.turn(at) {
                    Turn::Later => {}
                    Turn::Now => self.begin(at).await,
                    Turn::Never(because) => {
                        self.reports[at] = Some(self.report(at, Outcome::skipped(because), Duration::ZERO));
                        settled = false;
                    }
                }
            }
        }
        while let Some(Some(report)) = self.reports.get(self.told) {
            self.case.tell(Event::Finished { check: report.clone() }).await;
            self.told += 1;
        }
    }

    fn turn(&self, at: usize) -> Turn {
        for need in self.checks[at].needs() {
            let found = self.checks.iter().position(|check| check.id() == need.id());
            let Some(report) = found.and_then(|found| self.reports[found].as_ref()) else {
                // A need that is not among the checks would never come: it is none.
                if found.is_none() {
                    continue;
                }
                return Turn::Later;
            };
            if matches!(need, Need::Passed(_)) && !report.status().went_well() {
                return Turn::Never(not_run(report));
            }
        }
        Turn::Now
    }

    async fn begin(&mut self, at: usize) {
        let (check, case) = (Arc::clone(&self.checks[at]), Arc::clone(self.case));
        self.case.tell(Event::Started { id: check.id() }).await;
        let task = self.tasks.spawn(async move {
            let began = Instant::now();
            let limit = check.deadline();
            let outcome = timeout(limit, check.run(&case)).await;
            let outcome = outcome.unwrap_or_else(|_| too_late(limit, &case.waited_for(check.id())));
            (at, outcome, began.elapsed())
        });
        self.ids.insert(task.id(), at);
    }

    async fn ended(&mut self, ended: Result<(Id, (usize, Outcome, Duration)), JoinError>) {
        let (at, outcome, took) = match ended {
            Ok((id, ended)) => {
                self.ids.remove(&id);
                ended
            }
            Err(error) => {
                let Some(at) = self.ids.remove(&error.id()) else { return };
                let because = if error.is_panic() {
                    panicked(&*error.into_panic())
                } else {
                    "It was ended.".to_owned()
                };
                (at, Outcome::crashed(because), Duration::ZERO)
            }
        };
        self.reports[at] = Some(self.report(at, outcome, took));
    }

    fn report(&self, at: usize, mut outcome: Outcome, took: Duration) -> CheckReport {
        offer(self.case, &mut outcome);
        let check = &self.checks[at];
        CheckReport { id: check.id(), title: check.title(), outcome, took }
    }
}

/// The reason of the first one in the row: it says more than the row.
fn not_run(needed: &CheckReport) -> String {
    match needed.status() {
        Status::Skipped => needed.outcome.because.clone(),
        Status::Crashed => format!("Not run, because “{}” gave no answer.", needed.title),
        _ => format!("Not run, because “{}” did not pass.", needed.title),
    }
}

fn too_late(limit: Duration, waited_for: &str) -> Outcome {
    let seconds = limit.as_secs_f64();
    let what =
        if waited_for.is_empty() { String::new() } else { format!("; it was waiting for {waited_for}") };
    Outcome::crashed(format!("No answer within {seconds:.0} s{what}."))
}

fn panicked(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no reason given");
    format!("This check has a defect and broke off: {text}")
}

fn cancelled(check: &Arc<dyn Check>) -> CheckReport {
    let outcome = Outcome::skipped("Not run to its end: it was cancelled.");
    CheckReport { id: check.id(), title: check.title(), outcome, took: Duration::ZERO }
}

#[cfg(test)]
#[path = "run_tests.rs"]
mod tests;
