//! What does the port say by itself? 300 ms without writing, longer while a chip starts.

use std::time::Duration;

use boardwalk_device::{Attach, Session, SessionOptions};
use futures::future::{BoxFuture, FutureExt as _};
use tokio::time::{Instant, timeout_at};

use super::classify::{Heard, classify, may_say_more};
use super::open::Opened;
use super::{starts, words};
use crate::case::Case;
use crate::check::{Check, Need, Outcome};
use crate::finding::Weight;
use crate::network::Live;

pub(super) struct Listen;

const QUIET: Duration = Duration::from_millis(300);
/// A chip that starts over and over does it within a second or two.
const BOOTING: Duration = Duration::from_millis(2500);
/// An ESP8266's ROM talks at another speed for so long, a start included.
const NOISE: Duration = Duration::from_millis(1200);
const KEPT: usize = 8 * 1024;

impl Check for Listen {
    fn id(&self) -> &'static str {
        "listen"
    }

    fn title(&self) -> &'static str {
        "Listening"
    }

    fn needs(&self) -> &'static [Need] {
        &[Need::Passed("open")]
    }

    fn deadline(&self) -> Duration {
        Duration::from_secs(6)
    }

    fn run<'a>(&'a self, case: &'a Case) -> BoxFuture<'a, Outcome> {
        look(case).boxed()
    }
}

async fn look(case: &Case) -> Outcome {
    let mut live = case.facts.live.lock().await;
    let Some(Live::Port(mut opened)) = live.take() else {
        return Outcome::skipped("Not run, because the port is in use by Boardwalk itself.");
    };
    case.waiting("listen", "the first words of the board");
    let (heard, alive) = hear(&mut opened).await;
    if !alive {
        return Outcome::found(words::gone(case).await);
    }
    let kind = classify(&heard);
    let said = words::said(&heard);
    let resets = opened.link.as_ref().is_some_and(|link| link.info().may_reset_on_open);
    let outcome = match &kind {
        Heard::Nothing => Outcome::pass("The port is quiet, as a board at its prompt is."),
        Heard::MicroPython if resets || starts::shows_a_start(&heard) => {
            Outcome::pass("MicroPython greets.").and(words::reset_on_open().weighing(Weight::Remark))
        }
        Heard::MicroPython => Outcome::pass("MicroPython greets."),
        Heard::BootLog => Outcome::pass(format!("The chip starts.{said}")),
        Heard::Other => Outcome::pass(format!("The board is printing.{said}")),
        // Over before we looked: the ROM of an ESP8266, or a plug that was moved.
        Heard::Noise if !is_loud(&mut opened).await => {
            Outcome::pass(format!("Noise came, then nothing.{said}"))
        }
        trouble => match words::finding(trouble, &heard) {
            Some(finding) => Outcome::found(finding),
            None => Outcome::pass(format!("The board is printing.{said}")),
        },
    };
    let _ = case.facts.heard.set(heard);
    // What is no MicroPython is not typed at.
    if !outcome.status.went_well() {
        if let Some(link) = opened.link.take() {
            link.close().await;
        }
        return outcome;
    }
    let options = SessionOptions { attach: Attach::Gently, reconnect: false };
    match Session::open(*opened, options).await {
        Ok((session, terminal)) => {
            *live = Some(Live::Session(session, Some(terminal)));
            outcome
        }
        Err(error) => Outcome::crashed(error.to_string()),
    }
}

/// What came, and whether the port is still there.
async fn hear(opened: &mut Opened) -> (Vec<u8>, bool) {
    let began = Instant::now();
    let mut heard = Vec::new();
    let Some(link) = opened.link.as_mut() else { return (heard, false) };
    let mut until = began + QUIET;
    loop {
        let bytes = match timeout_at(until, link.recv()).await {
            Ok(Ok(bytes)) => bytes,
            Ok(Err(_)) => return (heard, false),
            Err(_) => return (heard, true),
        };
        let room = KEPT.saturating_sub(heard.len());
        heard.extend_from_slice(&bytes[..bytes.len().min(room)]);
        match classify(&heard) {
            Heard::MicroPython => return (heard, true),
            Heard::Noise => until = began + NOISE,
            kind if may_say_more(&kind) => until = began + BOOTING,
            _ => {}
        }
        if room == 0 {
            return (heard, true);
        }
    }
}

/// Whether it goes on.
async fn is_loud(opened: &mut Opened) -> bool {
    let Some(link) = opened.link.as_mut() else { return false };
    timeout_at(Instant::now() + QUIET, link.recv()).await.is_ok()
}
