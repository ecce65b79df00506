//! SOCKS5 (RFC 1928) with name and password (RFC 1929). Names are always resolved by the proxy.

use core::net::IpAddr;

use bytes::Bytes;

use super::asking::{Destination, Offer, Outbound, Refusal, Step, Strange};
use crate::websocket::handshake::{End, shown};

const VERSION: u8 = 5;
const NO_AUTHENTICATION: u8 = 0;
const USER_PASSWORD: u8 = 2;
const NO_ACCEPTABLE_METHODS: u8 = 0xff;
/// Version of the negotiation of RFC 1929.
const NEGOTIATION: u8 = 1;

/// Asks with SOCKS5.
pub(super) struct Socks5 {
    user: Option<(String, String)>,
    /// `CONNECT` for the destination
    request: Vec<u8>,
    bytes: Vec<u8>,
    waits: Waits,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Waits {
    Method,
    Verdict,
    Reply,
}

impl Socks5 {
    pub(super) fn new(destination: &Destination, offer: Offer) -> Option<Self> {
        let user = match offer {
            Offer::User { name, password } if name.len().max(password.len()) <= 255 => Some((name, password)),
            Offer::User { .. } => return None,
            Offer::Nothing | Offer::Header(_) => None,
        };
        // VER, CMD = CONNECT, RSV
        let mut request = vec![VERSION, 1, 0];
        match destination.host.parse() {
            Ok(IpAddr::V4(address)) => {
                request.push(1);
                request.extend(address.octets());
            }
            Ok(IpAddr::V6(address)) => {
                request.push(4);
                request.extend(address.octets());
            }
            Err(_) => {
                request.extend([3, u8::try_from(destination.host.len()).ok()?]);
                request.extend(destination.host.as_bytes());
            }
        }
        request.extend(destination.port.to_be_bytes());
        Some(Self { user, request, bytes: Vec::new(), waits: Waits::Method })
    }

    pub(super) fn start(&mut self) -> Outbound {
        let methods: &[u8] = match self.user {
            None => &[VERSION, 1, NO_AUTHENTICATION],
            Some(_) => &[VERSION, 2, NO_AUTHENTICATION, USER_PASSWORD],
        };
        Outbound::plain(methods.to_vec())
    }

    pub(super) fn feed(&mut self, bytes: &[u8]) -> Step {
        self.bytes.extend_from_slice(bytes);
        match self.waits {
            Waits::Method => self.method(),
            Waits::Verdict => self.verdict(),
            Waits::Reply => self.reply(),
        }
    }

    pub(super) fn finish(&self, end: End) -> Refusal {
        let asked = self.waits == Waits::Reply && self.bytes.is_empty();
        match end {
            End::Timeout if asked => Refusal::Silent,
            // Some hang up where others would answer.
            End::Eof | End::Reset if asked => {
                Refusal::CannotReach { answer: "SOCKS5: it hung up".to_owned() }
            }
            End::Eof | End::Reset if self.waits == Waits::Verdict => {
                Refusal::RejectsCredentials { or_forbids: false, answer: "SOCKS5: it hung up".to_owned() }
            }
            End::Eof | End::Reset if self.bytes.is_empty() => Refusal::NotAProxy(Strange::HungUp),
            _ => Refusal::NotAProxy(Strange::Unfinished),
        }
    }

    fn method(&mut self) -> Step {
        match (self.bytes.first().copied(), self.bytes.get(1).copied()) {
            (Some(VERSION), None) | (None, _) => Step::NeedMore,
            (Some(VERSION), Some(method)) => {
                self.bytes.drain(..2);
                match (method, &self.user) {
                    (NO_AUTHENTICATION, _) => self.ask(),
                    (USER_PASSWORD, Some((name, password))) => {
                        self.waits = Waits::Verdict;
                        Step::Send(negotiation(name, password))
                    }
                    // Some choose it although it was not among those offered.
                    (NO_ACCEPTABLE_METHODS | USER_PASSWORD, None) => {
                        Step::Refused(Refusal::WantsCredentials {
                            challenges: Vec::new(),
                            answer: format!("SOCKS5 05 {method:02x}"),
                        })
                    }
                    // It wants something else than a name and a password, or nobody at all.
                    (NO_ACCEPTABLE_METHODS, Some(_)) => Step::Refused(Refusal::RejectsCredentials {
                        or_forbids: false,
                        answer: "SOCKS5 05 ff".to_owned(),
                    }),
                    _ => self.strange(),
                }
            }
            _ => self.strange(),
        }
    }

    fn verdict(&mut self) -> Step {
        match (self.bytes.first().copied(), self.bytes.get(1).copied()) {
            // RFC 1929 says 1; some write 5.
            (Some(NEGOTIATION | VERSION), Some(0)) => {
                self.bytes.drain(..2);
                self.ask()
            }
            (Some(NEGOTIATION | VERSION), Some(status)) => {
                let answer = format!("SOCKS5 01 {status:02x}");
                Step::Refused(Refusal::RejectsCredentials { or_forbids: false, answer })
            }
            (Some(NEGOTIATION | VERSION) | None, None) => Step::NeedMore,
            _ => self.strange(),
        }
    }

    /// VER, REP, RSV, ATYP, BND.ADDR, BND.PORT. A refusal is complete with its number: not everybody sends the rest.
    fn reply(&mut self) -> Step {
        let bytes = &self.bytes;
        if bytes.first().is_some_and(|&version| version != VERSION) {
            return self.strange();
        }
        let length = match (bytes.get(1).copied(), bytes.get(3).copied(), bytes.get(4).copied()) {
            (Some(code), ..) if code != 0 => return Step::Refused(refusal(code)),
            (_, Some(1), _) => 4 + 4 + 2,
            (_, Some(4), _) => 4 + 16 + 2,
            (_, Some(3), Some(length)) => 4 + 1 + usize::from(length) + 2,
            (_, Some(3) | None, _) => return Step::NeedMore,
            _ => return self.strange(),
        };
        if bytes.len() < length {
            return Step::NeedMore;
        }
        let leftover = self.bytes.split_off(length);
        Step::Open { leftover: leftover.into() }
    }

    fn ask(&mut self) -> Step {
        self.waits = Waits::Reply;
        Step::Send(Outbound::plain(Bytes::from(std::mem::take(&mut self.request))))
    }

    fn strange(&self) -> Step {
        Step::Refused(Refusal::NotAProxy(Strange::Begins(shown(&self.bytes))))
    }
}

fn negotiation(name: &str, password: &str) -> Outbound {
    let with = |name: &[u8], password: &[u8]| {
        let mut all = vec![NEGOTIATION];
        for text in [name, password] {
            all.push(u8::try_from(text.len()).unwrap_or(u8::MAX));
            all.extend(text);
        }
        all
    };
    // The length of a password is nobody's business either.
    let shown = with(b"*", b"*");
    Outbound::secret(with(name.as_bytes(), password.as_bytes()), shown)
}

fn refusal(code: u8) -> Refusal {
    let means = match code {
        1 => "general failure",
        2 => "not allowed by its rules",
        3 => "network unreachable",
        4 => "host unreachable",
        5 => "connection refused",
        6 => "TTL expired",
        7 => "command not supported",
        8 => "address type not supported",
        _ => "unknown",
    };
    let answer = format!("SOCKS5 {code:02x}, {means}");
    match code {
        2 | 7 => Refusal::Forbids { answer },
        _ => Refusal::CannotReach { answer },
    }
}

#[cfg(test)]
#[path = "socks5_tests.rs"]
mod tests;
