//! Proxies that end what is idle, that pass half of it, or that go round in circles.

use std::time::Duration;

use boardwalk_tests::{
    Generation, Script, ScriptedServer,
    proxies::{Forward, Program, Proxy, Reserved, Reverse},
};

use super::absolute::board;
use crate::{
    rows::Row,
    wire::{Wire, request, status_line, to},
};

pub(super) fn rows() -> Vec<Row> {
    let mut rows: Vec<Row> = [Program::Tinyproxy, Program::Squid, Program::Privoxy, Program::Apache]
        .into_iter()
        .map(|program| {
            Row::new(format!("idle/{program:?}"), &program.available(), move || idle_tunnel(program))
        })
        .collect();
    let reverse = [
        Reverse::HaproxyTcp,
        Reverse::HaproxyCaseAdjust,
        Reverse::NginxConnection,
        Reverse::NginxStream,
        Reverse::ApacheTunnel,
    ];
    rows.extend(
        reverse
            .into_iter()
            .map(|kind| Row::new(format!("idle/{kind:?}"), &kind.available(), move || idle_in_front(kind))),
    );
    let go = Program::Half.available();
    rows.push(Row::new("fault/half a relay", &go, half));
    rows.push(Row::new("fault/an inspected tunnel", &go, inspected));
    rows.push(Row::new("fault/garbage", &go, || {
        let proxy = Forward::new(Program::Garbage).start().unwrap();
        let mut wire = to(&proxy);
        wire.send("CONNECT 127.0.0.1:8266 HTTP/1.1\r\nHost: 127.0.0.1:8266\r\n\r\n");
        assert!(wire.until_end().contains("garbage"));
    }));
    rows.push(Row::new("fault/frames that are read", &Program::Mitmproxy.available(), frames_read));
    rows.push(Row::new("fault/a loop", &Program::Tinyproxy.available(), || {
        let proxy = Forward::new(Program::Tinyproxy).loops().idle(3).start().unwrap();
        let mut wire = to(&proxy);
        wire.send("CONNECT 127.0.0.1:8266 HTTP/1.1\r\nHost: 127.0.0.1:8266\r\n\r\n");
        let end = wire.until_end();
        assert!(!end.contains(" 200 "), "{end}");
    }));
    rows.push(Row::new("fault/a port of nobody", &Ok(()), || {
        let nobody = Reserved::new().unwrap();
        std::net::TcpStream::connect(("127.0.0.1", nobody.port())).unwrap_err();
    }));
    rows
}

/// A tunnel in which nothing moves ends, without a word.
fn idle_tunnel(program: Program) {
    let proxy = Forward::new(program).opened().idle(2).start().unwrap();
    let recorder = ScriptedServer::start(Script::new().upgrade().hold()).unwrap();
    let target = format!("127.0.0.1:{}", recorder.port());
    let mut wire = to(&proxy);
    let head = wire.connect_to(&target, "");
    assert!(status_line(&head).contains(" 200 "), "{head}");
    ends(wire, &proxy);
}

fn idle_in_front(kind: Reverse) {
    let recorder = ScriptedServer::start(Script::new().upgrade().hold()).unwrap();
    let proxy = kind.start_with_idle(recorder.port(), 2).unwrap();
    ends(Wire::connect(proxy.port()), &proxy);
}

fn ends(mut wire: Wire, proxy: &Proxy) {
    wire.send(request("/", "board"));
    let head = wire.head();
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}{}", proxy.log());
    assert_eq!(wire.until_end(), "", "the end, and nothing before it");
}

fn half() {
    let board = board(Generation::New);
    let proxy = Forward::new(Program::Half).start().unwrap();
    let mut wire = to(&proxy);
    let target = format!("127.0.0.1:{}", board.webrepl().port());
    wire.connect_to(&target, "");
    wire.send(request("/", &target));
    assert!(wire.head().starts_with("HTTP/1.1 101 "));
    wire.expect(b"Password: ");
    wire.type_in(b"secret\r");
    assert!(wire.is_silent(Duration::from_millis(300)), "{}", wire.log());
}

/// A board tells the window of raw paste in a text frame that is no UTF-8 (`modwebrepl.c` sends everything as text): whoever reads
/// the frames ends the connection, and whoever passes bytes does not.
fn frames_read() {
    let board = Script::new()
        .upgrade()
        .frame(0x81, b"R\x01")
        .frame(0x81, b"\x80\x00\x01")
        .frame(0x81, b"still here")
        .hold();
    let board = ScriptedServer::start(board).unwrap();
    let target = format!("127.0.0.1:{}", board.port());
    let reads = Forward::new(Program::Mitmproxy);
    for (proxy, passes) in [(reads, false), (reads.opened(), true)] {
        let proxy = proxy.start().unwrap();
        let mut wire = to(&proxy);
        wire.connect_to(&target, "");
        wire.send(request("/", &target));
        wire.head();
        wire.expect(b"R\x01");
        if passes {
            wire.expect(b"still here");
        } else {
            assert!(!wire.until_end().contains("still here"), "{}", proxy.log());
        }
    }
}

/// The bytes that arrive are not those that were sent, although it is a tunnel.
fn inspected() {
    let recorder = ScriptedServer::start(Script::new().upgrade().hold()).unwrap();
    let proxy = Forward::new(Program::Inspecting).start().unwrap();
    let target = format!("127.0.0.1:{}", recorder.port());
    let mut wire = to(&proxy);
    wire.connect_to(&target, "");
    wire.send(request("/", &target));
    wire.head();
    let arrived = String::from_utf8(recorder.received()).unwrap();
    assert!(arrived.contains("Sec-Websocket-Key: ") && !arrived.contains("Sec-WebSocket-Key"), "{arrived}");
}
