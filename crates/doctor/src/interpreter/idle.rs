//! Does a silent connection live on? Only when asked: it takes as long as the silence.

use std::time::Duration;

use futures::future::{BoxFuture, FutureExt as _};
use tokio::time::{Instant, sleep, timeout};

use super::at_prompt;
use super::latency::prompt;
use crate::case::Case;
use crate::check::{Check, Need, Outcome};
use crate::code::Code;
use crate::finding::Finding;
use crate::network::Live;

pub(crate) struct Idle;

/// The longest silence that is tried.
const MOST: Duration = Duration::from_secs(1800);
const ANSWER: Duration = Duration::from_secs(5);

impl Check for Idle {
    fn id(&self) -> &'static str {
        "idle"
    }

    fn title(&self) -> &'static str {
        "Silence"
    }

    fn needs(&self) -> &'static [Need] {
        &[Need::Passed("prompt"), Need::Over("storage")]
    }

    fn deadline(&self) -> Duration {
        MOST + 2 * ANSWER
    }

    fn run<'a>(&'a self, case: &'a Case) -> BoxFuture<'a, Outcome> {
        look(case).boxed()
    }
}

async fn look(case: &Case) -> Outcome {
    let Some(seconds) = case.options.idle else {
        return Outcome::skipped("Not run, because nobody asked for it.");
    };
    let mut live = case.facts.live.lock().await;
    let Some(Live::Session(session, Some(terminal))) = live.as_mut() else {
        return Outcome::skipped("Not run, because the terminal of the board is in use.");
    };
    if !at_prompt(session).await {
        return Outcome::skipped("Not run, because the board is not at its prompt.");
    }
    case.waiting("idle", format!("{seconds} s of silence to pass"));
    let began = Instant::now();
    let ended = session.wait_for(|state| !state.is_connected());
    tokio::select! {
        _ = ended => return dropped(began.elapsed()),
        () = sleep(Duration::from_secs(seconds).min(MOST)) => {}
    }
    while terminal.try_next().is_some() {}
    let answers = session.type_in("\r").await.is_ok() && timeout(ANSWER, prompt(terminal)).await == Ok(true);
    if answers {
        Outcome::pass(format!("The connection lives on after {seconds} s of silence."))
    } else {
        dropped(began.elapsed())
    }
}

fn dropped(after: Duration) -> Outcome {
    let seconds = after.as_secs();
    Outcome::found(
        Finding::warns(
            Code::IdleDrop,
            format!("The connection was ended after {seconds} s of silence or less."),
            "Proxies and firewalls forget connections on which nothing moves. Boardwalk moves something every 22 s.",
        )
        .with("seconds", seconds.to_string())
        .advice("Where that is not often enough, give the proxy a longer idle time, or go past it."),
    )
}
