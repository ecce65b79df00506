//! Both ways to one board: through a proxy that wants credentials, and directly.

use std::sync::Arc;

use base64::Engine as _;
use boardwalk_protocol::proxy::{Decision, ProxyScheme};
use boardwalk_transport::{AskProxyUser, AskReason, ProxyCredentials, Routes, Secret, Target};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use sha1::{Digest as _, Sha1};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::evidence::Part;
use crate::world::SystemDialler;

struct Through(ProxyServer);

impl Routes for Through {
    fn route<'a>(&'a self, _: &'a WebReplUrl) -> BoxFuture<'a, Routed> {
        let decision =
            Decision { route: Route::Proxies(vec![Some(self.0.clone())]), ..Decision::nothing_set() };
        std::future::ready(Routed { decision, addresses: Vec::new() }).boxed()
    }
}

struct Ada;

impl AskProxyUser for Ada {
    fn ask<'a>(
        &'a self,
        _: &'a ProxyServer,
        _: &'a str,
        _: AskReason,
    ) -> BoxFuture<'a, Option<ProxyCredentials>> {
        let ada = ProxyCredentials { user: "ada".into(), password: Secret::new("open sesame") };
        std::future::ready(Some(ada)).boxed()
    }
}

async fn head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    String::from_utf8(head).unwrap()
}

/// One client after the other; a second one at the same time would be refused.
async fn board(listener: TcpListener) {
    loop {
        let (mut stream, _) = listener.accept().await.unwrap();
        let request = head(&mut stream).await;
        let key = request.lines().find_map(|line| line.strip_prefix("Sec-WebSocket-Key: ")).unwrap();
        let accept = Sha1::digest(format!("{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
        let accept = base64::engine::general_purpose::STANDARD.encode(accept);
        let reply = format!(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Accept: {accept}\r\n\r\n"
        );
        stream.write_all(&[reply.as_bytes(), b"\x81\x0aPassword: "].concat()).await.unwrap();
        let mut goodbye = [0; 6];
        stream.read_exact(&mut goodbye).await.unwrap();
        assert_eq!(goodbye[0], 0x88, "a close frame");
        stream.write_all(b"\x88\x00").await.unwrap();
    }
}

/// Wants credentials, then relays to the board.
async fn proxy(listener: TcpListener, board: std::net::SocketAddr) {
    let (mut stream, _) = listener.accept().await.unwrap();
    head(&mut stream).await;
    let no = "HTTP/1.1 407 Who are you\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n";
    stream.write_all(no.as_bytes()).await.unwrap();
    let (mut stream, _) = listener.accept().await.unwrap();
    assert!(head(&mut stream).await.contains("Proxy-Authorization: Basic YWRhOm9wZW4gc2VzYW1l\r\n"));
    stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.unwrap();
    let mut board = TcpStream::connect(board).await.unwrap();
    let _ = tokio::io::copy_bidirectional(&mut stream, &mut board).await;
}

fn kinds(path: &Path) -> Vec<(bool, Part)> {
    path.events.iter().map(|event| (event.sent, event.what)).collect()
}

fn ways(xray: &Xray) -> Vec<(&str, &str)> {
    xray.paths().map(|path| (path.name(), path.code.as_str())).collect()
}

#[tokio::test]
async fn both_ways_are_walked_and_credentials_are_nowhere() {
    let near = || async { TcpListener::bind("127.0.0.1:0").await.unwrap() };
    let (boards, proxies) = (near().await, near().await);
    let (at, port) = (boards.local_addr().unwrap(), proxies.local_addr().unwrap().port());
    let proxy_server = ProxyServer { scheme: ProxyScheme::Http, host: "127.0.0.1".into(), port };
    let tasks = [tokio::spawn(board(boards)), tokio::spawn(proxy(proxies, at))];
    let Target::WebRepl { url } = format!("ws://{at}").parse().unwrap() else { panic!("a WebREPL") };

    let through: Arc<dyn Routes> = Arc::new(Through(proxy_server));
    let dialler = Arc::new(SystemDialler::new(Arc::new(Ada)));
    let world = World { routes: Arc::clone(&through), dialler, ..World::system() };
    let seen = xray(&world, &url, None).await;
    assert_eq!(ways(&seen), [("connect", "ok"), ("direct", "ok")]);
    assert_eq!(seen.decisive().unwrap().through.as_ref().unwrap().0.port, port);
    let attempt = [(true, Part::Tcp), (false, Part::Tcp), (true, Part::Tunnel), (false, Part::Tunnel)];
    let talk = [(true, Part::Http), (false, Part::Http), (false, Part::Ws), (true, Part::Ws)];
    assert_eq!(kinds(&seen.taken[0])[..12], [&attempt[..], &attempt, &talk].concat());
    assert_eq!(kinds(seen.compared.as_ref().unwrap())[..6], [&attempt[..2], &talk].concat());
    let told = seen.taken[0].events[6].bytes.escape_ascii().to_string();
    assert!(told.contains("Proxy-Authorization: Basic ********\\r"), "{told}");
    let secret = b"YWRhOm9wZW4gc2VzYW1l";
    let all: Vec<u8> =
        seen.paths().flat_map(|path| &path.events).flat_map(|event| event.bytes.to_vec()).collect();
    assert!(!all.windows(secret.len()).any(|bytes| bytes == secret));

    // Where the board is near, the proxy is the one to compare with; here it is gone by now.
    let world = World { proxies: through, ..World::system() };
    assert_eq!(ways(&xray(&world, &url, None).await), [("direct", "ok"), ("connect", "proxy-unreachable")]);
    for task in tasks {
        task.abort();
    }
}
