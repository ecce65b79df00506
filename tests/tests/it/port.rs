//! The port from a client that does nothing by itself: to look at a board as the last client left it.

use std::{
    fs::{File, OpenOptions},
    io::{ErrorKind, Read as _, Write as _},
    os::{fd::AsFd as _, unix::fs::OpenOptionsExt as _},
    time::Instant,
};

use boardwalk_tests::Board;
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fs::OFlags,
};

use crate::child::PATIENCE;

/// A terminal, ours or the board's, with a deadline on every wait.
pub(crate) struct Port {
    file: File,
    seen: Vec<u8>,
    read_until: usize,
}

impl Port {
    pub(crate) fn open(board: &Board) -> Self {
        let flags = (OFlags::NOCTTY | OFlags::NONBLOCK).bits();
        let file = OpenOptions::new().read(true).write(true).custom_flags(flags as i32).open(board.path());
        Self::of(file.expect("the port opens"))
    }

    /// Of an open file that does not block.
    pub(crate) fn of(file: File) -> Self {
        Self { file, seen: Vec::new(), read_until: 0 }
    }

    pub(crate) fn send(&mut self, mut bytes: &[u8]) {
        let end = Instant::now() + PATIENCE;
        while !bytes.is_empty() {
            match self.file.write(bytes) {
                Ok(n) => bytes = &bytes[n..],
                Err(e) if e.kind() == ErrorKind::WouldBlock => self.wait(PollFlags::OUT, end),
                Err(e) => panic!("sending: {e}; {}", self.log()),
            }
        }
    }

    /// Waits for `needle` after what was expected before.
    pub(crate) fn expect(&mut self, needle: &[u8]) {
        let end = Instant::now() + PATIENCE;
        loop {
            let fresh = &self.seen[self.read_until..];
            if let Some(at) = fresh.windows(needle.len()).position(|w| w == needle) {
                self.read_until += at + needle.len();
                return;
            }
            assert!(Instant::now() < end, "no {:?}; {}", String::from_utf8_lossy(needle), self.log());
            self.wait(PollFlags::IN, end);
            let mut buffer = [0; 4096];
            match self.file.read(&mut buffer) {
                Ok(0) => panic!("it hung up; {}", self.log()),
                Ok(n) => self.seen.extend(&buffer[..n]),
                Err(e) if e.kind() == ErrorKind::WouldBlock => {}
                Err(e) => panic!("reading: {e}; {}", self.log()),
            }
        }
    }

    fn log(&self) -> String {
        format!("read so far: {:?}", String::from_utf8_lossy(&self.seen))
    }

    fn wait(&self, flags: PollFlags, end: Instant) {
        let left = end.saturating_duration_since(Instant::now());
        let timeout = Timespec::try_from(left).expect("a short time");
        let mut fds = [PollFd::from_borrowed_fd(self.file.as_fd(), flags)];
        poll(&mut fds, Some(&timeout)).expect("poll");
    }
}
