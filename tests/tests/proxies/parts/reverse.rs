//! What stands in front of a board, and which boards still understand what arrives.

use boardwalk_tests::{Generation, Script, ScriptedServer, proxies::Reverse};

use super::absolute::{Sees, board, compare, look};
use crate::{
    rows::Row,
    wire::{Wire, request},
};

#[derive(Clone, Copy)]
struct Case {
    kind: Reverse,
    new: Sees,
    old: Sees,
    has: &'static [&'static str],
    lost: &'static [&'static str],
}

fn cases() -> Vec<Case> {
    use Sees::{Page, Session, Silence, Status};
    let case = |kind, new, old, has, lost| Case { kind, new, old, has, lost };
    let exact = &["Sec-WebSocket-Key: ", "Upgrade: websocket", "Connection: Upgrade"];
    let bad_gateway = Status("HTTP/1.1 502 Bad Gateway");
    vec![
        case(Reverse::HaproxyTcp, Session, Session, exact, &[]),
        case(Reverse::HaproxyHttp, Page, Silence, &["sec-websocket-key: ", "upgrade: websocket"], &["Sec-"]),
        case(Reverse::HaproxyCaseAdjust, Session, Session, exact, &[]),
        case(Reverse::NginxDefault, Page, Session, &["Connection: close"], &["Upgrade: "]),
        case(Reverse::NginxIdiom, Page, Session, &["Connection: upgrade"], &["Connection: Upgrade"]),
        case(Reverse::NginxConnection, Session, Session, exact, &[]),
        case(Reverse::NginxStream, Session, Session, exact, &[]),
        case(Reverse::ApacheHttp, Page, Status("HTTP/1.1 502 Proxy Error"), &[], &["Upgrade: "]),
        case(Reverse::ApacheTunnel, Session, Session, exact, &[]),
        case(Reverse::ApacheUpgrade, Session, Session, exact, &[]),
        case(
            Reverse::Caddy,
            Page,
            Silence,
            &["Sec-Websocket-Key: ", "X-Forwarded-For: "],
            &["Sec-WebSocket-Key"],
        ),
        case(Reverse::TinyproxyReverse, Page, Session, &["Connection: close"], &["Upgrade: "]),
        case(Reverse::SquidAccelerator, Page, bad_gateway, &["Via: "], &["Upgrade: "]),
        case(Reverse::MitmproxyReverse, Session, Session, exact, &[]),
        case(Reverse::GoTcp, Page, Silence, &["Sec-Websocket-Key: "], &["Sec-WebSocket-Key"]),
    ]
}

pub(super) fn rows() -> Vec<Row> {
    cases()
        .into_iter()
        .flat_map(|case| {
            let available = case.kind.available();
            let name = format!("reverse/{:?}", case.kind);
            [
                Row::new(format!("{name}/what changes"), &available, move || changes(&case)),
                Row::new(format!("{name}/new board"), &available, move || {
                    in_front(case.kind, Generation::New, case.new);
                }),
                Row::new(format!("{name}/old board"), &available, move || {
                    in_front(case.kind, Generation::Old, case.old);
                }),
            ]
        })
        .collect()
}

fn changes(case: &Case) {
    let recorder = ScriptedServer::start(Script::page("200 OK", "", "hello")).unwrap();
    let proxy = case.kind.start(recorder.port()).unwrap();
    let mut wire = Wire::connect(proxy.port());
    wire.send(request("/", "board"));
    wire.head();
    compare(&recorder, case.has, case.lost);
}

fn in_front(kind: Reverse, generation: Generation, expected: Sees) {
    let board = board(generation);
    let proxy = kind.start(board.webrepl().port()).unwrap();
    look(proxy.port(), &request("/", "board"), &board, expected, &proxy);
}
