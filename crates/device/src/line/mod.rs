//! The line as the session task uses it. Everything here runs in that one task: there are no locks.
//!
//! `mod.rs` hears and sends, `terminal.rs` shares the line with the person typing, `greet.rs` finds out what a board
//! is doing without disturbing it, `raw.rs` enters and leaves the raw REPL, `exec.rs` runs code in it, `records.rs`
//! carries a WebREPL's file records beside it, `stop.rs` is the interrupt ladder.

mod catch;
mod exec;
mod greet;
mod raw;
mod records;
mod settled;
mod sink;
mod stop;
mod terminal;

use std::sync::Arc;
use std::time::Duration;

use boardwalk_protocol::prompt::PromptWatch;
use boardwalk_transport::{LineSignals, Link, LinkInfo, LinkSender};
use bytes::{Bytes, BytesMut};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::error::DeviceError;
use crate::info::Capabilities;
use crate::state::State;

pub(crate) use exec::{Exec, Typing};
pub(crate) use greet::Greeting;
pub(crate) use raw::Mode;
pub(crate) use sink::Sink;
pub(crate) use stop::StopRequest;
pub(crate) use terminal::Idle;

/// What the session's handles and its line exchange. It outlives a line: a board that comes back gets the same.
#[derive(Debug)]
pub(crate) struct Io {
    /// Bytes for the terminal; when it is full we stop reading the line.
    pub(crate) terminal: mpsc::Sender<Bytes>,
    /// What the person types.
    pub(crate) input: mpsc::Receiver<Bytes>,
    /// Who waits until all that was typed is answered.
    pub(crate) settles: mpsc::Receiver<oneshot::Sender<()>>,
    /// The Stop button.
    pub(crate) stops: mpsc::Receiver<StopRequest>,
    /// What the board is doing.
    pub(crate) state: watch::Sender<State>,
    /// Temporary files that lines before this one may have left on the board.
    pub(crate) leftovers: Vec<String>,
    /// A PUT got stuck: what is between us and the board cuts it where the board forgets bytes.
    pub(crate) put_stalls: bool,
    /// A line ended on the bytes that raw-paste sends: what is between us and the board wants text frames to be UTF-8, as
    /// mitmproxy does when it reads along.
    pub(crate) no_raw_paste: bool,
}

/// Bytes received and not yet understood by the work at hand.
const INBOX_MAX: usize = 1 << 20;
/// How much of what came last goes into an error.
const EVIDENCE: usize = 200;

/// A point in time that does not move when bytes arrive. `None`: no limit.
pub(crate) type Deadline = Option<Instant>;

/// The deadline `after` from now.
pub(crate) fn within(after: Duration) -> Deadline {
    Some(Instant::now() + after)
}

/// What ended a wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heard {
    /// Bytes were added to the inbox.
    Bytes,
    /// The deadline came first.
    Timeout,
}

/// One open line and all that is known about the board behind it.
#[derive(Debug)]
pub(crate) struct Line {
    link: Link,
    to_board: LinkSender,
    pub(crate) io: Io,
    /// Received, not yet taken by the work at hand.
    pub(crate) inbox: BytesMut,
    pub(crate) records: records::Records,
    /// The line is over because we ended it in the middle of a transfer.
    pub(crate) hung_up: bool,
    /// Which REPL the board is in.
    pub(crate) mode: Mode,
    /// Whether anything ever came.
    pub(crate) heard_anything: bool,
    /// The line before this one ended in the middle of our own work.
    pub(crate) left_in_work: bool,
    /// The next code is a person's program and not a script of ours.
    pub(crate) persons_code: bool,
    /// Cancels the work at hand.
    pub(crate) cancel: Option<CancellationToken>,
    /// Why the board could not be brought to a prompt a moment ago; the next who wants that is told so at once.
    refusal: Option<(Instant, DeviceError)>,
    /// What this firmware can do, once asked.
    pub(crate) capabilities: Option<Arc<Capabilities>>,
    raw_paste: exec::RawPaste,
    /// Keys may stand on the raw REPL's line: a person's, or Ctrl-C that came too late.
    dirty: bool,
    typing: Typing,
    sharing: terminal::Sharing,
    stopping: Option<stop::Stopping>,
}

impl Line {
    pub(crate) fn new(mut link: Link, io: Io, prompts: PromptWatch) -> Self {
        let to_board = link.sender();
        let records = records::Records::new(link.take_records());
        let raw_paste = if io.no_raw_paste { exec::RawPaste::No } else { exec::RawPaste::Untried };
        Self {
            link,
            to_board,
            io,
            inbox: BytesMut::new(),
            records,
            hung_up: false,
            mode: Mode::Unknown,
            heard_anything: false,
            left_in_work: false,
            persons_code: false,
            cancel: None,
            refusal: None,
            capabilities: None,
            raw_paste,
            dirty: false,
            typing: Typing::Held,
            sharing: terminal::Sharing::new(prompts),
            stopping: None,
        }
    }

