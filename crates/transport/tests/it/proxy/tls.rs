//! TLS in the tunnel, and the tunnel in TLS.

use boardwalk_protocol::proxy::ProxyScheme;
use boardwalk_transport::{
    Dial, Fingerprint, NetworkError, TlsTrust, TransportError, WebReplDial, WebReplOptions,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::script::{Proxy, through};
use crate::webrepl::script::{Far, Server, TEXT, options};
use crate::webrepl::tls::Front;

const YES: &str = "HTTP/1.1 200 Connection established\r\n\r\n";

async fn talks(link: Result<boardwalk_transport::Link, TransportError>, far: &mut Far) {
    let mut link = link.unwrap();
    far.says(b">>> ").await;
    assert_eq!(link.recv().await.unwrap(), ">>> ");
    link.sender().send("1+1\r".into()).await.unwrap();
    assert_eq!(far.hears().await, Some((TEXT, b"1+1\r".to_vec())));
}

fn encrypted(front: &Front, proxy: &Proxy, trust: TlsTrust) -> WebReplDial {
    let routes = through(vec![Some(proxy.server(ProxyScheme::Http))]);
    let target = format!("wss://{}", front.server.address).parse().unwrap();
    WebReplDial::new(target, WebReplOptions { routes, trust, ..options() })
}

#[tokio::test]
async fn a_board_behind_tls_behind_a_proxy() {
    let (front, proxy) = (Front::new().await, Proxy::new().await);
    let mut dial = encrypted(&front, &proxy, TlsTrust::Certificate(front.fingerprint));
    let script = async {
        let mut client = proxy.accept().await;
        client.request().await;
        client.says(YES).await;
        tokio::spawn(client.relays(front.server.address));
    };
    let board = async {
        let mut far = Far::shaken(front.acceptor.accept(front.server.accept().await).await.unwrap()).await;
        far.logs_in().await;
        far
    };
    let (link, (), mut far) = futures::join!(dial.dial(), script, board);
    talks(link, &mut far).await;
}

#[tokio::test]
async fn the_boards_certificate_is_shown_through_a_proxy() {
    let (front, proxy) = (Front::new().await, Proxy::new().await);
    let mut dial = encrypted(&front, &proxy, TlsTrust::Certificate(Fingerprint::of(b"another")));
    let script = async {
        let mut client = proxy.accept().await;
        client.request().await;
        client.says(YES).await;
        let board = async { front.acceptor.accept(front.server.accept().await).await.err() };
        futures::join!(client.relays(front.server.address), board);
    };
    let (dialled, ()) = futures::join!(dial.dial(), script);
    let error = dialled.err().unwrap();
    assert_eq!(
        (error.code(), error.detail()),
        ("tls-mismatch", Some(format!("SHA-256 {}", front.fingerprint)))
    );
    let TransportError::Network(network) = error else { panic!("a network error") };
    assert!(matches!(network.root(), NetworkError::TlsMismatch { seen: Some(_), .. }));
    assert_eq!(network.proxy(), Some(&proxy.server(ProxyScheme::Http)));
}

#[tokio::test]
async fn a_yes_and_the_end_before_tls() {
    let (front, proxy) = (Front::new().await, Proxy::new().await);
    let mut dial = encrypted(&front, &proxy, TlsTrust::Platform);
    let script = async {
        let mut client = proxy.accept().await;
        client.request().await;
        client.says(YES).await;
    };
    let (dialled, ()) = futures::join!(dial.dial(), script);
    assert_eq!(dialled.err().unwrap().code(), "proxy-answers-before-dialling");
}

/// `https://` before a proxy's address: TLS to the proxy itself.
#[tokio::test]
async fn a_proxy_behind_tls() {
    let (front, board) = (Front::new().await, Server::new().await);
    let dial = |proxy_trust| {
        let server = boardwalk_protocol::proxy::ProxyServer {
            scheme: ProxyScheme::Https,
            host: "127.0.0.1".into(),
            port: front.server.address.port(),
        };
        let routes = through(vec![Some(server)]);
        WebReplDial::new(board.target(), WebReplOptions { routes, proxy_trust, ..options() })
    };
    let mut trusting = dial(TlsTrust::Certificate(front.fingerprint));
    let script = async {
        let mut client = front.acceptor.accept(front.server.accept().await).await.unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            request.push(client.read_u8().await.unwrap());
        }
        assert!(request.starts_with(b"CONNECT "));
        client.write_all(YES.as_bytes()).await.unwrap();
        let mut board = TcpStream::connect(board.address).await.unwrap();
        tokio::spawn(async move { tokio::io::copy_bidirectional(&mut client, &mut board).await.is_ok() });
    };
    let logs_in = async {
        let mut far = board.shaken().await;
        far.logs_in().await;
        far
    };
    let (link, (), mut far) = futures::join!(trusting.dial(), script, logs_in);
    talks(link, &mut far).await;

    let mut doubting = dial(TlsTrust::Platform);
    let refused = async { front.acceptor.accept(front.server.accept().await).await.err() };
    let (dialled, _) = futures::join!(doubting.dial(), refused);
    let error = dialled.err().unwrap();
    assert_eq!(
        (error.code(), error.detail()),
        ("tls-mismatch", Some(format!("SHA-256 {}", front.fingerprint)))
    );
    assert!(error.to_string().contains("of the proxy https://127.0.0.1:"), "{error}");

    // And a proxy that does not speak it.
    let plain = Proxy::new().await;
    let mut dial = plain.dial(ProxyScheme::Https, options());
    let hangs_up = async { drop(plain.accept().await) };
    let (dialled, ()) = futures::join!(dial.dial(), hangs_up);
    assert_eq!(dialled.err().unwrap().code(), "proxy-not-a-proxy");
}
