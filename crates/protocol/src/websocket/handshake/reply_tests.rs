//! Every way to answer, by exact bytes.

use proptest::prelude::*;

use super::*;

const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
const BOARD: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
const PAGE: &str = "HTTP/1.0 200 OK\r\n\r\n<base href=\"https://micropython.org/webrepl/\"></base>\r\n\
    <script src=\"webrepl_content.js\"></script>\r\n";

fn reader() -> ReplyReader {
    ReplyReader::new(&Request::new("board:8266", "/", *b"the sample nonce"))
}

/// Feeds `reply` cut by `cuts`, then `end`.
fn read(reply: &[u8], cuts: &[usize], end: End) -> Outcome {
    let mut reader = reader();
    let mut cuts = cuts.iter().cycle();
    let mut rest = reply;
    while !rest.is_empty() {
        let n = cuts.next().copied().unwrap_or(1).min(rest.len());
        match reader.feed(&rest[..n]) {
            Outcome::NeedMore => rest = &rest[n..],
            Outcome::Accepted { leftover } => {
                return Outcome::Accepted { leftover: [&leftover, &rest[n..]].concat().into() };
            }
            refused => return refused,
        }
    }
    reader.finish(end)
}

fn verdict(reply: &str, end: End) -> Verdict {
    let whole = read(reply.as_bytes(), &[usize::MAX], end);
    let piece = if reply.len() > 2000 { 97 } else { 1 };
    assert_eq!(read(reply.as_bytes(), &[piece], end), whole, "in small pieces: {reply:?}");
    match whole {
        Outcome::Refused(verdict) => verdict,
        other => panic!("{reply:?}: {other:?}"),
    }
}

fn accepted(reply: &str) -> Vec<u8> {
    match read(reply.as_bytes(), &[usize::MAX], End::Eof) {
        Outcome::Accepted { leftover } => leftover.to_vec(),
        other => panic!("{reply:?}: {other:?}"),
    }
}

fn with(headers: &str) -> String {
    format!("HTTP/1.1 101 Switching Protocols\r\n{headers}\r\n\r\n")
}

#[test]
fn a_board_is_accepted_and_what_follows_is_kept() {
    assert_eq!(accepted(BOARD), b"");
    assert_eq!(accepted(&format!("{BOARD}\u{1}\nPassword: ")), b"\x01\nPassword: ");
}

#[test]
fn what_the_rfc_forgives_is_forgiven() {
    let accept = format!("Sec-WebSocket-Accept: {ACCEPT}");
    for headers in [
        format!("upgrade: WebSocket\r\nconnection: keep-alive, Upgrade\r\nsec-websocket-accept:{ACCEPT}"),
        format!("UPGRADE:websocket \r\nCONNECTION: upgrade,keep-alive\r\n{accept} \t"),
        format!(
            "Connection: keep-alive\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n{accept}\r\n{accept}"
        ),
        format!("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept:\r\n  {ACCEPT}"),
        format!(
            "Upgrade: websocket\r\nConnection: Upgrade\r\nServer: x\r\nDate: today\r\nX-Empty:\r\n{accept}"
        ),
        format!("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Extensions:\r\n{accept}"),
    ] {
        assert_eq!(accepted(&with(&headers)), b"", "{headers}");
    }
    for line in
        ["HTTP/1.1 101", "HTTP/1.1 101 ", "HTTP/1.1 101 Web Socket Protocol Handshake", "HTTP/1.0 101 OK"]
    {
        assert_eq!(accepted(&BOARD.replace("HTTP/1.1 101 Switching Protocols", line)), b"", "{line}");
    }
    assert_eq!(accepted(&BOARD.replace("\r\n", "\n")), b"", "lone line feeds");
    assert_eq!(accepted(&format!("\r\n{BOARD}")), b"", "an empty line before");
    assert_eq!(
        accepted(&format!("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n{BOARD}x")),
        b"x"
    );
}

