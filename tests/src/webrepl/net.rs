//! One TCP connection, as the board holds it, with all that goes wrong on networks.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures::FutureExt as _;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::watch,
};
use tokio_util::sync::CancellationToken;

use super::{WebRepl, frames::End, stats::NetStats};
use crate::{Direction, builder::Fault, line::Way};

/// How long a board that resets still tries to send its last words.
const LAST_WORDS: Duration = Duration::from_millis(500);
const RESET: End = End::Errno(104, "ECONNRESET");
const TIMED_OUT: End = End::Errno(116, "ETIMEDOUT");

/// What all connections of a board share.
#[derive(Debug)]
pub(crate) struct Wire {
    pub(crate) config: WebRepl,
    pub(crate) stats: watch::Sender<NetStats>,
    pub(crate) mode: watch::Sender<Mode>,
    ways: Mutex<Ways>,
    password: Mutex<Vec<u8>>,
}

#[derive(Debug)]
struct Ways {
    to_board: Way,
    from_board: Way,
}

/// What is wrong with the network now. The numbers count what happens once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Mode {
    /// Nothing passes, nothing is lost.
    pub(crate) dropped: bool,
    /// Connections stand, nothing is read, what is sent vanishes.
    pub(crate) half_open: bool,
    pub(crate) resets: u32,
    pub(crate) notices: u32,
    /// Byte faults: later ones add to what the description had.
    pub(crate) split: bool,
    pub(crate) delay: Option<Duration>,
}

/// What came from the client.
#[derive(Debug)]
pub(crate) enum Arrival {
    Bytes(Vec<u8>),
    End(End),
}

#[derive(Debug)]
pub(crate) struct Net {
    stream: Option<TcpStream>,
    pub(crate) peer: SocketAddr,
    wire: Arc<Wire>,
    mode: watch::Receiver<Mode>,
    resets: u32,
    notices: u32,
    arrived: Option<Arrival>,
    end: Option<End>,
    gone: CancellationToken,
    counted: bool,
    buffer: Box<[u8]>,
}

impl Wire {
    pub(crate) fn new(config: WebRepl) -> Self {
        let faults = |way| config.faults.iter().filter(|(w, _)| *w == way).map(|(_, f)| *f).collect();
        let ways = Ways {
            to_board: Way::new(faults(Direction::ToBoard)),
            from_board: Way::new(faults(Direction::FromBoard)),
        };
        let mode = Mode { split: config.split, delay: config.delay, ..Mode::default() };
        Self {
            stats: watch::Sender::new(NetStats::default()),
            mode: watch::Sender::new(mode),
            ways: Mutex::new(ways),
            password: Mutex::new(cut(config.password.clone().into_bytes())),
            config,
        }
    }

    pub(crate) fn count(&self, change: impl FnOnce(&mut NetStats)) {
        self.stats.send_modify(change);
    }

    pub(crate) fn add_fault(&self, way: Direction, fault: Fault) {
        let mut ways = self.ways();
        match way {
            Direction::ToBoard => ways.to_board.add(fault),
            Direction::FromBoard => ways.from_board.add(fault),
        }
    }

