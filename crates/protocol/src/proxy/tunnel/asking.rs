//! Asking a proxy for a tunnel, whatever it speaks: what to send, and what its answers mean.
//!
//! Write what [`Asking::start`] gives, feed every answer, write what a [`Step::Send`] holds, and say how a wait ended.

use std::fmt;

use bytes::Bytes;

use super::super::route::Via;
use super::challenge::Challenge;
use super::connect::Connect;
use super::socks4::Socks4;
use super::socks5::Socks5;
use crate::websocket::handshake::End;

/// Where the tunnel is to lead. `Display` gives `board.example:8266`, `[fe80::1]:8266`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// a name, which the proxy resolves, or an address, without the brackets of IPv6
    pub host: String,
    /// the TCP port
    pub port: u16,
}

/// What a proxy is shown of us. No `Debug`: it holds a password.
#[derive(Clone, PartialEq, Eq)]
pub enum Offer {
    /// Nothing.
    Nothing,
    /// The value of `Proxy-Authorization`.
    Header(String),
    /// Name and password of RFC 1929; SOCKS4 has room for the name alone.
    User {
        /// the name, at most 255 bytes
        name: String,
        /// the password, at most 255 bytes
        password: String,
    },
}

/// Bytes for the proxy. `Debug` shows them without credentials.
#[derive(Clone, PartialEq, Eq)]
pub struct Outbound {
    bytes: Bytes,
    shown: Bytes,
}

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Wait for more bytes.
    NeedMore,
    /// Write this, then wait for more.
    Send(Outbound),
    /// What follows is the board's.
    Open {
        /// what came behind the proxy's answer
        leftover: Bytes,
    },
    /// There is no tunnel, and the connection is of no more use.
    Refused(Refusal),
}

/// Why there is no tunnel. Texts of the proxy are escaped and cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// HTTP 407, SOCKS5 `05 FF`: it wants to know who we are.
    WantsCredentials {
        /// how we may say it; SOCKS names none
        challenges: Vec<Challenge>,
        /// what it answered
        answer: String,
    },
    /// It did not accept who we said we are.
    RejectsCredentials {
        /// 403: it may know us well, and mean that it does not lead to this port
        or_forbids: bool,
        /// what it answered
        answer: String,
    },
    /// It does not lead to this port, or nowhere at all.
    Forbids {
        /// what it answered
        answer: String,
    },
    /// It tried, and did not get there.
    CannotReach {
        /// what it answered
        answer: String,
    },
    /// It said nothing until the deadline: most proxies wait 30 to 133 s before they admit that nobody answers there.
    Silent,
    /// This is no proxy, or one that speaks something else.
    NotAProxy(Strange),
}

/// What no proxy says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Strange {
    /// Bytes of another protocol.
    Begins(String),
    /// Headers beyond every bound.
    Endless,
    /// It stopped in the middle.
    Unfinished,
    /// It hung up without a word.
    HungUp,
}

/// One attempt to get a tunnel.
pub struct Asking(Kind);

enum Kind {
    Connect(Connect),
    Socks5(Socks5),
    Socks4(Socks4),
}

impl Asking {
    /// `None` when it cannot be asked for that way: SOCKS has room for 255 bytes of a name.
    #[must_use]
    pub fn new(via: Via, destination: &Destination, offer: Offer) -> Option<Self> {
        Some(Self(match via {
            Via::Connect => Kind::Connect(Connect::new(destination, offer)),
            Via::Socks5 => Kind::Socks5(Socks5::new(destination, offer)?),
            Via::Socks4 => Kind::Socks4(Socks4::new(destination, offer)?),
        }))
    }

    /// What to say first.
    pub fn start(&mut self) -> Outbound {
        match &mut self.0 {
            Kind::Connect(http) => http.start(),
            Kind::Socks5(socks) => socks.start(),
            Kind::Socks4(socks) => socks.start(),
        }
    }

    /// Takes the next bytes of the connection. Spent after [`Step::Open`] and [`Step::Refused`].
    pub fn feed(&mut self, bytes: &[u8]) -> Step {
        match &mut self.0 {
            Kind::Connect(http) => http.feed(bytes),
            Kind::Socks5(socks) => socks.feed(bytes),
            Kind::Socks4(socks) => socks.feed(bytes),
        }
    }

    /// What it means that nothing more comes.
    #[must_use]
    pub fn finish(&self, end: End) -> Refusal {
        match &self.0 {
            Kind::Connect(http) => http.finish(end),
            Kind::Socks5(socks) => socks.finish(end),
            Kind::Socks4(socks) => socks.finish(end),
        }
    }

    /// The refusal is known, and only the page that goes with it is still to come: not worth a long wait.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        matches!(&self.0, Kind::Connect(http) if http.is_refused())
    }
}

impl Outbound {
    pub(super) fn plain(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self { shown: bytes.clone(), bytes }
    }

    /// `shown` has other bytes where credentials stand.
    pub(super) fn secret(bytes: Vec<u8>, shown: Vec<u8>) -> Self {
        Self { bytes: bytes.into(), shown: shown.into() }
    }

    /// What goes on the wire.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// The same for people and logs: asterisks in the place of credentials.
    #[must_use]
    pub fn shown(&self) -> &Bytes {
        &self.shown
    }
}

impl fmt::Debug for Outbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shown.fmt(f)
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (open, close) = if self.host.contains(':') { ("[", "]") } else { ("", "") };
        write!(f, "{open}{}{close}:{}", self.host, self.port)
    }
}
