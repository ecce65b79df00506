//! Names and passwords: asked for when a proxy wants them, told to it alone, each on a connection of its own.

use boardwalk_protocol::proxy::ProxyScheme;
use boardwalk_transport::{AskReason, Dial, DialStep, OnStep, TransportError, WebReplOptions};

use super::script::{Proxy, User, asking};
use crate::webrepl::script::{Server, options};

const WANTS_BASIC: &str =
    "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n";
const YES: &str = "HTTP/1.1 200 Connection established\r\n\r\n";
/// aladdin:open sesame
const ALADDIN: &str = "Proxy-Authorization: Basic YWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n";

fn header(request: &str) -> Option<&str> {
    request.split_inclusive("\r\n").find(|line| line.starts_with("Proxy-Authorization: "))
}

/// Answers one connection each, and says what came in the header.
async fn answers(proxy: &Proxy, answers: &[&str]) -> Vec<Option<String>> {
    let mut seen = Vec::new();
    for answer in answers {
        let mut client = proxy.accept().await;
        seen.push(header(&client.request().await).map(str::to_owned));
        client.says(answer).await;
    }
    seen
}

async fn refusal(user: &std::sync::Arc<User>, script: &[&str]) -> (TransportError, Vec<Option<String>>) {
    let proxy = Proxy::new().await;
    let mut dial = proxy.dial(ProxyScheme::Http, asking(user));
    let (dialled, seen) = futures::join!(dial.dial(), answers(&proxy, script));
    (dialled.expect_err("no board there"), seen)
}

#[tokio::test]
async fn a_bare_basic_is_answered_on_a_new_connection_and_then_known() {
    let (proxy, board) = (Proxy::new().await, Server::new().await);
    let user = User::who_says(&[("aladdin", "open sesame")]);
    let mut dial = proxy.dial_to(&board, ProxyScheme::Http, asking(&user));
    let logs_in = async || {
        let mut far = board.shaken().await;
        far.logs_in().await;
        far
    };
    let tunnel = async || {
        let mut client = proxy.accept().await;
        let request = client.request().await;
        client.says(YES).await;
        tokio::spawn(client.relays(board.address));
        request
    };
    let script = async {
        let before = answers(&proxy, &[WANTS_BASIC]).await;
        (before, tunnel().await)
    };
    let (link, (before, request), far) = futures::join!(dial.dial(), script, logs_in());
    assert_eq!(before, [None]);
    assert_eq!(header(&request), Some(ALADDIN));
    drop((link.unwrap(), far));
    // The next dial says it at once.
    let (link, request, _far) = futures::join!(dial.dial(), tunnel(), logs_in());
    assert_eq!(header(&request), Some(ALADDIN));
    drop(link.unwrap());
    let address = proxy.server(ProxyScheme::Http).to_string();
    assert_eq!(*user.asked.lock().unwrap(), [(address.clone(), String::new(), AskReason::Needed)]);
    let accepted = format!("aladdin at {address}");
    assert_eq!(*user.accepted.lock().unwrap(), [accepted.clone(), accepted]);
}

#[tokio::test]
async fn each_way_of_saying_no_is_a_rejection() {
    for no in [
        "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n",
        // tinyproxy
        "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"Tinyproxy\"\r\n\r\n",
        // the Clash family
        "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
    ] {
        let user = User::who_says(&[("aladdin", "open sesame"), ("ali", "x"), ("baba", "y")]);
        let (error, seen) = refusal(&user, &[WANTS_BASIC, no, no, no]).await;
        assert_eq!(error.code(), "proxy-auth-rejected", "{no}");
        assert_eq!(seen[1].as_deref(), Some(ALADDIN));
        assert!(seen[3].as_deref() > Some("Proxy-Authorization: Basic "), "{seen:?}");
        let whys: Vec<_> = user.asked.lock().unwrap().iter().map(|(_, _, why)| *why).collect();
        let rejected = AskReason::Rejected;
        assert_eq!(whys, [AskReason::Needed, rejected, rejected, rejected], "until nobody knows more");
        assert!(user.accepted.lock().unwrap().is_empty());
        assert!(!error.is_transient());
        assert!(!format!("{error} {error:?} {}", error.help()).contains("sesame"));
    }
}

#[tokio::test]
async fn nobody_who_knows() {
    let (error, _) = refusal(&User::who_says(&[]), &[WANTS_BASIC]).await;
    assert_eq!(error.code(), "proxy-auth-required");
    let (error, _) = refusal(&User::who_says(&[("a", "b")]), &[WANTS_BASIC, WANTS_BASIC]).await;
    assert_eq!(error.code(), "proxy-auth-rejected");
}

/// What was right a moment ago is right: the port is the reason.
#[tokio::test]
async fn a_403_to_credentials_that_were_taken_is_about_the_port() {
    let user = User::who_says(&[("aladdin", "open sesame")]);
    let proxy = Proxy::new().await;
    let mut dial = proxy.dial(ProxyScheme::Http, asking(&user));
    let away = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";
    let script = [WANTS_BASIC, away];
    let (dialled, _) = futures::join!(dial.dial(), answers(&proxy, &script));
    assert_eq!(dialled.err().unwrap().code(), "proxy-cannot-reach-board");
    let no = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n";
    let script = [no];
    let (dialled, seen) = futures::join!(dial.dial(), answers(&proxy, &script));
    assert_eq!(dialled.err().unwrap().code(), "proxy-forbids-connect");
    assert_eq!(seen[0].as_deref(), Some(ALADDIN));
}

