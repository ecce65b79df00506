//! What the board says over USB, once it is known whether it was reached. One that nobody has named is asked only then.

use std::net::IpAddr;
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt as _};

use super::again::again;
use super::ask::plug;
use super::findings::findings;
use super::isolation::isolation;
use super::nearby::{Nearby, not_asked};
use super::proof::proofs;
use super::same::{Same, is_same};
use super::{Answers, Cable, Plugged};
use crate::case::{Case, lock};
use crate::check::{Check, Need, Outcome, Status};
use crate::evidence::{Console, Part};
use crate::finding::{Finding, Weight};

pub(crate) struct Found;

const LAST_WORDS: Duration = Duration::from_millis(300);

impl Check for Found {
    fn id(&self) -> &'static str {
        "usb-answers"
    }

    fn title(&self) -> &'static str {
        "What the board says over USB"
    }

    fn needs(&self) -> &'static [Need] {
        &[
            Need::Over("usb-console"),
            Need::Over("name"),
            Need::Over("networks"),
            Need::Over("direct"),
            Need::Over("tunnel"),
            Need::Over("login"),
        ]
    }

    fn deadline(&self) -> Duration {
        Duration::from_secs(16)
    }

    fn run<'a>(&'a self, case: &'a Case) -> BoxFuture<'a, Outcome> {
        look(case).boxed()
    }
}

async fn look(case: &Case) -> Outcome {
    let named = case.facts.cable.lock().await.take();
    let (asked, plugged) = match named {
        Some(plugged) => (None, plugged),
        None => match somebody(case).await {
            Ok((asked, plugged)) => (Some(asked), plugged),
            Err(outcome) => return outcome,
        },
    };
    if !case.was_reached() {
        // What the board prints about an attempt comes when its interpreter gets round to it, at 115200 baud.
        tokio::time::sleep(LAST_WORDS).await;
    }
    let lines = plugged.recorder.lines();
    let (port, answers) = (plugged.port.clone(), plugged.answers.clone());
    plugged.leave().await;
    if case.was_reached() {
        keep(case, port, lines);
        return Outcome::pass("The board was reached; its answers are not needed.");
    }
    let outcome = judge(case, &port, answers.as_ref(), &lines, asked).await;
    keep(case, port, lines);
    outcome
}

fn keep(case: &Case, port: String, lines: Vec<String>) {
    if !lines.is_empty() {
        *lock(&case.facts.console) = Some(Console { port, lines });
    }
}

/// Asks a board that nobody has named, when there is one that may be asked; and tries once more, to hear what it prints then.
async fn somebody(case: &Case) -> Result<(Outcome, Plugged), Outcome> {
    if case.options.cable.is_some() {
        return Err(Outcome::skipped("Not run, because the board was not asked over USB."));
    }
    if case.was_reached() {
        return Err(Outcome::skipped("Not run, because the board was reached."));
    }
    if case.url().is_none() || lock(&case.facts.paths).iter().any(crate::evidence::Path::is_ok) {
        return Err(Outcome::skipped("Not run, because the board has nothing to do with it."));
    }
    let Some(Nearby { ask, offer }) = case.facts.nearby.get() else {
        return Err(Outcome::skipped("Not run, because the board is open already."));
    };
    let Some(port) = ask else { return Err(Outcome::skipped(not_asked(offer))) };
    let (asked, plugged) = plug(case, &Cable::Port(port.target()), "usb-answers").await;
    let Some(plugged) = plugged else { return Err(asked) };
    if talked(case) {
        case.waiting("usb-answers", "what the board prints about another attempt");
        again(case).await;
    }
    Ok((asked, plugged))
}

/// Whether a request went out on the way that is used: only then the board has something to print.
fn talked(case: &Case) -> bool {
    let paths = lock(&case.facts.paths);
    paths.iter().any(|path| path.events.iter().any(|event| event.what == Part::Http && event.sent))
}

async fn judge(
    case: &Case,
    port: &str,
    answers: Option<&Answers>,
    lines: &[String],
    asked: Option<Outcome>,
) -> Outcome {
    let tried = tried(case);
    let pointed = case.options.cable.as_ref().is_some_and(Cable::is_pointed_at);
    let same = match is_same(case, answers, &tried, lines) {
        Same::No | Same::Unknown if pointed => Same::Yes,
        same => same,
    };
    let said = match &asked {
        Some(asked) => format!("{} {}", asked.because, said(port, lines)),
        None => said(port, lines),
    };
    if same == Same::No {
        return Outcome::pass(format!("The board at {port} is another one than the one at this address."));
    }
    let mut found: Vec<Finding> =
        answers.map(|answers| findings(case, port, answers, &tried)).unwrap_or_default();
    if let (Some(answers), Same::Yes) = (answers, same) {
        found.extend(isolation(case, port, answers, &tried).await);
    }
    found.extend(proofs(case, port, lines));
    let alone = case.facts.nearby.get().is_none_or(|nearby| nearby.offer.is_empty());
    let weight = match (same, answers) {
        (Same::Yes, _) => None,
        // Its WebREPL was set up once: it may well be the board that is missed.
        (_, Some(answers)) if answers.has_to_do_with_webrepl() => Some(Weight::Suspect),
        // Nobody ever reached a board without WebREPL at an address; unless a person opened it for that.
        (_, Some(answers)) if asked.is_some() && (!alone || answers.firmware == Some(false)) => {
            Some(Weight::Remark)
        }
        _ => Some(Weight::Suspect),
    };
    let silent = answers.is_none() && lines.is_empty();
    let start =
        if silent { Outcome { status: Status::Skipped, ..Outcome::pass(said) } } else { Outcome::pass(said) };
    let found = found.into_iter().map(|finding| finding.with("usb", port));
    // Another board may be plugged in than the one that is tried.
    found
        .map(|finding| match weight {
            Some(weight) => {
                let weight = weight.min(finding.weight);
                finding.weighing(weight)
            }
            None => finding,
        })
        .fold(start, Outcome::and)
}

fn said(port: &str, lines: &[String]) -> String {
    match lines.last() {
        Some(last) => format!("While it was tried, the board at {port} printed “{last}”."),
        None => format!("While it was tried, the board at {port} printed nothing."),
    }
}

fn tried(case: &Case) -> Vec<IpAddr> {
    let addresses = case.facts.addresses.get().map(Vec::as_slice).unwrap_or_default();
    addresses.iter().map(|address| address.ip().to_canonical()).collect()
}
