//! SOCKS5: who opens a way to a board, that the bytes in it are those that were sent, and the codes of the replies.

use boardwalk_tests::{
    Board, Script, ScriptedServer, WebRepl,
    proxies::{Auth, Forward, Program, Proxy, Reserved},
};

use crate::{
    rows::{Row, Shared},
    wire::{ACCEPT, RIGHT, Socks, WRONG, request, to},
};

struct Case {
    name: &'static str,
    proxy: Forward,
    credentials: bool,
    /// The reply to a port where nobody listens, and to a name that does not exist. Clash says yes before it knows.
    nobody: u8,
    no_name: u8,
}

fn cases() -> Vec<Case> {
    let case = |name, proxy, credentials, nobody, no_name| Case { name, proxy, credentials, nobody, no_name };
    let new = Forward::new;
    vec![
        case("dante", new(Program::Dante), false, 5, 4),
        case("microsocks", new(Program::Microsocks), false, 5, 1),
        case("microsocks with a password", new(Program::Microsocks).asks(Auth::Basic), true, 5, 1),
        case("mitmproxy", new(Program::MitmproxySocks), false, 4, 4),
        case("mitmproxy with a password", new(Program::MitmproxySocks).asks(Auth::Basic), true, 4, 4),
        case("clash", new(Program::Clash), false, 0, 0),
        case("clash with a password", new(Program::Clash).asks(Auth::Basic), true, 0, 0),
    ]
}

pub(super) fn rows() -> Vec<Row> {
    let mut rows: Vec<Row> = cases().into_iter().flat_map(of).collect();
    let dante = Forward::new(Program::Dante).only_443();
    rows.push(Row::new("socks/dante only 443/to a board", &Program::Dante.available(), move || {
        let proxy = dante.start().unwrap();
        let target = Reserved::new().unwrap();
        let reply = to(&proxy).socks5("127.0.0.1", target.port(), None);
        assert_eq!(reply, Socks::Replied(2), "{}", proxy.log());
    }));
    rows.push(Row::new("socks/clash/socks4a", &Program::Clash.available(), || {
        let proxy = Forward::new(Program::Clash).start().unwrap();
        let recorder = ScriptedServer::start(Script::new().upgrade().hold()).unwrap();
        let mut wire = to(&proxy);
        let mut ask = vec![4, 1];
        ask.extend(recorder.port().to_be_bytes());
        ask.extend(*b"\x00\x00\x00\x01\x00localhost\x00");
        wire.send(ask);
        assert_eq!(wire.bytes(8)[..2], [0, 90]);
        handshake(&proxy, &recorder, &mut wire);
    }));
    rows
}

fn of(case: Case) -> Vec<Row> {
    let available = case.proxy.program().available();
    let shared = Shared::new(move || case.proxy.start());
    let credentials = case.credentials.then_some(RIGHT);
    let (a, b, c) = (shared.clone(), shared.clone(), shared.clone());
    let name = case.name;
    let mut rows = vec![
        Row::new(format!("socks/{name}/to a board"), &available, move || to_a_board(a.get(), credentials)),
        Row::new(format!("socks/{name}/to nobody"), &available, move || {
            let nobody = Reserved::new().unwrap();
            let reply = to(b.get()).socks5("127.0.0.1", nobody.port(), credentials);
            assert_eq!(reply, Socks::Replied(case.nobody), "{}", b.get().log());
        }),
        Row::new(format!("socks/{name}/to no name"), &available, move || {
            let reply = to(c.get()).socks5("board.invalid", 8266, credentials);
            assert_eq!(reply, Socks::Replied(case.no_name), "{}", c.get().log());
        }),
    ];
    if case.credentials {
        rows.push(Row::new(format!("socks/{name}/wrong or none"), &available, move || {
            let reply = to(shared.get()).socks5("127.0.0.1", 1, Some(WRONG));
            assert!(matches!(reply, Socks::Denied(1 | 2)), "{reply:?}");
            assert_eq!(to(shared.get()).socks5("127.0.0.1", 1, None), Socks::NoMethod(0xff));
        }));
    }
    rows
}

fn to_a_board(proxy: &Proxy, credentials: Option<(&str, &str)>) {
    let recorder = ScriptedServer::start(Script::new().upgrade().hold()).unwrap();
    let mut wire = to(proxy);
    // A name, which the proxy has to look up.
    let reply = wire.socks5("localhost", recorder.port(), credentials);
    assert_eq!(reply, Socks::Replied(0), "{}", proxy.log());
    handshake(proxy, &recorder, &mut wire);
    let board = Board::unix().webrepl(WebRepl::new()).start().unwrap();
    let mut wire = to(proxy);
    wire.socks5("127.0.0.1", board.webrepl().port(), credentials);
    wire.send(request("/", "board"));
    wire.head();
    wire.use_board();
}

fn handshake(proxy: &Proxy, recorder: &ScriptedServer, wire: &mut crate::wire::Wire) {
    let handshake = request("/", "board");
    wire.send(&handshake);
    assert!(wire.head().contains(ACCEPT), "{}", proxy.log());
    assert_eq!(String::from_utf8(recorder.received()).unwrap(), handshake);
}
