//! Two causes at once: both are found, and the one that has to be mended first is named.

use boardwalk_tests::{
    Board, WebRepl,
    proxies::{Auth, Forward, Namespace, Program, bad},
};

use crate::{
    ask::about,
    network::{Client, board, free_port, namespaces},
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
            Both("proxy-forbids-connect", "wrong-password"),
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
            "two: a wrong password, through a proxy that halves",
            Both("proxy-half-relay", "wrong-password"),
            || {
                let board = board(WebRepl::new());
                let proxy = Forward::new(Program::Half).start().unwrap();
                about(&board.webrepl_url()).env("BOARDWALK_PASSWORD", "other").proxy(&proxy.url()).now()
            },
        )
        .needs(Program::Half.available()),
        Row::new(
            "two: a proxy that is not running, and a wrong password",
            Both("proxy-unreachable", "wrong-password"),
            || {
                let board = board(WebRepl::new());
                let proxy = format!("http://127.0.0.1:{}", free_port());
                about(&board.webrepl_url()).env("BOARDWALK_PASSWORD", "other").proxy(&proxy).now()
            },
        ),
        Row::new(
            "two: a proxy that asks, and a wrong password",
            Both("proxy-auth-required", "wrong-password"),
            || {
                let board = board(WebRepl::new());
                let proxy = Forward::new(Program::Tinyproxy).opened().asks(Auth::Basic).start().unwrap();
                about(&board.webrepl_url()).env("BOARDWALK_PASSWORD", "other").proxy(&proxy.url()).now()
            },
        )
        .needs(Program::Tinyproxy.available()),
        Row::new(
            "two: a proxy of another kind, and a password no board has",
            Both("proxy-not-a-proxy", "password-impossible"),
            || {
                let board = board(WebRepl::new());
                let proxy = Forward::new(Program::Microsocks).opened().start().unwrap();
                let url = proxy.url().replace("socks5://", "http://");
                about(&board.webrepl_url()).env("BOARDWALK_PASSWORD", "much-too-long").proxy(&url).now()
            },
        )
        .needs(Program::Microsocks.available()),
        Row::new(
            "two: a proxy that rewrites, and a wrong password",
            Both("handshake-rewritten", "wrong-password"),
            || {
                let board = board(WebRepl::new());
                let proxy = Forward::new(Program::Inspecting).start().unwrap();
                about(&board.webrepl_url()).env("BOARDWALK_PASSWORD", "other").proxy(&proxy.url()).now()
            },
        )
        .needs(Program::Inspecting.available()),
        Row::new(
            "two: a proxy that refuses, and a program that runs",
            Both("proxy-forbids-connect", "program-running"),
            || {
                let board = Board::unix().webrepl(WebRepl::new()).running().start().unwrap();
                let (_server, url) = bad::start(bad::refuses("403 Forbidden")).unwrap();
                about(&board.webrepl_url()).secret().proxy(&url).now()
            },
        ),
        Row::new(
            "two: a proxy that does not get there, and a second client",
            Both("proxy-cannot-reach-board", "busy-other-client"),
            || {
                let board = board(WebRepl::new());
                let _first = Client::connect(board.webrepl().port());
                let (_server, url) = bad::start(bad::refuses("503 Service Unavailable")).unwrap();
                about(&board.webrepl_url()).secret().proxy(&url).now()
            },
        ),
        Row::new(
            "two: a proxy that is not running, and TLS to a plain port",
            Both("proxy-unreachable", "tls-mismatch"),
            || {
                let board = board(WebRepl::new());
                let proxy = format!("http://127.0.0.1:{}", free_port());
                about(&board.webrepl_url().replace("ws://", "wss://")).secret().proxy(&proxy).now()
            },
        ),
        Row::new(
            "two: a proxy that is not running, and a name that nobody knows",
            Both("proxy-unreachable", "name-not-found"),
            || {
                let proxy = format!("http://127.0.0.1:{}", free_port());
                about("ws://board.invalid").proxy(&proxy).now()
            },
        ),
    ]
}
