//! Proxies that refuse, break or lie, with the code that says so. Nothing ever goes around a proxy that was chosen.

use boardwalk_tests::{
    Generation, Script,
    proxies::{
        Auth, Forward, Program, Proxy, ProxyError, Reserved, USER,
        bad::{self, BadSocks, Then},
    },
};

use super::{
    actions::board,
    command::Boardwalk,
    ways::{Running, Scheme},
};
use crate::rows::Row;

struct Case {
    name: &'static str,
    available: Result<(), ProxyError>,
    start: Box<dyn FnOnce() -> Running + Send>,
    /// To a port where nobody listens instead of a board.
    nobody: bool,
    code: &'static str,
}

/// Those whose request reaches the board, before it goes wrong.
const ASKED: [&str; 1] = ["proxy-half-relay"];

pub(super) fn rows() -> Vec<Row> {
    let cases =
        refusing().into_iter().chain(unreachable()).chain(credentials()).chain(lying()).chain(socks());
    cases
        .map(|case| {
            let Case { name, available, start, nobody, code } = case;
            Row::new(format!("fails/{name}"), &available, move || {
                let proxy = start();
                let board = board(Generation::New);
                let port = Reserved::new().unwrap();
                let target =
                    if nobody { format!("ws://127.0.0.1:{}", port.port()) } else { board.webrepl_url() };
                Boardwalk::at(&target, &["exec", "print(1)"]).through(&proxy).fails(code, Some(&proxy));
                if !ASKED.contains(&code) {
                    assert_eq!(board.webrepl().connections(), 0, "it went around the proxy");
                }
            })
        })
        .chain([Row::new("fails/a loop", &Program::Tinyproxy.available(), round_in_circles)])
        .collect()
}

/// When it has called itself often enough, somebody's patience ends, and whose is a race.
fn round_in_circles() {
    let proxy = Forward::new(Program::Tinyproxy).loops().idle(3);
    let proxy = Running::of(proxy.start().unwrap(), Scheme::Own, Auth::Nothing);
    let board = board(Generation::New);
    let done = Boardwalk::on(&board, &["exec", "print(1)", "--json"]).through(&proxy).run();
    assert_eq!(done.status.code(), Some(1), "{}", done.told());
    let error: serde_json::Value = serde_json::from_slice(&done.out).unwrap();
    let code = error["code"].as_str().unwrap();
    assert!(["proxy-cannot-reach-board", "proxy-forbids-connect"].contains(&code), "{error}");
    assert_eq!(board.webrepl().connections(), 0);
}

fn real(name: &'static str, proxy: Forward, nobody: bool, code: &'static str) -> Case {
    let available = proxy.program().available();
    let start = move || Running::of(proxy.start().unwrap(), Scheme::Own, proxy.auth());
    Case { name, available, start: Box::new(start), nobody, code }
}

fn scripted(name: &'static str, script: Script, code: &'static str) -> Case {
    let start = move || {
        let (server, url) = bad::start(script).unwrap();
        Running::scripted(url, server)
    };
    Case { name, available: Ok(()), start: Box::new(start), nobody: false, code }
}

/// A real proxy with a user name, and a password that it does not know.
fn wrong(name: &'static str, proxy: Forward) -> Case {
    let available = proxy.program().available();
    let start = move || {
        let mut running = Running::of(proxy.start().unwrap(), Scheme::Own, proxy.auth());
        running.password = Some("guess");
        running
    };
    Case { name, available, start: Box::new(start), nobody: false, code: "proxy-auth-rejected" }
}

/// A real proxy that wants credentials, and nobody who has any.
fn none(name: &'static str, proxy: Forward) -> Case {
    let available = proxy.program().available();
    let start = move || Running::of(proxy.start().unwrap(), Scheme::Own, Auth::Nothing);
    Case { name, available, start: Box::new(start), nobody: false, code: "proxy-auth-required" }
}

fn refusing() -> Vec<Case> {
    let code = "proxy-forbids-connect";
    let new = Forward::new;
    vec![
        real("tinyproxy only 443", new(Program::Tinyproxy).only_443(), false, code),
        real("squid", new(Program::Squid), false, code),
        real("privoxy only 443", new(Program::Privoxy).only_443(), false, code),
        real("apache", new(Program::Apache), false, code),
        real("nginx", new(Program::Nginx), false, code),
        real("dante only 443", new(Program::Dante).only_443(), false, code),
        scripted("405", bad::refuses("405 Method Not Allowed"), code),
        scripted("501", bad::refuses("501 Not Implemented"), code),
    ]
}

