//! Every way in which a proxy can fail: the code, the address and the answer in the sentence, and what to do.

use std::time::{Duration, Instant};

use boardwalk_protocol::proxy::ProxyScheme;
use boardwalk_transport::{Dial, NetworkError, TransportError, WebReplOptions};

use super::script::{Client, Proxy};
use crate::webrepl::script::{PATIENCE, SOON, Server, hasty, options};

/// Why a dial fails at a proxy that does this.
async fn refusal<T>(
    scheme: ProxyScheme,
    options: WebReplOptions,
    script: impl AsyncFnOnce(Client) -> T,
) -> (TransportError, T) {
    let proxy = Proxy::new().await;
    let mut dial = proxy.dial(scheme, options);
    let scripted = async { script(proxy.accept().await).await };
    let (dialled, done) = tokio::time::timeout(PATIENCE, async { futures::join!(dial.dial(), scripted) })
        .await
        .expect("the dial hangs");
    let error = dialled.expect_err("this dial cannot work");
    let TransportError::Network(network) = &error else { panic!("{error}") };
    let address = network.proxy().expect("it names the proxy").to_string();
    assert_eq!(address, proxy.server(scheme).to_string());
    assert!(error.to_string().contains(&address), "{error}");
    assert!(!error.help().is_empty());
    assert!(!error.to_string().contains(|c: char| c.is_control()), "{error}");
    (error, done)
}

async fn answering(answer: impl AsRef<[u8]>) -> TransportError {
    let (error, ()) = refusal(ProxyScheme::Http, options(), async |mut client: Client| {
        client.request().await;
        client.says(answer).await;
    })
    .await;
    error
}

#[tokio::test]
async fn each_refusal_has_its_code() {
    for (answer, code) in [
        ("HTTP/1.1 403 Forbidden", "proxy-forbids-connect"),
        ("HTTP/1.0 403 Access violation", "proxy-forbids-connect"),
        ("HTTP/1.1 405 Method Not Allowed", "proxy-forbids-connect"),
        ("HTTP/1.1 400 Bad Request", "proxy-forbids-connect"),
        ("HTTP/1.1 501 Not Implemented", "proxy-forbids-connect"),
        ("HTTP/1.1 302 Found\r\nLocation: http://blocked.example/", "proxy-forbids-connect"),
        ("HTTP/1.1 500 Unable to connect", "proxy-cannot-reach-board"),
        ("HTTP/1.1 502 Bad Gateway", "proxy-cannot-reach-board"),
        ("HTTP/1.1 503 Service Unavailable", "proxy-cannot-reach-board"),
        ("HTTP/1.1 504 Gateway Timeout", "proxy-cannot-reach-board"),
        ("HTTP/1.1 404 No such domain", "proxy-cannot-reach-board"),
        ("HTTP/1.1 407 Who are you\r\nProxy-Authenticate: Basic", "proxy-auth-required"),
        ("HTTP/1.1 407 Who are you", "proxy-auth-required"),
        ("HTTP/1.1 101 Switching Protocols", "proxy-not-a-proxy"),
        ("SSH-2.0-OpenSSH_9.2", "proxy-not-a-proxy"),
        ("HTTP/2.0 200 OK", "proxy-not-a-proxy"),
        ("HTTP/1.1 ok", "proxy-not-a-proxy"),
        ("\x15\x03\x03\0\x02\x02\x28", "proxy-not-a-proxy"),
    ] {
        let error = answering(format!("{answer}\r\n\r\n")).await;
        assert_eq!(error.code(), code, "{answer}: {error}");
        let status: Option<&str> = answer.lines().next().filter(|line| line.starts_with("HTTP/1."));
        assert!(status.is_none_or(|line| error.to_string().contains(line)), "{error}");
        assert_eq!(error.is_transient(), code == "proxy-cannot-reach-board", "{error}");
    }
}

