//! The task of an open WebREPL: frames to bytes and back, and a clean end on every way out.
//!
//! One task drives both directions. A session that does not read stops the reading, and TCP stops the board; writing
//! goes on meanwhile, so that an interrupt always gets out.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use boardwalk_protocol::proxy::ProxyServer;
use boardwalk_protocol::websocket::frame::{Decoder, Frame, FrameError, MAX_SENT, Opcode, frames};
use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use super::error::{DropCause, NetworkError};
use super::idle::{Activity, Silences};
use super::socket::QuickAck;
use super::wire::{self, Stream, Wire, mask};
use crate::peer::{LinkDrain, LinkFeed, LinkPeer, Outgoing};

/// What one read may bring.
const READ_MOST: usize = 16 * 1024;
/// Pieces below this are copied out of what one read brought.
const SMALL: usize = 4096;
/// Most bytes of the REPL in one frame: a discard takes effect between frames.
const TEXT_MOST: usize = 1024;
/// What a board takes from a frame at a time (extmod/modwebrepl.c).
const RECORD_PIECE: usize = 512;
/// Most bytes of a record in one frame: whole pieces, and with its header within 4 KiB.
const RECORD_MOST: usize = (MAX_SENT - 8) / RECORD_PIECE * RECORD_PIECE;
/// How long a close waits for the last frame to go out, and for the board to close its side.
pub(super) const FAREWELL: Duration = Duration::from_millis(150);

/// What the login leaves behind.
pub(super) struct Setup {
    pub(super) wire: Wire,
    pub(super) decoder: Decoder,
    /// received, not decoded yet
    pub(super) unread: BytesMut,
    /// bytes of the REPL that came with the end of the login
    pub(super) text: Bytes,
    pub(super) host: String,
    /// what it goes through
    pub(super) proxy: Option<ProxyServer>,
    /// an empty ping after so much silence of ours
    pub(super) ping_after: Duration,
    pub(super) silence: Duration,
    /// how lines before it ended
    pub(super) silences: Silences,
}

/// Starts the task. It ends, and closes the connection, when the line is over from either side.
pub(super) fn start(setup: Setup, peer: LinkPeer) {
    tokio::spawn(run(setup, peer));
}

async fn run(setup: Setup, peer: LinkPeer) {
    let (feed, drain) = peer.split();
    let drain = {
        let far_gone = CancellationToken::new();
        let Setup { wire, decoder, unread, text, host, proxy, ping_after, silence, silences } = setup;
        let Wire { stream, quick, .. } = wire;
        let (reader, writer) = tokio::io::split(stream);
        let activity = Activity::new();
        let end = End {
            feed: &feed,
            host: &host,
            proxy: proxy.as_ref(),
            silence,
            activity: &activity,
            silences: &silences,
        };
        let mut reading = Reading { reader, quick, decoder, unread, end };
        let mut writing = Writing { writer, drain, end, far_gone: &far_gone, ping_after, whole: true };
        let never = async {
            reading.run(text).await;
            far_gone.cancel();
            std::future::pending::<Infallible>().await
        };
        tokio::select! {
            biased;
            () = writing.run() => {}
            never = never => match never {},
        }
        writing.drain
    };
    // The connection is closed by now: only this tells the session so.
    drop((feed, drain));
}

struct Reading<'a> {
    reader: ReadHalf<Box<dyn Stream>>,
    quick: QuickAck,
    decoder: Decoder,
    unread: BytesMut,
    end: End<'a>,
}

