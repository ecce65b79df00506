//! Do all bytes get through, both ways? Code goes there with every printable character and one of three bytes, by raw
//! paste; 300 bytes come back with every value but 0x04, which ends an answer in the raw REPL.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use boardwalk_device::{Consent, DeviceError, Output};
use futures::future::{BoxFuture, FutureExt as _};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{at_prompt, over, restarted, session};
use crate::case::Case;
use crate::check::{Check, Need, Outcome, Status};
use crate::code::Code;
use crate::finding::{Action, Finding};
use crate::serial::words;

pub(crate) struct BothWays;

const LIMIT: Duration = Duration::from_secs(5);
const STOP: Duration = Duration::from_millis(700);
/// How many bytes come back, and more are not kept.
const BACK: usize = 300;
const KEPT: usize = 4096;

impl Check for BothWays {
    fn id(&self) -> &'static str {
        "bytes"
    }

    fn title(&self) -> &'static str {
        "Every byte, both ways"
    }

    fn needs(&self) -> &'static [Need] {
        &[Need::Passed("prompt"), Need::Over("latency")]
    }

    fn deadline(&self) -> Duration {
        LIMIT + Duration::from_secs(2)
    }

    fn run<'a>(&'a self, case: &'a Case) -> BoxFuture<'a, Outcome> {
        look(case).boxed()
    }
}

async fn look(case: &Case) -> Outcome {
    let Some(session) = session(case).await else {
        return Outcome::skipped("Not run, because there is no session.");
    };
    if !at_prompt(&session).await {
        return Outcome::skipped("Not run, because the board is not at its prompt.");
    }
    let (output, mut came) = mpsc::channel(16);
    let arrived = AtomicUsize::new(0);
    let gather = async {
        let mut back = Vec::new();
        while let Some(piece) = came.recv().await {
            if let Output::Stdout(bytes) = piece {
                arrived.fetch_add(bytes.len(), Ordering::Relaxed);
                let room = KEPT.saturating_sub(back.len());
                back.extend_from_slice(&bytes[..bytes.len().min(room)]);
            }
        }
        back
    };
    case.waiting("bytes", "300 bytes from the board");
    // A prompt that runs nothing is not what a person wants. Over the network, login and prompt have proved the way, and
    // what cuts a connection at certain bytes is worked around.
    if case.url().is_none() {
        case.not_reached();
    }
    let there = there();
    let exec =
        session.exec(code(&there), output, Some(LIMIT), Consent::LeaveRunning, CancellationToken::new());
    // A board that does not answer any more does not stop either: that is waited for no longer.
    let Ok((end, back)) = tokio::time::timeout(LIMIT + STOP, async { tokio::join!(exec, gather) }).await
    else {
        return too_late(case, arrived.load(Ordering::Relaxed));
    };
    let outcome = match end {
        // What looked like a prompt was a program's own, as aiorepl's is.
        Err(DeviceError::ProgramRunning | DeviceError::InterruptSwallowed { .. }) => {
            Outcome::found(own_prompt())
        }
        Err(DeviceError::Transport(_) | DeviceError::NotConnected) if case.url().is_none() => {
            return over(case, &session).await;
        }
        Err(DeviceError::Restarted { .. }) => restarted(),
        Err(error) => failed(error.to_string()),
        Ok(end) => match end.exception {
            Some(exception) if exception.kind == "AttributeError" => {
                Outcome::pass("The board ran code; its firmware cannot print bytes that are no text.")
            }
            Some(exception) => {
                failed(format!("The board reported {}: {}.", exception.kind, exception.message))
            }
            None => relative(&back).map_or_else(|| compare(&there, &back), Outcome::found),
        },
    };
    if outcome.status.went_well() {
        case.reached();
    }
    outcome
}

/// The prompt came and this did not. Over the network packets of a few bytes get through where full ones do not, as where
/// a tunnel has a smaller MTU and nobody says so (RFC 2923, 2.1).
fn too_late(case: &Case, arrived: usize) -> Outcome {
    // Where some come, the others are only slow; the round trips tell that.
    if case.url().is_none() || arrived > 0 {
        return Outcome::crashed("300 bytes were not there in time.");
    }
    Outcome::found(
        Finding::warns(
            Code::LinkSilent,
            format!("Short answers came, and {BACK} bytes did not come within {} s.", LIMIT.as_secs()),
            "Something on the way drops large packets, as a VPN does that takes smaller ones, or the link is too weak for them.",
        )
        .action(Action::Retry, "Switch the VPN off or go nearer to the access point, then look again."),
    )
}

