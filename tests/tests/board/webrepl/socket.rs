//! A WebREPL client of our own: a socket, a deadline on every wait, frames told apart, and everything read for the failure message.

use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::TcpStream,
    time::{Duration, Instant},
};

use boardwalk_tests::Board;

use crate::client::PATIENCE;

pub(super) const REQUEST: &str = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
pub(super) const REPLY: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

pub(super) struct Socket {
    stream: TcpStream,
    raw: Vec<u8>,
    taken: usize,
    /// Payloads of the frames since the last expectation.
    text: Vec<u8>,
    binary: Vec<u8>,
    /// Sizes of all text frames.
    pub(super) frames: Vec<usize>,
}

impl Socket {
    pub(super) fn connect(board: &Board) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", board.webrepl().port())).expect("somebody listens");
        Self { stream, raw: Vec::new(), taken: 0, text: Vec::new(), binary: Vec::new(), frames: Vec::new() }
    }

    /// With the handshake done.
    pub(super) fn upgraded(board: &Board) -> Self {
        let mut socket = Self::connect(board);
        socket.send(REQUEST.as_bytes());
        assert_eq!(socket.bytes(REPLY.len()), REPLY.as_bytes());
        socket
    }

    /// With the password given, at the fake prompt.
    pub(super) fn logged_in(board: &Board) -> Self {
        let mut socket = Self::upgraded(board);
        socket.expect(b"Password: ");
        socket.type_in(b"secret\r");
        socket.expect(b"\r\nWebREPL connected\r\n>>> ");
        socket
    }

    /// In the raw REPL.
    pub(super) fn in_raw(board: &Board) -> Self {
        let mut socket = Self::logged_in(board);
        socket.type_in(b"\x01");
        socket.expect(b"raw REPL; CTRL-B to exit\r\n>");
        socket
    }

    /// Runs `code` in the raw REPL; gives stdout and stderr.
    pub(super) fn exec(&mut self, code: &str) -> (String, String) {
        self.type_in(format!("{code}\x04").as_bytes());
        self.expect(b"OK");
        let out = self.expect(b"\x04");
        let err = self.expect(b"\x04>");
        (String::from_utf8_lossy(&out).into_owned(), String::from_utf8_lossy(&err).into_owned())
    }

    pub(super) fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).unwrap_or_else(|e| panic!("sending: {e}; {}", self.log()));
    }

    /// Sends a text frame.
    pub(super) fn type_in(&mut self, text: &[u8]) {
        self.frame(0x81, text);
    }

    /// Sends a masked frame in one write; lengths up to 65535.
    pub(super) fn frame(&mut self, first: u8, payload: &[u8]) {
        let mut frame = vec![first];
        match u8::try_from(payload.len()) {
            Ok(short) if short < 126 => frame.push(0x80 | short),
            _ => {
                frame.push(0x80 | 126);
                frame.extend(u16::try_from(payload.len()).expect("a short frame").to_be_bytes());
            }
        }
        let mask = [0x37, 0xfa, 0x21, 0x3d];
        frame.extend(mask);
        frame.extend(payload.iter().zip(mask.iter().cycle()).map(|(a, b)| a ^ b));
        self.send(&frame);
    }

    /// So many bytes as they are on the wire.
    pub(super) fn bytes(&mut self, n: usize) -> Vec<u8> {
        let end = Instant::now() + PATIENCE;
        while self.raw.len() < self.taken + n {
            assert!(self.read(end), "the end before {n} bytes; {}", self.log());
        }
        self.taken += n;
        self.raw[self.taken - n..self.taken].to_vec()
    }

    /// Waits for `needle` in the text frames; gives what came before it.
    pub(super) fn expect(&mut self, needle: &[u8]) -> Vec<u8> {
        loop {
            if let Some(at) = self.text.windows(needle.len()).position(|w| w == needle) {
                let mut before: Vec<u8> = self.text.drain(..at + needle.len()).collect();
                before.truncate(at);
                return before;
            }
            let seen = self.text.clone();
            assert!(
                self.next_frame(),
                "no {:?} in {:?}; {}",
                String::from_utf8_lossy(needle),
                String::from_utf8_lossy(&seen),
                self.log()
            );
        }
    }

    /// So many bytes of the binary frames.
    pub(super) fn record(&mut self, n: usize) -> Vec<u8> {
        while self.binary.len() < n {
            assert!(self.next_frame(), "the end before {n} bytes of records; {}", self.log());
        }
        self.binary.drain(..n).collect()
    }

    /// Everything until the end, which may be a reset.
    pub(super) fn until_end(mut self) -> Vec<u8> {
        let end = Instant::now() + PATIENCE;
        while self.read(end) {}
        self.raw.split_off(self.taken)
    }

    /// Whether nothing comes for so long.
    pub(super) fn is_silent(&mut self, time: Duration) -> bool {
        let before = self.raw.len();
        self.stream.set_read_timeout(Some(time)).unwrap();
        let mut buffer = [0; 1024];
        match self.stream.read(&mut buffer) {
            Ok(n) => self.raw.extend(&buffer[..n]),
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                return self.raw.len() == before;
            }
            Err(_) => {}
        }
        false
    }

    fn next_frame(&mut self) -> bool {
        let end = Instant::now() + PATIENCE;
        let Some(head) = self.peek(2, end) else { return false };
        assert_eq!(head[0] & 0xf0, 0x80, "not one whole frame; {}", self.log());
        let (skip, size) = match head[1] {
            126 => {
                let Some(head) = self.peek(4, end) else { return false };
                (4, usize::from(u16::from_be_bytes([head[2], head[3]])))
            }
            size => (2, usize::from(size)),
        };
        assert!(size < 65_536 && head[1] & 0x80 == 0, "masked; {}", self.log());
        let Some(frame) = self.peek(skip + size, end) else { return false };
        self.taken += skip + size;
        let payload = &frame[skip..];
        match head[0] & 0x0f {
            1 => {
                self.frames.push(size);
                self.text.extend(payload);
            }
            2 => self.binary.extend(payload),
            other => panic!("opcode {other}; {}", self.log()),
        }
        true
    }

    fn peek(&mut self, n: usize, end: Instant) -> Option<Vec<u8>> {
        while self.raw.len() < self.taken + n {
            if !self.read(end) {
                return None;
            }
        }
        Some(self.raw[self.taken..self.taken + n].to_vec())
    }

    fn read(&mut self, end: Instant) -> bool {
        let left = end.saturating_duration_since(Instant::now());
        assert!(!left.is_zero(), "nothing comes; {}", self.log());
        self.stream.set_read_timeout(Some(left)).unwrap();
        let mut buffer = [0; 64 << 10];
        match self.stream.read(&mut buffer) {
            Ok(0) => false,
            Ok(n) => {
                self.raw.extend(&buffer[..n]);
                true
            }
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                panic!("nothing comes; {}", self.log())
            }
            Err(_) => false,
        }
    }

    fn log(&self) -> String {
        let start = self.raw.len().saturating_sub(2000);
        format!("read at last: {:?}", String::from_utf8_lossy(&self.raw[start..]))
    }
}
