//! A stream that keeps what goes through it, up to the login: a password never stands in a report.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll};

use boardwalk_transport::WatchTunnel;
use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

use crate::case::lock;
use crate::evidence::{Parsed, Part, Passage};
use crate::world::BoxStream;

/// The most that is kept, in bytes. A handshake with all its bounds stays below it.
const MOST: usize = 256 * 1024;

/// What was seen so far, shared by the layers of one connection.
#[derive(Debug, Clone)]
pub(crate) struct Log(Arc<Mutex<Seen>>);

#[derive(Debug)]
struct Seen {
    start: Instant,
    part: Option<Part>,
    passages: Vec<Passage>,
    parsed: Parsed,
    bytes: usize,
}

impl Log {
    pub(super) fn start() -> Self {
        let seen = Seen {
            start: Instant::now(),
            part: None,
            passages: Vec::new(),
            parsed: Parsed::default(),
            bytes: 0,
        };
        Self(Arc::new(Mutex::new(seen)))
    }

    /// From now on bytes belong to `part`; `None` keeps nothing any more.
    pub(super) fn now(&self, part: Option<Part>) {
        self.seen().part = part;
    }

    /// Notes that something happened, without bytes.
    pub(super) fn mark(&self, part: Part, sent: bool) {
        self.seen().push(part, sent, Bytes::new());
    }

    /// The last `len` bytes that came belong to `part`, like all that follows.
    pub(super) fn tail_is(&self, len: usize, part: Part) {
        let mut seen = self.seen();
        seen.part = Some(part);
        let Some(last) = seen.passages.last_mut().filter(|last| len > 0 && !last.sent) else { return };
        let bytes = last.bytes.split_off(last.bytes.len().saturating_sub(len));
        let tail = Passage { what: part, bytes, ..last.clone() };
        seen.passages.push(tail);
    }

    /// Notes what bytes mean.
    pub(super) fn note(&self, what: impl FnOnce(&mut Parsed)) {
        what(&mut self.seen().parsed);
    }

    pub(super) fn events(&self) -> (Vec<Passage>, Parsed) {
        let seen = self.seen();
        (seen.passages.clone(), seen.parsed.clone())
    }

    /// How many bytes have come.
    pub(super) fn received(&self) -> usize {
        self.seen().passages.iter().filter(|passage| !passage.sent).map(|passage| passage.bytes.len()).sum()
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        lock(&self.0)
    }
}

/// A tunnel is opened below the streams that are recorded.
impl WatchTunnel for Log {
    fn connecting(&self) {
        self.mark(Part::Tcp, true);
    }

    fn connected(&self) {
        self.mark(Part::Tcp, false);
        self.now(Some(Part::Tunnel));
    }

    fn sent(&self, bytes: &[u8]) {
        self.seen().keep(true, bytes);
    }

    fn received(&self, bytes: &[u8], theirs: usize) {
        // What is the board's is read once more, by whoever it is for.
        self.seen().keep(false, &bytes[..bytes.len().saturating_sub(theirs)]);
    }
}

impl Seen {
    fn keep(&mut self, sent: bool, bytes: &[u8]) {
        let kept = &bytes[..bytes.len().min(MOST.saturating_sub(self.bytes))];
        if let (Some(part), false) = (self.part, kept.is_empty()) {
            self.push(part, sent, Bytes::copy_from_slice(kept));
        }
    }

    fn push(&mut self, what: Part, sent: bool, bytes: Bytes) {
        self.bytes += bytes.len();
        self.passages.push(Passage { at: self.start.elapsed(), sent, what, bytes });
    }
}

/// A connection whose bytes are kept in a [`Log`].
pub(crate) struct Recorder {
    stream: BoxStream,
    log: Log,
    /// below TLS: its handshake is kept, and nothing of what it protects
    below_tls: bool,
}

impl Recorder {
    /// What is said, in the clear.
    pub(super) fn new(stream: BoxStream, log: &Log) -> Self {
        Self { stream, log: log.clone(), below_tls: false }
    }

    pub(super) fn below_tls(stream: BoxStream, log: &Log) -> Self {
        Self { stream, log: log.clone(), below_tls: true }
    }

    fn keep(&self, sent: bool, bytes: &[u8]) {
        let mut seen = self.log.seen();
        if (seen.part == Some(Part::Tls)) == self.below_tls {
            seen.keep(sent, bytes);
        }
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
            self.keep(false, &buf.filled()[before..]);
        }
        read
    }
}

impl AsyncWrite for Recorder {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, buf);
        if let Poll::Ready(Ok(n)) = written {
            self.keep(true, &buf[..n]);
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

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    #[tokio::test]
    async fn every_byte_is_kept_under_what_it_belongs_to() {
        let (near, mut far) = tokio::io::duplex(64);
        let log = Log::start();
        let mut near = Recorder::new(Box::new(near), &log);
        log.now(Some(Part::Http));
        near.write_all(b"request").await.unwrap();
        far.write_all(b"replyframe").await.unwrap();
        let mut buffer = [0; 64];
        assert_eq!(near.read(&mut buffer).await.unwrap(), 10);
        log.tail_is(5, Part::Ws);
        log.now(None);
        near.write_all(b"a password").await.unwrap();
        let events: Vec<_> = log.events().0.into_iter().map(|e| (e.sent, e.what, e.bytes)).collect();
        assert_eq!(
            events,
            [
                (true, Part::Http, Bytes::from_static(b"request")),
                (false, Part::Http, Bytes::from_static(b"reply")),
                (false, Part::Ws, Bytes::from_static(b"frame")),
            ]
        );
    }

    #[tokio::test]
    async fn a_flood_is_not_kept() {
        let (near, mut far) = tokio::io::duplex(1024);
        let log = Log::start();
        let mut near = Recorder::new(Box::new(near), &log);
        log.now(Some(Part::Http));
        let flood = tokio::spawn(async move { far.write_all(&vec![7; 2 * MOST]).await });
        let mut all = Vec::new();
        near.read_to_end(&mut all).await.unwrap();
        flood.await.unwrap().unwrap();
        assert_eq!(all.len(), 2 * MOST);
        assert_eq!(log.received(), MOST);
    }
}
