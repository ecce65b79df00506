//! What does the port say by itself? 300 ms without writing, longer while a chip starts.

use std::time::Duration;

use boardwalk_device::{Attach, Session, SessionOptions};
use boardwalk_protocol::websocket::handshake::shown;
use futures::future::{BoxFuture, FutureExt as _};
use tokio::time::{Instant, timeout_at};

use super::classify::{Heard, classify};
use super::open::{Opened, modem_manager};
use crate::case::Case;
use crate::check::{Check, Need, Outcome};
use crate::code::Code;
use crate::finding::{Action, Finding, Weight};
use crate::network::Live;

pub(super) struct Listen;

const QUIET: Duration = Duration::from_millis(300);
/// A chip that starts over and over does it within a second or two.
const BOOTING: Duration = Duration::from_millis(2500);
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
    let heard = hear(&mut opened).await;
    let said = if heard.is_empty() { String::new() } else { format!(" It said “{}”.", shown(&heard)) };
    let resets = opened.link.as_ref().is_some_and(|link| link.info().may_reset_on_open);
    let kind = classify(&heard);
    let outcome = match kind {
        Heard::Nothing => Outcome::pass("The port is quiet, as a board at its prompt is."),
        Heard::MicroPython if resets => Outcome::pass("MicroPython greets.").and(reset_on_open()),
        Heard::MicroPython => Outcome::pass("MicroPython greets."),
        Heard::Other => Outcome::pass(format!("The board is printing.{said}")),
        Heard::BootLog => Outcome::pass(format!("The chip starts.{said}")),
        Heard::Cause(code) => Outcome::found(cause(code, &said)),
    };
    let _ = case.facts.heard.set(heard);
    // What is no MicroPython is not typed at.
    if matches!(kind, Heard::Cause(_)) {
        if let Some(link) = opened.link.take() {
            link.close().await;
        }
        return outcome;
    }
    let options = SessionOptions { attach: Attach::Gently, reconnect: false };
    match Session::open(*opened, options).await {
        Ok((session, terminal)) => {
            case.reached();
            *live = Some(Live::Session(session, Some(terminal)));
            outcome
        }
        Err(error) => Outcome::crashed(error.to_string()),
    }
}

async fn hear(opened: &mut Opened) -> Vec<u8> {
    let began = Instant::now();
    let mut heard = Vec::new();
    let Some(link) = opened.link.as_mut() else { return heard };
    let mut until = began + QUIET;
    while let Ok(Ok(bytes)) = timeout_at(until, link.recv()).await {
        let room = KEPT.saturating_sub(heard.len());
        heard.extend_from_slice(&bytes[..bytes.len().min(room)]);
        match classify(&heard) {
            Heard::BootLog => until = began + BOOTING,
            Heard::MicroPython => break,
            _ => {}
        }
        if room == 0 {
            break;
        }
    }
    heard
}

/// What the first words of a board say about its trouble, when they come later than expected.
pub(crate) fn trouble(heard: &[u8]) -> Option<Finding> {
    let said = format!(" It said “{}”.", shown(heard));
    match classify(heard) {
        Heard::BootLog => Some(boot_log(&said)),
        Heard::Cause(code) => Some(cause(code, &said)),
        _ => None,
    }
}

fn reset_on_open() -> Finding {
    Finding::warns(
        Code::ResetOnOpen,
        "The board restarted when its port was opened.",
        "The kernel raises DTR and RTS when it opens a port, and this board's bridge leads them to its reset.",
    )
    .weighing(Weight::Remark)
}

fn boot_log(said: &str) -> Finding {
    Finding::blocks(
        Code::WrongUsbSocket,
        format!("The chip starts here, and no prompt follows.{said}"),
        "Boards with two USB sockets print their start on both and have the prompt on one. Or a program that prints nothing runs, or there is no MicroPython on the board.",
    )
    .action(Action::InterruptProgram, "If a program may be running, stop it (Ctrl-C) and look again.")
    .action(Action::ChoosePort, "Plug the cable into the board's other USB socket, or choose its other port.")
    .advice("Press the reset button once; after writing firmware through USB-JTAG the board waits for that.")
}

fn cause(code: Code, said: &str) -> Finding {
    match code {
        Code::RomDownloadMode => Finding::blocks(
            code,
            format!("The chip waits for firmware.{said}"),
            "Its boot pin was low when it started: the BOOT button was held, or a program set DTR at the wrong moment.",
        )
        .action(Action::Retry, "Press the reset button (EN) without holding BOOT, then look again."),
        Code::Brownout => Finding::blocks(
            code,
            format!("The chip restarts because its supply voltage breaks down.{said}"),
            "Wi-Fi draws more current than the cable, the hub or the supply gives.",
        )
        .advice("Use a short, thick cable, another socket, or a hub with a supply of its own."),
        Code::WatchdogResets => Finding::blocks(
            code,
            format!("The board restarts again and again.{said}"),
            "A watchdog, once started, cannot be stopped; or the program crashes the firmware.",
        )
        .action(Action::Rescue, "Catch the board while it starts and set its main.py aside: press its reset button within 30 s."),
        Code::ModemManager => modem_manager(format!("ModemManager typed into the board.{said}")),
        Code::NotMicropython => Finding::blocks(
            code,
            format!("CircuitPython is on this board, not MicroPython.{said}"),
            "CircuitPython has another REPL and other files; Boardwalk is made for MicroPython.",
        )
        .advice("Write MicroPython's firmware to the board: https://micropython.org/download/"),
        _ => Finding::blocks(
            Code::WrongBaud,
            format!("Only garbage arrives.{said}"),
            "The board and this port do not have the same speed, or the driver garbles the bytes.",
        )
        .advice("If the board's boot.py sets another speed for its UART, use that one."),
    }
}
