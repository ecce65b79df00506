//! How long a round trip takes: an Enter, and the prompt that follows.

use std::time::Duration;

use boardwalk_device::Terminal;
use boardwalk_protocol::search::find;
use futures::future::{BoxFuture, FutureExt as _};
use tokio::time::{Instant, timeout};

use super::{at_prompt, over};
use crate::case::Case;
use crate::check::{Check, Need, Outcome};
use crate::code::Code;
use crate::finding::Finding;
use crate::network::Live;

pub(crate) struct Latency;

/// How often, and how long each may take.
const TRIPS: usize = 7;
const TRIP: Duration = Duration::from_millis(1500);
const PROMPT: &[u8] = b">>> ";
/// Above this a person feels each key (W-Fi modem sleep makes 100 to 1000 ms of it).
const SLOW: Duration = Duration::from_millis(150);
/// Above this three of them are enough, and what takes many of them is left out.
pub(super) const VERY_SLOW: Duration = Duration::from_millis(300);

impl Check for Latency {
    fn id(&self) -> &'static str {
        "latency"
    }

    fn title(&self) -> &'static str {
        "Round trips"
    }

    fn needs(&self) -> &'static [Need] {
        &[Need::Passed("prompt")]
    }

    fn deadline(&self) -> Duration {
        TRIP * 6
    }

    fn run<'a>(&'a self, case: &'a Case) -> BoxFuture<'a, Outcome> {
        look(case).boxed()
    }
}

async fn look(case: &Case) -> Outcome {
    let mut live = case.facts.live.lock().await;
    let Some(Live::Session(session, Some(terminal))) = live.as_mut() else {
        return Outcome::skipped("Not run, because the terminal of the board is in use.");
    };
    if !at_prompt(session).await {
        return Outcome::skipped("Not run, because the board is not at its prompt.");
    }
    let session = session.clone();
    while terminal.try_next().is_some() {}
    let mut times = Vec::with_capacity(TRIPS);
    let mut wanted = PROMPT.to_vec();
    for _ in 0..TRIPS {
        case.waiting("latency", "the prompt after an Enter");
        let began = Instant::now();
        if session.type_in("\r").await.is_err() {
            return over(case, &session).await;
        }
        let mut seen = Vec::new();
        match timeout(TRIP, until_prompt(terminal, &wanted, &mut seen)).await {
            Ok(true) => times.push(began.elapsed()),
            Ok(false) => return over(case, &session).await,
            // A board may have a prompt of its own (sys.ps1).
            Err(_) if last_line(&seen).is_some_and(|line| line != wanted) => {
                wanted = last_line(&seen).unwrap_or(PROMPT).to_vec();
            }
            // Two of these, and there is no need for more.
            Err(_) => times.push(TRIP),
        }
        let slow = |limit: Duration| times.iter().filter(|time| **time >= limit).count();
        if slow(TRIP) > 1 || slow(VERY_SLOW) > 2 {
            break;
        }
    }
    if times.is_empty() {
        return Outcome::crashed("No prompt followed an Enter.");
    }
    times.sort();
    // The lower quartile: a computer that is busy itself makes some of them slow, a radio that sleeps nearly all.
    let usual = times[times.len() / 4];
    let ms = usual.as_secs_f64() * 1e3;
    let _ = case.facts.round_trip.set(usual);
    let target = case.target.as_ref().and_then(|target| target.serial_path());
    if usual <= SLOW || target.is_some() {
        return Outcome::pass(format!("A round trip takes {ms:.0} ms."));
    }
    Outcome::found(
        Finding::warns(
            Code::SlowWifi,
            format!("A round trip takes {ms:.0} ms; some 10 ms are usual."),
            "The board's radio sleeps between two beacons of the Wi-Fi, or the link is weak.",
        )
        .with("ms", format!("{ms:.0}"))
        .remedy(
            crate::finding::Remedy::text("On an ESP32, switch the sleep of the radio off.")
                .command("network.WLAN(network.STA_IF).config(pm=network.WLAN.PM_NONE)"),
        )
        .advice("Bring the board nearer to the access point."),
    )
}

/// Waits for the next prompt. `false`: the line is over.
pub(super) async fn prompt(terminal: &mut Terminal) -> bool {
    until_prompt(terminal, PROMPT, &mut Vec::new()).await
}

async fn until_prompt(terminal: &mut Terminal, wanted: &[u8], seen: &mut Vec<u8>) -> bool {
    while find(seen, wanted).is_none() {
        let Some(bytes) = terminal.next().await else { return false };
        seen.extend_from_slice(&bytes);
        let excess = seen.len().saturating_sub(256);
        seen.drain(..excess);
    }
    true
}

/// What stands behind the last line end, when it is something.
fn last_line(seen: &[u8]) -> Option<&[u8]> {
    let at = seen.iter().rposition(|byte| *byte == b'\n')?;
    seen.get(at + 1..).filter(|line| !line.is_empty())
}
