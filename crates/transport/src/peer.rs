//! The far end of a [`Link`](crate::Link): what a transport, or a test, drives.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::error::TransportError;
use crate::lines::LineSignals;
use crate::link::LinkInfo;
use crate::records::RecordFeed;

/// Something the session wants done, in order.
#[derive(Debug)]
pub enum Outgoing {
    /// write these bytes
    Data(Bytes),
    /// write these bytes as a part of a file record; only on a WebREPL
    Record(Bytes),
    /// answer once everything before was handed on
    Flush(oneshot::Sender<()>),
    /// set DTR and RTS, then answer
    Signals(LineSignals, oneshot::Sender<Result<(), TransportError>>),
}

/// The session has closed the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("The line was closed.")]
pub struct LinkClosed;

/// Both halves of the far end. The line counts as closed when both were dropped.
#[derive(Debug)]
pub struct LinkPeer {
    feed: LinkFeed,
    drain: LinkDrain,
}

/// Brings bytes to the session.
#[derive(Debug)]
pub struct LinkFeed {
    shared: Arc<Shared>,
    queue: mpsc::Sender<Bytes>,
    records: Option<RecordFeed>,
    _alive: Arc<Alive>,
}

/// Takes from the session what it wants done.
#[derive(Debug)]
pub struct LinkDrain {
    shared: Arc<Shared>,
    queue: mpsc::Receiver<Queued>,
    current: u64,
    _alive: Arc<Alive>,
}

impl LinkPeer {
    pub(crate) fn new(shared: Arc<Shared>, queues: Queues, gone: CancellationToken) -> Self {
        let alive = Arc::new(Alive(gone));
        let Queues { feed, records, drain } = queues;
        Self {
            feed: LinkFeed { shared: Arc::clone(&shared), queue: feed, records, _alive: Arc::clone(&alive) },
            drain: LinkDrain { shared, queue: drain, current: 0, _alive: alive },
        }
    }

    /// The two halves, for two tasks or threads.
    pub fn split(self) -> (LinkFeed, LinkDrain) {
        (self.feed, self.drain)
    }

    /// See [`LinkFeed::push`].
    pub async fn push(&self, bytes: impl Into<Bytes>) -> Result<(), LinkClosed> {
        self.feed.push(bytes.into()).await
    }

    /// See [`LinkFeed::push_record`].
    pub async fn push_record(&self, bytes: impl Into<Bytes>) -> Result<(), LinkClosed> {
        self.feed.push_record(bytes.into()).await
    }

    /// See [`LinkDrain::next`].
    pub async fn next(&mut self) -> Option<Outgoing> {
        self.drain.next().await
    }

    /// See [`LinkFeed::fail`].
    pub fn fail(&self, error: TransportError) {
        self.feed.fail(error);
    }

    /// Resolves when the line is over, from either side.
    pub async fn closed(&self) {
        self.feed.closed().await;
    }
}

impl LinkFeed {
    /// Waits for room and hands the bytes to the session: a session that does not read stops its transport.
    /// Empty bytes are swallowed.
    pub async fn push(&self, bytes: Bytes) -> Result<(), LinkClosed> {
        if bytes.is_empty() {
            return Ok(());
        }
        tokio::select! {
            biased;
            () = self.shared.stop.cancelled() => Err(LinkClosed),
            sent = self.queue.send(bytes) => sent.map_err(|_| LinkClosed),
        }
    }

    /// The same for bytes of the file protocol. Where nobody asked for them they are swallowed.
    pub async fn push_record(&self, bytes: Bytes) -> Result<(), LinkClosed> {
        let Some(records) = self.records.as_ref().filter(|_| !bytes.is_empty()) else { return Ok(()) };
        tokio::select! {
            biased;
            () = self.shared.stop.cancelled() => Err(LinkClosed),
            () = records.push(bytes) => Ok(()),
        }
    }

    /// Ends the line with its cause. The first cause stands.
    pub fn fail(&self, error: TransportError) {
        self.shared.finish(error);
    }

    /// Resolves when the line is over, from either side.
    pub async fn closed(&self) {
        self.shared.stop.cancelled().await;
    }

    /// Whether the line is over.
    pub fn is_closed(&self) -> bool {
        self.shared.stop.is_cancelled()
    }
}

impl LinkDrain {
    /// The next thing to do; `None` when the line is over and whatever is open should be closed.
    pub async fn next(&mut self) -> Option<Outgoing> {
        loop {
            let Queued { number, what } = tokio::select! {
                biased;
                () = self.shared.stop.cancelled() => return None,
                queued = self.queue.recv() => queued?,
            };
            self.current = number;
            if !(matches!(what, Outgoing::Data(_)) && self.is_discarded()) {
                return Some(what);
            }
        }
    }

    /// Whether the session discarded what `next` returned last: leave the rest of it unwritten.
    pub fn is_discarded(&self) -> bool {
        self.current < self.shared.discard_below.load(Ordering::Acquire)
    }

    /// Whether the line is over.
    pub fn is_closed(&self) -> bool {
        self.shared.stop.is_cancelled()
    }

    /// See [`LinkFeed::fail`].
    pub fn fail(&self, error: TransportError) {
        self.shared.finish(error);
    }
}

/// What connects both ends.
#[derive(Debug)]
pub(crate) struct Queues {
    pub(crate) feed: mpsc::Sender<Bytes>,
    pub(crate) records: Option<RecordFeed>,
    pub(crate) drain: mpsc::Receiver<Queued>,
}

/// An [`Outgoing`] with its place in the order, so that a discard knows what came before it.
#[derive(Debug)]
pub(crate) struct Queued {
    pub(crate) number: u64,
    pub(crate) what: Outgoing,
}

/// What both ends see.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) info: LinkInfo,
    pub(crate) stop: CancellationToken,
    end: OnceLock<TransportError>,
    numbers: AtomicU64,
    discard_below: AtomicU64,
}

impl Shared {
    pub(crate) fn new(info: LinkInfo) -> Self {
        Self {
            info,
            stop: CancellationToken::new(),
            end: OnceLock::new(),
            numbers: AtomicU64::new(0),
            discard_below: AtomicU64::new(0),
        }
    }

    pub(crate) fn next_number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::AcqRel)
    }

    pub(crate) fn discard(&self) {
        self.discard_below.fetch_max(self.numbers.load(Ordering::Acquire), Ordering::AcqRel);
    }

    /// The cause first, then the signal: whoever sees the signal finds the cause.
    pub(crate) fn finish(&self, error: TransportError) {
        let _ = self.end.set(error);
        self.stop.cancel();
    }

    pub(crate) fn reason(&self) -> TransportError {
        self.end.get().cloned().unwrap_or(TransportError::Closed)
    }
}

/// Tells [`Link::close`](crate::Link::close) when the last half of the peer is gone.
#[derive(Debug)]
struct Alive(CancellationToken);

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.cancel();
    }
}