#[tokio::test]
async fn a_digest_goes_before_basic_and_a_stale_nonce_is_not_a_refusal() {
    let wants = |nonce: &str, stale: bool| {
        format!(
            "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"b\"\r\n\
             Proxy-Authenticate: Digest realm=\"d\", nonce=\"{nonce}\", qop=\"auth\", stale={stale}\r\n\
             Content-Length: 0\r\n\r\n"
        )
    };
    let user = User::who_says(&[("aladdin", "open sesame")]);
    let away = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";
    let (error, seen) = refusal(&user, &[&wants("one", false), &wants("two", true), away]).await;
    assert_eq!(error.code(), "proxy-cannot-reach-board");
    assert_eq!(user.asked.lock().unwrap().len(), 1);
    assert_eq!(user.asked.lock().unwrap()[0].1, "d");
    for (header, nonce) in seen[1..].iter().zip(["one", "two"]) {
        let header = header.as_deref().unwrap();
        assert!(header.starts_with("Proxy-Authorization: Digest username=\"aladdin\""), "{header}");
        for part in [&format!("nonce=\"{nonce}\""), "uri=\"board.example:8266\"", "qop=auth", "nc=00000001"] {
            assert!(header.contains(part), "{part}: {header}");
        }
    }
}

#[tokio::test]
async fn a_proxy_whose_nonces_are_always_stale_is_left() {
    let wants = "HTTP/1.1 407 x\r\nProxy-Authenticate: Digest realm=\"d\", nonce=\"n\", stale=true\r\n\r\n";
    let user = User::who_says(&[("aladdin", "open sesame")]);
    let (error, _) = refusal(&user, &[wants, wants, wants, wants]).await;
    assert_eq!(error.code(), "proxy-auth-rejected");
}

#[tokio::test]
async fn what_we_do_not_speak_is_named() {
    let wants = "HTTP/1.1 407 x\r\nProxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM\r\n\r\n";
    let (error, _) = refusal(&User::who_says(&[("a", "b")]), &[wants]).await;
    assert_eq!(error.code(), "proxy-auth-required");
    assert!(error.to_string().contains("only Negotiate, NTLM"), "{error}");
}

/// The credentials in one proxy's hands are not told to the board, nor to a proxy that did not ask.
#[tokio::test]
async fn credentials_go_to_nobody_else() {
    let (proxy, board) = (Proxy::new().await, Server::new().await);
    let mut dial =
        proxy.dial_to(&board, ProxyScheme::Http, asking(&User::who_says(&[("aladdin", "sesame")])));
    let script = async {
        answers(&proxy, &[WANTS_BASIC]).await;
        let mut client = proxy.accept().await;
        client.request().await;
        client.says(YES).await;
        tokio::spawn(client.relays(board.address));
    };
    let at_board = async {
        let mut far = crate::webrepl::script::Far::plain(board.accept().await);
        let request = far.request().await;
        drop(far);
        request
    };
    let (_, (), request) = futures::join!(dial.dial(), script, at_board);
    assert!(!request.to_lowercase().contains("authorization"), "{request}");

    // Without being asked, nothing is said.
    let user = User::who_says(&[("aladdin", "sesame")]);
    let (_, seen) = refusal(&user, &["HTTP/1.1 502 Bad Gateway\r\n\r\n"]).await;
    assert_eq!((seen, user.asked.lock().unwrap().len()), (vec![None], 0));
}

/// Whoever watches is told that it is the proxy that is waited for, once for each connection to it.
#[tokio::test]
async fn the_tunnel_is_a_step_of_its_own() {
    let proxy = Proxy::new().await;
    let steps = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let told = std::sync::Arc::clone(&steps);
    let on_step = OnStep::new(move |step| told.lock().unwrap().push(step));
    let options = WebReplOptions { on_step, ..asking(&User::who_says(&[("a", "b")])) };
    let mut dial = proxy.dial(ProxyScheme::Http, options);
    let away = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";
    let script = [WANTS_BASIC, away];
    let (dialled, _) = futures::join!(dial.dial(), answers(&proxy, &script));
    assert_eq!(dialled.err().unwrap().code(), "proxy-cannot-reach-board");
    let once = [DialStep::Name, DialStep::Tcp, DialStep::Tunnel];
    assert_eq!(*steps.lock().unwrap(), [once, once].concat());
}

/// The person may take longer than the tunnel.
#[tokio::test]
async fn a_persons_time_does_not_count() {
    struct Slow;
    impl boardwalk_transport::AskProxyUser for Slow {
        fn ask<'a>(
            &'a self,
            _: &'a boardwalk_protocol::proxy::ProxyServer,
            _: &'a str,
            _: AskReason,
        ) -> futures::future::BoxFuture<'a, Option<boardwalk_transport::ProxyCredentials>> {
            Box::pin(async {
                tokio::time::sleep(std::time::Duration::from_secs(3)).await;
                let password = boardwalk_transport::Secret::new("open sesame");
                Some(boardwalk_transport::ProxyCredentials { user: "aladdin".into(), password })
            })
        }
    }
    let proxy = Proxy::new().await;
    let tunnel_timeout = std::time::Duration::from_secs(2);
    let options = WebReplOptions { proxy_users: std::sync::Arc::new(Slow), tunnel_timeout, ..options() };
    let mut dial = proxy.dial(ProxyScheme::Http, options);
    let away = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";
    let script = [WANTS_BASIC, away];
    let (dialled, seen) = futures::join!(dial.dial(), answers(&proxy, &script));
    assert_eq!(dialled.err().unwrap().code(), "proxy-cannot-reach-board");
    assert_eq!(seen[1].as_deref(), Some(ALADDIN));
}