    /// The password that counts now.
    pub(crate) fn password(&self) -> Vec<u8> {
        self.password.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_password(&self, password: Vec<u8>) {
        *self.password.lock().unwrap_or_else(PoisonError::into_inner) = cut(password);
    }

    fn ways(&self) -> MutexGuard<'_, Ways> {
        self.ways.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A board has room for nine bytes and a NUL.
fn cut(mut password: Vec<u8>) -> Vec<u8> {
    password.truncate(9);
    password
}

impl Net {
    pub(crate) fn new(stream: TcpStream, peer: SocketAddr, wire: Arc<Wire>) -> Self {
        let mode = wire.mode.subscribe();
        let Mode { resets, notices, .. } = *mode.borrow();
        Self {
            stream: Some(stream),
            peer,
            wire,
            mode,
            resets,
            notices,
            arrived: None,
            end: None,
            gone: CancellationToken::new(),
            counted: false,
            buffer: vec![0; 16 << 10].into(),
        }
    }

    /// The connection belongs to a chip from here on.
    pub(crate) fn belong(mut self, gone: CancellationToken) -> Self {
        self.gone = gone;
        self.counted = true;
        self.wire.count(|s| (s.connections, s.clients) = (s.connections + 1, s.clients + 1));
        self
    }

    /// Returns when something can be taken. Cancel safe.
    pub(crate) async fn readable(&mut self) {
        while self.arrived.is_none() {
            let mode = self.look();
            if let Some(end) = self.end
                && (!self.wire.config.ghosts || end == TIMED_OUT)
            {
                self.arrived = Some(Arrival::End(end));
                return;
            }
            let silent = mode.dropped || mode.half_open;
            let Some(stream) = &mut self.stream else {
                let _ = self.mode.changed().await;
                continue;
            };
            tokio::select! {
                _ = self.mode.changed() => {}
                read = stream.read(&mut self.buffer), if !silent => match read {
                    Ok(0) => self.ended(End::Eof),
                    Ok(read) => self.arrive(read),
                    Err(_) => self.ended(RESET),
                },
            }
        }
    }

    /// What is there now.
    pub(crate) fn take(&mut self) -> Option<Arrival> {
        if self.arrived.is_none() {
            self.readable().now_or_never();
        }
        self.arrived.take()
    }

    /// One byte, as a blocking read gives it; `None` at the end.
    pub(crate) async fn byte(&mut self) -> Option<u8> {
        loop {
            self.readable().await;
            match &mut self.arrived {
                Some(Arrival::Bytes(bytes)) if !bytes.is_empty() => return Some(bytes.remove(0)),
                Some(Arrival::Bytes(_)) | None => self.arrived = None,
                Some(Arrival::End(_)) => return None,
            }
        }
    }

    /// One `send()`: TCP gets it in one call, with Nagle's algorithm on, as lwIP has it.
    pub(crate) async fn write(&mut self, bytes: &[u8]) -> Result<(), End> {
        let bytes = loop {
            let mode = self.look();
            match (self.end, &self.stream) {
                (Some(TIMED_OUT), _) => return Err(TIMED_OUT),
                (Some(end), _) if !self.wire.config.ghosts => {
                    return Err(if end == End::Eof { RESET } else { end });
                }
                (Some(_), _) | (_, None) => return Ok(()),
                _ if mode.half_open => return Ok(()),
                _ if mode.dropped => tokio::select! {
                    _ = self.mode.changed() => {}
                    () = self.gone.cancelled() => return Err(RESET),
                },
                _ => break self.wire.ways().from_board.pass(bytes),
            }
        };
        let (bytes, cut) = bytes;
        let mode = *self.mode.borrow();
        if let Some(delay) = mode.delay {
            tokio::time::sleep(delay).await;
        }
        let step = if mode.split { 1 } else { bytes.len().max(1) };
        if let Some(stream) = self.stream.as_ref().filter(|_| mode.split) {
            let _ = stream.set_nodelay(true);
        }
        for piece in bytes.chunks(step) {
            self.send(piece).await?;
        }
        if cut {
            self.ended(End::Eof);
            self.stream = None;
        }
        Ok(())
    }

    /// Ends the connection from the board's side.
    pub(crate) async fn close(mut self) {
        if let Some(stream) = &mut self.stream {
            let _ = tokio::time::timeout(LAST_WORDS, stream.shutdown()).await;
        }
    }

    /// Ends the connection as a board does that has forgotten it.
    pub(crate) fn reset(&mut self) {
        if let Some(stream) = self.stream.take() {
            let _ = stream.set_zero_linger();
        }
    }

    /// The state of the network, after what it asks for has happened.
    fn look(&mut self) -> Mode {
        let mode = *self.mode.borrow_and_update();
        if std::mem::replace(&mut self.resets, mode.resets) != mode.resets {
            self.reset();
            self.ended(RESET);
        }
        if std::mem::replace(&mut self.notices, mode.notices) != mode.notices && self.end.is_some() {
            self.end = Some(TIMED_OUT);
        }
        mode
    }

    fn ended(&mut self, end: End) {
        self.end.get_or_insert(end);
        if self.wire.config.ghosts {
            self.stream = None;
        }
    }

    fn arrive(&mut self, read: usize) {
        let (bytes, cut) = self.wire.ways().to_board.pass(&self.buffer[..read]);
        self.wire.count(|s| s.from_client += bytes.len() as u64);
        self.arrived = Some(Arrival::Bytes(bytes));
        if cut {
            self.ended(End::Eof);
            self.stream = None;
        }
    }

    async fn send(&mut self, mut bytes: &[u8]) -> Result<(), End> {
        while !bytes.is_empty() {
            self.look();
            let Some(stream) = &mut self.stream else { return Err(RESET) };
            let last_words = async {
                self.gone.cancelled().await;
                tokio::time::sleep(LAST_WORDS).await;
            };
            let written: io::Result<usize> = tokio::select! {
                written = stream.write(bytes) => written,
                _ = self.mode.changed() => continue,
                () = last_words => return Err(RESET),
            };
            match written {
                Ok(written) => {
                    bytes = &bytes[written..];
                    self.wire.count(|s| s.to_client += written as u64);
                }
                Err(_) => {
                    self.ended(RESET);
                    return if self.wire.config.ghosts { Ok(()) } else { Err(RESET) };
                }
            }
        }
        Ok(())
    }
}

impl Drop for Net {
    fn drop(&mut self) {
        if self.counted {
            self.wire.count(|s| s.clients = s.clients.saturating_sub(1));
        }
    }
}
