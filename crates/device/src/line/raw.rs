//! Into the raw REPL and out of it.

use std::time::Duration;

use boardwalk_protocol::banner::HELP_LINE;
use boardwalk_protocol::control::{FRIENDLY_REPL, INTERRUPT, MOUNT_SYNC, RAW_REPL};
use boardwalk_protocol::raw_repl::BANNER;
use boardwalk_protocol::search::{Found, Until, find};
use bytes::Bytes;
use tokio::time::Instant;

use crate::error::DeviceError;
use crate::session::Attach;
use crate::work::Consent;

use super::{Deadline, Heard, Line, Typing, within};

/// Which REPL the board is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Not known: just opened, or something went wrong.
    Unknown,
    /// The REPL for people, or a program started from it.
    Friendly,
    /// The raw REPL, at its prompt.
    Raw,
}

/// How long a board at a prompt may take to answer Ctrl-A: a bridge and a busy USB bus, not a program.
const AT_PROMPT: Duration = Duration::from_millis(2000);
/// How often it is asked meanwhile.
const ASK_TIMES: u32 = 4;
/// How long the whole ladder may take. Longer than a board needs to boot after the port was opened (S20: people
/// paste `sleep(2)` in front of everything).
const LADDER: Duration = Duration::from_secs(8);
/// A board from which not a byte came is given up earlier.
const SILENT: Duration = Duration::from_secs(4);
/// The first pause of the ladder, which grows up to the last.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LAST_PAUSE: Duration = Duration::from_millis(1000);
/// A mount whose host is gone gives up when it hears nothing for a second (`poll_in` in mpremote's transport_serial.py).
const MOUNT_PAUSE: Duration = Duration::from_millis(1250);
/// How long a refusal stands for the next who asks.
const REFUSAL: Duration = Duration::from_secs(1);
/// How long the friendly prompt may take after Ctrl-B.
const FRIENDLY: Duration = Duration::from_secs(2);
/// What a firmware that does not greet gets: silence behind its prompt for this long.
const QUIET: Duration = Duration::from_millis(200);
/// How long the friendly prompt may take when we go.
const LEAVE: Duration = Duration::from_millis(300);

impl Line {
    /// Brings the board into the raw REPL. Whatever the terminal should see of that, it sees; our own steps it does
    /// not.
    ///
    /// # Errors
    /// `ProgramRunning` when `consent` forbids to stop what runs; `NoResponse` and `InterruptSwallowed` when the
    /// ladder did not help.
    pub(crate) async fn enter_raw(&mut self, consent: Consent) -> Result<(), DeviceError> {
        self.typing = Typing::Held;
        if self.mode == Mode::Raw {
            return Ok(());
        }
        if let Some((_, error)) = self.refusal.take().filter(|(at, _)| at.elapsed() < REFUSAL) {
            return Err(error);
        }
        if self.mode == Mode::Friendly {
            self.settle_entered().await?;
        }
        // A block or a paste that the person has begun cannot be typed again: it counts as running.
        let may_ask = self.mode == Mode::Friendly && (self.at_prompt() || self.is_unsure());
        if may_ask && !self.in_a_block() && self.raw_from_prompt().await? {
            return Ok(());
        }
        // No prompt, or one that was a program's text.
        if consent == Consent::LeaveRunning {
            return Err(DeviceError::ProgramRunning);
        }
        let before = match self.force_raw(LADDER, self.mode == Mode::Unknown && self.heard_anything).await {
            Ok(before) => before,
            Err(DeviceError::Cancelled) => {
                self.mode = Mode::Unknown;
                return Err(DeviceError::Cancelled);
            }
            Err(error) => {
                if self.mode == Mode::Friendly {
                    // Should the program end yet, the board is not left in the raw REPL.
                    self.send(vec![FRIENDLY_REPL]).await?;
                }
                return Err(error);
            }
        };
        self.show_stopped(&before).await?;
        self.forget_typed();
        self.mode = Mode::Raw;
        self.stopped();
        Ok(())
    }

    /// The next who wants the raw REPL within a moment is told what the last one was.
    pub(crate) fn refuse_next(&mut self, error: DeviceError) {
        self.refusal = Some((Instant::now(), error));
    }

