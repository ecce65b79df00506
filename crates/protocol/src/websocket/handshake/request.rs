//! What we ask a board.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use sha1::{Digest as _, Sha1};

/// RFC 6455 1.3: what a server appends to the key.
const GUID: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// One handshake request. Every header name stands in the exact case that a board compares byte for byte
/// (micropython-lib `webrepl.py`), and nothing is asked for that a board does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    bytes: Bytes,
    expected_accept: String,
}

impl Request {
    /// A request for `path` at `host_header` (`192.168.4.1:8266`, without port when it is the scheme's own). `nonce`
    /// is 16 random bytes. What could break out of a header line is left out of both texts.
    #[must_use]
    pub fn new(host_header: &str, path: &str, nonce: [u8; 16]) -> Self {
        let key = STANDARD.encode(nonce);
        let host: String = host_header.chars().filter(char::is_ascii_graphic).collect();
        let request = format!(
            "GET {} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n",
            origin_form(path),
        );
        let accept = Sha1::new().chain_update(&key).chain_update(GUID).finalize();
        Self { bytes: request.into(), expected_accept: STANDARD.encode(accept) }
    }

    /// The request as it goes on the wire. Send it at once and in one write: a board that has accepted a connection
    /// does nothing else until it has read this.
    #[must_use]
    pub fn bytes(&self) -> Bytes {
        self.bytes.clone()
    }

    /// The only right value of `Sec-WebSocket-Accept` in the reply.
    #[must_use]
    pub fn expected_accept(&self) -> &str {
        &self.expected_accept
    }
}

/// `path` as it may stand in a request line.
fn origin_form(path: &str) -> String {
    use std::fmt::Write as _;
    let mut form = String::from(if path.starts_with('/') { "" } else { "/" });
    for byte in path.bytes() {
        if byte.is_ascii_graphic() {
            form.push(char::from(byte));
        } else {
            let _ = write!(form, "%{byte:02X}");
        }
    }
    form
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_example_of_rfc_6455() {
        // 1.3: the key dGhlIHNhbXBsZSBub25jZQ== is "the sample nonce".
        let request = Request::new("192.168.4.1:8266", "/", *b"the sample nonce");
        let expected: &[u8] = b"GET / HTTP/1.1\r\nHost: 192.168.4.1:8266\r\nConnection: Upgrade\r\n\
            Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        assert_eq!(request.bytes(), expected);
        assert_eq!(request.expected_accept(), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    proptest! {
        #[test]
        fn no_text_adds_a_line(host in any::<String>(), path in any::<String>()) {
            let bytes = Request::new(&host, &path, [7; 16]).bytes();
            let lines: Vec<_> = bytes.split(|&byte| byte == b'\n').collect();
            prop_assert_eq!(lines.len(), 8);
            prop_assert!(lines[0].starts_with(b"GET /") && lines[0].ends_with(b" HTTP/1.1\r"));
            prop_assert_eq!(lines[0].iter().filter(|&&byte| byte == b' ').count(), 2);
            prop_assert!(lines[1..7].iter().all(|line| line.ends_with(b"\r")));
        }
    }
}
