//! Two causes at once: both are found, and the one that has to be mended first is named.

use boardwalk_tests::{
    WebRepl,
    proxies::{Forward, Program},
};

use crate::{
    ask::about,
    network::{board, free_port},
    table::{Expected::Both, Row},
};

pub(crate) fn rows() -> Vec<Row> {
    vec![
        Row::new(
            "two: a proxy that is not running, and nobody at the port",
            Both("proxy-unreachable", "port-refused"),
            || {
                let proxy = format!("http://127.0.0.1:{}", free_port());
                about(&format!("ws://127.0.0.1:{}", free_port())).proxy(&proxy).now()
            },
        ),
        Row::new(
            "two: a proxy that rewrites, and nobody at the port",
            Both("handshake-rewritten", "port-refused"),
            || {
                let proxy = Forward::new(Program::Inspecting).start().unwrap();
                about(&format!("ws://127.0.0.1:{}", free_port())).proxy(&proxy.url()).now()
            },
        )
        .needs(Program::Inspecting.available()),
        Row::new(
            "two: squid refuses, and nobody at the port",
            Both("proxy-forbids-connect", "port-refused"),
            || {
                let proxy = Forward::new(Program::Squid).start().unwrap();
                about(&format!("ws://127.0.0.1:{}", free_port())).proxy(&proxy.url()).now()
            },
        )
        .needs(Program::Squid.available()),
        Row::new(
            "two: not in the board's network, and a wrong address",
            Both("not-on-board-network", "no-answer"),
            || about("ws://192.168.4.77").now(),
        ),
        Row::new(
            "two: a password no board has, through a proxy that halves",
            Both("proxy-half-relay", "proxy-half-relay"),
            || {
                let board = board(WebRepl::new());
                let proxy = Forward::new(Program::Half).start().unwrap();
                about(&board.webrepl_url()).secret().proxy(&proxy.url()).now()
            },
        )
        .needs(Program::Half.available()),
    ]
}
