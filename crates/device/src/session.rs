//! A session: one task that owns the line to one board, and handles to it.

mod task;

use std::sync::{Arc, OnceLock};

use boardwalk_protocol::prompt::PromptWatch;
use boardwalk_transport::Dial;
use bytes::Bytes;
use futures::future::BoxFuture;
use tokio::sync::{Notify, mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;

use crate::error::DeviceError;
use crate::line::{Io, Line, StopRequest};
use crate::state::{State, Waiting};
use crate::work::Consent;

use task::{Ends, Task};

/// How to treat the board when the line opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attach {
    /// Find out what it does without interrupting it: for a window or a terminal.
    Gently,
    /// Work follows at once that needs the interpreter: skip that.
    ForWork,
}

/// How a session behaves.
#[derive(Debug, Clone)]
pub struct SessionOptions {
    /// How to begin.
    pub attach: Attach,
    /// Wait for the board and open the line again when it ends.
    pub reconnect: bool,
}

/// A handle to a session. The session ends when [`close`](Self::close) is called or the last handle is dropped.
#[derive(Debug, Clone)]
pub struct Session {
    requests: mpsc::Sender<Request>,
    stops: mpsc::Sender<StopRequest>,
    input: mpsc::Sender<Bytes>,
    settles: mpsc::Sender<oneshot::Sender<()>>,
    state: watch::Receiver<State>,
    closing: CancellationToken,
    redial: Arc<Notify>,
    ended: Arc<OnceLock<DeviceError>>,
    over: CancellationToken,
}

/// The terminal's end of a session: what the board says to a person. It must be read or dropped; a terminal that is
/// held and not read stops the board.
#[derive(Debug)]
pub struct Terminal {
    output: mpsc::Receiver<Bytes>,
}

impl Terminal {
    /// The next bytes, in order. `None` when the session is over.
    pub async fn next(&mut self) -> Option<Bytes> {
        self.output.recv().await
    }

    /// Bytes that are there already.
    pub fn try_next(&mut self) -> Option<Bytes> {
        self.output.try_recv().ok()
    }
}

/// Gets the line, or the reason why it does not; answers whoever asked.
pub(crate) type Job = Box<dyn for<'l> FnOnce(Result<&'l mut Line, DeviceError>) -> BoxFuture<'l, ()> + Send>;

/// What a handle asks of the task.
pub(crate) struct Request {
    pub(crate) state: State,
    pub(crate) consent: Consent,
    pub(crate) cancel: CancellationToken,
    pub(crate) job: Job,
}

impl Request {
    /// Answers without doing it.
    pub(crate) async fn refuse(self, because: DeviceError) {
        (self.job)(Err(because)).await;
    }
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Request").field("state", &self.state).finish_non_exhaustive()
    }
}

/// Chunks on their way to the terminal (at most 16 KiB each), pieces of typing, and work that waits its turn.
const TERMINAL_CHUNKS: usize = 16;
const INPUT_PIECES: usize = 64;
const REQUESTS: usize = 64;

impl Session {
    /// Opens the line and begins. The terminal is part of the answer, so that not a byte is missed.
    ///
    /// # Errors
    /// When the line cannot be opened.
    pub async fn open(mut dial: impl Dial, options: SessionOptions) -> Result<(Self, Terminal), DeviceError> {
        let link = dial.dial().await?;
        let (requests, requested) = mpsc::channel(REQUESTS);
        let (stops, stopped) = mpsc::channel(4);
        let (input, typed) = mpsc::channel(INPUT_PIECES);
        let (settles, settling) = mpsc::channel(4);
        let (terminal, output) = mpsc::channel(TERMINAL_CHUNKS);
        let (publish, state) = watch::channel(State::Connecting(Waiting::Prompt));
        let (closing, over) = (CancellationToken::new(), CancellationToken::new());
        let ended = Arc::default();
        let io = Io {
            terminal,
            input: typed,
            settles: settling,
            stops: stopped,
            state: publish,
            leftovers: Vec::new(),
            put_stalls: false,
            no_raw_paste: false,
        };
        let line = Line::new(link, io, PromptWatch::default());
        let redial = Arc::new(Notify::new());
        let ends = Ends {
            closing: closing.clone(),
            redial: Arc::clone(&redial),
            ended: Arc::clone(&ended),
            _over: over.clone().drop_guard(),
        };
        tokio::spawn(Task::new(dial, options, requested, ends).run(line));
        Ok((
            Self { requests, stops, input, settles, state, closing, redial, ended, over },
            Terminal { output },
        ))
    }

    /// What the board is doing, always the latest.
    #[must_use]
    pub fn state(&self) -> watch::Receiver<State> {
        self.state.clone()
    }

