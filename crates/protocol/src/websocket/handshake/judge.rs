//! Whose answer is it? Rules over bytes that have come; the reading is next door.

use super::Verdict;
use super::escape::shown;
use super::head::Head;
use crate::search::find;

/// A line that does not end within so many bytes is not looked at further, when it is not HTTP anyway.
const LONGEST_LINE: usize = 256;

/// RFC 6455 4.1, "the client MUST validate the server's response", points 2 to 6.
pub(super) fn switch(head: &Head, expected_accept: &str) -> Result<(), Verdict> {
    // "2. If the response lacks an |Upgrade| header field or […] contains a value that is not an ASCII
    // case-insensitive match for the value "websocket", the client MUST _Fail the WebSocket Connection_."
    let wrong = |header, name| Err(Verdict::UpgradeHeaderWrong { header, got: head.shown(name) });
    let mut upgrades = head.all("upgrade").peekable();
    if upgrades.peek().is_none() || !upgrades.all(|value| value.eq_ignore_ascii_case(b"websocket")) {
        return wrong("Upgrade", "upgrade");
    }
    // "3. If the response lacks a |Connection| header field or […] doesn't contain a token that is an ASCII
    // case-insensitive match for the value "Upgrade" […]". Others may stand beside it.
    if !head.has_token("connection", "upgrade") {
        return wrong("Connection", "connection");
    }
    // "4. […] a |Sec-WebSocket-Accept| contains a value other than the base64-encoded SHA-1 of […] but ignoring any
    // leading and trailing whitespace […]". Base64 has cases.
    let Some(got) = head.shown("sec-websocket-accept") else { return Err(Verdict::AcceptMissing) };
    if !head.all("sec-websocket-accept").all(|value| value == expected_accept.as_bytes()) {
        return Err(Verdict::AcceptMismatch { expected: expected_accept.to_owned(), got });
    }
    // "5. […] indicates the use of an extension that was not present in the client's handshake", "6. […] a
    // subprotocol that was not present": we ask for none.
    for (header, name) in [
        ("Sec-WebSocket-Extensions", "sec-websocket-extensions"),
        ("Sec-WebSocket-Protocol", "sec-websocket-protocol"),
    ] {
        if head.all(name).any(|value| !value.is_empty()) {
            return Err(Verdict::NotAskedFor { header, value: head.shown(name).unwrap_or_default() });
        }
    }
    Ok(())
}

/// Judges a reply other than 101 by its head and its page. `all` means that no more of the page comes or is wanted.
pub(super) fn page(head: &Head, body: &[u8], all: bool) -> Option<Verdict> {
    let status = head.status;
    let refused = || Verdict::NotWebrepl { status, reason: head.reason.clone() };
    let verdict = match status {
        301 | 302 | 303 | 307 | 308 => redirect(head),
        // 300 offers a choice, 304 comes from a cache; without Location neither leads anywhere.
        300..=399 if head.all("location").next().is_some() => redirect(head),
        407 => Verdict::ProxyAuthRequired,
        // RFC 9110 15.6.3, 15.6.5: these come from "a gateway or proxy".
        502 | 504 => Verdict::ProxyCannotReachBoard { status, reason: head.reason.clone() },
        204 | 205 => refused(),
        _ if is_board_page(body) => board_page(head),
        _ if !all => return None,
        400 if wants_tls(body) => Verdict::TlsMismatch,
        511 => Verdict::CaptivePortal { status, title: title(body) },
        200 if is_html(head, body) => Verdict::CaptivePortal { status, title: title(body) },
        _ => refused(),
    };
    Some(verdict)
}

/// What certainly is no HTTP, as soon as that shows.
pub(super) fn not_http(bytes: &[u8]) -> Option<Verdict> {
    // RFC 8446 5.1: an alert (21) of protocol version 3.x.
    if let [0x15, 0x03, ..] = bytes {
        return Some(Verdict::TlsMismatch);
    }
    // One byte may still become an alert; a page without headers is judged by itself.
    if may_be_http(bytes) || bytes == [0x15] || bytes.first() == Some(&b'<') {
        return None;
    }
    let line_ended = bytes.contains(&b'\n') || bytes.len() >= LONGEST_LINE;
    line_ended.then(|| Verdict::NotHttp { begins: first_line(bytes) })
}

/// The first line, whatever came with it, so that the evidence does not depend on how the reply was split.
fn first_line(bytes: &[u8]) -> String {
    shown(bytes.split_inclusive(|&byte| byte == b'\n').next().unwrap_or_default())
}