    /// Ctrl-A at the prompt. A half-typed line is dropped first (it is typed again afterwards).
    async fn raw_from_prompt(&mut self) -> Result<bool, DeviceError> {
        self.show_by(within(AT_PROMPT)).await?;
        let typed = self.has_typed();
        let keys = if typed { vec![INTERRUPT, RAW_REPL] } else { vec![RAW_REPL] };
        let mut until = Until::new(BANNER, 64 * 1024);
        // A cancel waits these milliseconds: who stops listening here does not know in which REPL the board is.
        let cancel = self.cancel.take();
        let answer = self.ask_for_raw(&keys, &mut until).await;
        self.cancel = cancel;
        match answer? {
            Some(before) => {
                self.mode = Mode::Raw;
                // What was on its way belongs to the terminal: the echo of the last keys, a timer's output. The line
                // end that answers Ctrl-A, and the prompt that answers Ctrl-C, do not.
                let mut rest = before.strip_suffix(b"\r\n").unwrap_or(&before);
                if typed {
                    rest = &rest[..rest.iter().rposition(|&b| b == b'\n').unwrap_or(0)];
                    rest = rest.strip_suffix(b"\r").unwrap_or(rest);
                }
                self.show(Bytes::copy_from_slice(rest)).await?;
                Ok(true)
            }
            None => {
                let seen = Bytes::copy_from_slice(until.seen());
                self.show(seen).await?;
                // Should the board answer yet, it is not left in the raw REPL.
                self.send(vec![FRIENDLY_REPL]).await?;
                Ok(false)
            }
        }
    }

    /// Asks more than once: a board that was reset by the opening of its port may show a prompt before it hears.
    async fn ask_for_raw(&mut self, keys: &[u8], until: &mut Until) -> Result<Option<Vec<u8>>, DeviceError> {
        for asked in 1..=ASK_TIMES {
            self.send(keys.to_vec()).await?;
            let answer = self.hear_until(until, within(AT_PROMPT / ASK_TIMES)).await?;
            if answer.is_some() {
                if asked > 1 {
                    self.meet().await?;
                }
                return Ok(answer);
            }
        }
        Ok(None)
    }

    /// Ctrl-C and Ctrl-A until the raw REPL answers: through a running program, a boot, a half-typed line, a paste
    /// that another program left open. Gives what came before. With `meet`, or when it took more than one attempt,
    /// answers to earlier bytes may be on their way: a token tells where they end.
    pub(crate) async fn force_raw(&mut self, limit: Duration, meet: bool) -> Result<Vec<u8>, DeviceError> {
        let began = Instant::now();
        let mut until = Until::new(BANNER, 4096);
        let mut pause = FIRST_PAUSE;
        for attempt in 0.. {
            self.discard_queued().await;
            self.send(ladder(attempt)).await?;
            let heard_by = within(if attempt % ROUND == MOUNT_ATTEMPT { MOUNT_PAUSE } else { pause });
            if let Some(before) = self.hear_until(&mut until, heard_by).await? {
                if meet || attempt > 0 {
                    self.meet().await?;
                }
                if self.mode == Mode::Unknown {
                    self.mode = Mode::Raw;
                }
                return Ok(before);
            }
            let waited = began.elapsed();
            if waited > limit || (!self.heard_anything && waited > SILENT) {
                let got = self.evidence(until.seen());
                return Err(if got.is_empty() {
                    DeviceError::NoResponse { waited }
                } else {
                    DeviceError::InterruptSwallowed { waited, got }
                });
            }
            pause = (pause + pause / 2).min(LAST_PAUSE);
        }
        Ok(Vec::new())
    }

    /// Lets the raw REPL print something that nothing else prints, and drops all that came before.
    pub(super) async fn meet(&mut self) -> Result<(), DeviceError> {
        const CODE: &[u8] = b"\x03print('board'+'walk')\x04";
        const ANSWER: &[u8] = b"OKboardwalk\r\n\x04\x04>";
        self.send(CODE).await?;
        let mut until = Until::new(ANSWER, 1024);
        let waited = Duration::from_secs(2);
        match self.hear_until(&mut until, within(waited)).await? {
            Some(_) => Ok(()),
            None => Err(DeviceError::Garbled { expected: "the raw REPL", got: self.evidence(until.seen()) }),
        }
    }

