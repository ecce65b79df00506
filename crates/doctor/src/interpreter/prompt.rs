//! Is there a prompt, or what keeps it away? Nothing is interrupted without consent.

use std::time::Duration;

use boardwalk_device::{DeviceError, Session, State, Terminal};
use boardwalk_transport::TransportError;
use futures::future::{BoxFuture, FutureExt as _};
use tokio::time::timeout;

use crate::case::Case;
use crate::check::{Check, Need, Outcome};
use crate::code::Code;
use crate::finding::{Action, Finding, Weight};
use crate::network::Live;
use crate::rescue::Rescued;
use crate::serial::trouble;

pub(crate) struct Prompt;

/// A session knows by then what the board does; a board that is booting gets 2.5 s from it.
const ATTACH: Duration = Duration::from_secs(5);
/// What is kept of what a program prints, in bytes.
const PRINTED_MOST: usize = 2048;

impl Check for Prompt {
    fn id(&self) -> &'static str {
        "prompt"
    }

    fn title(&self) -> &'static str {
        "Prompt"
    }

    fn needs(&self) -> &'static [Need] {
        &[Need::Over("direct"), Need::Over("login"), Need::Over("usb-answers"), Need::Over("listen")]
    }

    fn deadline(&self) -> Duration {
        Duration::from_secs(12)
    }

    fn run<'a>(&'a self, case: &'a Case) -> BoxFuture<'a, Outcome> {
        look(case).boxed()
    }
}

async fn look(case: &Case) -> Outcome {
    if let Some(session) = &case.options.open {
        return judge(case, session, None, &[]).await;
    }
    let mut live = case.facts.live.lock().await;
    match live.take() {
        Some(Live::Talking(conversation)) if conversation.is_in() => {
            let Some(target) = case.target.clone() else { return Outcome::skipped("There is no address.") };
            match conversation.session(target).await {
                Ok((session, terminal)) => *live = Some(Live::Session(session, Some(terminal))),
                Err(error) => return Outcome::crashed(format!("No session came about: {error}")),
            }
        }
        other => *live = other,
    }
    let Some(Live::Session(session, terminal)) = live.as_mut() else {
        return Outcome::skipped("Not run, because there is no session with the board.");
    };
    let before = case.odd_lines();
    case.waiting("prompt", "the board's prompt");
    let printed = attach(session, terminal.as_mut()).await;
    let outcome = judge(case, session, terminal.as_mut(), &printed).await;
    // The session found out that the lines had to stand the other way.
    if case.odd_lines() == before { outcome } else { outcome.and(line_policy()) }
}

/// Waits until the session knows what the board does; gives what the board printed meanwhile.
async fn attach(session: &Session, terminal: Option<&mut Terminal>) -> Vec<u8> {
    let mut printed = Vec::new();
    let known = session.wait_for(|state| !matches!(state, State::Connecting(_)));
    let _ = timeout(ATTACH, beside(terminal, &mut printed, known)).await;
    printed
}

/// Does something while the terminal is read; a terminal that nobody reads would stop the board.
async fn beside<T>(
    terminal: Option<&mut Terminal>,
    printed: &mut Vec<u8>,
    work: impl Future<Output = T>,
) -> T {
    tokio::pin!(work);
    let Some(terminal) = terminal else { return work.await };
    loop {
        tokio::select! {
            biased;
            Some(bytes) = terminal.next() => {
                let room = PRINTED_MOST.saturating_sub(printed.len());
                printed.extend_from_slice(&bytes[..bytes.len().min(room)]);
            }
            done = &mut work => return done,
        }
    }
}

async fn judge(case: &Case, session: &Session, terminal: Option<&mut Terminal>, printed: &[u8]) -> Outcome {
    let state = session.state().borrow().clone();
    let busy = matches!(state, State::Running { .. });
    let mut heard = case.facts.heard.get().cloned().unwrap_or_default();
    heard.extend_from_slice(printed);
    if let Some(trouble) = trouble(&heard).filter(|_| busy && case.url().is_none())
        && !(trouble.code == Code::WrongUsbSocket && case.options.may_interrupt)
    {
        return Outcome::found(trouble);
    }
    match state {
        State::Ready => with_rescue(case, "The board waits at its prompt."),
        State::Busy { .. } => with_rescue(case, "Boardwalk itself is using the board."),
        State::Running { .. } if case.options.may_interrupt => stop(case, session, terminal, printed).await,
        State::Running { .. } if printed.is_empty() && case.url().is_none() => Outcome::found(silent(case)),
        State::Running { .. } => Outcome::found(running(printed)),
        State::Connecting(_) => Outcome::crashed("The board did not show within 5 s what it is doing."),
        State::Reconnecting { because, .. } => Outcome::crashed(format!("The line ended: {because}")),
        State::Closed => Outcome::crashed("The line ended."),
    }
}

