//! Running code in the raw REPL: by raw-paste where the board knows it, in small pieces where it does not.

use std::time::Duration;

use boardwalk_protocol::banner::{HELP_LINE, SOFT_REBOOT};
use boardwalk_protocol::control::{END, INTERRUPT};
use boardwalk_protocol::exception::Exception;
use boardwalk_protocol::proxy::Via;
use boardwalk_protocol::raw_paste::{self, Answer, Heard as PasteHeard, Sender};
use boardwalk_protocol::raw_repl::{Acceptance, BANNER, Event, Reply, Unexpected};
use boardwalk_protocol::search::find;
use boardwalk_transport::LinkKind;
use bytes::Bytes;
use tokio::time::Instant;

use crate::error::DeviceError;

use super::raw::Mode;
use super::sink::{Sink, named};
use super::{Deadline, Heard, Line, within};

/// What happens to what the person types while code runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Typing {
    /// It waits until we are done: our own work.
    Held,
    /// It goes to the program: the person's own.
    Through,
}

/// Whether this firmware knows raw-paste (since 1.14).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RawPaste {
    Untried,
    Yes,
    No,
}

/// Code to run.
#[derive(Debug, Clone)]
pub(crate) struct Exec {
    pub(crate) code: Bytes,
    /// When the program must have ended.
    pub(crate) deadline: Deadline,
    pub(crate) typing: Typing,
}

/// How long the board may take to answer the raw-paste request.
const NEGOTIATE: Duration = Duration::from_secs(2);
/// Base and rate of the deadline for getting code across: 1 kB/s is a tenth of 115200 baud.
const SEND_BASE: Duration = Duration::from_secs(10);
const SEND_PER_BYTE: Duration = Duration::from_millis(1);
/// After so many Ctrl-C at a time, a program of ours must have ended within this. The burst is for `except:` in a loop.
const CANCEL: [usize; 3] = [1, 2, 16];
const AFTER_CANCEL: Duration = Duration::from_millis(700);
/// How long the raw REPL may take to answer again after something went wrong.
const RESYNC: Duration = Duration::from_secs(3);
/// Longest traceback kept.
const STDERR_MAX: usize = 64 * 1024;
/// A greeting followed by a prompt and this much silence: the board has restarted.
const RESTARTED: Duration = Duration::from_millis(300);
/// How long a board that has begun to start again may take to the raw REPL, and what it may print meanwhile.
const STARTING: Duration = Duration::from_secs(2);
const UNEXPECTED_MAX: usize = 64 * 1024;
/// Without flow control: pieces of this size, each followed by twice the time the line needs for it. Half of the
/// smallest receive ring (64 bytes on the micro:bit).
const PIECE: usize = 32;
/// How often a script of ours is sent again to a board without flow control.
const SEND_AGAIN: usize = 3;
/// A person's code up to this length goes without flow control everywhere: it saves a round trip, and on the unix port only
/// what was not pasted can be interrupted through a terminal (raw-paste leaves ISIG off there).
const SHORT: usize = 192;
const DEFAULT_BAUD: u32 = 115_200;

impl Line {
    /// Runs code. The board must be in the raw REPL, and is in it afterwards, unless an error says otherwise.
    ///
    /// # Errors
    /// `Timeout` and `Cancelled` after the program was stopped; `Restarted`, `Garbled`, or the end of the line.
    pub(crate) async fn exec(
        &mut self,
        mut exec: Exec,
        sink: &mut Sink,
    ) -> Result<Option<Exception>, DeviceError> {
        debug_assert_eq!(self.mode, Mode::Raw);
        if exec.code.is_empty() {
            // Ctrl-D after nothing is a soft reset.
            exec.code = Bytes::from_static(b"pass");
        }
        self.mode = Mode::Unknown;
        self.typing = Typing::Held;
        let result = self.exec_or_stop(exec, sink).await;
        self.typing = Typing::Held;
        if result.is_ok() {
            self.mode = Mode::Raw;
            self.stopped();
        }
        result
    }

    /// Runs a script of ours. Where code travels without flow control, bytes get lost when the board is busy: then the
    /// compiler refuses what is left, and since nothing has run, it is sent again.
    pub(crate) async fn exec_script(
        &mut self,
        exec: Exec,
        sink: &mut Sink,
    ) -> Result<Option<Exception>, DeviceError> {
        for _ in 0..SEND_AGAIN {
            match self.exec(exec.clone(), sink).await? {
                Some(exception) if exception.kind == "SyntaxError" && self.raw_paste == RawPaste::No => {}
                end => return Ok(end),
            }
        }
        self.exec(exec, sink).await
    }

    /// Sends code and does not wait for its end: for code that resets the board.
    pub(crate) async fn exec_and_leave(&mut self, code: &'static [u8]) -> Result<Reply, DeviceError> {
        self.mode = Mode::Unknown;
        self.hand_over(Bytes::from_static(code), within(SEND_BASE)).await
    }

