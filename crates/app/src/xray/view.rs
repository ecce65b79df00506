//! What an X-ray shows: the document of `boardwalk handshake --json`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::{Serialize, Serializer};

/// Everything that was seen.
#[derive(Debug, Clone, Serialize)]
pub struct Xray {
    /// Where it looked.
    pub url: String,
    /// What to make of it.
    pub verdict: VerdictView,
    /// Each way to the board that was tried: first the one that a connection takes.
    pub paths: Vec<Path>,
    /// The same request as it arrives at a listener of our own, by each proxy. Empty: that is the doctor's work.
    pub echoes: Vec<serde_json::Value>,
}

/// One way to the board.
#[derive(Debug, Clone, Serialize)]
pub struct Path {
    /// `direct`, `connect`, `socks5`, `socks4`
    pub path: &'static str,
    /// The proxy's address, where one is in the way.
    pub proxy: Option<String>,
    /// What to make of it.
    pub verdict: VerdictView,
    /// What the bytes mean, as far as they could be read.
    pub parsed: Parsed,
    /// The bytes, in the order in which they went and came.
    pub events: Vec<Event>,
}

/// A finding: `ok`, or a code of the closed list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VerdictView {
    /// `ok`, `board-served-page`, …
    pub code: String,
    /// One sentence.
    pub message: String,
    /// What to do; empty when all is well.
    pub help: String,
}

impl VerdictView {
    /// Whether a board's WebREPL is there and asks for its password.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.code == "ok"
    }
}

impl VerdictView {
    /// Before anything was seen.
    pub(super) fn no_way() -> Self {
        let message = "There is no way to the board.".to_owned();
        Self { code: "host-unreachable".to_owned(), message, help: String::new() }
    }
}

/// What the bytes mean.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Parsed {
    /// The value that `Sec-WebSocket-Accept` had to have; `null` before a request went out.
    pub expected_accept: Option<String>,
    /// The head of the reply.
    pub reply: Option<ParsedReply>,
    /// The first frame, escaped: `text "Password: "`.
    pub first_frame: Option<String>,
}

/// The head of a reply.
#[derive(Debug, Clone, Serialize)]
pub struct ParsedReply {
    /// The status code.
    pub status: u16,
    /// The reason phrase, escaped.
    pub reason: String,
    /// Names and escaped values, as they came.
    pub headers: Vec<(String, String)>,
}

/// Bytes that went or came at once.
#[derive(Debug, Clone, Serialize)]
pub struct Event {
    /// Milliseconds since the start.
    pub ms: f64,
    /// Which way.
    pub dir: Direction,
    /// What they belong to.
    pub what: What,
    /// The bytes. Empty for `tcp`: sent when we began to connect, received when the connection was open.
    #[serde(serialize_with = "base64")]
    pub bytes: Bytes,
}

/// Which way bytes went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// From us.
    Sent,
    /// To us.
    Received,
}

/// What bytes belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum What {
    /// The connection itself.
    Tcp,
    /// What a proxy is asked, and what it answers. Credentials are blanked out.
    Tunnel,
    /// The TLS handshake, encrypted records.
    Tls,
    /// Request and reply.
    Http,
    /// Frames.
    Ws,
}

fn base64<S: Serializer>(bytes: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&STANDARD.encode(bytes))
}
