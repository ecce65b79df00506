//! File records of a WebREPL: what arrives in binary frames, beside the bytes of the REPL.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use tokio::sync::mpsc;

use crate::error::TransportError;
use crate::peer::Shared;

/// Pieces that wait for their reader, each at most 16 KiB.
const WAITING: usize = 64;

/// The payloads of binary frames in order, as a stream of bytes: pieces end anywhere.
#[derive(Debug)]
pub struct Records {
    shared: Arc<Shared>,
    queue: mpsc::Receiver<Bytes>,
    wanted: Arc<AtomicBool>,
}

/// Brings records to their reader, if there is one.
#[derive(Debug)]
pub(crate) struct RecordFeed {
    queue: mpsc::Sender<Bytes>,
    wanted: Arc<AtomicBool>,
}

pub(crate) fn channel(shared: Arc<Shared>) -> (RecordFeed, Records) {
    let (feed, queue) = mpsc::channel(WAITING);
    let wanted = Arc::new(AtomicBool::new(false));
    (RecordFeed { queue: feed, wanted: Arc::clone(&wanted) }, Records { shared, queue, wanted })
}

impl Records {
    /// The next bytes, never empty. Cancel-safe. After the end of the line: what had arrived before, then the error
    /// that ended it, every time.
    pub async fn recv(&mut self) -> Result<Bytes, TransportError> {
        let piece = tokio::select! {
            biased;
            piece = self.queue.recv() => piece,
            () = self.shared.stop.cancelled() => self.queue.try_recv().ok(),
        };
        piece.ok_or_else(|| self.shared.reason())
    }

    /// Forgets what has come and was not read, and keeps what comes from now on. [`Link::take_records`](crate::Link)
    /// has begun already.
    pub fn begin(&mut self) {
        while self.queue.try_recv().is_ok() {}
        self.wanted.store(true, Ordering::Release);
    }

    /// From now on records are thrown away again, so that one nobody asked for does not stop the line.
    pub fn end(&mut self) {
        self.wanted.store(false, Ordering::Release);
        while self.queue.try_recv().is_ok() {}
    }
}

impl RecordFeed {
    pub(crate) async fn push(&self, bytes: Bytes) {
        if !self.wanted.load(Ordering::Acquire) || self.queue.send(bytes).await.is_err() {
            tracing::debug!("a file record nobody asked for");
        }
    }
}