/// Whether `bytes` are the beginning of a status line.
pub(super) fn may_be_http(bytes: &[u8]) -> bool {
    bytes.iter().zip(b"HTTP/").all(|(got, expected)| got == expected)
}

/// Judges bytes that come without any head: HTTP/0.9, or something else altogether.
pub(super) fn bare_page(bytes: &[u8], all: bool) -> Option<Verdict> {
    let page = bytes.first() == Some(&b'<');
    if page && is_board_page(bytes) {
        return Some(Verdict::BoardServedPage { altered_by: None });
    }
    if !all {
        return None;
    }
    let begins = first_line(bytes);
    Some(if bytes.first() == Some(&b'<') {
        Verdict::BarePage { begins }
    } else {
        Verdict::NotHttp { begins }
    })
}

fn redirect(head: &Head) -> Verdict {
    let to_tls = head.all("location").next().is_some_and(|location| {
        [&b"https:"[..], b"wss:"].iter().any(|scheme| {
            location.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme))
        })
    });
    let location = head.shown("location");
    match location {
        Some(location) if to_tls => Verdict::RedirectedToTls { location },
        location => Verdict::Redirected { status: head.status, location },
    }
}

/// The page of micropython-lib's `webrepl.py`, `send_html`. The address in it can be set, the script's name cannot.
fn is_board_page(body: &[u8]) -> bool {
    find(body, b"<base href=").is_some() && find(body, b"webrepl_content.js").is_some()
}

/// A board sends its page without a single header; who else was there?
fn board_page(head: &Head) -> Verdict {
    let mark = |name: &str, title: &str| head.shown(name).map(|value| format!("{title}: {value}"));
    // These write the request anew without the headers that hold for one connection (RFC 9110 7.6.1).
    let stripped = mark("via", "Via")
        .or_else(|| mark("x-cache", "X-Cache"))
        .or_else(|| mark("x-squid-error", "X-Squid-Error"));
    match stripped {
        Some(mark) => Verdict::HandshakeStripped { mark },
        // Of these it is not known what they do to a request: some take headers out, some write their names in other letters.
        None => Verdict::BoardServedPage {
            altered_by: mark("server", "Server")
                .or_else(|| mark("transfer-encoding", "Transfer-Encoding"))
                .or_else(|| mark("connection", "Connection")),
        },
    }
}

/// What nginx ("The plain HTTP request was sent to HTTPS port"), Go ("Client sent an HTTP request to an HTTPS server.")
/// and Apache ("You're speaking plain HTTP to an SSL-enabled server port.") say to plain HTTP.
fn wants_tls(body: &[u8]) -> bool {
    find(body, b"HTTPS port").is_some()
        || find(body, b"to an HTTPS server").is_some()
        || find(body, b"SSL-enabled server port").is_some()
}

fn is_html(head: &Head, body: &[u8]) -> bool {
    let begins = |text: &[u8]| {
        let body = body.trim_ascii_start();
        body.get(..text.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(text))
    };
    let declared = head.all("content-type").next().is_some_and(|value| {
        let kind = value.split(|&byte| byte == b';').next().unwrap_or_default().trim_ascii();
        kind.eq_ignore_ascii_case(b"text/html") || kind.eq_ignore_ascii_case(b"application/xhtml+xml")
    });
    declared || begins(b"<!doctype html") || begins(b"<html") || begins(b"<head")
}

fn title(body: &[u8]) -> Option<String> {
    let lower = body.to_ascii_lowercase();
    let from = find(&lower, b"<title>")? + b"<title>".len();
    let len = find(&lower[from..], b"</title>")?;
    let title = String::from_utf8_lossy(body[from..from + len].trim_ascii()).into_owned();
    // What could turn a line of text around or hide in it stays out.
    let plain = |c: &char| c.is_alphanumeric() || c.is_ascii_graphic() || *c == ' ';
    let title: String = title.chars().filter(plain).take(80).collect();
    (!title.is_empty()).then_some(title)
}

/// Where the page ends by what its head says, as far as it is there. Chunks are not taken apart: the last one is looked for
/// (RFC 9112 7.1), and a page that holds its like loses its tail.
pub(super) fn page_end(head: &Head, body: &[u8]) -> Option<usize> {
    const LAST_CHUNK: &[u8] = b"\r\n0\r\n\r\n";
    if head.has_token("transfer-encoding", "chunked") {
        return find(body, LAST_CHUNK).map(|at| at + LAST_CHUNK.len());
    }
    head.content_length().filter(|&length| length <= body.len())
}
