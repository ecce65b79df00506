//! Sharing the line with a person. At a prompt every byte goes straight through, both ways. While we work, what is
//! typed is held; before we work, a half-typed line is taken off the board and afterwards typed again.

use std::time::{Duration, SystemTime};

use boardwalk_protocol::control::{END, INTERRUPT};
use boardwalk_protocol::prompt::PromptWatch;
use boardwalk_transport::{Link, TransportError};
use bytes::{Bytes, BytesMut};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::error::DeviceError;
use crate::session::Request;
use crate::state::State;

use super::exec::Typing;
use super::raw::Mode;
use super::settled::Settled;
use super::stop::StopRequest;
use super::{Deadline, Heard, Line, sleep_until};

/// What a person can type ahead while we work, in bytes. Then typing waits.
const HOLD_MAX: usize = 64 * 1024;
/// The longest half-typed line that is typed again.
const TYPED_MAX: usize = 4096;
/// A command that takes longer than this shows as running.
const RUNNING_AFTER: Duration = Duration::from_millis(150);
/// Work that comes right behind a command waits so long for its prompt.
const SHORT_COMMAND: Duration = Duration::from_secs(2);
/// Output that nobody asked for and that ends in no prompt for this long means that a program runs (the board was
/// reset by its button). A timer that prints at the prompt is mistaken for one; work then asks the board itself.
const UNASKED_AFTER: Duration = Duration::from_millis(500);

/// What the terminal shows and what the person typed.
#[derive(Debug)]
pub(crate) struct Sharing {
    shown: PromptWatch,
    /// Typed since the last prompt, not entered. `None`: too long, or of unknown effect.
    typed: Option<BytesMut>,
    /// Typed while we worked.
    held: BytesMut,
    entered: Option<Entered>,
    unasked: Option<(Instant, SystemTime)>,
    settled: Settled,
}

/// A line was entered, and the prompt that follows it has not come.
#[derive(Debug, Clone, Copy)]
struct Entered {
    at: Instant,
    since: SystemTime,
    /// `PromptWatch::lines` then: the echo of the line itself stands behind the old prompt.
    line: u64,
}

/// Why the terminal stopped being alone with the line.
#[derive(Debug)]
pub(crate) enum Idle {
    /// Somebody wants something done.
    Request(Request),
    /// The session was closed, or nobody holds a handle any more.
    Over,
    /// The line ended.
    Lost(DeviceError),
}

/// What the terminal loop woke up for.
enum Woke {
    Stop(StopRequest),
    Typed(Bytes),
    Settle(oneshot::Sender<()>),
    Time,
    Bytes(Option<mpsc::OwnedPermit<Bytes>>, Bytes),
}

impl Sharing {
    pub(crate) fn new(prompts: PromptWatch) -> Self {
        let mut shown = prompts;
        shown.forget();
        let (typed, held) = (Some(BytesMut::new()), BytesMut::new());
        Self { shown, typed, held, entered: None, unasked: None, settled: Settled::new() }
    }

    pub(crate) fn into_prompts(self) -> PromptWatch {
        self.shown
    }

    pub(crate) fn hold_is_full(&self) -> bool {
        self.held.len() >= HOLD_MAX
    }

    pub(crate) fn shown_line(&self) -> &[u8] {
        self.shown.line()
    }

    fn typed(&mut self, bytes: &[u8]) {
        self.settled.typed(bytes);
        for &byte in bytes {
            match byte {
                b'\r' | b'\n' | END => {
                    self.typed = Some(BytesMut::new());
                    self.entered = Some(Entered {
                        at: Instant::now(),
                        since: SystemTime::now(),
                        line: self.shown.lines(),
                    });
                }
                INTERRUPT => self.typed = Some(BytesMut::new()),
                _ => match &mut self.typed {
                    Some(line) if line.len() < TYPED_MAX => line.extend_from_slice(&[byte]),
                    _ => self.typed = None,
                },
            }
        }
    }
}

impl Line {
    /// Gives the line to the terminal until somebody wants work done.
    pub(crate) async fn idle(
        &mut self,
        requests: &mut mpsc::Receiver<Request>,
        closing: &CancellationToken,
    ) -> Idle {
        self.typing = Typing::Through;
        match self.share(requests, closing).await {
            Ok(Some(request)) => Idle::Request(request),
            Ok(None) => Idle::Over,
            Err(error) => Idle::Lost(error),
        }
    }