#[test]
fn what_a_101_can_have_wrong() {
    let ok = format!("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {ACCEPT}");
    for (headers, code) in [
        ("Upgrade: websocket\r\nConnection: Upgrade".to_owned(), "accept-missing"),
        (ok.replace("s3p", "S3p"), "accept-mismatch"),
        (ok.replace(ACCEPT, ""), "accept-mismatch"),
        (format!("{ok}\r\nSec-WebSocket-Accept: other"), "accept-mismatch"),
        (ok.replace("Upgrade: websocket\r\n", ""), "upgrade-header-wrong"),
        (ok.replace("Upgrade: websocket", "Upgrade: h2c"), "upgrade-header-wrong"),
        (ok.replace("Connection: Upgrade\r\n", ""), "upgrade-header-wrong"),
        (ok.replace("Connection: Upgrade", "Connection: close"), "upgrade-header-wrong"),
        (ok.replace("Connection: Upgrade", "Connection: Upgraded"), "upgrade-header-wrong"),
        (format!("Sec-WebSocket-Accept: {ACCEPT}"), "upgrade-header-wrong"),
        (format!("{ok}\r\nSec-WebSocket-Extensions: permessage-deflate"), "not-webrepl"),
        (format!("{ok}\r\nSec-WebSocket-Protocol: chat"), "not-webrepl"),
        (format!("no colon here\r\n{ok}"), "not-http"),
        (format!("Bad Name : x\r\n{ok}"), "not-http"),
        (format!("X: a\0b\r\n{ok}"), "not-http"),
        (format!("{}{ok}", "A: b\r\n".repeat(200)), "not-webrepl"),
    ] {
        assert_eq!(verdict(&with(&headers), End::Eof).code(), code, "{headers:?}");
    }
}

#[test]
fn the_evidence_is_in_the_verdict() {
    let ok = format!("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {ACCEPT}");
    assert_eq!(
        verdict(&with(&ok.replace(ACCEPT, "AAAA")), End::Eof),
        Verdict::AcceptMismatch { expected: ACCEPT.into(), got: "AAAA".into() }
    );
    assert_eq!(
        verdict(&with(&format!("{ok}\r\nno colon here")), End::Eof),
        Verdict::MalformedHttp {
            what: "a header line without a proper name and colon",
            line: "no colon here".into()
        }
    );
    assert_eq!(
        verdict("HTTP/1.1 302 Found\r\nLocation: http://login.example/\x1b[2J\r\n\r\n", End::Eof).code(),
        "not-http",
        "a control character in a header"
    );
    assert_eq!(
        verdict("HTTP/1.1 302 Found\r\nLocation: http://login.example/\u{e9}\r\n\r\n", End::Eof),
        Verdict::Redirected { status: 302, location: Some("http://login.example/\\xc3\\xa9".into()) }
    );
    let portal = "HTTP/1.1 511 Network Authentication Required\r\nContent-Length: 36\r\n\r\n<html><title>Hotel\u{202e} WLAN</title></x>";
    assert_eq!(
        verdict(portal, End::Timeout),
        Verdict::CaptivePortal { status: 511, title: Some("Hotel WLAN".into()) }
    );
    assert_eq!(
        verdict("SSH-2.0-OpenSSH_9.2\r\n", End::Timeout),
        Verdict::NotHttp { begins: "SSH-2.0-OpenSSH_9.2\\r\\n".into() }
    );
}

