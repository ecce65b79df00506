//! `CONNECT`: who opens a tunnel to a board, what it says, and that the bytes in it are those that were sent.

use boardwalk_tests::{
    Board, Generation, Script, ScriptedServer, WebRepl,
    proxies::{Forward, Program, Proxy, Reserved},
};

use crate::{
    rows::{Row, Shared},
    wire::{ACCEPT, request, status_line, to},
};

struct Case {
    name: &'static str,
    proxy: Forward,
    /// The first line of the answer to CONNECT to a board.
    board: &'static str,
    /// To a port where nobody listens. `None`: as to a board, and then the end.
    nobody: Option<&'static str>,
    /// To a name that does not exist.
    no_name: Option<&'static str>,
}

fn cases() -> Vec<Case> {
    let case = |name, proxy, board, nobody, no_name| Case { name, proxy, board, nobody, no_name };
    let new = Forward::new;
    let (unable, forbidden) = (Some("HTTP/1.1 500 Unable to connect"), "HTTP/1.1 403 Forbidden");
    let (unavailable, bad_gateway) =
        (Some("HTTP/1.1 503 Service Unavailable"), Some("HTTP/1.1 502 Bad Gateway"));
    let established = "HTTP/1.1 200 Connection established";
    vec![
        case("tinyproxy", new(Program::Tinyproxy), "HTTP/1.0 200 Connection established", unable, unable),
        case(
            "tinyproxy only 443",
            new(Program::Tinyproxy).only_443(),
            "HTTP/1.1 403 Access violation",
            Some("HTTP/1.1 403 Access violation"),
            Some("HTTP/1.1 403 Access violation"),
        ),
        case("squid", new(Program::Squid), forbidden, Some(forbidden), Some(forbidden)),
        case(
            "squid opened",
            new(Program::Squid).opened(),
            established,
            unavailable,
            Some("HTTP/1.1 500 Internal Server Error"),
        ),
        case(
            "privoxy",
            new(Program::Privoxy),
            established,
            Some("HTTP/1.1 503 Connect failed"),
            Some("HTTP/1.1 404 No such domain"),
        ),
        case(
            "privoxy only 443",
            new(Program::Privoxy).only_443(),
            "HTTP/1.1 403 Request blocked by Privoxy",
            Some("HTTP/1.1 403 Request blocked by Privoxy"),
            Some("HTTP/1.1 403 Request blocked by Privoxy"),
        ),
        case(
            "apache",
            new(Program::Apache),
            "HTTP/1.1 403 Proxy Error",
            Some("HTTP/1.1 403 Proxy Error"),
            Some("HTTP/1.1 502 Proxy Error"),
        ),
        case(
            "apache opened",
            new(Program::Apache).opened(),
            "HTTP/1.0 200 Connection Established",
            unavailable,
            Some("HTTP/1.1 502 Proxy Error"),
        ),
        case("mitmproxy", new(Program::Mitmproxy), established, bad_gateway, bad_gateway),
        case(
            "nginx",
            new(Program::Nginx),
            "HTTP/1.1 400 Bad Request",
            Some("HTTP/1.1 400 Bad Request"),
            Some("HTTP/1.1 400 Bad Request"),
        ),
        case("clash", new(Program::Clash), established, None, None),
        case("naive", new(Program::Naive), "HTTP/1.1 200 OK", bad_gateway, bad_gateway),
        case("slow", new(Program::Slow), established, bad_gateway, bad_gateway),
    ]
}

pub(super) fn rows() -> Vec<Row> {
    cases()
        .into_iter()
        .flat_map(|case| {
            let available = case.proxy.program().available();
            let shared = Shared::new(move || case.proxy.start());
            let (a, b, c) = (shared.clone(), shared.clone(), shared);
            [
                Row::new(format!("connect/{}/to a board", case.name), &available, move || {
                    to_a_board(a.get(), case.board)
                }),
                Row::new(format!("connect/{}/to nobody", case.name), &available, move || {
                    let nobody = Reserved::new().unwrap();
                    fails(b.get(), &format!("127.0.0.1:{}", nobody.port()), case.nobody);
                }),
                Row::new(format!("connect/{}/to no name", case.name), &available, move || {
                    fails(c.get(), "board.invalid:8266", case.no_name);
                }),
            ]
        })
        .collect()
}

fn to_a_board(proxy: &Proxy, expected: &str) {
    let recorder = ScriptedServer::start(Script::new().upgrade().hold()).unwrap();
    let target = format!("127.0.0.1:{}", recorder.port());
    let mut wire = to(proxy);
    let head = wire.connect_to(&target, "");
    assert_eq!(status_line(&head), expected, "{head}\n{}", proxy.log());
    if !expected.contains(" 200 ") {
        assert_eq!(recorder.connections(), 0);
        return;
    }
    let handshake = request("/", &target);
    wire.send(&handshake);
    let reply = wire.head();
    assert!(reply.contains(ACCEPT), "{reply}\n{}", proxy.log());
    // mitmproxy writes the request anew; the others do not look at it.
    assert_eq!(String::from_utf8(recorder.received()).unwrap(), handshake);
    for generation in [Generation::Old, Generation::New] {
        let board = Board::unix().webrepl(WebRepl::new().generation(generation)).start().unwrap();
        let target = format!("127.0.0.1:{}", board.webrepl().port());
        let mut wire = to(proxy);
        wire.connect_to(&target, "");
        wire.send(request("/", &target));
        wire.head();
        wire.use_board();
    }
}

fn fails(proxy: &Proxy, target: &str, expected: Option<&str>) {
    let mut wire = to(proxy);
    let head = wire.connect_to(target, "");
    match expected {
        Some(line) => assert_eq!(status_line(&head), line, "{head}\n{}", proxy.log()),
        None => {
            assert_eq!(status_line(&head), "HTTP/1.1 200 Connection established");
            assert_eq!(wire.until_end(), "", "nothing comes out of it");
        }
    }
}