    async fn share(
        &mut self,
        requests: &mut mpsc::Receiver<Request>,
        closing: &CancellationToken,
    ) -> Result<Option<Request>, DeviceError> {
        self.type_held().await?;
        self.notice_output();
        if self.at_prompt() {
            self.stopped();
        } else {
            self.begin_ladder().await?;
        }
        loop {
            self.sharing.settled.look(self.sharing.shown.prompt().is_some());
            let settled_at = self.sharing.settled.look_at();
            let running_at = self.sharing.entered.map(|entered| entered.at + RUNNING_AFTER);
            let unasked_at = self.sharing.unasked.map(|(at, _)| at + UNASKED_AFTER);
            let stop_at = self.stopping_at();
            let wake = [running_at, unasked_at, stop_at, settled_at].into_iter().flatten().min();
            let woke = tokio::select! {
                biased;
                () = closing.cancelled() => {
                    // What was typed before the close still arrives.
                    while let Ok(typed) = self.io.input.try_recv() {
                        self.send(typed).await?;
                    }
                    return Ok(None);
                }
                Some(stop) = self.io.stops.recv() => Woke::Stop(stop),
                // Before the requests: what was typed first comes first.
                Some(typed) = self.io.input.recv() => Woke::Typed(typed),
                // After the typing: it asks for all that was typed before.
                Some(reply) = self.io.settles.recv() => Woke::Settle(reply),
                request = requests.recv() => return Ok(request),
                () = sleep_until(wake) => Woke::Time,
                next = next_with_room(&mut self.link, &mut self.inbox, &self.io.terminal) => {
                    let (room, bytes) = next?;
                    Woke::Bytes(room, bytes)
                }
            };
            match woke {
                Woke::Stop(stop) => {
                    let at_prompt = self.at_prompt();
                    self.begin_stop(stop).await?;
                    if at_prompt {
                        self.stopped();
                    }
                }
                Woke::Typed(typed) => self.type_through(typed).await?,
                Woke::Settle(reply) => self.sharing.settled.wait(reply),
                Woke::Time => self.notice_time(running_at, unasked_at, stop_at).await?,
                Woke::Bytes(room, bytes) => {
                    self.heard_anything = true;
                    let Sharing { shown, settled, .. } = &mut self.sharing;
                    settled.feed(shown, &bytes);
                    if let Some(room) = room {
                        room.send(bytes);
                    }
                    self.notice_output();
                }
            }
        }
    }

    /// Waits for work in the raw REPL, without a terminal.
    pub(crate) async fn rest(
        &mut self,
        requests: &mut mpsc::Receiver<Request>,
        closing: &CancellationToken,
    ) -> Idle {
        self.typing = Typing::Held;
        loop {
            tokio::select! {
                biased;
                () = closing.cancelled() => return Idle::Over,
                request = requests.recv() => return request.map_or(Idle::Over, Idle::Request),
                // Nothing runs that could be stopped, and nobody reads what is typed.
                Some(stop) = self.io.stops.recv() => drop(stop.reply.send(Ok(()))),
                Some(_) = self.io.input.recv() => {}
                Some(reply) = self.io.settles.recv() => drop(reply.send(())),
                chunk = self.link.recv() => match chunk {
                    // Nobody asked for it, and it must not be taken for the answer to the next question.
                    Ok(_) => self.heard_anything = true,
                    Err(error) => return Idle::Lost(error.into()),
                },
            }
        }
    }

    /// Whether the terminal shows a prompt on its last line, typed text behind it or not.
    pub(crate) fn at_prompt(&self) -> bool {
        self.sharing.shown.prompt().is_some() && self.sharing.entered.is_none()
    }

    /// Whether the terminal shows the prompt of a block or of paste mode.
    pub(crate) fn in_a_block(&self) -> bool {
        self.sharing.shown.continued()
    }

    /// Output that nobody asked for stands where the prompt was: whether the board still waits is not known.
    pub(crate) fn is_unsure(&self) -> bool {
        self.sharing.unasked.is_some() && self.sharing.entered.is_none()
    }

    /// Whether something stands typed and not entered behind the prompt.
    pub(crate) fn has_typed(&self) -> bool {
        self.sharing.typed.as_ref().is_none_or(|typed| !typed.is_empty())
    }

    /// Knows the prompts of this board from now on.
    pub(crate) fn learn_prompt(&mut self, prompt: &[u8]) {
        self.sharing.shown.learn(prompt);
    }

    /// A watch that knows this board's prompts and has seen nothing yet.
    pub(crate) fn fresh_watch(&self) -> PromptWatch {
        let mut watch = self.sharing.shown.clone();
        watch.forget();
        watch
    }

