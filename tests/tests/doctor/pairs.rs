//! Two causes at once: both are found, and the one that has to be mended first is named.

use boardwalk_tests::{
    WebRepl,
    proxies::{Forward, Namespace, Program},
};

use crate::{
    ask::about,
    network::{board, free_port, namespaces},
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
            "two: squid refuses, and a wrong password",
            Both("proxy-forbids-connect", "proxy-forbids-connect"),
            || {
                let board = board(WebRepl::new());
                let proxy = Forward::new(Program::Squid).start().unwrap();
                about(&board.webrepl_url()).env("BOARDWALK_PASSWORD", "other").proxy(&proxy.url()).now()
            },
        )
        .needs(Program::Squid.available()),
        Row::new(
            "two: a TUN takes the way, and a name that it invented",
            Both("fake-ip-name", "no-answer"),
            || {
                let mut inside = Namespace::new().unwrap();
                inside.tun("Meta").unwrap();
                inside.hosts("198.18.0.7 board.example").unwrap();
                about("ws://board.example").within(&inside).now()
            },
        )
        .needs(namespaces()),
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