    /// Back to the REPL for people. The terminal sees a prompt where it saw none, and nothing else of it.
    pub(crate) async fn leave_raw(&mut self) -> Result<(), DeviceError> {
        if self.mode == Mode::Friendly {
            return Ok(());
        }
        // In an unknown state Ctrl-C ends whatever we left there; it was us, so nobody's program is hurt.
        let keys = if self.mode == Mode::Raw { vec![FRIENDLY_REPL] } else { vec![INTERRUPT, FRIENDLY_REPL] };
        self.mode = Mode::Unknown;
        self.send(keys).await?;
        let mut watch = self.fresh_watch();
        let mut seen = Vec::new();
        let deadline = within(FRIENDLY);
        loop {
            let bytes = self.inbox.split();
            watch.feed(&bytes);
            seen.extend_from_slice(&bytes);
            let excess = seen.len().saturating_sub(4096);
            seen.drain(..excess);
            if watch.at_empty_prompt() && greeted(&seen) {
                let prompt = watch.line().to_vec();
                self.mode = Mode::Friendly;
                return self.show_prompt_again(&prompt).await;
            }
            let quiet = (greeted(&seen) || watch.at_empty_prompt()).then(|| Instant::now() + QUIET);
            let wake = [deadline, quiet].into_iter().flatten().min();
            if self.hear(wake).await? == Heard::Timeout {
                if (greeted(&seen) || watch.at_empty_prompt()) && !watch.line().is_empty() {
                    // What stays behind the greeting is this board's prompt (`sys.ps1`).
                    let prompt = watch.line().to_vec();
                    self.learn_prompt(&prompt);
                    self.mode = Mode::Friendly;
                    return self.show_prompt_again(&prompt).await;
                }
                let got = self.evidence(&seen);
                return Err(DeviceError::Timeout { what: "leaving the raw REPL", waited: FRIENDLY, got });
            }
        }
    }

    /// Leaves the board at a prompt for the next program, without waiting long for it.
    pub(crate) async fn leave_for_next(&mut self, attach: Attach) {
        let keys = match (self.mode, attach) {
            (Mode::Raw, _) => vec![FRIENDLY_REPL],
            // Whatever runs there is ours.
            (Mode::Unknown, Attach::ForWork) => vec![INTERRUPT, FRIENDLY_REPL],
            _ => return,
        };
        self.cancel = None;
        self.typing = Typing::Held;
        if self.send(keys).await.is_err() {
            return;
        }
        let mut until = Until::new(HELP_LINE, 1024);
        // The greeting read here is not found by the next program in its first bytes. If it is late, that is no harm.
        let _ = self.hear_until(&mut until, within(LEAVE)).await;
        let mut until = Until::new(b">>> ", 64);
        let _ = self.hear_until(&mut until, within(LEAVE / 10)).await;
    }

    /// Waits for a needle; gives what came before it, and leaves what came after it in the inbox.
    pub(crate) async fn hear_until(
        &mut self,
        until: &mut Until,
        deadline: Deadline,
    ) -> Result<Option<Vec<u8>>, DeviceError> {
        loop {
            let bytes = self.inbox.split();
            if let Found::Yes { before, rest } = until.feed(&bytes) {
                self.inbox.extend_from_slice(&rest);
                return Ok(Some(before));
            }
            if self.hear(deadline).await? == Heard::Timeout {
                return Ok(None);
            }
        }
    }

    /// Shows the end of a program that we stopped, without the prompt that followed it.
    async fn show_stopped(&mut self, before: &[u8]) -> Result<(), DeviceError> {
        if self.mode != Mode::Friendly {
            return Ok(());
        }
        let end = before.iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
        let text = before[..end].strip_suffix(b"\r\n").unwrap_or(&before[..end]);
        self.show(Bytes::copy_from_slice(text)).await
    }
}

/// Attempts after which the ladder begins anew, and the one among them that is for a mount.
const ROUND: u32 = 6;
const MOUNT_ATTEMPT: u32 = 2;

/// What to send at each attempt. A board that waits in an mpremote mount for a host that is gone takes no Ctrl-C: it
/// waits for the mount's sync byte, then for an answer.
fn ladder(attempt: u32) -> Vec<u8> {
    match attempt % ROUND {
        0 => vec![INTERRUPT, RAW_REPL],
        MOUNT_ATTEMPT => vec![INTERRUPT, INTERRUPT, RAW_REPL, MOUNT_SYNC],
        4 => vec![INTERRUPT, INTERRUPT, FRIENDLY_REPL, RAW_REPL],
        5 => [vec![INTERRUPT; 16], vec![RAW_REPL]].concat(),
        _ => vec![INTERRUPT, INTERRUPT, RAW_REPL],
    }
}

fn greeted(seen: &[u8]) -> bool {
    find(seen, HELP_LINE).is_some_and(|at| seen[at..].contains(&b'\n'))
}