fn own_prompt() -> Finding {
    Finding::warns(
        Code::ProgramRunning,
        "What looks like a prompt belongs to a program: the board does not run code that it is sent.",
        "Files and code need MicroPython's own prompt, which comes back when the program ends or is stopped.",
    )
    .action(Action::InterruptProgram, "Stop the program (Ctrl-C).")
    .action(
        Action::Rescue,
        "If it goes on, catch the board while it starts: press its reset button within 30 s.",
    )
}

/// Not one of the causes: said, and left at that.
fn failed(because: String) -> Outcome {
    Outcome { status: Status::Fail, ..Outcome::pass(because) }
}

/// What goes there: 300 bytes.
fn there() -> String {
    let printable = (b' '..=b'~').map(char::from).filter(|c| !matches!(c, '\'' | '\\'));
    let mut text: String = printable.collect();
    text.push('€');
    while text.len() < BACK {
        text.push(char::from(b'a' + u8::try_from(text.len() % 26).unwrap_or_default()));
    }
    text
}

/// What comes back, besides the sum of what went there.
fn expected() -> Vec<u8> {
    (0..=u8::MAX).filter(|byte| *byte != 4).cycle().take(BACK).collect()
}

fn sum(bytes: &[u8]) -> u32 {
    bytes.iter().map(|byte| u32::from(*byte)).sum()
}

fn code(there: &str) -> String {
    format!(
        "import sys\nb='{there}'.encode()\nprint(len(b),sum(b),sys.implementation[0])\ndel b\nw=sys.stdout.buffer.write\n\
         for i in range({BACK}):\n i%=255\n w(bytes([i+(i>3)]))\ndel w\n"
    )
}

/// A relative of MicroPython's whose prompt is the same.
fn relative(back: &[u8]) -> Option<Finding> {
    let line = back.split(|byte| *byte == b'\n').next()?;
    line.trim_ascii().ends_with(b" circuitpython").then(|| words::foreign("CircuitPython", b""))
}

fn compare(there: &str, back: &[u8]) -> Outcome {
    let line = format!("{} {} ", there.len(), sum(there.as_bytes()));
    let end = back.iter().position(|byte| *byte == b'\n').unwrap_or(back.len());
    let said = back[..end].trim_ascii();
    let rest = back.get(end + 1..).unwrap_or_default();
    if !said.starts_with(line.as_bytes()) {
        let said = boardwalk_protocol::websocket::handshake::shown(said);
        return failed(format!(
            "{} bytes went there; the board got others (“{said}” and not “{line}”).",
            there.len()
        ));
    }
    let expected = expected();
    match rest.iter().zip(&expected).position(|(got, wanted)| got != wanted) {
        None if rest.len() == expected.len() => {
            Outcome::pass("300 bytes went there and 300 came back, every value but 0x04 among them.")
        }
        None => failed(format!("{} of {BACK} bytes came back.", rest.len())),
        Some(at) => {
            failed(format!("Byte {at} came back as 0x{:02x} and not as 0x{:02x}.", rest[at], expected[at]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_and_what_comes() {
        let there = there();
        assert_eq!(there.len(), BACK);
        assert!(there.contains('€') && code(&there).len() < 700);
        let line = format!("{} {} micropython\r\n", there.len(), sum(there.as_bytes()));
        let whole = [line.as_bytes(), &expected()].concat();
        assert_eq!(compare(&there, &whole).status, Status::Pass);
        assert_eq!(compare(&there, &whole[..whole.len() - 1]).status, Status::Fail);
        assert_eq!(compare(&there, b"12 5\r\n").status, Status::Fail);
        let mut bent = whole;
        bent[100] ^= 0x20;
        assert_eq!(compare(&there, &bent).status, Status::Fail);
        assert_eq!(compare(&there, b"").status, Status::Fail);
        assert!(relative(b"301 28000 circuitpython\r\nx").is_some() && relative(line.as_bytes()).is_none());
    }
}