#[test]
fn every_other_answer() {
    let html = "Content-Type: text/html\r\n\r\n<html>login</html>";
    for (reply, code) in [
        (PAGE.to_owned(), "board-served-page"),
        (PAGE.replace("\r\n\r\n<base", "\r\nConnection: close\r\n\r\n<base"), "board-served-page"),
        (PAGE.replace("micropython.org", "192.168.1.2"), "board-served-page"),
        (PAGE.trim_start_matches("HTTP/1.0 200 OK\r\n\r\n").to_owned(), "board-served-page"),
        (PAGE.replace("\r\n\r\n<base", "\r\nVia: 1.1 tinyproxy\r\n\r\n<base"), "handshake-stripped"),
        (
            PAGE.replace("\r\n\r\n<base", "\r\nTransfer-Encoding: chunked\r\n\r\n7d\r\n<base"),
            "board-served-page",
        ),
        ("HTTP/1.1 301 Moved\r\nLocation: https://board/\r\n\r\n".into(), "redirected-to-tls"),
        ("HTTP/1.1 302 Found\r\nlocation: WSS://board/\r\n\r\n".into(), "redirected-to-tls"),
        ("HTTP/1.1 307 T\r\nLocation: https://b\r\nContent-Length: 9\r\n\r\n".into(), "redirected-to-tls"),
        ("HTTP/1.1 308 P\r\nLocation: https://b\r\n\r\n".into(), "redirected-to-tls"),
        ("HTTP/1.1 302 Found\r\nLocation: http://login/\r\n\r\n".into(), "redirected"),
        ("HTTP/1.1 303 See\r\nLocation: /login\r\n\r\n".into(), "redirected"),
        ("HTTP/1.1 301 Moved\r\n\r\n".into(), "redirected"),
        ("HTTP/1.1 304 Not Modified\r\n\r\n".into(), "not-webrepl"),
        (format!("HTTP/1.1 200 OK\r\n{html}"), "captive-portal"),
        ("HTTP/1.1 200 OK\r\n\r\n<!DOCTYPE html><p>hi".into(), "captive-portal"),
        ("HTTP/1.1 511 Network Authentication Required\r\n\r\nlog in".into(), "captive-portal"),
        ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{}".into(), "not-webrepl"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".into(), "not-webrepl"),
        ("HTTP/1.1 204 No Content\r\n\r\n".into(), "not-webrepl"),
        (format!("HTTP/1.1 404 Not Found\r\n{html}"), "not-webrepl"),
        (format!("HTTP/1.1 426 Upgrade Required\r\n{html}"), "not-webrepl"),
        ("HTTP/1.1 401 Unauthorized\r\n\r\n".into(), "not-webrepl"),
        ("HTTP/1.1 500 Oops\r\n\r\n".into(), "not-webrepl"),
        ("HTTP/1.1 100 Continue\r\n\r\n".into(), "not-webrepl"),
        ("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n".into(), "proxy-auth-required"),
        ("HTTP/1.1 502 Bad Gateway\r\n\r\n".into(), "proxy-cannot-reach-board"),
        ("HTTP/1.1 504 Gateway Timeout\r\n\r\n".into(), "proxy-cannot-reach-board"),
        (
            "HTTP/1.1 400 Bad\r\n\r\n<h1>400</h1>The plain HTTP request was sent to HTTPS port".into(),
            "tls-mismatch",
        ),
        ("HTTP/1.0 400 Bad\r\n\r\nClient sent an HTTP request to an HTTPS server.\n".into(), "tls-mismatch"),
        ("\x15\x03\x03\0\x02\x02\x28".into(), "tls-mismatch"),
        ("SSH-2.0-OpenSSH_9.2\r\n".into(), "not-http"),
        ("\n\n220 mail.example ESMTP\r\n".into(), "not-http"),
        ("\r\n\r\n<html></html>".into(), "not-http"),
        ("220 mail.example ESMTP\r\n".into(), "not-http"),
        ("x".into(), "not-http"),
        ("HTTP".to_owned() + "X", "not-http"),
        ("HTTP/2 200 OK\r\n\r\n".into(), "not-http"),
        ("HTTP/1.1 abc\r\n\r\n".into(), "not-http"),
        ("<html><body>old</body></html>".into(), "not-http"),
    ] {
        assert_eq!(verdict(&reply, End::Eof).code(), code, "{reply:?}");
        assert_eq!(verdict(&reply, End::Timeout).code(), code, "{reply:?}");
    }
}

#[test]
fn what_comes_behind_the_end_of_a_reply_changes_nothing() {
    for (reply, code) in [
        (format!("SSH-2.0-x\r\n{PAGE}"), "not-http"),
        (format!("HTTP/1.1 404 N\r\nContent-Length: 2\r\n\r\nno{PAGE}"), "not-webrepl"),
        (
            format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n{PAGE}"),
            "not-webrepl",
        ),
        (format!("<html>{}{PAGE}", "a".repeat(MAX_BODY)), "not-http"),
    ] {
        assert_eq!(verdict(&reply, End::Eof).code(), code, "{:?}", &reply[..60]);
    }
}

#[test]
fn silence_and_ends_are_told_apart() {
    for (reply, end, code) in [
        ("", End::Timeout, "silent-after-request"),
        ("", End::Eof, "closed-before-reply"),
        ("", End::Reset, "closed-before-reply"),
        ("HTTP/1.1 101 Swi", End::Timeout, "not-webrepl"),
        ("HTTP/1.1 101 Swi", End::Eof, "closed-before-reply"),
        ("HTTP/1.1 101 Swi", End::Reset, "closed-before-reply"),
        ("HT", End::Timeout, "not-webrepl"),
    ] {
        assert_eq!(verdict(reply, end).code(), code, "{reply:?} {end:?}");
    }
    assert_ne!(verdict("", End::Eof), verdict("", End::Reset));
}

#[test]
fn a_decision_comes_as_soon_as_it_can() {
    for reply in [
        BOARD,
        PAGE,
        "HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n",
        "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno",
        "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "\x15\x03",
    ] {
        assert_ne!(reader().feed(reply.as_bytes()), Outcome::NeedMore, "{reply:?}");
    }
}