    async fn exec_or_stop(&mut self, exec: Exec, sink: &mut Sink) -> Result<Option<Exception>, DeviceError> {
        let sending = within(SEND_BASE + SEND_PER_BYTE * u32::try_from(exec.code.len()).unwrap_or(u32::MAX));
        let began = Instant::now();
        let mut stderr = Vec::new();
        let sending = [sending, exec.deadline].into_iter().flatten().min();
        let mut reply = match self.hand_over(exec.code, sending).await {
            Ok(reply) => reply,
            Err(error) => return Err(self.recover(after(error, began)).await),
        };
        // Not earlier: what is typed while the code travels would become part of it.
        self.typing = exec.typing;
        if exec.typing == Typing::Through {
            self.type_held_into_program().await?;
        }
        match self.read_reply(&mut reply, exec.deadline, sink, &mut stderr).await {
            Ok(true) => {
                sink.finish(self, &stderr).await?;
                Ok(Exception::parse(&stderr))
            }
            Ok(false) => {
                let timeout = DeviceError::Timeout {
                    what: "the program",
                    waited: began.elapsed(),
                    got: self.evidence(&[]),
                };
                Err(self.stop_and_say(reply, sink, timeout).await)
            }
            Err(
                error @ (DeviceError::Cancelled
                | DeviceError::OutputTooLong { .. }
                | DeviceError::Timeout { .. }),
            ) => Err(self.stop_and_say(reply, sink, after(error, began)).await),
            Err(error) => Err(self.recover(error).await),
        }
    }

    /// Ctrl-C, then the end of the reply; the error that led here is the result, unless the program does not stop.
    async fn stop_and_say(&mut self, mut reply: Reply, sink: &Sink, error: DeviceError) -> DeviceError {
        if !reply.accepted() {
            // The end of the code may not be there yet; then no reply comes.
            return self.recover(error).await;
        }
        self.cancel = None;
        self.typing = Typing::Held;
        self.discard_queued().await;
        let began = Instant::now();
        let mut drain = Sink::Drain { terminal: matches!(sink, Sink::Terminal { .. }) };
        let mut stderr = Vec::new();
        for count in CANCEL {
            if let Err(lost) = self.send(vec![INTERRUPT; count]).await {
                return lost;
            }
            self.dirty = true;
            match self.read_reply(&mut reply, within(AFTER_CANCEL), &mut drain, &mut stderr).await {
                Ok(true) => {
                    self.mode = Mode::Raw;
                    if let Sink::Terminal { name } = sink {
                        self.show_if_room(named(&stderr, name));
                    }
                    return error;
                }
                Ok(false) => {}
                Err(lost @ DeviceError::Transport(_)) => return lost,
                Err(restarted @ DeviceError::Restarted { .. }) => return restarted,
                Err(_) => return self.recover(error).await,
            }
        }
        if error != DeviceError::Cancelled {
            return error;
        }
        DeviceError::InterruptSwallowed { waited: began.elapsed(), got: self.evidence(&[]) }
    }

    /// After an answer that made no sense, or code that did not get across: the raw REPL again, if it can be had.
    /// Whatever runs there is ours.
    async fn recover(&mut self, error: DeviceError) -> DeviceError {
        if matches!(error, DeviceError::Transport(_) | DeviceError::Restarted { .. }) {
            return error;
        }
        self.cancel = None;
        self.typing = Typing::Held;
        match self.force_raw(RESYNC, true).await {
            Err(lost @ DeviceError::Transport(_)) => lost,
            _ => error,
        }
    }

    /// Gets the code across and says how the reply will begin.
    async fn hand_over(&mut self, code: Bytes, deadline: Deadline) -> Result<Reply, DeviceError> {
        // What came unasked at the raw prompt is no answer.
        self.inbox.clear();
        if std::mem::take(&mut self.dirty) {
            // Keys that the last program did not take stand on the line; the request is one on an empty line only.
            self.send(vec![INTERRUPT]).await?;
        }
        if std::mem::take(&mut self.persons_code) && is_short(&code) {
            self.send_in_pieces(code, deadline).await?;
            return Ok(Reply::new(Acceptance::Ok));
        }
        let mut asked = false;
        while self.raw_paste != RawPaste::No {
            match self.ask_to_paste(deadline).await? {
                Some(window) => {
                    self.raw_paste = RawPaste::Yes;
                    let sender = Sender::new(code, window);
                    let sender = if self.has_small_ring() { sender.one_window() } else { sender };
                    return self.paste(sender, deadline).await;
                }
                // It knew raw-paste before: something stood on the line after all. Now it is empty.
                None if self.raw_paste == RawPaste::Yes && !asked => asked = true,
                None if self.raw_paste == RawPaste::Yes => break,
                None => self.raw_paste = RawPaste::No,
            }
        }
        self.send_in_pieces(code, deadline).await?;
        Ok(Reply::new(Acceptance::Ok))
    }

