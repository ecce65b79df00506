//! What is said when there is no prompt.

use crate::code::Code;
use crate::finding::{Action, Finding, Weight};
use crate::rescue::Rescued;

const CATCH: &str =
    "Catch the board while it starts and set its main.py aside: press its reset button within 30 s.";
/// How much of a line is shown, in characters.
const SHOWN: usize = 60;

/// A program runs, and what it printed.
pub(super) fn running(printed: &[u8]) -> Finding {
    let text = String::from_utf8_lossy(printed);
    let last = text.lines().rev().map(plain).find(|line| !line.is_empty());
    let (code, saw) = match last {
        Some(line) => (Code::ProgramRunning, format!("A program is running; it printed “{line}”.")),
        None => (Code::NoPrompt, "The board did not show a prompt and printed nothing.".to_owned()),
    };
    Finding::warns(
        code,
        saw,
        "Boardwalk attaches without stopping anything. Files and code need the prompt, which comes back when the program ends or is stopped.",
    )
    .action(Action::InterruptProgram, "Stop the program (Ctrl-C).")
}

pub(super) fn stopped() -> Finding {
    Finding::warns(
        Code::ProgramRunning,
        "A program was running; it ended at Ctrl-C.",
        "Files and code need the prompt, which a running program does not give.",
    )
}

pub(super) fn swallowed() -> Finding {
    Finding::blocks(
        Code::InterruptSwallowed,
        "A program is running, and it went on after 25 times Ctrl-C within 4 s.",
        "The program catches KeyboardInterrupt, as a bare “except:” in a loop does, or has switched Ctrl-C off (micropython.kbd_intr(-1)). Or it is no program on MicroPython: an Arduino sketch goes on as well.",
    )
    .action(Action::Rescue, CATCH)
    .advice("If MicroPython was never written to this board, write its firmware: https://micropython.org/download/")
}

/// No word came, whatever was typed.
pub(super) fn silent(heard: &[u8], interrupted: bool) -> Finding {
    let saw = match heard.len() {
        0 => "The port opened, and not one byte came, also not after Enter.".to_owned(),
        count => format!("The port opened, {count} bytes came that say nothing, and no answer to Enter."),
    };
    let finding = Finding::blocks(
        Code::NoResponse,
        saw,
        "A program that prints nothing may be running, the chip may be held in reset, or this is not the board's REPL.",
    );
    let finding = match interrupted {
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

pub(crate) fn hung() -> Finding {
    Finding::blocks(
        Code::DeviceHung,
        "The port opened and takes no bytes: what is sent to the board stays in this computer.",
        "The board's USB does not read what it is sent; its firmware hangs, or something holds the line back.",
    )
    .action(Action::Retry, "Plug the board in again, then look again.")
    .advice("If it stays so, try another USB socket and cable, then catch the board while it starts or write its firmware anew.")
}

/// The program that did not let itself be stopped, and what it was.
pub(crate) fn set_aside(rescued: &Rescued) -> Option<Finding> {
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

pub(super) fn line_policy() -> Finding {
    Finding::warns(
        Code::LinePolicy,
        "The board was silent until DTR and RTS were set the other way.",
        "Boards differ in what these two lines mean; Boardwalk remembers what this one wants.",
    )
    .weighing(Weight::Remark)
}

/// A line for people: without colours and other control characters.
fn plain(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line.chars();
    while let Some(c) = rest.next() {
        if c == '\x1b' {
            // CSI ends in a letter.
            let _ = rest.by_ref().find(|c| c.is_ascii_alphabetic());
        } else if !c.is_control() && out.chars().count() < SHOWN {
            out.push(c);
        }
    }
    out.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_without_its_colours() {
        assert_eq!(plain("\x1b[0;36m[D][x:001]\x1b[0m\r"), "[D][x:001]");
        assert_eq!(plain(&"x".repeat(99)).len(), SHOWN);
        let finding = running("\x1b[32mtemp 21\x1b[0m\r\n\r\n".as_bytes());
        assert!(finding.saw.contains("“temp 21”"), "{}", finding.saw);
        assert_eq!(running(b"\r\n").code, Code::NoPrompt);
    }
}