    /// Waits until the state is as wanted, or the session is over (`None`).
    pub async fn wait_for(&self, mut wanted: impl FnMut(&State) -> bool + Send) -> Option<State> {
        let mut state = self.state.clone();
        state.wait_for(|s| wanted(s)).await.ok().map(|s| s.clone())
    }

    /// Types into the terminal. Resolves when the session took it; waits when more is typed than a busy board takes.
    ///
    /// # Errors
    /// When the session is over.
    pub async fn type_in(&self, bytes: impl Into<Bytes>) -> Result<(), DeviceError> {
        let bytes = bytes.into();
        if bytes.is_empty() {
            return Ok(());
        }
        self.input.send(bytes).await.map_err(|_| DeviceError::NotConnected)
    }

    /// Resolves when the board has answered all that was typed before and waits at a prompt again, or the line is
    /// lost. Lines that a program reads have no answer of their own: then a prompt has to stand for a second.
    pub async fn settled(&self) {
        let (reply, answer) = oneshot::channel();
        if self.settles.send(reply).await.is_ok() {
            // An end without an answer: the line is gone, and with it what was typed.
            let _ = answer.await;
        }
    }

    /// The Stop button: Ctrl-C, again and harder if needed. Resolves when the program has ended. While work of ours
    /// uses the line, that work is cancelled.
    ///
    /// # Errors
    /// `InterruptSwallowed` when the program has not ended after 4 s; `NotConnected`.
    pub async fn stop(&self) -> Result<(), DeviceError> {
        if !self.state.borrow().is_connected() {
            return Err(DeviceError::NotConnected);
        }
        let (reply, result) = oneshot::channel();
        self.stops.send(StopRequest { reply }).await.map_err(|_| DeviceError::NotConnected)?;
        result.await.unwrap_or(Err(DeviceError::NotConnected))
    }

    /// Opens the line anew, as when another way to the board was chosen: a running program is left running, other work
    /// is cancelled. Resolves at once; the state tells the rest. A session that is opening its line anew already does so
    /// without further rest.
    pub fn redial(&self) {
        self.redial.notify_one();
    }

    /// Leaves the board as it should be left, and closes the line. Resolves when the port is free: work under way is
    /// cancelled (at most 4 s), a running program is left running.
    pub async fn close(&self) {
        self.closing.cancel();
        self.over.cancelled().await;
    }

    /// Gives the line to a piece of work when its turn comes.
    pub(crate) async fn job<T, F>(
        &self,
        state: State,
        consent: Consent,
        cancel: CancellationToken,
        work: F,
    ) -> Result<T, DeviceError>
    where
        T: Send + 'static,
        F: for<'l> FnOnce(&'l mut Line) -> BoxFuture<'l, Result<T, DeviceError>> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let (begin, begun) = oneshot::channel();
        let job: Job = Box::new(move |line| {
            Box::pin(async move {
                let _ = begin.send(());
                let result = match line {
                    Ok(line) => work(line).await,
                    Err(because) => Err(because),
                };
                // Whoever asked may have gone; then nobody needs the answer.
                let _ = answer.send(result);
            })
        });
        // A caller that goes away has cancelled.
        let given_up = cancel.child_token();
        let request = Request { state, consent, cancel: given_up.clone(), job };
        let _guard = given_up.drop_guard();
        tokio::select! {
            biased;
            sent = self.requests.send(request) => sent.map_err(|_| self.gone())?,
            () = cancel.cancelled() => return Err(DeviceError::Cancelled),
        }
        tokio::select! {
            biased;
            // What has begun answers for itself, also to a cancel: it has something to tidy up.
            _ = begun => {}
            () = cancel.cancelled() => return Err(DeviceError::Cancelled),
        }
        answered.await.unwrap_or_else(|_| Err(self.gone()))
    }

    /// Waits until a line that we have ended is open again. `false`: it is not to be.
    pub(crate) async fn regained(&self, cancel: &CancellationToken) -> bool {
        let mut state = self.state.clone();
        let back = state.wait_for(|state| {
            !matches!(state, State::Reconnecting { attempt: 1.., .. } | State::Busy { .. })
        });
        tokio::select! {
            biased;
            () = cancel.cancelled() => false,
            back = tokio::time::timeout(task::REGAIN, back) => {
                matches!(back, Ok(Ok(state)) if !matches!(*state, State::Closed | State::Reconnecting { .. }))
            }
        }
    }

    /// Why nobody does the work any more.
    fn gone(&self) -> DeviceError {
        self.ended.get().cloned().unwrap_or(DeviceError::NotConnected)
    }
}
