//! Finding out what a board is doing without interrupting or resetting it.

use std::time::{Duration, SystemTime};

use boardwalk_protocol::banner::{Banner, HELP_LINE, SOFT_REBOOT};
use boardwalk_protocol::control::{END, FRIENDLY_REPL, INTERRUPT};
use boardwalk_protocol::prompt::LONGEST;
use boardwalk_protocol::search::{Until, find};
use tokio::time::Instant;

use crate::error::DeviceError;
use crate::state::State;

use super::raw::Mode;
use super::{Deadline, Heard, Line, within};

/// What a board that was just opened does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Greeting {
    /// It waits at a prompt.
    Prompt,
    /// It prints, or it took what we typed and shows no prompt.
    Running,
    /// Not one byte came.
    Silence,
}

/// Long enough for a boot text to begin after a port that resets the board was opened (an ESP32 starts to print after
/// some 50 ms).
const LISTEN: Duration = Duration::from_millis(120);
/// A prompt comes within a few milliseconds of Enter, also over a slow bridge.
const AFTER_ENTER: Duration = Duration::from_millis(500);
/// How long a board that is booting may take to its prompt before we call it running.
const BOOT: Duration = Duration::from_millis(2500);
/// A prompt is one when nothing follows it for this long.
const SETTLE: Duration = Duration::from_millis(20);

impl Line {
    /// Listens, then presses Enter, then Ctrl-B (which brings a board back that the last program left in the raw
    /// REPL, and makes one with a prompt of its own show it behind the greeting). Both are nothing but bytes in the
    /// input of a running program.
    pub(crate) async fn greet(&mut self) -> Result<Greeting, DeviceError> {
        let mut seen = Vec::new();
        if self.hear_prompt(&mut seen, within(LISTEN)).await? {
            return self.greeted(Greeting::Prompt).await;
        }
        if !is_booting(&seen) {
            seen.clear();
            self.send(&b"\r"[..]).await?;
            if self.hear_prompt(&mut seen, within(AFTER_ENTER)).await? {
                return self.greeted(Greeting::Prompt).await;
            }
        }
        if seen.is_empty() || may_be_a_prompt(&seen) {
            self.send(vec![FRIENDLY_REPL]).await?;
            if self.hear_prompt(&mut seen, within(AFTER_ENTER)).await? || self.learned(&seen) {
                return self.greeted(Greeting::Prompt).await;
            }
        }
        if seen.is_empty() && self.left_in_work && self.end_own_paste().await? {
            return self.greeted(Greeting::Prompt).await;
        }
        if is_booting(&seen) && self.hear_prompt(&mut seen, within(BOOT)).await? {
            return self.greeted(Greeting::Prompt).await;
        }
        let greeting = if self.heard_anything { Greeting::Running } else { Greeting::Silence };
        self.greeted(greeting).await
    }

    /// What stands behind the greeting is this board's prompt (`sys.ps1`).
    fn learned(&mut self, seen: &[u8]) -> bool {
        let rest = find(seen, HELP_LINE).map(|at| &seen[at + HELP_LINE.len()..]);
        let Some([b'\r', b'\n', prompt @ ..]) = rest else { return false };
        self.learn_prompt(prompt);
        self.at_prompt()
    }

    /// The line was cut while we handed code over, and the board waits for the rest of it. It shows that by granting
    /// credit for white space (a window of 128 bytes, MICROPY_REPL_STDIN_BUFFER_MAX / 2); only then it is safe to send
    /// Ctrl-C, because a program that started meanwhile grants nothing. The Enter behind the spaces keeps them from
    /// indenting what a person types after such a program.
    async fn end_own_paste(&mut self) -> Result<bool, DeviceError> {
        self.send([&[b' '; 128][..], b"\r"].concat()).await?;
        // Or by 0x04: what we typed made the code one that does not parse, and the board drops everything until Ctrl-C
        // (mp_reader_stdin_close in shared/runtime/pyexec.c).
        if self.hear(within(AFTER_ENTER)).await? == Heard::Timeout
            || !matches!(self.inbox.first(), Some(&(0x01 | END)))
        {
            return Ok(false);
        }
        self.inbox.clear();
        self.send(vec![INTERRUPT]).await?;
        let mut until = Until::new(b"\x04>", 1024);
        if self.hear_until(&mut until, within(AFTER_ENTER)).await?.is_none() {
            return Ok(false);
        }
        self.mode = Mode::Raw;
        self.leave_raw().await?;
        Ok(true)
    }