#[tokio::test]
async fn a_page_behind_a_refusal_is_read_and_not_waited_for() {
    for page in [
        "Content-Length: 4\r\n\r\npage",
        "Transfer-Encoding: chunked\r\n\r\n4\r\npage\r\n0\r\n\r\n",
        "Content-Length: 99999999\r\n\r\npage",
        "Transfer-Encoding: chunked\r\n\r\nzzz",
        "\r\npage",
    ] {
        let proxy = Proxy::new().await;
        let mut dial = proxy.dial(ProxyScheme::Http, options());
        let script = async {
            let mut client = proxy.accept().await;
            client.request().await;
            client.says(format!("HTTP/1.1 503 Service Unavailable\r\n{page}")).await;
            // Left open: the client goes by itself.
            assert!(client.is_left().await);
        };
        let (dialled, ()) = futures::join!(dial.dial(), script);
        assert_eq!(dialled.err().unwrap().code(), "proxy-cannot-reach-board", "{page}");
    }
}

#[tokio::test]
async fn a_proxy_that_is_down() {
    let mut dial = Proxy::new().await.dial(ProxyScheme::Http, options());
    let error = dial.dial().await.expect_err("nobody listens");
    assert_eq!(error.code(), "proxy-unreachable");
    assert!(error.is_transient() && !error.is_away(), "it is the proxy that is away, not the board");
}

#[tokio::test]
async fn a_proxy_that_hangs_up() {
    let (error, ()) = refusal(ProxyScheme::Http, options(), async |mut client: Client| {
        client.request().await;
    })
    .await;
    assert_eq!(error.code(), "proxy-not-a-proxy");
    let (error, ()) = refusal(ProxyScheme::Http, options(), async |mut client: Client| {
        client.request().await;
        client.says("HTTP/1.1 200 Conn").await;
    })
    .await;
    assert_eq!(error.code(), "proxy-not-a-proxy");
}

/// Proxies take 30 to 133 s to admit that nobody answers.
#[tokio::test]
async fn a_proxy_that_says_nothing_and_one_that_drips_end_at_one_deadline() {
    let short = || WebReplOptions { tunnel_timeout: SOON, ..options() };
    let (error, _held) = refusal(ProxyScheme::Http, short(), async |mut client: Client| {
        client.request().await;
        client
    })
    .await;
    assert_eq!(error.code(), "proxy-cannot-reach-board");
    assert!(error.to_string().contains("within 1 s"), "{error}");

    let started = Instant::now();
    let (error, ()) = refusal(ProxyScheme::Http, short(), async |mut client: Client| {
        let mut tick = tokio::time::interval(Duration::from_millis(20));
        for byte in b"HTTP/1.1 200 OK\r\nX: ".iter().chain(std::iter::repeat(&b'a')).take(10_000) {
            tick.tick().await;
            if tokio::io::AsyncWriteExt::write_all(&mut client.stream, &[*byte]).await.is_err() {
                break;
            }
        }
    })
    .await;
    assert_eq!(error.code(), "proxy-not-a-proxy", "{error}");
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
}

#[tokio::test]
async fn headers_without_end_are_not_collected() {
    for flood in [
        [b"X-Long: ".as_slice(), &[b'a'; 4000], b"\r\n"].concat(),
        b"HTTP/1.1 100 Continue\r\n\r\n".to_vec(),
        vec![b'a'; 4096],
    ] {
        let (error, sent) = refusal(ProxyScheme::Http, options(), async |mut client: Client| {
            client.request().await;
            client.says("HTTP/1.1 100 Continue\r\n").await;
            let mut sent = 0_usize;
            while tokio::io::AsyncWriteExt::write_all(&mut client.stream, &flood).await.is_ok() {
                sent += flood.len();
                assert!(sent < 64 << 20, "it takes everything");
            }
            sent
        })
        .await;
        assert_eq!(error.code(), "proxy-not-a-proxy", "{sent}: {error}");
    }
}

