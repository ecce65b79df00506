//! `GET http://board/` with `Upgrade`: what other programs send to a proxy, and why it fails. Boardwalk never does.

use std::time::Duration;

use boardwalk_tests::{
    Board, Generation, Script, ScriptedServer, WebRepl,
    proxies::{Forward, Program, Proxy},
};
use tokio::time::timeout;

use crate::{
    rows::{Row, Shared},
    wire::{PATIENCE, request, status_line, to},
};

/// What a client gets to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sees {
    /// A session.
    Session,
    /// The 101 and `Password: `, but the board never hears the password.
    Prompt,
    /// The board's HTML page.
    Page,
    /// Nothing: old firmware with a request it does not understand.
    Silence,
    /// The proxy's own answer.
    Status(&'static str),
}

struct Case {
    name: &'static str,
    proxy: Forward,
    new: Sees,
    old: Sees,
    /// What the request has at the board, and what it has no more.
    has: &'static [&'static str],
    lost: &'static [&'static str],
}

fn cases() -> Vec<Case> {
    use Sees::{Page, Prompt, Session, Silence, Status};
    let case =
        |name, program, new, old, has, lost| Case { name, proxy: Forward::new(program), new, old, has, lost };
    let bad_gateway = Status("HTTP/1.1 502 Bad Gateway");
    vec![
        case("tinyproxy", Program::Tinyproxy, Page, Session, &["Connection: close", "Via: "], &["Upgrade: "]),
        case("squid", Program::Squid, Page, bad_gateway, &["Via: ", "X-Forwarded-For: "], &["Upgrade: "]),
        case(
            "privoxy",
            Program::Privoxy,
            Prompt,
            Prompt,
            &["Connection: Upgrade", "Sec-WebSocket-Key: "],
            &[],
        ),
        case("mitmproxy", Program::Mitmproxy, Session, Session, &["Sec-WebSocket-Key: "], &[]),
        case(
            "naive",
            Program::Naive,
            Page,
            Silence,
            &["Sec-Websocket-Key: ", "User-Agent: Go-http-client/1.1", "Accept-Encoding: gzip"],
            &["Upgrade: ", "Connection: "],
        ),
        case(
            "clash",
            Program::Clash,
            Page,
            Silence,
            &["Sec-Websocket-Key: ", "User-Agent: Go-http-client/1.1", "Connection: Upgrade"],
            &["Sec-WebSocket-Key"],
        ),
        case(
            "apache",
            Program::Apache,
            Page,
            Status("HTTP/1.1 502 Proxy Error"),
            &["Connection: close"],
            &["Upgrade: "],
        ),
    ]
}

pub(super) fn rows() -> Vec<Row> {
    cases()
        .into_iter()
        .flat_map(|case| {
            let available = case.proxy.program().available();
            let shared = Shared::new(move || case.proxy.start());
            let (name, a, b) = (case.name, shared.clone(), shared.clone());
            [
                Row::new(format!("absolute/{name}/what changes"), &available, move || {
                    changes(shared.get(), case.has, case.lost);
                }),
                Row::new(format!("absolute/{name}/new board"), &available, move || {
                    let port = a.get().port();
                    sees(port, a.get(), true, Generation::New, case.new);
                }),
                Row::new(format!("absolute/{name}/old board"), &available, move || {
                    let port = b.get().port();
                    sees(port, b.get(), true, Generation::Old, case.old);
                }),
            ]
        })
        .collect()
}

fn changes(proxy: &Proxy, has: &[&str], lost: &[&str]) {
    let recorder = ScriptedServer::start(Script::page("200 OK", "", "hello")).unwrap();
    let target = format!("127.0.0.1:{}", recorder.port());
    let mut wire = to(proxy);
    wire.send(request(&format!("http://{target}/"), &target));
    wire.head();
    compare(&recorder, has, lost);
}

pub(super) fn compare(recorder: &ScriptedServer, has: &[&str], lost: &[&str]) {
    let arrived = String::from_utf8(recorder.received()).unwrap();
    assert!(arrived.starts_with("GET / HTTP/1."), "{arrived}");
    for text in has {
        assert!(arrived.contains(text), "{text} is not in {arrived}");
    }
    for text in lost {
        assert!(!arrived.contains(text), "{text} is in {arrived}");
    }
}

/// Starts a board and asks for it: in absolute form at a forward proxy, or at what stands in front of it.
fn sees(port: u16, proxy: &Proxy, absolute: bool, generation: Generation, expected: Sees) {
    let board = board(generation);
    let target = format!("127.0.0.1:{}", board.webrepl().port());
    let path = if absolute { format!("http://{target}/") } else { "/".into() };
    look(port, &request(&path, &target), &board, expected, proxy);
}

pub(super) fn board(generation: Generation) -> Board {
    Board::unix().webrepl(WebRepl::new().generation(generation)).start().unwrap()
}

pub(super) fn look(port: u16, request: &str, board: &Board, expected: Sees, proxy: &Proxy) {
    let mut wire = crate::wire::Wire::connect(port);
    wire.send(request);
    match expected {
        Sees::Session => {
            let head = wire.head();
            assert!(status_line(&head).starts_with("HTTP/1.1 101 "), "{head}{}", proxy.log());
            wire.use_board();
        }
        Sees::Prompt => {
            wire.head();
            wire.expect(b"Password: ");
            let before = board.webrepl().stats().from_client;
            wire.type_in(b"secret\r");
            assert!(wire.is_silent(Duration::from_millis(300)), "{}", wire.log());
            assert_eq!(board.webrepl().stats().from_client, before);
        }
        Sees::Page => {
            let all = wire.until(b"webrepl_content.js");
            // A proxy may have put it into chunks.
            assert!(
                all.contains("<base href=\"") && all.contains("https://micropython.org/webrepl/"),
                "{all}"
            );
        }
        Sees::Silence => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let read = board.webrepl().until(|s| s.connections > 0 && !s.in_handshake);
            runtime.block_on(async { timeout(PATIENCE, read).await }).expect("the board reads the request");
            assert!(wire.is_silent(Duration::from_millis(300)), "{}", wire.log());
            assert_eq!(board.webrepl().stats().upgraded, 0);
        }
        Sees::Status(line) => {
            let head = wire.head();
            assert_eq!(status_line(&head), line, "{head}");
        }
    }
}
