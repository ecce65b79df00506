//! A client of our own: a socket, a deadline on every wait, and everything read for the failure message.

use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::TcpStream,
    time::{Duration, Instant},
};

use boardwalk_tests::proxies::{PASSWORD, Proxy, USER};

/// Long for a loaded machine: only a failing test waits so long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) const ACCEPT: &str = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// What clients send, in the order of the library that Boardwalk uses.
pub(crate) fn request(path: &str, host: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
}

pub(crate) struct Wire {
    stream: TcpStream,
    seen: Vec<u8>,
    taken: usize,
}

impl Wire {
    pub(crate) fn connect(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).expect("somebody listens");
        Self { stream, seen: Vec::new(), taken: 0 }
    }

    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).unwrap_or_else(|e| panic!("sending: {e}; {}", self.log()));
    }

    /// Asks for a tunnel; gives the head of the answer.
    pub(crate) fn connect_to(&mut self, target: &str, headers: &str) -> String {
        self.send(format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{headers}\r\n"));
        self.head()
    }

    /// Everything up to an empty line.
    pub(crate) fn head(&mut self) -> String {
        self.until(b"\r\n\r\n")
    }

    /// Everything up to these bytes, with them.
    pub(crate) fn until(&mut self, needle: &[u8]) -> String {
        let end = Instant::now() + PATIENCE;
        loop {
            let fresh = &self.seen[self.taken..];
            if let Some(at) = fresh.windows(needle.len()).position(|w| w == needle) {
                let all = fresh[..at + needle.len()].to_vec();
                self.taken += all.len();
                return String::from_utf8_lossy(&all).into_owned();
            }
            assert!(self.read(end), "the end before {:?}; {}", String::from_utf8_lossy(needle), self.log());
        }
    }

    pub(crate) fn bytes(&mut self, n: usize) -> Vec<u8> {
        let end = Instant::now() + PATIENCE;
        while self.seen.len() < self.taken + n {
            assert!(self.read(end), "the end before {n} bytes; {}", self.log());
        }
        self.taken += n;
        self.seen[self.taken - n..self.taken].to_vec()
    }

    /// Everything until the end, which may be a reset.
    pub(crate) fn until_end(mut self) -> String {
        let end = Instant::now() + PATIENCE;
        while self.read(end) {}
        String::from_utf8_lossy(&self.seen[self.taken..]).into_owned()
    }

    /// Whether nothing comes for so long.
    pub(crate) fn is_silent(&mut self, time: Duration) -> bool {
        let before = self.seen.len();
        self.stream.set_read_timeout(Some(time)).unwrap();
        let mut buffer = [0; 1024];
        match self.stream.read(&mut buffer) {
            Ok(n) => self.seen.extend(&buffer[..n]),
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                return self.seen.len() == before;
            }
            Err(_) => {}
        }
        false
    }

    /// Sends a masked text frame.
    pub(crate) fn type_in(&mut self, text: &[u8]) {
        let mask = [0x37, 0xfa, 0x21, 0x3d];
        let mut frame = vec![0x81, 0x80 | u8::try_from(text.len()).expect("a short text")];
        frame.extend(mask);
        frame.extend(text.iter().zip(mask.iter().cycle()).map(|(a, b)| a ^ b));
        self.send(frame);
    }

    /// After the 101: the password is asked for, given and taken, and the board calculates.
    pub(crate) fn use_board(&mut self) {
        self.expect(b"Password: ");
        self.type_in(b"secret\r");
        self.expect(b"WebREPL connected\r\n>>> ");
        self.type_in(b"6*7\r");
        self.expect(b"\r\n42\r\n>>> ");
    }

    /// Waits for `needle` in the payloads of the board's frames.
    pub(crate) fn expect(&mut self, needle: &[u8]) {
        let mut text = Vec::new();
        while !text.windows(needle.len()).any(|w| w == needle) {
            let head = self.bytes(2);
            let size = match head[1] {
                126 => {
                    let long = self.bytes(2);
                    usize::from(u16::from_be_bytes([long[0], long[1]]))
                }
                size => usize::from(size),
            };
            text.extend(self.bytes(size));
        }
    }

    /// Asks a SOCKS5 server for a way to a name, as RFC 1928 and 1929 say; gives the code of the reply.
    pub(crate) fn socks5(&mut self, host: &str, port: u16, credentials: Option<(&str, &str)>) -> Socks {
        let method = if credentials.is_some() { 2 } else { 0 };
        self.send([5, 1, method]);
        let chosen = self.bytes(2)[1];
        if chosen != method {
            return Socks::NoMethod(chosen);
        }
        if let Some((user, password)) = credentials {
            let mut words = vec![1, size(user)];
            words.extend(user.bytes());
            words.push(size(password));
            words.extend(password.bytes());
            self.send(words);
            let said = self.bytes(2);
            if said != [1, 0] {
                return Socks::Denied(said[1]);
            }
        }
        let mut request = vec![5, 1, 0, 3, size(host)];
        request.extend(host.bytes());
        request.extend(port.to_be_bytes());
        self.send(request);
        let head = self.bytes(4);
        let rest = match head[3] {
            1 => 4,
            3 => usize::from(self.bytes(1)[0]),
            4 => 16,
            other => panic!("address of kind {other}; {}", self.log()),
        };
        self.bytes(rest + 2);
        Socks::Replied(head[1])
    }

    pub(crate) fn log(&self) -> String {
        format!("read: {:?}", String::from_utf8_lossy(&self.seen))
    }

    fn read(&mut self, end: Instant) -> bool {
        let left = end.saturating_duration_since(Instant::now());
        assert!(!left.is_zero(), "nothing comes; {}", self.log());
        self.stream.set_read_timeout(Some(left)).unwrap();
        let mut buffer = [0; 16 << 10];
        match self.stream.read(&mut buffer) {
            Ok(0) => false,
            Ok(n) => {
                self.seen.extend(&buffer[..n]);
                true
            }
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                panic!("nothing comes; {}", self.log())
            }
            Err(_) => false,
        }
    }
}

/// How far a SOCKS5 server went along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Socks {
    /// It chose another method than ours.
    NoMethod(u8),
    /// It did not like the password.
    Denied(u8),
    /// It replied; 0 is yes.
    Replied(u8),
}

/// What [`Proxy::url_with_credentials`] says.
pub(crate) const RIGHT: (&str, &str) = (USER, PASSWORD);
pub(crate) const WRONG: (&str, &str) = (USER, "guess");

/// The first line of an answer.
pub(crate) fn status_line(head: &str) -> &str {
    head.split("\r\n").next().unwrap_or_default()
}

/// A connection to a proxy.
pub(crate) fn to(proxy: &Proxy) -> Wire {
    Wire::connect(proxy.port())
}

fn size(text: &str) -> u8 {
    u8::try_from(text.len()).expect("a short word")
}