    /// An ESP8266 over WebREPL drops what its 255 bytes cannot hold (micropython#2497); before the board has said what it
    /// is, it may be one.
    fn has_small_ring(&self) -> bool {
        let known = self.capabilities.as_ref();
        self.info().kind == LinkKind::WebRepl && known.is_none_or(|caps| caps.platform == "esp8266")
    }

    /// Behind an HTTP proxy, finds out whether raw-paste gets through before any work depends on it. The board must be in
    /// the raw REPL.
    ///
    /// # Errors
    /// The end of the line, when it does not; the next line goes without.
    pub(crate) async fn try_raw_paste(&mut self) -> Result<(), DeviceError> {
        if self.raw_paste != RawPaste::Untried || !self.behind_http_proxy() {
            return Ok(());
        }
        let exec =
            Exec { code: Bytes::from_static(b"pass"), deadline: within(SEND_BASE), typing: Typing::Held };
        match self.exec(exec, &mut Sink::Drain { terminal: false }).await {
            Err(error @ DeviceError::Transport(_)) => Err(error),
            // Anything else is for the work to find out.
            _ => Ok(()),
        }
    }

    fn behind_http_proxy(&self) -> bool {
        let proxy = self.info().route.as_ref().and_then(|route| route.proxy.as_ref());
        proxy.is_some_and(|proxy| Via::of(proxy.scheme) == Via::Connect)
    }

    /// The window that the board grants; `None` when it does not know raw-paste.
    async fn ask_to_paste(&mut self, deadline: Deadline) -> Result<Option<u16>, DeviceError> {
        self.send(raw_paste::REQUEST).await?;
        let patience = [within(NEGOTIATE), deadline].into_iter().flatten().min();
        loop {
            match raw_paste::read_answer(&mut self.inbox) {
                Answer::Granted { window } => return Ok(Some(window)),
                Answer::Refused | Answer::Unknown => return Ok(None),
                Answer::Unexpected => return Err(self.garbled("the answer to the raw-paste request")),
                Answer::NeedMore => {
                    let heard = self.hear(patience).await;
                    if heard.is_err() && self.raw_paste == RawPaste::Untried && self.behind_http_proxy() {
                        // The answer holds the window as two raw bytes, which are no UTF-8.
                        self.io.no_raw_paste = true;
                        self.hung_up = true;
                    }
                    if heard? == Heard::Timeout {
                        return Err(self.garbled("the answer to the raw-paste request"));
                    }
                }
            }
        }
    }

    async fn paste(&mut self, mut sender: Sender, deadline: Deadline) -> Result<Reply, DeviceError> {
        loop {
            match sender.hear(&mut self.inbox) {
                PasteHeard::GoOn => {}
                PasteHeard::Ended => {
                    self.send(vec![END]).await?;
                    return Ok(Reply::new(Acceptance::Already));
                }
                PasteHeard::Unexpected(_) => return Err(self.garbled("flow control of raw-paste")),
            }
            if let Some(piece) = sender.next_piece() {
                self.send(piece).await?;
            } else if sender.is_done() {
                self.send(vec![END]).await?;
                return Ok(Reply::new(Acceptance::EndOfPaste));
            } else if self.hear(deadline).await? == Heard::Timeout {
                return Err(self.late("taking the code"));
            }
        }
    }

    async fn send_in_pieces(&mut self, mut code: Bytes, deadline: Deadline) -> Result<(), DeviceError> {
        let bits_per_second = self.info().baud.unwrap_or(DEFAULT_BAUD).max(1200);
        while !code.is_empty() {
            let piece = code.split_to(code.len().min(PIECE));
            let on_the_line =
                Duration::from_micros(20_000_000 * piece.len() as u64 / u64::from(bits_per_second));
            self.send(piece).await?;
            if deadline.is_some_and(|at| at <= Instant::now()) {
                return Err(self.late("taking the code"));
            }
            // Pacing, not waiting: this board has no flow control, so the line's own speed is the limit.
            tokio::time::sleep(on_the_line).await;
        }
        self.send(vec![END]).await
    }