impl Reading<'_> {
    /// Until the far side is gone.
    async fn run(&mut self, text: Bytes) {
        let _ = self.end.feed.push(text).await;
        loop {
            let got = self.decode();
            // Once the session is gone this fails at once, and reading goes on for the end of the connection.
            let _ = self.end.feed.push(got.text).await;
            let _ = self.end.feed.push_record(got.records).await;
            // A session that reads late is no silence of the line.
            self.end.activity.now();
            match got.end {
                None => {}
                Some(GoneWrong::Closed) => self.end.dropped(DropCause::Goodbye),
                Some(GoneWrong::Nonsense(error)) => return self.end.nonsense(error),
            }
            self.unread.reserve(READ_MOST);
            match self.reader.read_buf(&mut self.unread).await {
                Ok(0) => return self.end.dropped(DropCause::End),
                Ok(_) => self.quick.renew(),
                Err(error) => return self.end.broken(&error),
            }
        }
    }

    /// Everything that has come. A printing board sends a frame for nearly every character: they are joined.
    fn decode(&mut self) -> Decoded {
        let (mut text, mut records) = (Joined::default(), Joined::default());
        let end = loop {
            match self.decoder.next(&mut self.unread) {
                Ok(Some(Frame::Text(bytes))) => text.add(bytes),
                Ok(Some(Frame::Binary(bytes))) => records.add(bytes),
                Ok(Some(Frame::Ping | Frame::Pong)) => {}
                Ok(Some(Frame::Close { .. })) => break Some(GoneWrong::Closed),
                Ok(None) => break None,
                Err(error) => break Some(GoneWrong::Nonsense(error)),
            }
        };
        Decoded { text: text.bytes(), records: records.bytes(), end }
    }
}

struct Decoded {
    text: Bytes,
    records: Bytes,
    end: Option<GoneWrong>,
}

enum GoneWrong {
    Closed,
    Nonsense(FrameError),
}

/// Pieces one after the other. A large one that stands alone is not copied; a small one is, since it would keep the
/// whole of the read it came with in memory for as long as somebody holds it.
#[derive(Default)]
struct Joined {
    first: Bytes,
    all: BytesMut,
}

impl Joined {
    fn add(&mut self, piece: Bytes) {
        if self.first.is_empty() && self.all.is_empty() {
            self.first = if piece.len() < SMALL { Bytes::copy_from_slice(&piece) } else { piece };
        } else {
            let first = std::mem::take(&mut self.first);
            self.all.extend_from_slice(&first);
            self.all.extend_from_slice(&piece);
        }
    }

    fn bytes(self) -> Bytes {
        if self.all.is_empty() { self.first } else { self.all.freeze() }
    }
}

struct Writing<'a> {
    writer: WriteHalf<Box<dyn Stream>>,
    drain: LinkDrain,
    end: End<'a>,
    far_gone: &'a CancellationToken,
    ping_after: Duration,
    /// no frame was left half written
    whole: bool,
}

impl Writing<'_> {
    /// Until the line is over; then says goodbye.
    async fn run(&mut self) {
        let mut quiet_since = Instant::now();
        loop {
            let next = tokio::select! {
                biased;
                next = self.drain.next() => next,
                () = tokio::time::sleep_until(quiet_since + self.ping_after) => {
                    self.write(&wire::ping()).await;
                    quiet_since = Instant::now();
                    continue;
                }
            };
            match next {
                None => break,
                Some(Outgoing::Data(bytes)) => self.send(Opcode::Text, &bytes).await,
                Some(Outgoing::Record(bytes)) => self.send(Opcode::Binary, &bytes).await,
                Some(Outgoing::Flush(done)) => {
                    let _ = done.send(());
                    continue;
                }
                // A socket has no such lines.
                Some(Outgoing::Signals(_, done)) => {
                    let _ = done.send(Ok(()));
                    continue;
                }
            }
            quiet_since = Instant::now();
        }
        self.say_goodbye().await;
    }

    async fn send(&mut self, opcode: Opcode, mut payload: &[u8]) {
        while !payload.is_empty() {
            if self.drain.is_closed() || (opcode == Opcode::Text && self.drain.is_discarded()) {
                return;
            }
            let most =
                if opcode == Opcode::Text { TEXT_MOST.min(payload.len()) } else { record_cut(payload.len()) };
            let (piece, rest) = payload.split_at(most);
            for frame in frames(opcode, piece, mask) {
                self.write(&frame).await;
            }
            payload = rest;
        }
    }

    /// One frame. When the line ends meanwhile it is given a moment to get out, since a part of it would garble what
    /// the board reads next.
    async fn write(&mut self, frame: &[u8]) {
        if !self.whole {
            return;
        }
        let end = self.end;
        let written = {
            let write = write_all(&mut self.writer, frame);
            tokio::pin!(write);
            tokio::select! {
                biased;
                written = &mut write => written,
                () = end.feed.closed() => {
                    timeout(FAREWELL, &mut write).await.unwrap_or(Err(io::ErrorKind::WriteZero.into()))
                }
            }
        };
        match written {
            Ok(()) => end.activity.now(),
            Err(error) => {
                self.whole = false;
                end.cannot_write(&error).await;
            }
        }
    }

    async fn say_goodbye(&mut self) {
        if self.far_gone.is_cancelled() {
            return;
        }
        // An answer to this is no timeout.
        self.end.activity.now();
        if self.whole {
            let _ = timeout(FAREWELL, write_all(&mut self.writer, &wire::close())).await;
        }
        let _ = timeout(FAREWELL, self.far_gone.cancelled()).await;
        let _ = timeout(FAREWELL, self.writer.shutdown()).await;
    }
}