fn unreachable() -> Vec<Case> {
    let code = "proxy-cannot-reach-board";
    let open = |program| Forward::new(program).opened();
    vec![
        real("tinyproxy to nobody", open(Program::Tinyproxy), true, code),
        real("squid to nobody", open(Program::Squid), true, code),
        real("privoxy to nobody", open(Program::Privoxy), true, code),
        real("apache to nobody", open(Program::Apache), true, code),
        real("mitmproxy to nobody", open(Program::Mitmproxy), true, code),
        real("naive to nobody", open(Program::Naive), true, code),
        real("dante to nobody", open(Program::Dante), true, code),
        real("microsocks to nobody", open(Program::Microsocks), true, code),
        real("clash to nobody", open(Program::Clash), true, "proxy-answers-before-dialling"),
        scripted("504", bad::refuses("504 Gateway Timeout"), code),
    ]
}

fn credentials() -> Vec<Case> {
    let basic = |program| Forward::new(program).opened().asks(Auth::Basic);
    let squid = |auth| Forward::new(Program::Squid).opened().asks(auth);
    let apache = Forward::new(Program::Apache).opened().asks(Auth::Digest);
    vec![
        none("tinyproxy without a name", basic(Program::Tinyproxy)),
        none("squid without a name", squid(Auth::Either)),
        none("apache without a name", apache),
        none("mitmproxy without a name", basic(Program::Mitmproxy)),
        none("clash without a name", basic(Program::Clash)),
        none("microsocks without a name", basic(Program::Microsocks)),
        wrong("tinyproxy with a wrong password", basic(Program::Tinyproxy)),
        wrong("squid with a wrong password, basic", squid(Auth::Basic)),
        wrong("squid with a wrong password, digest", squid(Auth::Digest)),
        wrong("apache with a wrong password", apache),
        wrong("mitmproxy with a wrong password", basic(Program::Mitmproxy)),
        wrong("clash with a wrong password", basic(Program::Clash)),
        wrong("microsocks with a wrong password", basic(Program::Microsocks)),
        scripted("ntlm alone", bad::wants(&["Negotiate", "NTLM"]), "proxy-auth-required"),
        scripted(
            "all in one header",
            bad::wants_in_one_header(&["Negotiate", "Basic realm=\"a, b\""]),
            "proxy-auth-required",
        ),
    ]
}

fn lying() -> Vec<Case> {
    let mut cases = vec![
        real("garbage", Forward::new(Program::Garbage), false, "proxy-not-a-proxy"),
        real("half a relay", Forward::new(Program::Half), false, "proxy-half-relay"),
        scripted("silent", bad::silent(), "proxy-cannot-reach-board"),
        scripted("garbage, scripted", bad::garbage(), "proxy-not-a-proxy"),
        scripted("a gigabyte of headers", bad::endless_headers(), "proxy-not-a-proxy"),
        scripted("200 and then nothing", bad::hangs_after_200(), "silent-after-request"),
        scripted("200 and then the end", bad::closes_after_200(), "proxy-answers-before-dialling"),
        scripted("ssh", Script::ssh(), "proxy-not-a-proxy"),
    ];
    cases.push(Case {
        name: "down",
        available: Ok(()),
        start: Box::new(|| {
            let nobody = Reserved::new().unwrap();
            Running::scripted(format!("http://{USER}@127.0.0.1:{}", nobody.port()), nobody)
        }),
        nobody: false,
        code: "proxy-unreachable",
    });
    cases.push(Case {
        name: "socks spoken to http",
        available: Program::Tinyproxy.available(),
        start: Box::new(|| {
            let proxy: Proxy = Forward::new(Program::Tinyproxy).start().unwrap();
            Running::scripted(proxy.socks_url(), proxy)
        }),
        nobody: false,
        code: "proxy-not-a-proxy",
    });
    cases
}

fn socks() -> Vec<Case> {
    let code = |code| match code {
        2 | 7 => "proxy-forbids-connect",
        _ => "proxy-cannot-reach-board",
    };
    let names = ["1", "2", "3", "4", "5", "6", "7", "8"].map(|n| (n, format!("socks reply {n}")));
    let replies = names.into_iter().zip(1_u8..).map(|((_, name), reply)| Case {
        name: name.leak(),
        available: Ok(()),
        start: Box::new(move || {
            let server = BadSocks::replies_with_name(reply, "a.rather.long.name.example")
                .then(Then::Hold)
                .start()
                .unwrap();
            Running::scripted(server.url(), server)
        }),
        nobody: false,
        code: code(reply),
    });
    replies.collect()
}
