//! Sharing the line with a person. At a prompt every byte goes straight through, both ways. While we work, what is
//! typed is held; before we work, a half-typed line is taken off the board and afterwards typed again.

use std::time::{Duration, SystemTime};

use boardwalk_protocol::control::{END, INTERRUPT};
use boardwalk_protocol::prompt::PromptWatch;
use boardwalk_transport::{Link, TransportError};
use bytes::{Bytes, BytesMut};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::error::DeviceError;
use crate::session::Request;
use crate::state::State;

use super::exec::Typing;
use super::raw::Mode;
use super::stop::StopRequest;
use super::{Heard, Line, sleep_until};

/// What a person can type ahead while we work, in bytes. Then typing waits.
const HOLD_MAX: usize = 64 * 1024;
/// The longest half-typed line that is typed again.
const TYPED_MAX: usize = 4096;
/// A command that takes longer than this shows as running.
const RUNNING_AFTER: Duration = Duration::from_millis(150);
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
    entered: Option<(Instant, SystemTime)>,
    unasked: Option<(Instant, SystemTime)>,
}

/// Why the terminal stopped being alone with the line.
#[derive(Debug)]
pub(crate) enum Idle {
    /// Somebody wants something done. `None`: nobody holds a handle any more.
    Request(Option<Request>),
    /// The line ended.
    Lost(DeviceError),
}

/// What the terminal loop woke up for.
enum Woke {
    Stop(StopRequest),
    Typed(Bytes),
    Time,
    Bytes(Option<mpsc::OwnedPermit<Bytes>>, Bytes),
}