/// The Clash family answers before it dials.
#[tokio::test]
async fn a_yes_and_then_the_end() {
    for reset in [false, true] {
        let (error, ()) = refusal(ProxyScheme::Http, options(), async |mut client: Client| {
            client.request().await;
            client.says("HTTP/1.1 200 Connection established\r\n\r\n").await;
            if reset {
                socket2::SockRef::from(&client.stream).set_linger(Some(Duration::ZERO)).unwrap();
            }
        })
        .await;
        assert_eq!(error.code(), "proxy-answers-before-dialling", "{error}");
        assert!(error.is_away() && error.is_transient());
    }
}

#[tokio::test]
async fn a_yes_and_then_nothing() {
    let (error, _held) = refusal(ProxyScheme::Http, hasty(), async |mut client: Client| {
        client.request().await;
        client.says("HTTP/1.1 200 Connection established\r\n\r\n").await;
        client
    })
    .await;
    assert_eq!(error.code(), "silent-after-request", "{error}");
    let TransportError::Network(network) = error else { panic!("a network error") };
    assert!(matches!(network.root(), NetworkError::Handshake { .. }));
}

/// A web server that says 200 to everything.
#[tokio::test]
async fn a_yes_that_is_a_page() {
    let (error, ()) = refusal(ProxyScheme::Http, options(), async |mut client: Client| {
        client.request().await;
        client.says("HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n<html>Hi</html>\n").await;
    })
    .await;
    assert_eq!(error.code(), "proxy-not-a-proxy", "{error}");
}

/// Its own address as the board's: what comes out of the tunnel is the proxy again.
#[tokio::test]
async fn a_proxy_that_leads_to_itself() {
    let proxy = Proxy::new().await;
    let routes = super::script::through(vec![Some(proxy.server(ProxyScheme::Http))]);
    let itself = format!("ws://{}", proxy.address).parse().unwrap();
    let mut dial = boardwalk_transport::WebReplDial::new(itself, WebReplOptions { routes, ..options() });
    let script = async {
        let mut outer = proxy.accept().await;
        outer.request().await;
        outer.says("HTTP/1.1 200 Connection established\r\n\r\n").await;
        let relay = tokio::spawn(outer.relays(proxy.address));
        let mut inner = proxy.accept().await;
        assert!(inner.request().await.starts_with("GET / HTTP/1.1\r\n"));
        inner.says("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n").await;
        drop(inner);
        relay.await.unwrap();
    };
    let (dialled, ()) = futures::join!(dial.dial(), script);
    assert_eq!(dialled.err().unwrap().code(), "not-webrepl");
}

/// privoxy relays one way only when it is misled.
#[tokio::test]
async fn a_proxy_that_relays_one_way() {
    let (proxy, board) = (Proxy::new().await, Server::new().await);
    let mut dial = proxy.dial_to(&board, ProxyScheme::Http, hasty());
    let script = async {
        let mut client = proxy.accept().await;
        client.request().await;
        client.says("HTTP/1.1 200 Connection established\r\n\r\n").await;
        let request = client.request().await;
        client.says(crate::webrepl::script::reply_to(&request)).await;
        client.says(crate::webrepl::script::frame(crate::webrepl::script::TEXT, b"Password: ")).await;
        client
    };
    let (dialled, _held) = futures::join!(dial.dial(), script);
    let error = dialled.err().unwrap();
    assert_eq!(error.code(), "proxy-half-relay", "{error}");
    assert!(error.to_string().contains("Through the proxy"), "{error}");
}

#[tokio::test]
async fn a_dial_that_is_given_up_leaves_the_proxy() {
    let proxy = Proxy::new().await;
    let mut dial = proxy.dial(ProxyScheme::Http, options());
    let mut dialling = dial.dial();
    let mut client = {
        let asked = async {
            let mut client = proxy.accept().await;
            client.request().await;
            client
        };
        tokio::pin!(asked);
        tokio::select! {
            client = &mut asked => client,
            _ = &mut dialling => panic!("nobody answered"),
        }
    };
    drop(dialling);
    assert!(client.is_left().await);
}