    /// Shows bytes in the terminal. Waits for room, and meanwhile the person may press Stop.
    pub(crate) async fn show(&mut self, bytes: Bytes) -> Result<(), DeviceError> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.sharing.shown.feed(&bytes);
        loop {
            let stop_at = self.stopping_at();
            let stop = tokio::select! {
                biased;
                () = super::cancelled(self.cancel.as_ref()) => return Err(DeviceError::Cancelled),
                Some(stop) = self.io.stops.recv() => Some(stop),
                () = sleep_until(stop_at) => None,
                room = self.io.terminal.reserve() => {
                    // No room for ever: nobody looks at a terminal.
                    if let Ok(room) = room {
                        room.send(bytes);
                    }
                    return Ok(());
                }
            };
            match stop {
                Some(stop) => self.begin_stop(stop).await?,
                None => self.continue_stop().await?,
            }
        }
    }

    /// Shows the inbox. `false`: the terminal had no room until the deadline, and the inbox is as it was.
    pub(crate) async fn show_by(&mut self, deadline: Deadline) -> Result<bool, DeviceError> {
        if self.inbox.is_empty() {
            return Ok(true);
        }
        let room = tokio::select! {
            biased;
            () = super::cancelled(self.cancel.as_ref()) => return Err(DeviceError::Cancelled),
            room = self.io.terminal.reserve() => room,
            () = sleep_until(deadline) => return Ok(false),
        };
        let bytes = self.inbox.split().freeze();
        self.sharing.shown.feed(&bytes);
        if let Ok(room) = room {
            room.send(bytes);
        }
        Ok(true)
    }

    /// Shows bytes if the terminal takes them at once.
    pub(crate) fn show_if_room(&mut self, bytes: Bytes) {
        if !bytes.is_empty() {
            self.sharing.shown.feed(&bytes);
            let _ = self.io.terminal.try_send(bytes);
        }
    }

    /// A line was entered a moment ago: gives it the time a short command needs to come back to its prompt.
    pub(crate) async fn settle_entered(&mut self) -> Result<(), DeviceError> {
        while let Some(entered) = self.sharing.entered.filter(|_| !self.prompt_came()) {
            let until = Some(entered.at + SHORT_COMMAND);
            if self.inbox.is_empty() && self.hear(until).await? == Heard::Timeout
                || !self.show_by(until).await?
            {
                break;
            }
        }
        Ok(())
    }

    /// Whether the terminal shows a prompt that is not just the one in front of the line entered last.
    fn prompt_came(&mut self) -> bool {
        let shown = &self.sharing.shown;
        let echo = self.sharing.entered.is_some_and(|entered| entered.line == shown.lines());
        if shown.prompt().is_none() || echo {
            return false;
        }
        self.sharing.entered = None;
        self.sharing.unasked = None;
        true
    }

    /// Puts what a program prints on a line of its own.
    pub(crate) async fn show_new_line(&mut self) -> Result<(), DeviceError> {
        if self.sharing.shown.line().is_empty() {
            return Ok(());
        }
        self.show(Bytes::from_static(b"\r\n")).await
    }

    /// Begins the output of a run: in the place of a prompt that stands there alone, else on a line of its own.
    pub(crate) async fn show_run_begins(&mut self) -> Result<(), DeviceError> {
        if self.sharing.shown.at_empty_prompt() {
            // CR, erase to the end of the line.
            self.show(Bytes::from_static(b"\r\x1b[K")).await?;
            self.sharing.shown.forget();
            return Ok(());
        }
        self.show_new_line().await
    }

    /// Back at the board's prompt after our work: the terminal gets the prompt it lacks, and the half-typed line is
    /// typed again.
    pub(crate) async fn show_prompt_again(&mut self, prompt: &[u8]) -> Result<(), DeviceError> {
        let had_typed = self.has_typed();
        let typed = self.sharing.typed.take().unwrap_or_default();
        self.sharing.typed = Some(BytesMut::new());
        self.sharing.entered = None;
        self.sharing.unasked = None;
        if self.sharing.shown.prompt().is_none() {
            self.show_new_line().await?;
            self.show(Bytes::copy_from_slice(prompt)).await?;
        } else if had_typed {
            // The echo of the line typed again brings it back, so it is wiped here: erase the line, CR.
            let mut redraw = b"\x1b[2K\r".to_vec();
            redraw.extend_from_slice(prompt);
            self.show(redraw.into()).await?;
            if !typed.is_empty() {
                self.type_through(typed.freeze()).await?;
            }
        }
        Ok(())
    }

    /// The half-typed line is gone, by a Ctrl-C.
    pub(crate) fn drop_typed(&mut self) {
        self.sharing.typed = Some(BytesMut::new());
    }

    /// The half-typed line is not to come back: the program it would have followed was stopped.
    pub(crate) fn forget_typed(&mut self) {
        self.sharing.typed = Some(BytesMut::new());
        self.sharing.entered = None;
        self.sharing.unasked = None;
    }

    /// Nothing is known about the board but that it shows no prompt: as far as anybody can see, a program runs.
    pub(crate) fn assume_running(&mut self) {
        self.mode = Mode::Friendly;
        self.forget_prompt();
    }

    /// A program runs now, started by us or found.
    pub(crate) fn forget_prompt(&mut self) {
        self.forget_typed();
        self.sharing.shown.forget();
    }

    /// What is typed while we work: to the program we run, or held until we are done.
    pub(crate) async fn typed_during_work(&mut self, bytes: Bytes) -> Result<(), DeviceError> {
        match self.typing {
            Typing::Through => {
                self.dirty = true;
                self.send(bytes).await
            }
            Typing::Held => {
                self.sharing.held.extend_from_slice(&bytes);
                Ok(())
            }
        }
    }

    /// What was typed while a program was on its way to the board is for that program.
    pub(crate) async fn type_held_into_program(&mut self) -> Result<(), DeviceError> {
        let held = self.sharing.held.split().freeze();
        if held.is_empty() { Ok(()) } else { self.typed_during_work(held).await }
    }

    async fn type_held(&mut self) -> Result<(), DeviceError> {
        let held = self.sharing.held.split().freeze();
        if held.is_empty() { Ok(()) } else { self.type_through(held).await }
    }

    async fn type_through(&mut self, bytes: Bytes) -> Result<(), DeviceError> {
        if self.mode == Mode::Friendly {
            self.sharing.typed(&bytes);
        }
        self.send(bytes).await
    }

    fn notice_output(&mut self) {
        if self.prompt_came() {
            self.mode = Mode::Friendly;
            if self.sharing.shown.at_empty_prompt() {
                self.stopped();
            }
            self.publish(State::Ready);
        } else if self.sharing.entered.is_none()
            && self.sharing.unasked.is_none()
            && *self.io.state.borrow() == State::Ready
        {
            self.sharing.unasked = Some((Instant::now(), SystemTime::now()));
        }
    }

    async fn notice_time(
        &mut self,
        running: Option<Instant>,
        unasked: Option<Instant>,
        stop: Option<Instant>,
    ) -> Result<(), DeviceError> {
        let now = Instant::now();
        let due = |at: Option<Instant>| at.is_some_and(|at| at <= now);
        if due(stop) {
            self.continue_stop().await?;
        }
        if due(running) {
            let since = self.sharing.entered.take().map_or_else(SystemTime::now, |entered| entered.since);
            if self.sharing.shown.prompt().is_some() {
                // The old prompt, before the line that was entered. (The new one may be half here.)
                self.sharing.shown.forget();
            }
            self.running_since(since);
        } else if due(unasked) && self.sharing.unasked.is_some() {
            let since = self.sharing.unasked.map_or_else(SystemTime::now, |(_, since)| since);
            // Kept as `unasked` far in the future, so that work knows that it may ask the board.
            self.sharing.unasked = Some((now + Duration::from_secs(60 * 60 * 24 * 365), since));
            self.running_since(since);
        }
        Ok(())
    }

    fn running_since(&self, since: SystemTime) {
        let known = matches!(*self.io.state.borrow(), State::Running { .. });
        if !known {
            self.publish(State::Running { name: None, since });
        }
    }
}

/// The next bytes, once the terminal has room for them: a window that does not draw stops the board, and memory does
/// not grow. Cancel-safe: a permit that is dropped goes back.
async fn next_with_room(
    link: &mut Link,
    inbox: &mut BytesMut,
    terminal: &mpsc::Sender<Bytes>,
) -> Result<(Option<mpsc::OwnedPermit<Bytes>>, Bytes), TransportError> {
    let room = terminal.clone().reserve_owned().await.ok();
    if !inbox.is_empty() {
        // Work has left it, or it came while something was sent.
        return Ok((room, inbox.split().freeze()));
    }
    Ok((room, link.recv().await?))
}