impl Sharing {
    pub(crate) fn new(prompts: PromptWatch) -> Self {
        let mut shown = prompts;
        shown.forget();
        Self { shown, typed: Some(BytesMut::new()), held: BytesMut::new(), entered: None, unasked: None }
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
        for &byte in bytes {
            match byte {
                b'\r' | b'\n' | END => {
                    self.typed = Some(BytesMut::new());
                    self.entered = Some((Instant::now(), SystemTime::now()));
                    // The prompt on this line has been answered; only the next one says that the board waits.
                    self.shown.forget();
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
    pub(crate) async fn idle(&mut self, requests: &mut mpsc::Receiver<Request>) -> Idle {
        self.typing = Typing::Through;
        match self.share(requests).await {
            Ok(request) => Idle::Request(request),
            Err(error) => Idle::Lost(error),
        }
    }

    async fn share(
        &mut self,
        requests: &mut mpsc::Receiver<Request>,
    ) -> Result<Option<Request>, DeviceError> {
        self.type_held().await?;
        self.show_inbox().await?;
        self.notice_output();
        loop {
            let running_at = self.sharing.entered.map(|(at, _)| at + RUNNING_AFTER);
            let unasked_at = self.sharing.unasked.map(|(at, _)| at + UNASKED_AFTER);
            let stop_at = self.stopping_at();
            let wake = [running_at, unasked_at, stop_at].into_iter().flatten().min();
            let woke = tokio::select! {
                biased;
                request = requests.recv() => return Ok(request),
                Some(stop) = self.io.stops.recv() => Woke::Stop(stop),
                Some(typed) = self.io.input.recv() => Woke::Typed(typed),
                () = sleep_until(wake) => Woke::Time,
                next = next_with_room(&mut self.link, &self.io.terminal) => {
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
                    self.show_inbox().await?;
                    self.notice_output();
                }
                Woke::Typed(typed) => {
                    self.type_through(typed).await?;
                    self.notice_output();
                }
                Woke::Time => {
                    self.notice_time(running_at, unasked_at, stop_at).await?;
                    self.show_inbox().await?;
                }
                Woke::Bytes(room, bytes) => {
                    self.heard_anything = true;
                    self.sharing.shown.feed(&bytes);
                    if let Some(room) = room {
                        room.send(bytes);
                    }
                    self.notice_output();
                }
            }
        }
    }

    /// Waits for work in the raw REPL, without a terminal.
    pub(crate) async fn rest(&mut self, requests: &mut mpsc::Receiver<Request>) -> Idle {
        loop {
            tokio::select! {
                biased;
                request = requests.recv() => return Idle::Request(request),
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

    /// Shows whatever work has left in the inbox.
    pub(crate) async fn show_inbox(&mut self) -> Result<(), DeviceError> {
        let rest = self.inbox.split().freeze();
        self.show(rest).await
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
        let typed = self.sharing.typed.take().unwrap_or_default();
        self.sharing.typed = Some(BytesMut::new());
        self.sharing.entered = None;
        self.sharing.unasked = None;
        if self.sharing.shown.prompt().is_none() {
            self.show_new_line().await?;
            self.show(Bytes::copy_from_slice(prompt)).await?;
        } else if !typed.is_empty() {
            // The echo of the line typed again brings it back, so it is wiped here: CR, erase to the end.
            let mut redraw = b"\r\x1b[K".to_vec();
            redraw.extend_from_slice(prompt);
            self.show(redraw.into()).await?;
            self.type_through(typed.freeze()).await?;
        }
        Ok(())
    }

    /// The half-typed line is not to come back: the program it would have followed was stopped.
    pub(crate) fn forget_typed(&mut self) {
        self.sharing.typed = Some(BytesMut::new());
        self.sharing.entered = None;
        self.sharing.unasked = None;
    }

    /// A program runs now, started by us or found.
    pub(crate) fn forget_prompt(&mut self) {
        self.forget_typed();
        self.sharing.shown.forget();
    }

    /// What is typed while we work: to the program we run, or held until we are done.
    pub(crate) async fn typed_during_work(&mut self, bytes: Bytes) -> Result<(), DeviceError> {
        match self.typing {
            Typing::Through => self.send(bytes).await,
            Typing::Held => {
                self.sharing.held.extend_from_slice(&bytes);
                Ok(())
            }
        }
    }

    async fn type_held(&mut self) -> Result<(), DeviceError> {
        let held = self.sharing.held.split().freeze();
        if held.is_empty() { Ok(()) } else { self.type_through(held).await }
    }

    async fn type_through(&mut self, bytes: Bytes) -> Result<(), DeviceError> {
        if self.mode == Mode::Friendly {
            self.sharing.typed(&bytes);
        }
        self.send(bytes).await?;
        self.show_inbox().await
    }

    /// A command that was entered just now is given the time in which it does not count as a running program.
    pub(crate) async fn let_command_end(&mut self) -> Result<(), DeviceError> {
        while let Some((at, _)) = self.sharing.entered {
            if self.hear(Some(at + RUNNING_AFTER)).await? == Heard::Timeout {
                break;
            }
            self.show_inbox().await?;
            self.notice_prompt();
        }
        Ok(())
    }

    fn notice_prompt(&mut self) -> bool {
        let there = self.sharing.shown.prompt().is_some();
        if there {
            self.sharing.entered = None;
            self.sharing.unasked = None;
            self.mode = Mode::Friendly;
        }
        there
    }

    fn notice_output(&mut self) {
        if self.notice_prompt() {
            if self.sharing.shown.at_empty_prompt() {
                self.stopped();
            }
            self.publish(State::Ready);
        } else if self.sharing.entered.is_none()
            && self.sharing.unasked.is_none()
            && *self.io.state.borrow() == State::Ready
            && !self.sharing.shown.line().is_empty()
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
            let since = self.sharing.entered.take().map_or_else(SystemTime::now, |(_, since)| since);
            self.sharing.shown.forget();
            self.publish(State::Running { name: None, since });
        } else if due(unasked) && self.sharing.unasked.is_some() {
            let since = self.sharing.unasked.map_or_else(SystemTime::now, |(_, since)| since);
            // Kept as `unasked` far in the future, so that work knows that it may ask the board.
            self.sharing.unasked = Some((now + Duration::from_secs(60 * 60 * 24 * 365), since));
            self.publish(State::Running { name: None, since });
        }
        Ok(())
    }

    fn stopping_at(&self) -> Option<Instant> {
        self.stopping.as_ref().map(|s| s.next)
    }
}

/// The next bytes, once the terminal has room for them: a window that does not draw stops the board, and memory does
/// not grow. Cancel-safe: a permit that is dropped goes back.
async fn next_with_room(
    link: &mut Link,
    terminal: &mpsc::Sender<Bytes>,
) -> Result<(Option<mpsc::OwnedPermit<Bytes>>, Bytes), TransportError> {
    let room = terminal.clone().reserve_owned().await.ok();
    Ok((room, link.recv().await?))
}