    /// What was known when the line was opened.
    pub(crate) fn info(&self) -> &LinkInfo {
        self.link.info()
    }

    /// Whether the line has ended.
    pub(crate) fn is_over(&self) -> bool {
        self.to_board.is_closed()
    }

    /// Ends the line at once.
    pub(crate) fn end_line(&self) {
        self.to_board.hang_up();
    }

    /// Closes the line; resolves when the port is free for the next program.
    pub(crate) async fn close(self) -> (Io, PromptWatch) {
        let prompts = self.sharing.into_prompts();
        self.link.close().await;
        (self.io, prompts)
    }

    /// Why the line ended.
    pub(crate) async fn end(&mut self) -> DeviceError {
        loop {
            if let Err(error) = self.link.recv().await {
                return error.into();
            }
        }
    }

    /// Whether code travels with flow control.
    pub(crate) fn has_raw_paste(&self) -> bool {
        self.raw_paste == exec::RawPaste::Yes
    }

    pub(crate) fn publish(&self, state: State) {
        self.io.state.send_if_modified(|now| {
            let changed = *now != state;
            *now = state;
            changed
        });
    }

    /// Waits for bytes until the deadline. Meanwhile the person may type and press Stop.
    pub(crate) async fn hear(&mut self, until: Deadline) -> Result<Heard, DeviceError> {
        loop {
            let stop_step = self.stopping_at();
            let wake = [until, stop_step].into_iter().flatten().min();
            let hold_is_full = self.typing == Typing::Held && self.sharing.hold_is_full();
            tokio::select! {
                biased;
                () = cancelled(self.cancel.as_ref()) => return Err(DeviceError::Cancelled),
                Some(stop) = self.io.stops.recv() => self.begin_stop(stop).await?,
                Some(typed) = self.io.input.recv(), if !hold_is_full => self.typed_during_work(typed).await?,
                // Before the bytes, so that a flood cannot keep a deadline from passing.
                () = sleep_until(wake) => {
                    if stop_step.is_some_and(|at| at <= Instant::now()) {
                        self.continue_stop().await?;
                    } else {
                        return Ok(Heard::Timeout);
                    }
                }
                chunk = self.link.recv() => {
                    self.inbox.extend_from_slice(&chunk?);
                    self.heard_anything = true;
                    return Ok(Heard::Bytes);
                }
            }
        }
    }

    /// Hands bytes to the line. Goes on reading meanwhile: a board that is busy printing takes nothing until it is
    /// read.
    pub(crate) async fn send(&mut self, bytes: impl Into<Bytes>) -> Result<(), DeviceError> {
        let bytes = bytes.into();
        let send = self.to_board.send(bytes);
        tokio::pin!(send);
        loop {
            tokio::select! {
                biased;
                sent = &mut send => return Ok(sent?),
                () = cancelled(self.cancel.as_ref()) => return Err(DeviceError::Cancelled),
                chunk = self.link.recv(), if self.inbox.len() < INBOX_MAX => {
                    self.inbox.extend_from_slice(&chunk?);
                    self.heard_anything = true;
                }
            }
        }
    }

    /// Lets the next bytes overtake what is queued: for Ctrl-C.
    pub(crate) async fn discard_queued(&mut self) {
        self.to_board.discard_queued().await;
    }

    /// Sets DTR and RTS.
    pub(crate) async fn signals(&mut self, signals: LineSignals) -> Result<(), DeviceError> {
        Ok(self.to_board.signals(signals).await?)
    }

    /// The end of what has come, for an error.
    pub(crate) fn evidence(&self, also: &[u8]) -> Vec<u8> {
        let mut all = also[also.len().saturating_sub(EVIDENCE)..].to_vec();
        all.extend_from_slice(&self.inbox[self.inbox.len().saturating_sub(EVIDENCE)..]);
        all.split_off(all.len().saturating_sub(EVIDENCE))
    }
}

/// Never, when there is nothing that could be cancelled.
pub(crate) async fn cancelled(token: Option<&CancellationToken>) {
    match token {
        Some(token) => token.cancelled().await,
        None => std::future::pending().await,
    }
}

/// Never, without a deadline.
pub(crate) async fn sleep_until(deadline: Deadline) {
    match deadline {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}
