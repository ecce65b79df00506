//! A stream that keeps what goes through it, up to the login: a password never stands in a report.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

use crate::case::lock;
use crate::evidence::{Part, Passage};
use crate::world::BoxStream;

/// The most that is kept, in bytes. A handshake with all its bounds stays below it.
const MOST: usize = 64 * 1024;

/// What was seen so far.
#[derive(Debug, Clone)]
pub(crate) struct Log(Arc<Mutex<Seen>>);

#[derive(Debug)]
struct Seen {
    start: Instant,
    part: Option<Part>,
    passages: Vec<Passage>,
    bytes: usize,
}

impl Log {
    pub(crate) fn start() -> Self {
        let seen = Seen { start: Instant::now(), part: None, passages: Vec::new(), bytes: 0 };
        Self(Arc::new(Mutex::new(seen)))
    }

    /// From now on bytes belong to `part`; `None` keeps nothing any more.
    pub(crate) fn now(&self, part: Option<Part>) {
        lock(&self.0).part = part;
    }

    /// Notes that something happened, without bytes.
    pub(crate) fn mark(&self, part: Part, sent: bool) {
        lock(&self.0).push(part, sent, Bytes::new());
    }

    /// The last `len` bytes that came belong to `part`, like all that follows.
    pub(crate) fn tail_is(&self, len: usize, part: Part) {
        let mut seen = lock(&self.0);
        seen.part = Some(part);
        let Some(last) = seen.passages.last_mut().filter(|last| len > 0 && !last.sent) else { return };
        let bytes = last.bytes.split_off(last.bytes.len().saturating_sub(len));
        let tail = Passage { what: part, bytes, ..last.clone() };
        seen.passages.push(tail);
    }

    pub(crate) fn passages(&self) -> Vec<Passage> {
        lock(&self.0).passages.clone()
    }

    fn keep(&self, sent: bool, bytes: &[u8]) {
        let mut seen = lock(&self.0);
        let kept = &bytes[..bytes.len().min(MOST.saturating_sub(seen.bytes))];
        if let (Some(part), false) = (seen.part, kept.is_empty()) {
            let kept = Bytes::copy_from_slice(kept);
            seen.push(part, sent, kept);
        }
    }
}

impl Seen {
    fn push(&mut self, what: Part, sent: bool, bytes: Bytes) {
        self.bytes += bytes.len();
        self.passages.push(Passage { at: self.start.elapsed(), sent, what, bytes });
    }
}

/// A connection whose bytes are kept in a [`Log`].
pub(crate) struct Recorder {
    stream: BoxStream,
    log: Log,
}

impl Recorder {
    pub(crate) fn new(stream: BoxStream, log: &Log) -> Self {
        Self { stream, log: log.clone() }
    }
}

impl AsyncRead for Recorder {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        if matches!(read, Poll::Ready(Ok(()))) {
            self.log.keep(false, &buf.filled()[before..]);
        }
        read
    }
}

impl AsyncWrite for Recorder {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, buf);
        if let Poll::Ready(Ok(n)) = written {
            self.log.keep(true, &buf[..n]);
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
