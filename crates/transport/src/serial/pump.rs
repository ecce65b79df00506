//! The two threads of an open port: one brings what the board says, the other hands over what it is told.
//!
//! Neither polls. The reader waits in the system for bytes and for its wake-up; the writer waits for the session.
//! Both ends are bounded: a session that does not read stops the reader, which stops the board.

use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::executor::block_on;

use super::os_error::{During, cause};
use super::raw_port::{RawPort, release, set_lines};
use crate::error::TransportError;
use crate::lines::LineSignals;
use crate::peer::{LinkDrain, LinkFeed, LinkPeer, Outgoing};

/// A read takes at most this; a pseudo terminal gives 4 KiB at a time.
const READ_BUFFER: usize = 16 * 1024;
/// How long one write may block before the writer looks whether it is still wanted.
const WRITE_SLICE: Duration = Duration::from_millis(50);
/// How long a close waits for bytes the system has taken to leave the UART: 3 kB at 115200 baud.
const SETTLE: Duration = Duration::from_millis(300);
const SETTLE_STEP: Duration = Duration::from_millis(5);

/// What the threads need to know.
#[derive(Debug, Clone)]
pub(crate) struct PumpSetup {
    pub(crate) path: String,
    /// a port that takes nothing for so long is hung
    pub(crate) write_timeout: Duration,
    /// the chip may hang when its lines change (303A:1001)
    pub(crate) fragile: bool,
}

/// Starts the threads. They end, and close the port, when the line is over from either side.
pub(crate) fn start(port: Arc<dyn RawPort>, peer: LinkPeer, setup: PumpSetup) -> io::Result<()> {
    let (feed, drain) = peer.split();
    let reader_port = Arc::clone(&port);
    let path = setup.path.clone();
    let reader = thread::Builder::new()
        .name("serial-read".into())
        .spawn(move || read_loop(&*reader_port, &feed, &path))?;
    let writer = Writer { port, drain, setup, reader: Some(reader) };
    thread::Builder::new().name("serial-write".into()).spawn(move || writer.run())?;
    Ok(())
}

fn read_loop(port: &dyn RawPort, feed: &LinkFeed, path: &str) {
    let mut buffer = vec![0; READ_BUFFER];
    loop {
        match port.read(&mut buffer) {
            Ok(0) => return feed.fail(TransportError::Unplugged { path: path.to_owned() }),
            Ok(count) => {
                let Some(bytes) = buffer.get(..count) else { return };
                if block_on(feed.push(Bytes::copy_from_slice(bytes))).is_err() {
                    return;
                }
            }
            Err(error) if is_nothing_yet(&error) => {
                if feed.is_closed() {
                    return;
                }
            }
            Err(error) => return feed.fail(cause(path, During::Read, &error)),
        }
    }
}

struct Writer {
    port: Arc<dyn RawPort>,
    drain: LinkDrain,
    setup: PumpSetup,
    reader: Option<thread::JoinHandle<()>>,
}

impl Writer {
    fn run(mut self) {
        while let Some(next) = block_on(self.drain.next()) {
            match next {
                Outgoing::Data(bytes) => {
                    if let Err(error) = self.write(&bytes) {
                        self.drain.fail(error);
                    }
                }
                // A serial line takes none: `LinkSender::send_record`.
                Outgoing::Record(_) => {}
                Outgoing::Flush(done) => {
                    let _ = done.send(());
                }
                Outgoing::Signals(signals, done) => {
                    let _ = done.send(self.signals(signals));
                }
            }
        }
    }

    fn write(&self, mut bytes: &[u8]) -> Result<(), TransportError> {
        let mut moved = Instant::now();
        while !bytes.is_empty() && !self.drain.is_closed() && !self.drain.is_discarded() {
            match self.port.write(bytes, WRITE_SLICE) {
                Ok(0) => {}
                Ok(count) => {
                    bytes = bytes.get(count..).unwrap_or_default();
                    moved = Instant::now();
                }
                Err(error) if is_nothing_yet(&error) => {}
                Err(error) => return Err(self.hung_or(cause(&self.setup.path, During::Write, &error))),
            }
            if moved.elapsed() >= self.setup.write_timeout {
                return Err(self.hung());
            }
        }
        Ok(())
    }

    fn signals(&self, signals: LineSignals) -> Result<(), TransportError> {
        let path = &self.setup.path;
        if self.setup.fragile && (signals.dtr == Some(true) || signals.rts == Some(true)) {
            return Err(TransportError::LineResetRefused { path: path.clone(), signals });
        }
        set_lines(&*self.port, signals).map_err(|error| cause(path, During::Write, &error))
    }

    fn hung(&self) -> TransportError {
        let seconds = self.setup.write_timeout.as_secs();
        TransportError::DeviceHung { path: self.setup.path.clone(), seconds }
    }

    /// A driver that gives up by itself does not say how long it waited.
    fn hung_or(&self, cause: TransportError) -> TransportError {
        if matches!(cause, TransportError::DeviceHung { .. }) { self.hung() } else { cause }
    }

    /// Waits for the last bytes to leave, then gives up on them, so that the close itself never waits.
    fn settle(&self) {
        let deadline = Instant::now() + SETTLE;
        while self.port.unsent() > 0 && Instant::now() < deadline {
            #[expect(clippy::disallowed_methods, reason = "nothing tells when a UART has sent its last bit")]
            thread::sleep(SETTLE_STEP);
        }
        self.port.drop_unsent();
    }
}

/// On every way out, a panic included: lines, reader, port, and only then the end of the drain, which is what
/// `Link::close` waits for.
impl Drop for Writer {
    fn drop(&mut self) {
        self.drain.fail(TransportError::Closed);
        self.settle();
        release(&*self.port);
        self.port.wake_reader();
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
    }
}

fn is_nothing_yet(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}

#[cfg(test)]
#[path = "pump_tests.rs"]
mod tests;
