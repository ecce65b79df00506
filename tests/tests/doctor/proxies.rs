//! Failures that a proxy on the way makes.

mod reverse;

use boardwalk_tests::{
    Generation, Script, ScriptedServer, WebRepl,
    proxies::{Auth, Forward, Program, bad},
};

use crate::{
    ask::{Answer, about},
    network::{board, free_port},
    table::{
        Expected::{Cause, Healthy, Warning},
        Row,
    },
};

pub(crate) fn rows() -> Vec<Row> {
    let through = |name, cause, program: Program, change: fn(Forward) -> Forward| {
        Row::new(name, Cause(cause), move || {
            let board = board(WebRepl::new());
            let proxy = change(Forward::new(program)).start().unwrap();
            about(&board.webrepl_url()).secret().proxy(&proxy.url()).now()
        })
        .needs(program.available())
    };
    let mut rows = vec![
        Row::new("a proxy that is not running", Cause("proxy-unreachable"), || {
            let board = board(WebRepl::new());
            about(&board.webrepl_url()).secret().proxy(&format!("http://127.0.0.1:{}", free_port())).now()
        }),
        Row::new("a proxy that speaks garbage", Cause("proxy-not-a-proxy"), || answers(bad::garbage())),
        Row::new("a proxy that is a web server", Cause("proxy-forbids-connect"), || {
            answers(bad::refuses("405 Method Not Allowed"))
        }),
        Row::new("a SOCKS proxy that is called an HTTP one", Cause("proxy-not-a-proxy"), || {
            called(Program::Microsocks, "http", "Write socks5://")
        })
        .needs(Program::Microsocks.available()),
        Row::new("an HTTP proxy that is called a SOCKS one", Cause("proxy-not-a-proxy"), || {
            called(Program::Tinyproxy, "socks5", "Write http://")
        })
        .needs(Program::Tinyproxy.available()),
        Row::new("an HTTP proxy that is called one of SOCKS 4", Cause("proxy-not-a-proxy"), || {
            called(Program::Tinyproxy, "socks4", "Write http://")
        })
        .needs(Program::Tinyproxy.available()),
        Row::new("a proxy without TLS that is called one with it", Cause("proxy-not-a-proxy"), || {
            called(Program::Tinyproxy, "https", "Write http://")
        })
        .needs(Program::Tinyproxy.available()),
        Row::new("a proxy with TLS that is called one without", Cause("proxy-not-a-proxy"), || {
            let board = board(WebRepl::new());
            let proxy = boardwalk_tests::TlsFront::start(free_port()).unwrap();
            let url = format!("http://127.0.0.1:{}", proxy.port());
            let answer = about(&board.webrepl_url()).secret().proxy(&url).now();
            assert!(answer.text.contains("Write https://"), "{}", answer.text);
            answer
        }),
        Row::new("the board's own address for that of the proxy", Cause("proxy-not-a-proxy"), || {
            let board = board(WebRepl::new());
            let url = board.webrepl_url();
            about(&url).secret().proxy(&url.replace("ws://", "http://")).now()
        }),
        Row::new("a proxy that never says a word", Cause("proxy-cannot-reach-board"), || {
            answers(bad::silent())
        }),
        Row::new("a proxy that sends everybody to its login", Cause("captive-portal"), || {
            answers(bad::redirects("http://portal.test/"))
        }),
        Row::new("a proxy that answers 401", Cause("proxy-auth-required"), || {
            answers(bad::refuses("401 Unauthorized"))
        }),
        Row::new("a proxy that wants the login of a domain", Cause("proxy-auth-required"), || {
            let answer = answers(bad::wants(&["Negotiate", "NTLM"]));
            assert!(!answer.text.contains("proxy-credentials"), "{}", answer.text);
            answer
        }),
        Row::new("a SOCKS proxy that takes nobody without a name", Cause("proxy-auth-required"), || {
            socks(bad::BadSocks::replies(0).chooses(2))
        }),
        Row::new("a SOCKS proxy whose rules are against it", Cause("proxy-forbids-connect"), || {
            socks(bad::BadSocks::replies(2))
        }),
        Row::new("a SOCKS proxy that does not get there", Cause("proxy-cannot-reach-board"), || {
            socks(bad::BadSocks::replies(4))
        }),
        Row::new("a proxy that does not get there", Cause("proxy-cannot-reach-board"), || {
            answers(bad::refuses("503 Service Unavailable"))
        }),
        Row::new("a proxy that says yes and hangs up", Cause("proxy-answers-before-dialling"), || {
            answers(bad::closes_after_200())
        }),
        Row::new("a proxy that says yes and nothing more", Cause("silent-after-request"), || {
            answers(bad::hangs_after_200())
        }),
        Row::new("a tunnel that does not survive silence", Warning("idle-drop"), || {
            let board = board(WebRepl::new());
            let proxy = Forward::new(Program::Tinyproxy).opened().idle(2).start().unwrap();
            about(&board.webrepl_url()).secret().proxy(&proxy.url()).arg("--idle").arg("10").now()
        })
        .needs(Program::Tinyproxy.available()),
        through("squid as Debian has it", "proxy-forbids-connect", Program::Squid, |p| p),
        through("tinyproxy to 443 alone", "proxy-forbids-connect", Program::Tinyproxy, Forward::only_443),
        through("a proxy that wants a password", "proxy-auth-required", Program::Tinyproxy, |p| {
            p.opened().asks(Auth::Basic)
        }),
        through(
            "the tunnel is opened and its HTTP written anew",
            "handshake-rewritten",
            Program::Inspecting,
            |p| p,
        ),
        Row::new(
            "its HTTP is written anew, and our own request does not come out",
            Cause("handshake-rewritten"),
            || rewritten(Generation::New),
        )
        .needs(Program::Inspecting.available()),
        Row::new(
            "its HTTP is written anew, nothing comes out, and the board is old",
            Cause("handshake-rewritten"),
            || rewritten(Generation::Old),
        )
        .needs(Program::Inspecting.available()),
        Row::new("a board that hangs, and a proxy", Cause("board-busy"), || {
            let board = ScriptedServer::start(Script::silent()).unwrap();
            let proxy = Forward::new(Program::Clash).start().unwrap();
            about(&board.url()).proxy(&proxy.url()).now()
        })
        .needs(Program::Clash.available()),
        through("only one direction is passed on", "proxy-half-relay", Program::Half, |p| p),
        Row::new("a wrong password for the proxy", Cause("proxy-auth-rejected"), || {
            let board = board(WebRepl::new());
            let proxy = Forward::new(Program::Tinyproxy).opened().asks(Auth::Basic).start().unwrap();
            let url = proxy.url().replace("http://", "http://ada@");
            about(&board.webrepl_url()).secret().proxy(&url).env("BOARDWALK_PROXY_PASSWORD", "wrong").now()
        })
        .needs(Program::Tinyproxy.available()),
        Row::new("a proxy of the Clash kind, and nobody behind it", Cause("port-refused"), || {
            let proxy = Forward::new(Program::Clash).start().unwrap();
            about(&format!("ws://127.0.0.1:{}", free_port())).proxy(&proxy.url()).now()
        })
        .needs(Program::Clash.available()),
        Row::new("a plain Clash proxy in the environment: passed by", Healthy, || {
            let board = board(WebRepl::new());
            let proxy = Forward::new(Program::Clash).start().unwrap();
            let answer = about(&board.webrepl_url()).secret().env("http_proxy", proxy.url()).now();
            plain_breaks(&answer);
            answer
        })
        .needs(Program::Clash.available()),
    ];
    rows.extend(reverse::rows());
    rows
}

