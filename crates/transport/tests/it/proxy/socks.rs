//! What SOCKS proxies answer when there is no tunnel.

use boardwalk_protocol::proxy::ProxyScheme;
use boardwalk_transport::{Dial, TransportError, WebReplOptions};

use super::script::{Client, Proxy, User, asking};
use crate::webrepl::script::{SOON, options};

async fn refusal(options: WebReplOptions, script: impl AsyncFnOnce(&Proxy, Client)) -> TransportError {
    let proxy = Proxy::new().await;
    let mut dial = proxy.dial(ProxyScheme::Socks5, options);
    let scripted = async { script(&proxy, proxy.accept().await).await };
    let (dialled, ()) = futures::join!(dial.dial(), scripted);
    dialled.expect_err("this dial cannot work")
}

/// The greeting, and the request with the name: it is the proxy that resolves it.
async fn asked(client: &mut Client) {
    assert_eq!(client.hears(3).await, [5, 1, 0]);
    client.says([5, 0]).await;
    let name = b"\x05\x01\x00\x03\x0dboard.example\x20\x4a";
    assert_eq!(client.hears(name.len()).await, name);
}

#[tokio::test]
async fn each_number_has_its_code() {
    for (number, code) in [
        (1, "proxy-cannot-reach-board"),
        (2, "proxy-forbids-connect"),
        (3, "proxy-cannot-reach-board"),
        (4, "proxy-cannot-reach-board"),
        (5, "proxy-cannot-reach-board"),
        (6, "proxy-cannot-reach-board"),
        (7, "proxy-forbids-connect"),
        (8, "proxy-cannot-reach-board"),
        (200, "proxy-cannot-reach-board"),
    ] {
        // With a name as the bound address, with nothing at all, and held open.
        for rest in [&[0, 3, 3, b'a', b'b', b'c', 0, 0][..], &[]] {
            let error = refusal(options(), async |_, mut client| {
                asked(&mut client).await;
                client.says([&[5, number], rest].concat()).await;
                assert!(client.is_left().await);
            })
            .await;
            assert_eq!(error.code(), code, "{number}: {error}");
            assert!(error.to_string().contains("SOCKS5"), "{error}");
        }
    }
}

#[tokio::test]
async fn names_and_passwords() {
    let user = User::who_says(&[("me", "wrong"), ("me", "secret")]);
    let negotiates = async |proxy: &Proxy, password: &[u8], verdict: u8| {
        let mut client = proxy.accept().await;
        assert_eq!(client.hears(4).await, [5, 2, 0, 2]);
        client.says([5, 2]).await;
        let told = [&[1, 2, b'm', b'e', password.len() as u8], password].concat();
        assert_eq!(client.hears(told.len()).await, told);
        client.says([1, verdict]).await;
        client
    };
    let error = refusal(asking(&user), async |proxy, mut client| {
        assert_eq!(client.hears(3).await, [5, 1, 0]);
        client.says([5, 0xff]).await;
        negotiates(proxy, b"wrong", 2).await;
        let mut client = negotiates(proxy, b"secret", 0).await;
        client.hears(20).await;
        client.says([5, 5, 0, 1, 0, 0, 0, 0, 0, 0]).await;
    })
    .await;
    assert_eq!(error.code(), "proxy-cannot-reach-board", "{error}");
    assert_eq!(user.accepted.lock().unwrap().len(), 1);

    let error = refusal(options(), async |_, mut client| {
        client.hears(3).await;
        client.says([5, 0xff]).await;
    })
    .await;
    assert_eq!(error.code(), "proxy-auth-required");
}

#[tokio::test]
async fn credentials_without_room() {
    static LONG: [u8; 256] = [b'x'; 256];
    let long = std::str::from_utf8(&LONG).unwrap();
    let error = refusal(asking(&User::who_says(&[("me", long)])), async |_, mut client| {
        client.hears(3).await;
        client.says([5, 0xff]).await;
    })
    .await;
    assert_eq!(error.code(), "proxy-auth-rejected");
    assert!(!error.to_string().contains("xxx"));
}

#[tokio::test]
async fn what_is_no_socks_proxy() {
    for answer in [&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], b"\x05\x07", b"\x04\x00", b""] {
        let error = refusal(options(), async |_, mut client| {
            client.hears(3).await;
            client.says(answer).await;
        })
        .await;
        assert_eq!(error.code(), "proxy-not-a-proxy", "{answer:?}: {error}");
    }
    let short = WebReplOptions { tunnel_timeout: SOON, ..options() };
    let error = refusal(short, async |_, mut client| {
        client.hears(3).await;
        assert!(client.is_left().await);
    })
    .await;
    // The greeting needs no board: who does not answer it is no proxy.
    assert_eq!(error.code(), "proxy-not-a-proxy", "{error}");
}

#[tokio::test]
async fn silence_after_the_request_is_about_the_board() {
    let short = WebReplOptions { tunnel_timeout: SOON, ..options() };
    let error = refusal(short, async |_, mut client| {
        asked(&mut client).await;
        assert!(client.is_left().await);
    })
    .await;
    assert_eq!(error.code(), "proxy-cannot-reach-board", "{error}");
}
