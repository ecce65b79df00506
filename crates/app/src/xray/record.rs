//! A stream that keeps what goes through it.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Instant;

use boardwalk_transport::WatchTunnel;
use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::view::{Direction, Event, What};

/// The most that is kept, in bytes. A handshake with all its bounds stays below it.
const MOST: usize = 256 * 1024;

/// Everything seen so far, shared by the layers of one connection.
#[derive(Debug, Clone)]
pub(super) struct Log(Arc<Mutex<Seen>>);

#[derive(Debug)]
struct Seen {
    start: Instant,
    what: What,
    events: Vec<Event>,
    bytes: usize,
}

impl Log {
    pub(super) fn start() -> Self {
        let (start, what) = (Instant::now(), What::Tcp);
        Self(Arc::new(Mutex::new(Seen { start, what, events: Vec::new(), bytes: 0 })))
    }

    /// From now on, bytes belong to `what`.
    pub(super) fn now(&self, what: What) {
        self.lock().what = what;
    }

    /// Notes that something happened without bytes.
    pub(super) fn mark(&self, dir: Direction) {
        self.lock().push(dir, Bytes::new());
    }

    /// The last `len` bytes that came belong to `what`, like all that follows.
    pub(super) fn tail_is(&self, len: usize, what: What) {
        let mut seen = self.lock();
        seen.what = what;
        if len == 0 {
            return;
        }
        let Some(last) = seen.events.last_mut() else { return };
        let bytes = last.bytes.split_off(last.bytes.len().saturating_sub(len));
        let tail = Event { what, bytes, ..last.clone() };
        seen.events.push(tail);
    }

    /// How many bytes have come.
    pub(super) fn received(&self) -> usize {
        let seen = self.lock();
        let came = seen.events.iter().filter(|event| event.dir == Direction::Received);
        came.map(|event| event.bytes.len()).sum()
    }

    pub(super) fn events(&self) -> Vec<Event> {
        self.lock().events.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A tunnel is opened below the streams that are recorded.
impl WatchTunnel for Log {
    fn connecting(&self) {
        self.now(What::Tcp);
        self.mark(Direction::Sent);
    }

    fn connected(&self) {
        self.mark(Direction::Received);
        self.now(What::Tunnel);
    }

    fn sent(&self, bytes: &[u8]) {
        self.lock().keep(Direction::Sent, bytes);
    }

    fn received(&self, bytes: &[u8], theirs: usize) {
        // What is the board's is read once more, by whoever it is for.
        self.lock().keep(Direction::Received, &bytes[..bytes.len().saturating_sub(theirs)]);
    }
}

impl Seen {
    fn keep(&mut self, dir: Direction, bytes: &[u8]) {
        let room = MOST.saturating_sub(self.bytes);
        let kept = &bytes[..bytes.len().min(room)];
        if !kept.is_empty() {
            self.push(dir, Bytes::copy_from_slice(kept));
        }
    }

    fn push(&mut self, dir: Direction, bytes: Bytes) {
        let ms = (self.start.elapsed().as_secs_f64() * 1e6).round() / 1e3;
        self.bytes += bytes.len();
        self.events.push(Event { ms, dir, what: self.what, bytes });
    }
}

/// Which part of the conversation a layer keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layer {
    /// The only one: all of it.
    Plain,
    /// Below TLS: its handshake.
    Below,
    /// Above TLS: what it protects.
    Above,
}

/// A stream whose bytes are kept in a [`Log`].
#[derive(Debug)]
pub(super) struct Recorder<S> {
    stream: S,
    log: Log,
    layer: Layer,
}

impl<S> Recorder<S> {
    pub(super) fn plain(stream: S, log: &Log) -> Self {
        Self { stream, log: log.clone(), layer: Layer::Plain }
    }

    pub(super) fn below_tls(stream: S, log: &Log) -> Self {
        Self { stream, log: log.clone(), layer: Layer::Below }
    }

    pub(super) fn above_tls(stream: S, log: &Log) -> Self {
        Self { stream, log: log.clone(), layer: Layer::Above }
    }

    fn keep(&self, dir: Direction, bytes: &[u8]) {
        let mut seen = self.log.lock();
        let ours = match self.layer {
            Layer::Plain => true,
            Layer::Below => seen.what == What::Tls,
            Layer::Above => seen.what != What::Tls,
        };
        if ours {
            seen.keep(dir, bytes);
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Recorder<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        if matches!(read, Poll::Ready(Ok(()))) {
            self.keep(Direction::Received, &buf.filled()[before..]);
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Recorder<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, buf);
        if let Poll::Ready(Ok(n)) = written {
            self.keep(Direction::Sent, &buf[..n]);
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
        let mut near = Recorder::plain(near, &log);
        log.now(What::Http);
        near.write_all(b"request").await.unwrap();
        far.write_all(b"replyframe").await.unwrap();
        let mut buffer = [0; 64];
        assert_eq!(near.read(&mut buffer).await.unwrap(), 10);
        log.tail_is(5, What::Ws);
        let events: Vec<_> = log.events().into_iter().map(|e| (e.dir, e.what, e.bytes)).collect();
        assert_eq!(
            events,
            [
                (Direction::Sent, What::Http, Bytes::from_static(b"request")),
                (Direction::Received, What::Http, Bytes::from_static(b"reply")),
                (Direction::Received, What::Ws, Bytes::from_static(b"frame")),
            ]
        );
    }

    #[tokio::test]
    async fn a_flood_is_not_kept() {
        let (near, mut far) = tokio::io::duplex(1024);
        let log = Log::start();
        let mut near = Recorder::plain(near, &log);
        let flood = tokio::spawn(async move { far.write_all(&vec![7; 2 * MOST]).await });
        let mut all = Vec::new();
        near.read_to_end(&mut all).await.unwrap();
        flood.await.unwrap().unwrap();
        assert_eq!(all.len(), 2 * MOST);
        assert_eq!(log.events().iter().map(|event| event.bytes.len()).sum::<usize>(), MOST);
    }
}
