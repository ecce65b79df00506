//! The head of an answer to CONNECT, read with patience: proxies are older than the rules.

use super::super::asking::Strange;
use super::super::challenge::{self, Challenge};
use crate::websocket::handshake::shown;

/// More header lines than this are no answer but an attack.
const HEADERS_MOST: usize = 100;

/// As far as it has come.
pub(super) enum ReplyHead {
    NeedMore,
    Complete(Head),
    Strange(Strange),
}

/// What counts of an answer.
pub(super) struct Head {
    /// its bytes, the empty line included
    pub(super) length: usize,
    pub(super) status: u16,
    /// the status line, escaped and cut
    pub(super) answer: String,
    pub(super) challenges: Vec<Challenge>,
    pub(super) content_length: Option<u64>,
    pub(super) chunked: bool,
}

/// Looks for a whole head of at most `most` bytes at the beginning of `bytes`; its end is not before `seen`.
pub(super) fn head(bytes: &[u8], seen: usize, most: usize) -> ReplyHead {
    if !may_be_http(bytes) {
        return ReplyHead::Strange(Strange::Begins(shown(first_line(bytes))));
    }
    let end = end(bytes, seen);
    if end.unwrap_or(bytes.len()) > most {
        return ReplyHead::Strange(Strange::Endless);
    }
    let Some(length) = end else { return ReplyHead::NeedMore };
    parse(&bytes[..length])
}

/// Whether `bytes` are the beginning of a status line.
pub(super) fn may_be_http(bytes: &[u8]) -> bool {
    bytes.iter().zip(b"HTTP/1.").all(|(got, expected)| got == expected)
}

fn parse(bytes: &[u8]) -> ReplyHead {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MOST];
    let mut reply = httparse::Response::new(&mut headers);
    let mut config = httparse::ParserConfig::default();
    config
        .allow_obsolete_multiline_headers_in_responses(true)
        .allow_spaces_after_header_name_in_responses(true)
        .allow_multiple_spaces_in_response_status_delimiters(true)
        .ignore_invalid_headers_in_responses(true);
    let answer = shown(first_line(bytes).trim_ascii_end());
    match config.parse_response(&mut reply, bytes) {
        Ok(httparse::Status::Complete(_)) => {}
        Err(httparse::Error::TooManyHeaders) => return ReplyHead::Strange(Strange::Endless),
        _ => return ReplyHead::Strange(Strange::Begins(answer)),
    }
    let all = |name: &'static str| {
        reply.headers.iter().filter(move |h| h.name.eq_ignore_ascii_case(name)).map(|h| h.value)
    };
    let number = |value: &[u8]| std::str::from_utf8(value.trim_ascii()).ok()?.parse().ok();
    ReplyHead::Complete(Head {
        length: bytes.len(),
        status: reply.code.unwrap_or_default(),
        answer,
        challenges: challenge::parse_all(all("proxy-authenticate")),
        content_length: all("content-length").next().and_then(number),
        chunked: all("transfer-encoding").any(|value| value.to_ascii_lowercase().ends_with(b"chunked")),
    })
}

/// Behind the first empty line. RFC 9112, 2.2: a lone LF may be taken for a line's end.
fn end(bytes: &[u8], from: usize) -> Option<usize> {
    (from..bytes.len())
        .find(|&at| bytes[at] == b'\n' && (bytes[..at].ends_with(b"\n") || bytes[..at].ends_with(b"\n\r")))
        .map(|at| at + 1)
}

fn first_line(bytes: &[u8]) -> &[u8] {
    bytes.split(|&byte| byte == b'\n').next().unwrap_or_default()
}
