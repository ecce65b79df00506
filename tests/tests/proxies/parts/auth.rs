//! What a proxy that wants credentials says without, with wrong and with right ones.

use boardwalk_tests::{
    Script, ScriptedServer,
    proxies::{Auth, Forward, PASSWORD, Program, Proxy, USER},
};

use super::digest;
use crate::{
    rows::{Row, Shared},
    wire::{ACCEPT, request, status_line, to},
};

struct Case {
    name: &'static str,
    proxy: Forward,
    /// The first line without credentials, and what its headers have.
    without: &'static str,
    challenges: &'static [&'static str],
    /// The first line with a wrong password.
    wrong: &'static str,
    digest: bool,
}

const NEEDED: &str = "HTTP/1.1 407 Proxy Authentication Required";
const BASIC: &str = "Proxy-Authenticate: Basic realm=\"boardwalk\"";
const DIGEST: &str = "Proxy-Authenticate: Digest realm=\"boardwalk\", nonce=";

fn cases() -> Vec<Case> {
    let case = |name, proxy, without, challenges, wrong, digest| Case {
        name,
        proxy,
        without,
        challenges,
        wrong,
        digest,
    };
    let open = |program| Forward::new(program).opened();
    vec![
        case(
            "tinyproxy",
            open(Program::Tinyproxy).asks(Auth::Basic),
            "HTTP/1.0 407 Proxy Authentication Required",
            &["Proxy-Authenticate: Basic realm=\"Tinyproxy\""],
            "HTTP/1.0 401 Unauthorized",
            false,
        ),
        case("squid", open(Program::Squid).asks(Auth::Basic), NEEDED, &[BASIC], NEEDED, false),
        case(
            "squid digest",
            open(Program::Squid).asks(Auth::Digest),
            NEEDED,
            &[DIGEST, "qop=\"auth\""],
            NEEDED,
            true,
        ),
        case(
            "squid either",
            open(Program::Squid).asks(Auth::Either),
            NEEDED,
            &[BASIC, DIGEST],
            NEEDED,
            false,
        ),
        case(
            "squid either, digest",
            open(Program::Squid).asks(Auth::Either),
            NEEDED,
            &[BASIC, DIGEST],
            NEEDED,
            true,
        ),
        case("apache", open(Program::Apache).asks(Auth::Basic), NEEDED, &[BASIC], NEEDED, false),
        case(
            "apache digest",
            open(Program::Apache).asks(Auth::Digest),
            NEEDED,
            &[DIGEST, "algorithm=MD5", "qop=\"auth\""],
            NEEDED,
            true,
        ),
        case(
            "mitmproxy",
            open(Program::Mitmproxy).asks(Auth::Basic),
            NEEDED,
            &["Proxy-Authenticate: Basic realm="],
            NEEDED,
            false,
        ),
        case(
            "clash",
            open(Program::Clash).asks(Auth::Basic),
            NEEDED,
            &["Proxy-Authenticate: Basic\r\n"],
            "HTTP/1.1 403 Forbidden",
            false,
        ),
    ]
}

pub(super) fn rows() -> Vec<Row> {
    cases()
        .into_iter()
        .flat_map(|case| {
            let available = case.proxy.program().available();
            let shared = Shared::new(move || case.proxy.start());
            let (name, a) = (case.name, shared.clone());
            [
                Row::new(format!("auth/{name}/without"), &available, move || {
                    let head = to(a.get()).connect_to("127.0.0.1:8266", "");
                    assert_eq!(status_line(&head), case.without, "{}", a.get().log());
                    for challenge in case.challenges {
                        assert!(head.contains(challenge), "{challenge} in {head}");
                    }
                }),
                Row::new(format!("auth/{name}/wrong and right"), &available, move || {
                    let proxy = shared.get();
                    let head = to(proxy).connect_to(
                        "127.0.0.1:8266",
                        &credentials(proxy, case.digest, "127.0.0.1:8266", "guess"),
                    );
                    assert_eq!(status_line(&head), case.wrong, "{}", proxy.log());
                    right(proxy, case.digest);
                }),
            ]
        })
        .collect()
}

fn right(proxy: &Proxy, digest: bool) {
    let recorder = ScriptedServer::start(Script::new().upgrade().hold()).unwrap();
    let target = format!("127.0.0.1:{}", recorder.port());
    let header = credentials(proxy, digest, &target, PASSWORD);
    let mut wire = to(proxy);
    let head = wire.connect_to(&target, &header);
    assert!(status_line(&head).contains(" 200 "), "{head}{}", proxy.log());
    let handshake = request("/", &target);
    wire.send(&handshake);
    assert!(wire.head().contains(ACCEPT));
    assert_eq!(String::from_utf8(recorder.received()).unwrap(), handshake, "no credentials go to the board");
}

/// The header, with its CRLF. For Digest the proxy is asked for a challenge first.
fn credentials(proxy: &Proxy, digest: bool, target: &str, password: &str) -> String {
    if !digest {
        return format!("Proxy-Authorization: Basic {}\r\n", base64(&format!("{USER}:{password}")));
    }
    let head = to(proxy).connect_to(target, "");
    let challenge = head.lines().find(|line| line.contains(": Digest ")).expect("a Digest challenge");
    format!("Proxy-Authorization: {}\r\n", digest::answer(challenge, USER, password, target))
}

fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}