    /// Reads until the program's end. `false`: the deadline came first.
    async fn read_reply(
        &mut self,
        reply: &mut Reply,
        deadline: Deadline,
        sink: &mut Sink,
        stderr: &mut Vec<u8>,
    ) -> Result<bool, DeviceError> {
        let mut tail = Vec::new();
        loop {
            loop {
                let event = match reply.next(&mut self.inbox) {
                    Ok(Some(event)) => event,
                    Ok(None) => break,
                    Err(unexpected) => return Err(self.unexpected(&unexpected).await?),
                };
                match event {
                    Event::Accepted => {}
                    Event::Stdout(bytes) => {
                        keep_tail(&mut tail, &bytes);
                        sink.write(self, bytes, deadline).await?;
                    }
                    Event::Stderr(bytes) => {
                        let room = STDERR_MAX.saturating_sub(stderr.len());
                        stderr.extend_from_slice(&bytes[..bytes.len().min(room)]);
                    }
                    Event::Finished => return Ok(true),
                }
            }
            let restart = looks_restarted(&tail).then(|| Instant::now() + RESTARTED);
            let wake = [deadline, restart].into_iter().flatten().min();
            let heard = match self.hear(wake).await {
                Ok(heard) => heard,
                Err(lost) => {
                    keep_tail(&mut tail, reply.undecided());
                    return Err(self.told(lost, &tail));
                }
            };
            if heard == Heard::Timeout {
                if deadline.is_some_and(|at| at <= Instant::now()) {
                    return Ok(false);
                }
                return Err(self.restarted(&tail).await?);
            }
        }
    }

    /// The board has started again and waits at a prompt: in the raw REPL after a soft reset there, else in the
    /// friendly one.
    async fn restarted(&mut self, tail: &[u8]) -> Result<DeviceError, DeviceError> {
        let got = self.evidence(tail);
        if tail.ends_with(BANNER) {
            self.mode = Mode::Raw;
        } else {
            self.mode = Mode::Friendly;
            self.show_prompt_again(b">>> ").await?;
        }
        Ok(DeviceError::Restarted { got })
    }

    /// What came makes no sense as a reply; as the words of a board that starts again it may make some (SystemExit in
    /// the raw REPL is a soft reset).
    async fn unexpected(&mut self, unexpected: &Unexpected) -> Result<DeviceError, DeviceError> {
        let garbled = DeviceError::Garbled { expected: unexpected.expected, got: unexpected.got.clone() };
        let began = Instant::now();
        loop {
            let has = |text: &[u8]| find(&self.inbox, text).is_some();
            let starting = has(SOFT_REBOOT) || has(HELP_LINE);
            if starting && self.inbox.ends_with(BANNER) {
                self.mode = Mode::Raw;
                return Ok(DeviceError::Restarted { got: self.evidence(&[]) });
            }
            let patience = if starting { STARTING } else { RESTARTED };
            let too_much = self.inbox.len() > UNEXPECTED_MAX;
            let until = Some(began + patience);
            if too_much || self.hear(until).await.map_err(|lost| self.told(lost, &[]))? == Heard::Timeout {
                if !starting {
                    return Ok(garbled);
                }
                let got = self.evidence(&[]);
                // Whatever runs now is the person's own main.py; the terminal finds out.
                self.assume_running();
                return Ok(DeviceError::Restarted { got });
            }
        }
    }

    /// A WebREPL ends its connection when the board starts again. It has said so before.
    fn told(&self, lost: DeviceError, tail: &[u8]) -> DeviceError {
        let said = |text: &[u8]| find(text, SOFT_REBOOT).is_some();
        match lost {
            DeviceError::Transport(_)
                if self.info().kind == LinkKind::WebRepl && (said(tail) || said(&self.inbox)) =>
            {
                DeviceError::Restarted { got: self.evidence(tail) }
            }
            lost => lost,
        }
    }

    fn garbled(&self, expected: &'static str) -> DeviceError {
        DeviceError::Garbled { expected, got: self.evidence(&[]) }
    }

    pub(super) fn late(&self, what: &'static str) -> DeviceError {
        DeviceError::Timeout { what, waited: SEND_BASE, got: self.evidence(&[]) }
    }
}

/// A timeout says how long was waited.
fn after(error: DeviceError, began: Instant) -> DeviceError {
    match error {
        DeviceError::Timeout { what, got, .. } => DeviceError::Timeout { what, waited: began.elapsed(), got },
        error => error,
    }
}

/// Fits any board's receive ring as a whole (255 bytes on ESP8266, 259 on ESP32) and holds nothing that the raw REPL takes
/// for a command.
fn is_short(code: &[u8]) -> bool {
    code.len() <= SHORT && code.iter().all(|&b| b >= 0x20 || b == b'\n' || b == b'\t')
}

fn keep_tail(tail: &mut Vec<u8>, bytes: &[u8]) {
    const KEPT: usize = 256;
    tail.extend_from_slice(&bytes[bytes.len().saturating_sub(KEPT)..]);
    let excess = tail.len().saturating_sub(KEPT);
    tail.drain(..excess);
}

/// A program may print this; only silence after it makes it a restart.
fn looks_restarted(tail: &[u8]) -> bool {
    (tail.ends_with(b">>> ") && find(tail, HELP_LINE).is_some()) || tail.ends_with(BANNER)
}
