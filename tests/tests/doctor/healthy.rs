//! Set-ups in which nothing is wrong: no alarm.

use boardwalk_tests::{
    Board, Generation, Identity, PortsFile, TlsFront, Variant, WebRepl,
    proxies::{Auth, Forward, PASSWORD, Program, Reverse},
};

use crate::{
    ask::about,
    network::board,
    table::{Expected::Healthy, Row},
};

pub(crate) fn rows() -> Vec<Row> {
    let over = |name, webrepl: fn() -> WebRepl| {
        Row::new(name, Healthy, move || about(&board(webrepl()).webrepl_url()).secret().now())
    };
    let mut rows = vec![
        over("healthy: firmware 1.20 and newer", WebRepl::new),
        over("healthy: firmware 1.19 and older", || WebRepl::new().generation(Generation::Old)),
        over("healthy: an ESP8266", || WebRepl::new().variant(Variant::Esp8266)),
        over("healthy: every byte in a frame of its own", || WebRepl::new().byte_frames()),
        over("healthy: every byte in a packet of its own", || WebRepl::new().split_every_byte()),
        over("healthy: a board that is not quick", || {
            WebRepl::new().delay(std::time::Duration::from_millis(5))
        }),
        Row::new("healthy: no password is known", Healthy, || {
            about(&board(WebRepl::new()).webrepl_url()).now()
        }),
        Row::new("healthy: by name", Healthy, || {
            about(&board(WebRepl::new()).webrepl_url().replace("127.0.0.1", "localhost")).secret().now()
        }),
        Row::new("healthy: TLS with a trusted certificate", Healthy, || {
            let board = board(WebRepl::new());
            let front = TlsFront::start(board.webrepl().port()).unwrap();
            about(&front.url()).secret().arg("--trust").arg(front.fingerprint()).now()
        }),
        Row::new("healthy: a board by USB", Healthy, || {
            let board = Board::unix().start().unwrap();
            about(&board.target()).now()
        }),
        Row::new("healthy: the only board by USB, not named", Healthy, || {
            let folder = tempfile::tempdir().unwrap();
            let ports = PortsFile::create(folder.path().join("ports.json")).unwrap();
            let _board = Board::unix().listed(&ports, Identity::pico("A")).start().unwrap();
            about("").env("BOARDWALK_EXTRA_PORTS", ports.path()).now()
        }),
        Row::new("healthy: a board by USB that takes no more than raw-paste sends", Healthy, || {
            let board = Board::unix().ring(257).start().unwrap();
            about(&board.target()).now()
        }),
        Row::new("healthy: a board that restarts when it is opened", Healthy, || {
            let board = Board::unix().reset_on_open(boardwalk_tests::ResetOnOpen::default()).start().unwrap();
            about(&board.target()).now()
        }),
        Row::new("healthy: a proxy that asks, and is told", Healthy, || {
            let board = board(WebRepl::new());
            let proxy = Forward::new(Program::Tinyproxy).opened().asks(Auth::Basic).start().unwrap();
            let url = proxy.url().replace("http://", "http://ada@");
            about(&board.webrepl_url()).secret().proxy(&url).env("BOARDWALK_PROXY_PASSWORD", PASSWORD).now()
        })
        .needs(Program::Tinyproxy.available()),
        Row::new("healthy: a proxy that is set, not running and passed by", Healthy, || {
            let board = board(WebRepl::new());
            let url = format!("http://127.0.0.1:{}", crate::network::free_port());
            about(&board.webrepl_url()).secret().env("all_proxy", url).now()
        }),
        Row::new("healthy: SOCKS5 at a Clash proxy", Healthy, || {
            let board = board(WebRepl::new());
            let proxy = Forward::new(Program::Clash).start().unwrap();
            about(&board.webrepl_url()).secret().proxy(&proxy.socks_url()).now()
        })
        .needs(Program::Clash.available()),
    ];
    for (name, program) in [
        ("healthy: through tinyproxy", Program::Tinyproxy),
        ("healthy: through squid", Program::Squid),
        ("healthy: through a Clash proxy", Program::Clash),
        ("healthy: through microsocks", Program::Microsocks),
        ("healthy: through dante", Program::Dante),
    ] {
        rows.push(
            Row::new(name, Healthy, move || {
                let board = board(WebRepl::new());
                let proxy = Forward::new(program).opened().start().unwrap();
                about(&board.webrepl_url()).secret().proxy(&proxy.url()).now()
            })
            .needs(program.available()),
        );
    }
    for (name, reverse) in [
        ("healthy: behind haproxy that passes bytes", Reverse::HaproxyTcp),
        ("healthy: behind nginx that passes bytes", Reverse::NginxStream),
    ] {
        rows.push(
            Row::new(name, Healthy, move || {
                let board = board(WebRepl::new());
                let front = reverse.start(board.webrepl().port()).unwrap();
                about(&front.ws_url()).secret().now()
            })
            .needs(reverse.available()),
        );
    }
    rows
}
