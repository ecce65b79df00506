//! From a board's terminal to the window: bytes joined for some milliseconds, never more on their way than the window
//! has credit for, and the last of them kept for a window that comes later.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use boardwalk_device::Terminal;
use bytes::Bytes;
use tokio::sync::{Notify, broadcast};
use tokio::time::Instant;

use crate::app::lock;
use crate::host::TerminalSink;

/// Bytes on their way that the window has not drawn. xterm swallows some 15 MB/s, so this is 35 ms of work for it:
/// enough to keep it busy, little enough that a key's echo is not far behind.
const WINDOW: usize = 512 * 1024;
/// One message carries at most so much (a Channel does 80 MB/s in pieces of 64 KB).
const MESSAGE: usize = 64 * 1024;
/// Small pieces are joined for so long, counted from the last message: a lone echo goes at once.
const JOIN: Duration = Duration::from_millis(4);
/// Messages that who listens beside the window may be behind.
const BEHIND: usize = 64;
/// What a window that comes later is shown.
const BACKLOG: usize = 256 * 1024;

/// A handle to the pump of one board.
#[derive(Clone)]
pub(crate) struct Pump(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    wake: Notify,
    /// for those who listen beside the window
    says: broadcast::Sender<Bytes>,
}

#[derive(Default)]
struct State {
    sink: Option<Box<dyn TerminalSink>>,
    unacknowledged: usize,
    backlog: VecDeque<u8>,
}

impl Pump {
    /// Starts pumping until the session is over.
    pub(crate) fn start(terminal: Terminal) -> Self {
        let says = broadcast::channel(BEHIND).0;
        let shared = Arc::new(Shared { state: Mutex::new(State::default()), wake: Notify::new(), says });
        tokio::spawn(pump(terminal, Arc::clone(&shared)));
        Self(shared)
    }

    /// Shows the terminal to this window from now on, beginning with what it missed.
    pub(crate) fn open(&self, sink: Box<dyn TerminalSink>) {
        let mut state = lock(&self.0.state);
        let missed: Vec<u8> = state.backlog.iter().copied().collect();
        state.unacknowledged = missed.len();
        let there = missed.is_empty() || sink.bytes(missed);
        state.sink = there.then_some(sink);
        drop(state);
        self.0.wake.notify_one();
    }

    /// Shows it to nobody; the board is not held up.
    pub(crate) fn shut(&self) {
        let mut state = lock(&self.0.state);
        state.sink = None;
        state.unacknowledged = 0;
        drop(state);
        self.0.wake.notify_one();
    }

    /// What the board prints from now on, for those who listen beside the window.
    pub(crate) fn says(&self) -> broadcast::Sender<Bytes> {
        self.0.says.clone()
    }

    /// The window has drawn so many bytes.
    pub(crate) fn credit(&self, bytes: usize) {
        let mut state = lock(&self.0.state);
        state.unacknowledged = state.unacknowledged.saturating_sub(bytes);
        drop(state);
        self.0.wake.notify_one();
    }
}

async fn pump(mut terminal: Terminal, shared: Arc<Shared>) {
    let mut last = Instant::now() - JOIN;
    loop {
        while lock(&shared.state).is_full() {
            shared.wake.notified().await;
        }
        let Some(first) = terminal.next().await else { return };
        let mut message = first.to_vec();
        let until = last + JOIN;
        while message.len() < MESSAGE {
            tokio::select! {
                biased;
                more = terminal.next() => match more {
                    Some(more) => message.extend_from_slice(&more),
                    None => break,
                },
                () = tokio::time::sleep_until(until) => break,
            }
        }
        last = Instant::now();
        let message = Bytes::from(message);
        // Mostly nobody listens.
        let _ = shared.says.send(message.clone());
        lock(&shared.state).show(message);
    }
}

impl State {
    fn is_full(&self) -> bool {
        self.sink.is_some() && self.unacknowledged >= WINDOW
    }

    fn show(&mut self, bytes: Bytes) {
        self.backlog.extend(&bytes[bytes.len().saturating_sub(BACKLOG)..]);
        let excess = self.backlog.len().saturating_sub(BACKLOG);
        self.backlog.drain(..excess);
        if let Some(sink) = &self.sink {
            self.unacknowledged += bytes.len();
            if !sink.bytes(bytes.into()) {
                self.sink = None;
                self.unacknowledged = 0;
            }
        }
    }
}