    /// Waits until the output ends in a prompt and stays so; everything goes to the terminal.
    async fn hear_prompt(&mut self, seen: &mut Vec<u8>, until: Deadline) -> Result<bool, DeviceError> {
        loop {
            let settled = self.at_prompt().then(|| Instant::now() + SETTLE);
            let wake = [until, settled].into_iter().flatten().min();
            match self.hear(wake).await? {
                Heard::Bytes => {
                    seen.extend_from_slice(&self.inbox);
                    let excess = seen.len().saturating_sub(4096);
                    seen.drain(..excess);
                    if !self.show_by(until).await? {
                        // Nobody draws the terminal; what it prints waits.
                        return Ok(false);
                    }
                }
                Heard::Timeout => return Ok(self.at_prompt()),
            }
        }
    }

    async fn greeted(&mut self, greeting: Greeting) -> Result<Greeting, DeviceError> {
        match greeting {
            Greeting::Prompt => {
                self.mode = Mode::Friendly;
                self.forget_typed();
                if self.in_a_block() {
                    // Another client's half of a block or of a paste; it is not ours to run.
                    self.send(vec![INTERRUPT]).await?;
                    self.hear_prompt(&mut Vec::new(), within(AFTER_ENTER)).await?;
                }
                self.publish(State::Ready);
            }
            Greeting::Running | Greeting::Silence => {
                self.assume_running();
                self.publish(State::Running { name: None, since: SystemTime::now() });
            }
        }
        Ok(greeting)
    }
}

/// The answer to Enter is a line end and a short line that stays: a prompt that is not known yet, or a question.
fn may_be_a_prompt(seen: &[u8]) -> bool {
    let Some(rest) = seen.strip_prefix(b"\r\n") else { return false };
    !rest.is_empty() && rest.len() <= LONGEST && !rest.contains(&b'\n')
}

/// Text of a boot ROM, or of a soft reset, without a prompt yet.
fn is_booting(seen: &[u8]) -> bool {
    const SIGNS: [&[u8]; 4] = [b"rst:0x", b"ets J", b"boot:0x", SOFT_REBOOT];
    Banner::find(seen).is_none() && SIGNS.iter().any(|sign| find(seen, sign).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_a_prompt() {
        assert!(may_be_a_prompt(b"\r\npico$ ") && may_be_a_prompt(b"\r\n\x1b[32m>\x1b[0m "));
        for no in [
            &b""[..],
            b"\r\n",
            b"pico$ ",
            b"\r\nline\r\nname? ",
            b"\nx",
            &[b"\r\n", &[b'x'; 65][..]].concat(),
        ] {
            assert!(!may_be_a_prompt(no), "{no:?}");
        }
    }

    #[test]
    fn a_boot_is_over_with_its_greeting() {
        let rom = b"ets Jul 29 2019 12:21:46\r\n\r\nrst:0x1 (POWERON_RESET)\r\n";
        assert!(is_booting(rom) && is_booting(b"MPY: soft reboot\r\n") && !is_booting(b"temp: 21\r\n"));
        let greeted = [
            &rom[..],
            b"MicroPython v1.27.0 on 2025-12-09; Pico\r\nType \"help()\" for more information.\r\n>>> ",
        ];
        assert!(!is_booting(&greeted.concat()));
    }
}