/// A proxy by a wrong scheme: the right one is proposed.
fn called(program: Program, scheme: &str, proposed: &str) -> Answer {
    let board = board(WebRepl::new());
    let proxy = Forward::new(program).opened().start().unwrap();
    let url = proxy.url();
    let url = format!("{scheme}://{}", url.split_once("://").unwrap().1);
    let answer = about(&board.webrepl_url()).secret().proxy(&url).now();
    assert!(answer.text.contains(proposed), "{}", answer.text);
    answer
}

/// Tunnels lead to the board alone: there is no self-echo.
fn rewritten(generation: Generation) -> Answer {
    let board = board(WebRepl::new().generation(generation));
    let proxy = Forward::new(Program::Inspecting).only_to(board.webrepl().port()).start().unwrap();
    about(&board.webrepl_url()).secret().proxy(&proxy.url()).now()
}

fn socks(says: bad::Answers) -> Answer {
    let board = board(WebRepl::new());
    let proxy = says.start().unwrap();
    about(&board.webrepl_url()).secret().proxy(&proxy.url()).now()
}

fn answers(script: Script) -> Answer {
    let board = board(WebRepl::new());
    let (_server, url) = bad::start(script).unwrap();
    about(&board.webrepl_url()).secret().proxy(&url).now()
}

/// The way other programs go is shown to break: the name of the key comes out in other letters.
fn plain_breaks(answer: &Answer) {
    let echoes = answer.document["echoes"].as_array().unwrap();
    let of = |way: &str| echoes.iter().find(|echo| echo["way"] == way).unwrap();
    assert_eq!(of("connect")["changes"].as_array().unwrap().len(), 0, "{}", answer.text);
    let changes = of("plain")["changes"].as_array().unwrap();
    let key = changes.iter().find(|change| change["header"] == "Sec-WebSocket-Key").unwrap();
    assert!(
        key["breaks"].as_bool().unwrap() && key["arrived"].as_str().unwrap().starts_with("Sec-Websocket-Key")
    );
}