/// How much of so many bytes goes into the next frame. A board that takes a single byte at the end of a frame loses it
/// in a PUT, so no frame ends so, unless one byte is all there is.
fn record_cut(length: usize) -> usize {
    let cut = length.min(RECORD_MOST);
    let alone = (cut > 1 && cut % RECORD_PIECE == 1) || length - cut == 1;
    if alone { cut - 2 } else { cut }
}

async fn write_all(writer: &mut WriteHalf<Box<dyn Stream>>, bytes: &[u8]) -> io::Result<()> {
    writer.write_all(bytes).await?;
    // TLS may hold a part back.
    writer.flush().await
}

/// How the line ends from the far side.
#[derive(Clone, Copy)]
struct End<'a> {
    feed: &'a LinkFeed,
    host: &'a str,
    proxy: Option<&'a ProxyServer>,
    silence: Duration,
    activity: &'a Activity,
    silences: &'a Silences,
}

impl End<'_> {
    fn dropped(&self, cause: DropCause) {
        let host = self.host.to_owned();
        let silence = self.activity.silence();
        if cause == DropCause::End && self.silences.ended(silence, self.proxy.is_some()) {
            self.fail(NetworkError::IdleDrop {
                host,
                seconds: (silence + Duration::from_millis(500)).as_secs(),
            });
        } else {
            self.fail(NetworkError::Dropped { host, cause });
        }
    }

    fn nonsense(&self, error: FrameError) {
        self.fail(NetworkError::BadFrame { host: self.host.to_owned(), error });
    }

    fn fail(&self, error: NetworkError) {
        let error = match self.proxy {
            None => error,
            Some(proxy) => NetworkError::Through { proxy: proxy.clone(), because: Box::new(error) },
        };
        self.feed.fail(error.into());
    }

    /// Why it failed shows on the reading side, after what the board said last. Only the silence of the link may be
    /// told to one side alone.
    async fn cannot_write(&self, error: &io::Error) {
        if !is_silence(error) {
            tokio::select! {
                () = self.feed.closed() => {}
                () = tokio::time::sleep(FAREWELL) => {}
            }
        }
        self.broken(error);
    }

    fn broken(&self, error: &io::Error) {
        use io::ErrorKind as Kind;
        match error.kind() {
            _ if is_silence(error) => {
                let (host, seconds) = (self.host.to_owned(), self.silence.as_secs());
                self.fail(NetworkError::LinkSilent { host, seconds });
            }
            Kind::UnexpectedEof => self.dropped(DropCause::End),
            Kind::ConnectionReset | Kind::ConnectionAborted | Kind::BrokenPipe | Kind::WriteZero => {
                self.dropped(DropCause::Reset);
            }
            _ => self.fail(NetworkError::io(self.host, error)),
        }
    }
}

/// Nobody acknowledges any more, or the router knows no way.
fn is_silence(error: &io::Error) -> bool {
    use io::ErrorKind as Kind;
    let silent = [Kind::TimedOut, Kind::HostUnreachable, Kind::NetworkUnreachable, Kind::NetworkDown];
    silent.contains(&error.kind())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_frame_of_a_record_ends_in_a_lonely_byte() {
        for length in 1..20_000 {
            let (mut left, mut frames) = (length, Vec::new());
            while left > 0 {
                frames.push(record_cut(left));
                left -= record_cut(left);
            }
            assert!(frames.iter().all(|cut| (1..=RECORD_MOST).contains(cut)), "{length}: {frames:?}");
            assert!(length == 1 || frames.iter().all(|cut| cut % RECORD_PIECE != 1), "{length}: {frames:?}");
        }
    }
}
