use std::future::pending;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::{BoxFuture, FutureExt as _};
use tokio::sync::{Barrier, mpsc};

use super::*;
use crate::case::Options;
use crate::code::Code;
use crate::finding::Finding;
use crate::world::World;

type Act = Box<dyn Fn() -> BoxFuture<'static, Outcome> + Send + Sync>;

struct Fake {
    id: &'static str,
    needs: &'static [Need],
    act: Act,
}

impl Check for Fake {
    fn id(&self) -> &'static str {
        self.id
    }

    fn title(&self) -> &'static str {
        self.id
    }

    fn needs(&self) -> &'static [Need] {
        self.needs
    }

    fn deadline(&self) -> Duration {
        Duration::from_secs(3)
    }

    fn run<'a>(&'a self, case: &'a Case) -> BoxFuture<'a, Outcome> {
        case.waiting(self.id, format!("what {} waits for", self.id));
        (self.act)()
    }
}

fn fake<F>(
    id: &'static str,
    needs: &'static [Need],
    act: impl Fn() -> F + Send + Sync + 'static,
) -> Arc<dyn Check>
where
    F: Future<Output = Outcome> + Send + 'static,
{
    Arc::new(Fake { id, needs, act: Box::new(move || act().boxed()) })
}

fn passes(id: &'static str, needs: &'static [Need]) -> Arc<dyn Check> {
    fake(id, needs, || async { Outcome::pass("fine") })
}

async fn reports(checks: &[Arc<dyn Check>]) -> Vec<CheckReport> {
    let case = Arc::new(Case::new("ws://board", World::system(), Options::default(), None));
    run(checks, &case, &CancellationToken::new()).await
}

#[tokio::test(start_paused = true)]
async fn a_crash_and_a_deadline_are_results_and_so_is_not_run() {
    let blocked = || Outcome::found(Finding::blocks(Code::NoAnswer, "nothing came", "no"));
    let checks = [
        fake("fails", &[], move || async move { blocked() }),
        fake("breaks", &[], || async { panic!("a defect on purpose") }),
        fake("hangs", &[], pending),
        passes("after-failed", &[Need::Passed("fails")]),
        passes("after-that", &[Need::Passed("after-failed")]),
        passes("after-hung", &[Need::Passed("hangs")]),
        passes("anyway", &[Need::Over("breaks"), Need::Over("hangs")]),
        passes("of-another-list", &[Need::Passed("nobody")]),
    ];
    let all: Vec<(Status, String)> =
        reports(&checks).await.into_iter().map(|r| (r.status(), r.outcome.because)).collect();
    let expected = [
        (Status::Fail, "nothing came"),
        (Status::Crashed, "This check has a defect and broke off: a defect on purpose"),
        (Status::Crashed, "No answer within 3 s; it was waiting for what hangs waits for."),
        (Status::Skipped, "Not run, because “fails” did not pass."),
        (Status::Skipped, "Not run, because “fails” did not pass."),
        (Status::Skipped, "Not run, because “hangs” gave no answer."),
        (Status::Pass, "fine"),
        (Status::Pass, "fine"),
    ];
    assert_eq!(all, expected.map(|(status, because)| (status, because.to_owned())));
}

#[tokio::test]
async fn what_needs_nothing_runs_side_by_side_and_is_told_in_order() {
    // Each waits for the other: one after the other they would never end.
    let both = Arc::new(Barrier::new(2));
    let met = |barrier: &Arc<Barrier>| {
        let barrier = Arc::clone(barrier);
        move || {
            let barrier = Arc::clone(&barrier);
            async move {
                barrier.wait().await;
                Outcome::pass("met")
            }
        }
    };
    let slow = fake("slow", &[Need::Over("second")], || async { Outcome::pass("late") });
    let checks = [slow, fake("first", &[], met(&both)), fake("second", &[], met(&both))];
    let (events, mut told) = mpsc::channel(64);
    let case = Arc::new(Case::new("ws://board", World::system(), Options::default(), Some(events)));
    run(&checks, &case, &CancellationToken::new()).await;
    drop(case);
    let mut finished = Vec::new();
    let mut started = 0;
    while let Some(event) = told.recv().await {
        match event {
            Event::Planned { checks } => assert_eq!(checks.len(), 3),
            Event::Started { .. } => started += 1,
            Event::Finished { check } => finished.push(check.id),
            Event::Waiting { .. } => {}
        }
    }
    assert_eq!((started, finished), (3, vec!["slow", "first", "second"]));
}

#[tokio::test]
async fn a_cancel_ends_all_and_leaves_nothing() {
    struct Held(Arc<AtomicUsize>);
    impl Drop for Held {
        fn drop(&mut self) {
            self.0.fetch_sub(1, Ordering::SeqCst);
        }
    }
    let open = Arc::new(AtomicUsize::new(0));
    let cancel = CancellationToken::new();
    let (count, stop) = (Arc::clone(&open), cancel.clone());
    let holds = fake("holds", &[], move || {
        count.fetch_add(1, Ordering::SeqCst);
        let (held, stop) = (Held(Arc::clone(&count)), stop.clone());
        async move {
            let _held = held;
            stop.cancel();
            pending().await
        }
    });
    let checks = [passes("before", &[]), holds, passes("after", &[Need::Passed("holds")])];
    let case = Arc::new(Case::new("ws://board", World::system(), Options::default(), None));
    let reports = run(&checks, &case, &cancel).await;
    assert_eq!(open.load(Ordering::SeqCst), 0, "what it held is closed");
    assert_eq!(reports[1].status(), Status::Skipped);
    assert_eq!(reports[2].outcome.because, "Not run to its end: it was cancelled.");
}
