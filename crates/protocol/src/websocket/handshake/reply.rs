//! Reading a reply as it comes.

use bytes::Bytes;

use super::escape::shown;
use super::head::{self, Head};
use super::{Request, Verdict, judge};

/// The most that the headers of a reply may come to, interim replies counted, in bytes.
pub const MAX_HEAD: usize = 16 * 1024;

/// As much of a page is looked at to tell whose it is, in bytes.
pub const MAX_BODY: usize = 8 * 1024;

/// How a wait for more bytes ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The other side closed (FIN).
    Eof,
    /// The other side, or something on the way, reset the connection (RST).
    Reset,
    /// The deadline passed.
    Timeout,
}

/// What is known so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing yet: feed on, or say how the wait ended.
    NeedMore,
    /// The WebSocket is open.
    Accepted {
        /// What came behind the reply: the first frames.
        leftover: Bytes,
    },
    /// It is not.
    Refused(Verdict),
}

/// Reads the reply to one [`Request`]. Holds at most [`MAX_HEAD`] and [`MAX_BODY`] bytes, and what was fed last.
#[derive(Debug)]
pub struct ReplyReader {
    expected_accept: String,
    /// What has not been parsed: the head so far, or the page behind it.
    bytes: Vec<u8>,
    /// Bytes of interim replies and empty lines already taken off, and the last interim reply's head.
    interim: usize,
    last_interim: Option<Head>,
    head: Option<Head>,
    decided: Option<Outcome>,
}

impl ReplyReader {
    /// For the answer to `request`.
    #[must_use]
    pub fn new(request: &Request) -> Self {
        Self {
            expected_accept: request.expected_accept().to_owned(),
            bytes: Vec::new(),
            interim: 0,
            last_interim: None,
            head: None,
            decided: None,
        }
    }

    /// Takes the next bytes of the connection. Once it has decided, it takes no more and says the same again; the
    /// leftover is then whole in the first answer.
    pub fn feed(&mut self, bytes: &[u8]) -> Outcome {
        if let Some(outcome) = &self.decided {
            return outcome.clone();
        }
        let seen = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        let outcome = if self.head.is_some() { self.page(None) } else { self.headers(seen) };
        self.decide(outcome)
    }

    /// Says that nothing more comes, and why. Never [`Outcome::NeedMore`].
    pub fn finish(&mut self, end: End) -> Outcome {
        if let Some(outcome) = &self.decided {
            return outcome.clone();
        }
        let outcome =
            if self.head.is_some() { self.page(Some(end)) } else { Outcome::Refused(self.cut_short(end)) };
        self.decide(outcome)
    }

    /// The head of the final reply, or of the last interim one, once it could be read.
    #[must_use]
    pub fn head(&self) -> Option<&Head> {
        self.head.as_ref().or(self.last_interim.as_ref())
    }

    fn decide(&mut self, outcome: Outcome) -> Outcome {
        if outcome != Outcome::NeedMore {
            self.bytes = Vec::new();
            self.decided = Some(outcome.clone());
        }
        outcome
    }

    /// Looks for the end of the head; nothing before `seen` holds it.
    fn headers(&mut self, seen: usize) -> Outcome {
        let mut seen = seen;
        loop {
            // RFC 9112 2.2 forgives an empty line before a request; the same goes for replies here.
            let blank = self.bytes.iter().take_while(|&&byte| matches!(byte, b'\r' | b'\n')).count();
            self.bytes.drain(..blank);
            self.interim += blank;
            seen = seen.saturating_sub(blank);
            if let Some(verdict) = judge::not_http(&self.bytes) {
                return Outcome::Refused(verdict);
            }
            if !judge::may_be_http(&self.bytes) {
                // A page without headers: its end, or enough of it, tells whose it is.
                self.bytes.truncate(MAX_BODY);
                return match judge::bare_page(&self.bytes, self.bytes.len() >= MAX_BODY) {
                    Some(verdict) => Outcome::Refused(verdict),
                    None => Outcome::NeedMore,
                };
            }
            let end = head::end(&self.bytes, seen);
            if self.interim + end.unwrap_or(self.bytes.len()) > MAX_HEAD {
                return Outcome::Refused(Verdict::HeadTooLong);
            }
            let Some(end) = end else { return Outcome::NeedMore };
            let head = match Head::parse(&self.bytes[..end]) {
                Ok(head) => head,
                Err(verdict) => return Outcome::Refused(verdict),
            };
            self.bytes.drain(..end);
            match head.status {
                101 => {
                    let outcome = match judge::switch(&head, &self.expected_accept) {
                        Ok(()) => Outcome::Accepted { leftover: std::mem::take(&mut self.bytes).into() },
                        Err(verdict) => Outcome::Refused(verdict),
                    };
                    self.head = Some(head);
                    return outcome;
                }
                // RFC 9110 15.2: "A client MUST be able to parse one or more 1xx responses received prior to a final
                // response, even if the client does not expect one."
                100..=199 => {
                    self.interim += end;
                    self.last_interim = Some(head);
                    seen = 0;
                }
                _ => {
                    self.head = Some(head);
                    return self.page(None);
                }
            }
        }
    }

    /// Judges a reply that is not 101, once enough of its page is there.
    fn page(&mut self, end: Option<End>) -> Outcome {
        self.bytes.truncate(MAX_BODY);
        let Some(head) = &self.head else { return Outcome::NeedMore };
        let page_end = judge::page_end(head, &self.bytes);
        self.bytes.truncate(page_end.unwrap_or(MAX_BODY));
        let full = page_end.is_some() || self.bytes.len() >= MAX_BODY;
        match judge::page(head, &self.bytes, full || end.is_some()) {
            Some(verdict) => Outcome::Refused(verdict),
            None => Outcome::NeedMore,
        }
    }

    /// Judges what came when it was not even a head.
    fn cut_short(&self, end: End) -> Verdict {
        let bytes = self.interim + self.bytes.len();
        let reset = end == End::Reset;
        if bytes > 0 && !judge::may_be_http(&self.bytes) {
            return judge::bare_page(&self.bytes, true)
                .unwrap_or_else(|| Verdict::NotHttp { begins: shown(&self.bytes) });
        }
        if let (Some(head), true) = (&self.last_interim, self.bytes.is_empty()) {
            return Verdict::NotWebrepl { status: head.status, reason: head.reason.clone() };
        }
        match end {
            End::Timeout if bytes == 0 => Verdict::SilentAfterRequest,
            End::Timeout => Verdict::HeadUnfinished { bytes },
            End::Eof | End::Reset if bytes == 0 => Verdict::ClosedBeforeReply { reset },
            End::Eof | End::Reset => Verdict::ClosedInReply { reset, bytes },
        }
    }
}

#[cfg(test)]
#[path = "reply_tests.rs"]
mod tests;
