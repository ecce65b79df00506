//! Bytes as they were seen: the handshake by each way, and our own request as it came out behind a proxy.

use std::time::Duration;

use boardwalk_protocol::proxy::{ProxyServer, Via};
use boardwalk_protocol::websocket::handshake::Head;
use bytes::Bytes;

/// The handshake with the board by one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// which way; `None` is direct
    pub through: Option<(ProxyServer, Via)>,
    /// `ok`, or the code of what was wrong
    pub code: String,
    /// one sentence
    pub message: String,
    /// what to do; empty when all is well
    pub help: String,
    /// request and reply, up to the first frame, never a secret
    pub events: Vec<Passage>,
    /// what the bytes mean, as far as they could be read
    pub parsed: Parsed,
}

/// What the bytes of a handshake mean. Its texts are escaped and cut.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parsed {
    /// the value that `Sec-WebSocket-Accept` had to have; `None` before a request went out
    pub expected_accept: Option<String>,
    /// the head of the reply
    pub reply: Option<ParsedReply>,
    /// the first frame: `text "Password: "`
    pub first_frame: Option<String>,
}

/// The head of a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedReply {
    /// the status code
    pub status: u16,
    /// the reason phrase
    pub reason: String,
    /// names and values, as they came
    pub headers: Vec<(String, String)>,
}

/// Bytes that went or came at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// since the connection began
    pub at: Duration,
    /// whether we sent them
    pub sent: bool,
    /// what they belong to
    pub what: Part,
    /// the bytes; empty for [`Part::Tcp`]
    pub bytes: Bytes,
}

/// What bytes belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// The connection itself: sent when we began, received when it was open.
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

/// What the board printed at its USB console while it was tried over the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Console {
    /// which port
    pub port: String,
    /// the last 40 lines of at most 200 characters, escaped
    pub lines: Vec<String>,
}

/// One request to ourselves, through a proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Echo {
    /// how it went
    pub way: EchoWay,
    /// through which proxy
    pub proxy: ProxyServer,
    /// what was sent; empty when there was no way
    pub sent: Bytes,
    /// what arrived at our listener; empty when nothing did
    pub arrived: Bytes,
    /// what the way did to it
    pub changes: Vec<Change>,
    /// whether a board of either generation would have taken what arrived
    pub taken_by: Generations,
    /// whether bytes got through behind the handshake; `None` when it did not come to that
    pub relays: Option<bool>,
    /// why nothing arrived, when nothing did
    pub failure: Option<String>,
}

/// How a request goes through a proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EchoWay {
    /// As Boardwalk goes: a tunnel.
    Tunnel(Via),
    /// As other programs go, and Boardwalk never does towards a board: a request with the whole URL in its first line.
    Plain,
}

/// Which boards would have taken a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Generations {
    /// MicroPython since 1.20
    pub new: bool,
    /// MicroPython up to 1.19
    pub old: bool,
}

/// One difference between what was sent and what arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// which kind
    pub kind: ChangeKind,
    /// the header's name as sent, or as it arrived when it was added; empty for the request line
    pub header: String,
    /// the line as sent, without its end
    pub sent: Option<String>,
    /// the line as it arrived
    pub arrived: Option<String>,
    /// a board of some generation does not take it like this
    pub breaks: bool,
}

/// How something changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// other letters or another value
    Changed,
    /// not there any more
    Removed,
    /// not there before
    Added,
    /// the same at another place
    Moved,
}

impl EchoWay {
    /// `connect`, `socks5`, `socks4` or `plain`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tunnel(via) => via.name(),
            Self::Plain => "plain",
        }
    }
}

impl ChangeKind {
    /// As reports name it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Removed => "removed",
            Self::Added => "added",
            Self::Moved => "moved",
        }
    }
}

impl Part {
    /// As `boardwalk handshake --json` names it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Tunnel => "tunnel",
            Self::Tls => "tls",
            Self::Http => "http",
            Self::Ws => "ws",
        }
    }
}

impl ParsedReply {
    pub(crate) fn of(head: &Head) -> Self {
        let headers = head.headers().map(|(name, value)| (name.to_owned(), value)).collect();
        Self { status: head.status, reason: head.reason.clone(), headers }
    }
}

impl Path {
    /// `direct`, `connect`, `socks5` or `socks4`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.through.as_ref().map_or("direct", |(_, via)| via.name())
    }

    /// Whether a WebREPL was there.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.code == "ok"
    }
}
