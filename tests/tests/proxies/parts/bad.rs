//! The scripted ones do what they say.

use std::time::Duration;

use boardwalk_tests::{
    ScriptedServer,
    proxies::bad::{self, BadSocks, Then},
};

use crate::{
    rows::Row,
    wire::{RIGHT, Socks, Wire},
};

pub(super) fn rows() -> Vec<Row> {
    let row = |name: &str, run: fn()| Row::new(format!("bad/{name}"), &Ok(()), run);
    vec![
        row("http answers", http),
        row("a gigabyte of headers", || {
            let (server, _) = bad::start(bad::endless_headers()).unwrap();
            let mut wire = ask(&server);
            assert!(wire.bytes(2_000_000).starts_with(b"HTTP/1.1 200 OK\r\nX-Padding: x"));
        }),
        row("challenges", || {
            let challenges = ["Basic", "Digest realm=\"a\", nonce=\"b\"", "Negotiate"];
            let (many, _) = bad::start(bad::wants(&challenges)).unwrap();
            let head = ask(&many).head();
            assert_eq!(head.matches("Proxy-Authenticate: ").count(), 3, "{head}");
            let (one, _) = bad::start(bad::wants_in_one_header(&challenges)).unwrap();
            let head = ask(&one).head();
            assert!(
                head.contains("Proxy-Authenticate: Basic, Digest realm=\"a\", nonce=\"b\", Negotiate\r\n")
            );
        }),
        row("socks replies", || {
            for code in 0..=9 {
                let server = BadSocks::replies(code).start().unwrap();
                assert_eq!(Wire::connect(server.port()).socks5("board", 8266, None), Socks::Replied(code));
                assert_eq!(server.asked()[0].request, *b"\x05\x01\x00\x03\x05board\x20\x4a");
            }
            let server =
                BadSocks::replies_with_name(5, "a.rather.long.name").then(Then::Hold).start().unwrap();
            assert_eq!(Wire::connect(server.port()).socks5("board", 8266, None), Socks::Replied(5));
        }),
        row("socks passwords", || {
            let server = BadSocks::replies(0).says_to_password(1).start().unwrap();
            assert_eq!(Wire::connect(server.port()).socks5("board", 8266, Some(RIGHT)), Socks::Denied(1));
            let server = BadSocks::replies(0).chooses(0xff).start().unwrap();
            assert_eq!(Wire::connect(server.port()).socks5("board", 8266, None), Socks::NoMethod(0xff));
        }),
        row("socks byte by byte", || {
            let server = BadSocks::replies(0).drips(Duration::from_millis(1)).start().unwrap();
            assert_eq!(Wire::connect(server.port()).socks5("board", 8266, None), Socks::Replied(0));
        }),
    ]
}

fn http() {
    let answers = [
        (bad::closes_after_200(), "HTTP/1.1 200 Connection established\r\n\r\n"),
        (
            bad::redirects("http://login.example/"),
            "HTTP/1.1 302 Found\r\nLocation: http://login.example/\r\n",
        ),
        (bad::refuses("403 Forbidden"), "HTTP/1.1 403 Forbidden\r\n"),
        (bad::drips(Duration::from_millis(1)), "HTTP/1.1 200 Connection established\r\n\r\n"),
        (bad::hangs_after_200(), "HTTP/1.1 200 Connection established\r\n\r\n"),
        (bad::garbage(), "\0"),
    ];
    for (script, expected) in answers {
        let (server, url) = bad::start(script).unwrap();
        assert_eq!(url, format!("http://127.0.0.1:{}", server.port()));
        assert_eq!(ask(&server).bytes(expected.len()), expected.as_bytes());
    }
    let (server, _) = bad::start(bad::silent()).unwrap();
    assert!(ask(&server).is_silent(Duration::from_millis(100)));
}

fn ask(server: &ScriptedServer) -> Wire {
    let mut wire = Wire::connect(server.port());
    wire.send("CONNECT board:8266 HTTP/1.1\r\nHost: board:8266\r\n\r\n");
    wire
}
