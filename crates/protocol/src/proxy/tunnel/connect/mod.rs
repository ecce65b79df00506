//! HTTP CONNECT (RFC 9110, 9.3.6).

mod body;
mod reply;

use bytes::Bytes;

use self::reply::{Head, ReplyHead};
use super::asking::{Destination, Offer, Outbound, Refusal, Step, Strange};
use crate::websocket::handshake::{End, shown};
use body::Body;

/// The most that the headers of an answer may come to, interim ones counted, in bytes.
const HEAD_MOST: usize = 32 * 1024;

/// Asks with CONNECT.
pub(super) struct Connect {
    request: Outbound,
    /// we said who we are
    offered: bool,
    bytes: Vec<u8>,
    /// bytes of interim replies
    interim: usize,
    refused: Option<(Refusal, Body)>,
}

impl Connect {
    pub(super) fn new(destination: &Destination, offer: Offer) -> Self {
        let authorization = match offer {
            Offer::Header(value) => Some(value),
            Offer::Nothing | Offer::User { .. } => None,
        };
        let offered = authorization.is_some();
        let request = request(destination, authorization.as_deref());
        Self { request, offered, bytes: Vec::new(), interim: 0, refused: None }
    }

    pub(super) fn start(&mut self) -> Outbound {
        self.request.clone()
    }

    pub(super) fn feed(&mut self, bytes: &[u8]) -> Step {
        if let Some((refusal, body)) = &mut self.refused {
            return if body.take(bytes) { Step::Refused(refusal.clone()) } else { Step::NeedMore };
        }
        let mut seen = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        loop {
            match reply::head(&self.bytes, seen, HEAD_MOST.saturating_sub(self.interim)) {
                ReplyHead::NeedMore => return Step::NeedMore,
                ReplyHead::Strange(strange) => return Step::Refused(Refusal::NotAProxy(strange)),
                ReplyHead::Complete(head) => {
                    let rest = self.bytes.split_off(head.length);
                    self.bytes = rest;
                    // RFC 9110, 15.2: "A client MUST be able to parse one or more 1xx responses received prior to a
                    // final response".
                    if (100..200).contains(&head.status) && head.status != 101 {
                        self.interim += head.length;
                        seen = 0;
                        continue;
                    }
                    return self.judge(head);
                }
            }
        }
    }

    pub(super) fn finish(&self, end: End) -> Refusal {
        if let Some((refusal, _)) = &self.refused {
            return refusal.clone();
        }
        match end {
            End::Timeout if self.bytes.is_empty() => Refusal::Silent,
            _ if !self.bytes.is_empty() && !reply::may_be_http(&self.bytes) => {
                Refusal::NotAProxy(Strange::Begins(shown(&self.bytes)))
            }
            _ if self.bytes.is_empty() && self.interim == 0 => Refusal::NotAProxy(Strange::HungUp),
            _ => Refusal::NotAProxy(Strange::Unfinished),
        }
    }

    pub(super) fn is_refused(&self) -> bool {
        self.refused.is_some()
    }

    fn judge(&mut self, head: Head) -> Step {
        // RFC 9110, 9.3.6: "A client MUST ignore any Content-Length or Transfer-Encoding header fields received in a
        // successful response to CONNECT."
        if (200..300).contains(&head.status) {
            return Step::Open { leftover: Bytes::from(std::mem::take(&mut self.bytes)) };
        }
        let mut body = Body::of(&head);
        let refusal = self.refusal(head);
        let rest = std::mem::take(&mut self.bytes);
        if body.take(&rest) {
            return Step::Refused(refusal);
        }
        self.refused = Some((refusal, body));
        Step::NeedMore
    }

    fn refusal(&self, head: Head) -> Refusal {
        let answer = head.answer;
        match head.status {
            407 => Refusal::WantsCredentials { challenges: head.challenges, answer },
            // tinyproxy answers 401 to wrong credentials, the Clash family 403.
            401 | 403 if self.offered => {
                Refusal::RejectsCredentials { or_forbids: head.status == 403, answer }
            }
            404 | 500 | 502..=599 => Refusal::CannotReach { answer },
            101 => Refusal::NotAProxy(Strange::Begins(answer)),
            // 400, 403, 405, 501; and a redirect, which is how squid shows its own page about it (deny_info).
            _ => Refusal::Forbids { answer },
        }
    }
}

/// Only what a proxy has to have. RFC 9112, 3.2.3: the authority form with the port, also when it is the scheme's own.
fn request(destination: &Destination, authorization: Option<&str>) -> Outbound {
    // What could break out of the line stays out.
    let clean = |text: &str| -> String { text.chars().filter(|c| !c.is_control() && *c != ' ').collect() };
    let place = Destination { host: clean(&destination.host), port: destination.port };
    let start = format!("CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n");
    let Some(value) = authorization else { return Outbound::plain(start + "\r\n") };
    let value: String = value.chars().filter(|c| !c.is_control()).collect();
    let scheme = value.find(' ').map_or(0, |at| at + 1);
    let (scheme, secret) = value.split_at(scheme);
    let with = |secret: &str| format!("{start}Proxy-Authorization: {scheme}{secret}\r\n\r\n").into_bytes();
    // The length of a password is nobody's business either.
    Outbound::secret(with(secret), with("********"))
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
