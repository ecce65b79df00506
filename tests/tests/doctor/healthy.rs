//! Set-ups in which nothing is wrong: no alarm.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Stdio},
};

use boardwalk_tests::{
    Board, Generation, Identity, PortsFile, TlsFront, Variant, WebRepl,
    proxies::{Auth, Forward, Namespace, PASSWORD, Program, Reverse},
};

use crate::{
    ask::about,
    network::{board, namespaces},
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
    rows.extend(surroundings());
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

/// What stands beside the way and is not in it.
fn surroundings() -> Vec<Row> {
    let within = |name, make: fn(&mut Namespace)| {
        Row::new(name, Healthy, move || {
            let mut inside = Namespace::new().unwrap();
            make(&mut inside);
            let board = Inside::start(&inside);
            about(&board.url).secret().within(&inside).now()
        })
        .needs(namespaces())
    };
    let beside =
        |name, environment: &'static [(&'static str, &'static str)], words: &'static [&'static str]| {
            Row::new(name, Healthy, move || {
                let board = board(WebRepl::new());
                let ask = words.iter().fold(about(&board.webrepl_url()).secret(), |ask, word| ask.arg(word));
                environment.iter().fold(ask, |ask, (name, value)| ask.env(name, value)).now()
            })
        };
    vec![
        within("healthy: no network but this computer", |_| {}),
        within("healthy: a VPN has the default route", |inside| inside.tun("tun0").unwrap()),
        within("healthy: a TUN proxy has the default route", |inside| inside.tun("Meta").unwrap()),
        within("healthy: a bridge of containers", |inside| {
            inside.ip("link add docker0 type bridge").unwrap();
            inside.ip("address add 172.17.0.1/16 dev docker0").unwrap();
            inside.ip("link set docker0 up").unwrap();
        }),
        within("healthy: two interfaces in one network", |inside| {
            for (name, address) in [("eth1", "192.168.4.7/24"), ("wlan1", "192.168.4.8/24")] {
                inside.ip(&format!("link add {name} type veth peer name {name}x")).unwrap();
                inside.ip(&format!("address add {address} dev {name}")).unwrap();
                inside.ip(&format!("link set {name} up")).unwrap();
            }
        }),
        within("healthy: a hundred interfaces", |inside| {
            for n in 0..50 {
                inside.ip(&format!("link add many{n} type veth peer name other{n}")).unwrap();
                inside.ip(&format!("address add 10.77.{n}.1/24 dev many{n}")).unwrap();
                inside.ip(&format!("link set many{n} up")).unwrap();
            }
        }),
        Row::new("healthy: a name with two addresses, of which one answers", Healthy, || {
            let mut inside = Namespace::new().unwrap();
            inside.hosts("::1 board.example\n127.0.0.1 board.example").unwrap();
            let board = Inside::start(&inside);
            about(&board.url.replace("127.0.0.1", "board.example")).secret().within(&inside).now()
        })
        .needs(namespaces()),
        beside(
            "healthy: a dead proxy, and NO_PROXY that names the board",
            &[("http_proxy", "http://127.0.0.1:9"), ("no_proxy", "example.com, 127.0.0.0/8")],
            &["--no-lan-bypass"],
        ),
        beside("healthy: a variable that is no proxy", &[("http_proxy", "htp://:x@")], &["--no-lan-bypass"]),
        beside(
            "healthy: a dead proxy, and a direct way that was chosen",
            &[("all_proxy", "socks5://127.0.0.1:9")],
            &["--proxy", "direct"],
        ),
        beside(
            "healthy: two dead proxies, passed by",
            &[("http_proxy", "http://127.0.0.1:9"), ("ALL_PROXY", "socks5://127.0.0.1:9")],
            &[],
        ),
    ]
}

/// A board in a network of its own.
struct Inside {
    process: Child,
    url: String,
}

impl Inside {
    fn start(inside: &Namespace) -> Self {
        let mut command = inside.command(env!("CARGO_BIN_EXE_testboard"));
        command.args(["--webrepl", "--webrepl-password", "secret"]);
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let url = lines.map_while(Result::ok).find(|line| line.starts_with("ws://"));
        Self { process, url: url.unwrap() }
    }
}

/// It ends with its input.
impl Drop for Inside {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}