fn running(printed: &[u8]) -> Finding {
    let text = String::from_utf8_lossy(printed);
    let last = text.lines().rev().map(str::trim).find(|line| !line.is_empty());
    let (code, saw) = match last {
        Some(line) => {
            let line: String = line.chars().filter(|c| !c.is_control()).take(60).collect();
            (Code::ProgramRunning, format!("A program is running; it printed “{line}”."))
        }
        None => (Code::NoPrompt, "The board did not show a prompt and printed nothing.".to_owned()),
    };
    Finding::warns(
        code,
        saw,
        "Boardwalk attaches without stopping anything. Files and code need the prompt, which comes back when the program ends or is stopped.",
    )
    .action(Action::InterruptProgram, "Stop the program (Ctrl-C).")
}

fn with_rescue(case: &Case, saw: &str) -> Outcome {
    case.options.rescued.as_ref().and_then(set_aside).into_iter().fold(Outcome::pass(saw), Outcome::and)
}

/// The program that did not let itself be stopped, and what it was.
fn set_aside(rescued: &Rescued) -> Option<Finding> {
    let (program, renamed) = rescued.program.as_ref().zip(rescued.renamed.as_ref())?;
    let line = match &rescued.culprit {
        Some(culprit) => {
            format!(" Its line {} keeps Ctrl-C from ending it: “{}”.", culprit.line, culprit.text)
        }
        None => String::new(),
    };
    let mut finding = Finding::warns(
        Code::InterruptSwallowed,
        format!("{program} did not let itself be stopped and is called {renamed} now.{line}"),
        "“except Exception:” lets Ctrl-C through; “except:” and “except BaseException:” do not.",
    )
    .weighing(Weight::Remark)
    .with("program", program.clone())
    .with("renamed", renamed.clone());
    if let Some(culprit) = &rescued.culprit {
        finding = finding.with("line", culprit.line.to_string()).with("code", culprit.text.clone());
    }
    Some(finding.action(Action::UndoRescue, format!("Call it {program} again.")))
}

fn line_policy() -> Finding {
    Finding::warns(
        Code::LinePolicy,
        "The board was silent until DTR and RTS were set the other way.",
        "Boards differ in what these two lines mean; Boardwalk remembers what this one wants.",
    )
    .weighing(Weight::Remark)
}

/// Not a byte came, whatever was typed.
fn silent(case: &Case) -> Finding {
    let finding = Finding::blocks(
        Code::NoResponse,
        "The port opened, and not one byte came, also not after Enter.",
        "A program that prints nothing may be running, the chip may be held in reset, or this is not the board's REPL.",
    );
    let finding = match case.options.may_interrupt {
        true => finding.action(
            Action::Rescue,
            "If a program that swallows Ctrl-C may be running, catch the board while it starts: press its reset button within 30 s.",
        ),
        false => finding.action(
            Action::InterruptProgram,
            "If a program may be running, stop it (Ctrl-C) and look again.",
        ),
    };
    finding
        .action(Action::Retry, "Press the board's reset button, then look again.")
        .action(Action::ChoosePort, "Try the board's other USB socket or port.")
}

async fn stop(case: &Case, session: &Session, terminal: Option<&mut Terminal>, printed: &[u8]) -> Outcome {
    case.waiting("prompt", "the program to end after Ctrl-C");
    // What a session of the window hears goes to its terminal: there silence is not known.
    let listened = terminal.is_some();
    let mut heard = printed.to_vec();
    let stopped = beside(terminal, &mut heard, session.stop()).await;
    match stopped {
        Ok(()) => Outcome::found(Finding::warns(
            Code::ProgramRunning,
            "A program was running; it ended at Ctrl-C.",
            "Files and code need the prompt, which a running program does not give.",
        )),
        Err(DeviceError::InterruptSwallowed { got, .. }) if listened && got.is_empty() && heard.is_empty() && case.url().is_none() =>
        {
            Outcome::found(silent(case))
        }
        Err(DeviceError::Transport(TransportError::DeviceHung { .. })) => Outcome::found(
            Finding::blocks(
                Code::DeviceHung,
                "The port took no bytes any more.",
                "The board's USB does not read what it is sent.",
            )
            .action(Action::Retry, "Plug the board in again, then look again."),
        ),
        Err(DeviceError::InterruptSwallowed { .. }) => Outcome::found(
            Finding::blocks(
                Code::InterruptSwallowed,
                "A program is running, and it went on after 25 times Ctrl-C within 4 s.",
                "The program catches KeyboardInterrupt, as a bare “except:” in a loop does, or has switched Ctrl-C off (micropython.kbd_intr(-1)).",
            )
            .action(Action::Rescue, "Catch the board while it starts and set its main.py aside: press its reset button within 30 s."),
        ),
        Err(error) => Outcome::crashed(error.to_string()),
    }
}
