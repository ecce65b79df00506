//! `server_handshake` of both generations, on bytes.

use base64::Engine as _;
use sha1::{Digest as _, Sha1};

use super::Generation;

const GUID: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const PAGE: &[&[u8]] = &[
    b"HTTP/1.0 200 OK\r\n\r\n<base href=\"",
    b"https://micropython.org/webrepl/",
    b"\"></base>\r\n<script src=\"webrepl_content.js\"></script>\r\n",
];

/// Reads the request as the board does: one line after the other, and not a byte further than it must.
#[derive(Debug)]
pub(crate) struct Request {
    generation: Generation,
    line: Vec<u8>,
    lines: usize,
    key: Option<Vec<u8>>,
    connection: bool,
    upgrade: bool,
}

/// What the board does about a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// These writes, one after the other; then it is a WebSocket.
    Upgrade(Vec<Vec<u8>>),
    /// These writes, then the connection is closed.
    Page(Vec<Vec<u8>>),
    /// An exception in the accept handler, which serial shows. Whether the socket is closed depends on who still holds it.
    Exception { text: &'static str, closes: bool },
}

impl Request {
    pub(crate) fn new(generation: Generation) -> Self {
        Self { generation, line: Vec::new(), lines: 0, key: None, connection: false, upgrade: false }
    }

    /// Takes one byte of the client, or its end.
    pub(crate) fn take(&mut self, byte: Option<u8>) -> Option<Verdict> {
        if let Some(byte) = byte {
            self.line.push(byte);
            if byte != b'\n' {
                return None;
            }
        }
        let line = std::mem::take(&mut self.line);
        self.lines += 1;
        if self.lines == 1 {
            // readline() gives what came before the end; the headers find nothing.
            return if byte.is_none() { Some(self.at_end()) } else { None };
        }
        if line.is_empty() {
            return Some(self.at_end());
        }
        if line == b"\r\n" {
            return Some(self.judge());
        }
        let Some(colon) = line.iter().position(|b| *b == b':') else {
            // On 1.19 the module still refers to the socket; since 1.20 nothing does.
            let closes = self.generation == Generation::New;
            return Some(Verdict::Exception {
                text: "ValueError: need more than 1 values to unpack",
                closes,
            });
        };
        self.header(line[..colon].trim_ascii(), line[colon + 1..].trim_ascii());
        if byte.is_none() { Some(self.at_end()) } else { None }
    }

    fn header(&mut self, name: &[u8], value: &[u8]) {
        match name {
            b"Sec-WebSocket-Key" => self.key = Some(value.to_vec()),
            b"Connection" => self.connection |= value.windows(7).any(|w| w == b"Upgrade"),
            b"Upgrade" => self.upgrade |= value == b"websocket",
            _ => {}
        }
    }

    fn at_end(&self) -> Verdict {
        match self.generation {
            Generation::Old => Verdict::Exception { text: "OSError: EOF in headers", closes: false },
            Generation::New => page(),
        }
    }

    fn judge(&self) -> Verdict {
        let key = self.key.as_deref().filter(|key| !key.is_empty());
        match (self.generation, key) {
            (Generation::New, Some(key)) if self.connection && self.upgrade => Verdict::Upgrade(vec![
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                    .to_vec(),
                accept(key),
                b"\r\n\r\n".to_vec(),
            ]),
            (Generation::New, _) => page(),
            (Generation::Old, Some(key)) => {
                let mut reply =
                    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                        .to_vec();
                reply.extend(accept(key));
                reply.extend(b"\r\n\r\n");
                Verdict::Upgrade(vec![reply])
            }
            (Generation::Old, None) => {
                Verdict::Exception { text: "OSError: Not a websocket request", closes: false }
            }
        }
    }
}

fn page() -> Verdict {
    Verdict::Page(PAGE.iter().map(|part| part.to_vec()).collect())
}

pub(crate) fn accept(key: &[u8]) -> Vec<u8> {
    let digest = Sha1::new().chain_update(key).chain_update(GUID).finalize();
    base64::engine::general_purpose::STANDARD.encode(digest).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(generation: Generation, request: &str) -> Option<Verdict> {
        let mut reading = Request::new(generation);
        request.bytes().find_map(|byte| reading.take(Some(byte)))
    }

    #[test]
    fn the_example_of_rfc_6455() {
        assert_eq!(accept(b"dGhlIHNhbXBsZSBub25jZQ=="), b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    #[test]
    fn names_are_compared_byte_for_byte() {
        let good =
            "GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: foo\r\n\r\n";
        for generation in [Generation::Old, Generation::New] {
            assert!(matches!(judge(generation, good), Some(Verdict::Upgrade(_))));
        }
        let go = good.replace("WebSocket-Key", "Websocket-Key");
        assert_eq!(judge(Generation::New, &go), Some(page()));
        assert!(matches!(judge(Generation::Old, &go), Some(Verdict::Exception { closes: false, .. })));
        let nginx = good.replace(": Upgrade", ": upgrade");
        assert_eq!(judge(Generation::New, &nginx), Some(page()));
        assert!(matches!(judge(Generation::Old, &nginx), Some(Verdict::Upgrade(_))));
    }
}
