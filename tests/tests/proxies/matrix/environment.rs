//! Proxies that the environment names, the local network that goes around them, and the switch.

use boardwalk_tests::{
    Generation, Script, ScriptedServer,
    proxies::{
        Auth, Forward, PASSWORD, Program, Proxy, ProxyError, USER,
        bad::{self, BadSocks},
    },
};
use serde_json::Value;

use super::{
    actions::board,
    command::Boardwalk,
    ways::{Running, Scheme, over_tls},
};
use crate::rows::Row;

pub(super) fn rows() -> Vec<Row> {
    let go = Program::Clash.available();
    let row = |name: &str, available: &Result<(), ProxyError>, run: fn()| {
        Row::new(format!("environment/{name}"), available, run)
    };
    vec![
        row("a board on this machine goes around http_proxy", &Ok(()), around),
        row("with no-lan-bypass through CONNECT", &go, through_connect),
        row("with no-lan-bypass and all_proxy through SOCKS", &go, through_socks),
        row("the proxy of the environment brings its password", &go, with_password),
        row("direct goes around the proxy of the environment", &Ok(()), direct),
        row("no_proxy goes around it, too", &Ok(()), no_proxy),
        row("`boardwalk proxy` says which and why", &Ok(()), told),
        row("a proxy over TLS", &go, tls),
        row("a password of odd letters arrives as it is", &Ok(()), odd_letters),
        row("credentials stay with the proxy", &go, not_for_the_board),
    ]
}

/// A proxy that must not be asked.
fn untouched() -> (ScriptedServer, String) {
    bad::start(bad::silent()).unwrap()
}

fn around() {
    let (server, url) = untouched();
    for generation in [Generation::Old, Generation::New] {
        let board = board(generation);
        for name in ["http_proxy", "all_proxy", "ws_proxy", "ALL_PROXY", "https_proxy"] {
            let out = Boardwalk::on(&board, &["exec", "print(6*7)"]).env(name, &url).ok(None);
            assert_eq!(out, b"42\r\n", "{name}");
        }
    }
    assert_eq!(server.connections(), 0);
}

fn through_connect() {
    let proxy = Forward::new(Program::Clash).start().unwrap();
    let board = board(Generation::New);
    let words = ["exec", "print(6*7)", "--no-lan-bypass"];
    let out = Boardwalk::on(&board, &words).env("http_proxy", proxy.url()).ok(None);
    assert_eq!(out, b"42\r\n");
    asked(&proxy, &format!("CONNECT 127.0.0.1:{}", board.webrepl().port()));
}

fn through_socks() {
    let proxy = Forward::new(Program::Clash).start().unwrap();
    let board = board(Generation::New);
    let words = ["exec", "print(6*7)", "--no-lan-bypass"];
    let out = Boardwalk::on(&board, &words).env("all_proxy", proxy.socks_url()).ok(None);
    assert_eq!(out, b"42\r\n");
    asked(&proxy, &format!("SOCKS5 127.0.0.1:{}", board.webrepl().port()));
}

fn with_password() {
    let proxy = Forward::new(Program::Clash).asks(Auth::Basic).start().unwrap();
    let board = board(Generation::New);
    let words = ["exec", "print(6*7)", "--no-lan-bypass"];
    let done = Boardwalk::on(&board, &words).env("http_proxy", proxy.url_with_credentials()).run();
    assert_eq!(done.out, b"42\r\n", "{}\n{}", done.told(), proxy.log());
    done.keeps_secrets();
}

fn direct() {
    let (server, url) = untouched();
    let board = board(Generation::New);
    let words = ["exec", "print(6*7)", "--proxy", "direct", "--no-lan-bypass"];
    assert_eq!(Boardwalk::on(&board, &words).env("http_proxy", url).ok(None), b"42\r\n");
    assert_eq!(server.connections(), 0);
}

fn no_proxy() {
    let (server, url) = untouched();
    let board = board(Generation::New);
    let words = ["exec", "print(6*7)", "--no-lan-bypass"];
    for list in ["127.0.0.1", "127.0.0.0/8", "*", "nonsense,,://,127.0.0.1"] {
        let command = Boardwalk::on(&board, &words).env("http_proxy", &url).env("no_proxy", list);
        assert_eq!(command.ok(None), b"42\r\n", "{list}");
    }
    assert_eq!(server.connections(), 0);
}

fn told() {
    let tell = |more: &[&str], environment: &[(&str, &str)]| -> Value {
        let words = ["proxy", "ws://10.1.2.3:8266", "--json"].iter().chain(more);
        let command = environment.iter().fold(Boardwalk::new(words), |c, (name, value)| c.env(name, value));
        serde_json::from_slice(&command.ok(None)).unwrap()
    };
    let credentials = format!("http://{USER}:{PASSWORD}@127.0.0.1:7890");
    let environment = [("http_proxy", credentials.as_str())];
    let local = tell(&[], &environment);
    assert_eq!((&local["route"], &local["proxy"]), (&"direct".into(), &Value::Null), "{local}");
    let through = tell(&["--no-lan-bypass"], &environment);
    assert_eq!((&through["route"], &through["via"]), (&"proxy".into(), &"connect".into()), "{through}");
    assert!(through["proxy"].as_str().unwrap().contains("127.0.0.1:7890"), "{through}");
    assert!(!through.to_string().contains(PASSWORD), "{through}");
    let socks = tell(&["--no-lan-bypass"], &[("all_proxy", "socks5://127.0.0.1:7891")]);
    assert_eq!(socks["via"], "socks5", "{socks}");
    assert_eq!(tell(&["--no-lan-bypass"], &[])["route"], "direct");
}

/// The certificate is nobody's: told as such, and nothing goes another way.
fn tls() {
    let (proxy, front): (Running, _) = over_tls(Forward::new(Program::Clash).start().unwrap());
    let board = board(Generation::New);
    let error =
        Boardwalk::on(&board, &["exec", "print(1)"]).through(&proxy).fails("tls-mismatch", Some(&proxy));
    assert!(error.to_string().contains("certificate"), "{error}");
    assert_eq!(board.webrepl().connections(), 0);
    drop(front);
}

/// Percent signs of a URL are not the proxy's business.
fn odd_letters() {
    let server = BadSocks::replies(5).wants_password().start().unwrap();
    let board = board(Generation::New);
    let url = format!("socks5://me%40home:p%40ss%25%3A%2F@127.0.0.1:{}", server.port());
    Boardwalk::on(&board, &["exec", "1", "--no-lan-bypass"])
        .env("all_proxy", url)
        .fails("proxy-cannot-reach-board", None);
    let given: Vec<_> = server.asked().into_iter().filter_map(|asked| asked.credentials).collect();
    assert_eq!(given, [(b"me@home".to_vec(), b"p@ss%:/".to_vec())]);
}

fn not_for_the_board() {
    let wanted = Forward::new(Program::Clash).asks(Auth::Basic);
    let proxy = Running::of(wanted.start().unwrap(), Scheme::Own, wanted.auth());
    let far = ScriptedServer::start(Script::closes()).unwrap();
    let done = Boardwalk::at(&far.url(), &["exec", "1"]).through(&proxy).run();
    assert_eq!(done.status.code(), Some(1), "{}", done.told());
    let received = String::from_utf8(far.received()).unwrap();
    assert!(received.contains("Sec-WebSocket-Key: "), "{received}");
    assert!(!received.contains("Authorization"), "{received}");
}

fn asked(proxy: &Proxy, line: &str) {
    let log = proxy.log();
    assert!(log.contains(line), "no {line:?} in {log}");
}
