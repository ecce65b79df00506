//! A client of our own: a file descriptor, a deadline on every wait, and everything it has read for the failure message.

use std::{
    fs::{File, OpenOptions},
    io::{Read as _, Write as _},
    os::{fd::AsFd as _, unix::fs::OpenOptionsExt as _},
    time::{Duration, Instant},
};

use boardwalk_tests::Board;
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fs::OFlags,
};

/// Long for a loaded machine: only a failing test waits so long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Client {
    port: File,
    seen: Vec<u8>,
    read_until: usize,
}

impl Client {
    pub(crate) fn open(board: &Board) -> Self {
        let flags = (OFlags::NOCTTY | OFlags::NONBLOCK).bits();
        let port = OpenOptions::new().read(true).write(true).custom_flags(flags as i32).open(board.path());
        Self { port: port.expect("the port opens"), seen: Vec::new(), read_until: 0 }
    }

    /// Opens the port and brings the friendly prompt, after a `main.py` that ends.
    pub(crate) fn at_prompt(board: &Board) -> Self {
        let mut client = Self::open(board);
        client.send(b"\r");
        client.expect(b">>> ");
        client.settle(b"'sett' + 'led'\r", b"'settled'\r\n>>> ");
        client
    }

    /// Opens the port and enters the raw REPL.
    pub(crate) fn in_raw(board: &Board) -> Self {
        let mut client = Self::at_prompt(board);
        client.send(b"\x01");
        client.expect(b"raw REPL; CTRL-B to exit\r\n>");
        client
    }

    pub(crate) fn send(&mut self, mut bytes: &[u8]) {
        let end = Instant::now() + PATIENCE;
        while !bytes.is_empty() {
            match self.port.write(bytes) {
                Ok(n) => bytes = &bytes[n..],
                Err(e) if e.kind() == std::io::ErrorKind::WouldBlock => self.wait(PollFlags::OUT, end),
                Err(e) => panic!("sending: {e}; {}", self.log()),
            }
        }
    }

    /// Waits for `needle` after what was expected before; gives what came in between.
    pub(crate) fn expect(&mut self, needle: &[u8]) -> Vec<u8> {
        let end = Instant::now() + PATIENCE;
        loop {
            let fresh = &self.seen[self.read_until..];
            if let Some(at) = fresh.windows(needle.len()).position(|w| w == needle) {
                let before = fresh[..at].to_vec();
                self.read_until += at + needle.len();
                return before;
            }
            assert!(Instant::now() < end, "no {:?}; {}", String::from_utf8_lossy(needle), self.log());
            self.read(end).unwrap_or_else(|e| panic!("reading: {e}; {}", self.log()));
        }
    }

    /// Reads `n` bytes after what was expected before.
    pub(crate) fn take(&mut self, n: usize) -> Vec<u8> {
        let end = Instant::now() + PATIENCE;
        while self.seen.len() < self.read_until + n {
            assert!(Instant::now() < end, "fewer than {n} bytes; {}", self.log());
            self.read(end).unwrap_or_else(|e| panic!("reading: {e}; {}", self.log()));
        }
        self.read_until += n;
        self.seen[self.read_until - n..self.read_until].to_vec()
    }

    /// Whether nothing comes for so long.
    pub(crate) fn is_silent(&mut self, time: Duration) -> bool {
        self.wait(PollFlags::IN, Instant::now() + time);
        let before = self.seen.len();
        self.read(Instant::now()).is_ok() && self.seen.len() == before
    }

    /// Reads until the port hangs up; gives everything since the open.
    pub(crate) fn until_hung_up(mut self) -> Vec<u8> {
        let end = Instant::now() + PATIENCE;
        while self.read(end).is_ok() {
            assert!(Instant::now() < end, "no hang-up; {}", self.log());
        }
        self.seen
    }

    /// Runs `code` in the raw REPL; gives stdout and stderr.
    pub(crate) fn exec(&mut self, code: &str) -> (String, String) {
        self.send(code.as_bytes());
        self.send(b"\x04");
        self.expect(b"OK");
        let out = self.expect(b"\x04");
        let err = self.expect(b"\x04>");
        (String::from_utf8_lossy(&out).into_owned(), String::from_utf8_lossy(&err).into_owned())
    }

    /// Claims the port as the `serialport` crate does.
    pub(crate) fn claim(&self) {
        rustix::termios::ioctl_tiocexcl(&self.port).unwrap();
    }

    pub(crate) fn log(&self) -> String {
        format!("read so far: {:?}", String::from_utf8_lossy(&self.seen))
    }

    fn settle(&mut self, question: &[u8], answer: &[u8]) {
        self.send(question);
        self.expect(answer);
    }

    fn read(&mut self, end: Instant) -> std::io::Result<()> {
        self.wait(PollFlags::IN, end);
        let mut buffer = [0; 4096];
        match self.port.read(&mut buffer) {
            Ok(0) => Err(std::io::ErrorKind::UnexpectedEof.into()),
            Ok(n) => {
                self.seen.extend(&buffer[..n]);
                Ok(())
            }
            Err(e) if e.kind() == std::io::ErrorKind::WouldBlock => Ok(()),
            Err(e) => Err(e),
        }
    }

    fn wait(&self, flags: PollFlags, end: Instant) {
        let left = end.saturating_duration_since(Instant::now());
        let timeout = Timespec::try_from(left).expect("a short time");
        let mut fds = [PollFd::from_borrowed_fd(self.port.as_fd(), flags)];
        poll(&mut fds, Some(&timeout)).expect("poll");
    }
}