#[test]
fn floods_end_in_a_verdict_and_hold_little() {
    for (begin, flood, code) in [
        ("HTTP/1.1 101 S\r\n", "A: b\r\n", "not-webrepl"),
        ("HTTP/1.1 101 S\r\nA: ", "b", "not-webrepl"),
        ("HTTP/1.1 ", "1", "not-webrepl"),
        ("", "HTTP/1.1 100 Continue\r\n\r\n", "not-webrepl"),
        ("", "\r\n", "not-webrepl"),
        ("HTTP/1.1 200 OK\r\n\r\n<html>", "a", "captive-portal"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n", "a", "not-webrepl"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n", "a", "not-webrepl"),
        ("<html>", "a", "not-http"),
        ("", "a", "not-http"),
        ("", "\0", "not-http"),
    ] {
        let mut reader = reader();
        let mut outcome = reader.feed(begin.as_bytes());
        let mut fed = 0;
        while outcome == Outcome::NeedMore {
            fed += flood.len();
            assert!(fed <= MAX_HEAD + MAX_BODY, "{begin:?} {flood:?}");
            outcome = reader.feed(flood.as_bytes());
            assert!(reader.bytes.len() <= MAX_HEAD + MAX_BODY);
        }
        let Outcome::Refused(verdict) = outcome else { panic!("{begin:?}: {outcome:?}") };
        assert_eq!(verdict.code(), code, "{begin:?} {flood:?}: {verdict}");
        assert!(reader.bytes.is_empty());
    }
}

#[test]
fn texts_are_one_short_printable_line() {
    let nasty = "\u{1b}]0;x\u{7}\u{9b}".repeat(400);
    for reply in [
        nasty.clone(),
        format!("<{nasty}"),
        format!("HTTP/1.1 404 {}\r\n\r\n", "n".repeat(3000)),
        format!("HTTP/1.1 200 OK\r\n\r\n<html><title>{nasty}</title>"),
    ] {
        let verdict = verdict(&reply, End::Eof);
        let text = verdict.to_string();
        assert!(text.len() < 500 && !text.chars().any(char::is_control), "{text:?}");
        assert!(!verdict.help().is_empty());
    }
}

proptest! {
    #[test]
    fn any_split_gives_the_same(
        cuts in proptest::collection::vec(1usize..50, 1..20),
        rest in proptest::collection::vec(any::<u8>(), 0..100),
        which in 0usize..4,
    ) {
        let begin = [BOARD, PAGE, "HTTP/1.1 404 N\r\nContent-Length: 50\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n"][which];
        let reply = [begin.as_bytes(), &rest].concat();
        let whole = read(&reply, &[usize::MAX], End::Eof);
        prop_assert_eq!(read(&reply, &cuts, End::Eof), whole.clone());
        if which == 0 {
            prop_assert_eq!(whole, Outcome::Accepted { leftover: rest.into() });
        }
    }

    #[test]
    fn garbage_never_panics_and_is_never_accepted(
        begin in prop_oneof![Just(""), Just("HTTP/1.1 "), Just("HTTP/1.1 101 S\r\n"), Just("HTTP/1.1 200 OK\r\n\r\n")],
        bytes in proptest::collection::vec(any::<u8>(), 0..600),
        cuts in proptest::collection::vec(1usize..50, 1..20),
    ) {
        let reply = [begin.as_bytes(), &bytes].concat();
        let outcome = read(&reply, &cuts, End::Timeout);
        prop_assert!(matches!(outcome, Outcome::Refused(_)), "{:?}", outcome);
    }

    #[test]
    fn headers_in_any_order_and_case_are_accepted(
        order in Just(vec![0, 1, 2]).prop_shuffle(),
        upper in proptest::collection::vec(any::<bool>(), 20),
    ) {
        let headers = [("upgrade", "websocket"), ("connection", "Upgrade"), ("sec-websocket-accept", ACCEPT)];
        let case = |name: &str| -> String {
            name.chars().zip(&upper).map(|(c, up)| if *up { c.to_ascii_uppercase() } else { c }).collect()
        };
        let lines: Vec<_> = order.iter().map(|&i| format!("{}: {}", case(headers[i].0), headers[i].1)).collect();
        prop_assert_eq!(accepted(&with(&lines.join("\r\n"))), b"");
    }
}
