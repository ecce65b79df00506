//! Tunnels that are ended because nothing travels on them.

use std::time::Duration;

use boardwalk_protocol::proxy::ProxyScheme;
use boardwalk_transport::{Dial, Link, NetworkError, TransportError, WebReplOptions};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::script::{Client, Proxy};
use crate::webrepl::script::{Far, PATIENCE, PING, Server, options};

/// Relays until nothing has come from either side for so long; then says nothing and closes, as middleboxes do.
async fn forgets_after(mut client: Client, board: std::net::SocketAddr, limit: Duration) {
    let mut board = TcpStream::connect(board).await.unwrap();
    let (mut up, mut down) = ([0; 4096], [0; 4096]);
    loop {
        tokio::select! {
            got = client.stream.read(&mut up) => match got {
                Ok(count @ 1..) => board.write_all(&up[..count]).await.unwrap(),
                _ => return,
            },
            got = board.read(&mut down) => match got {
                Ok(count @ 1..) => client.stream.write_all(&down[..count]).await.unwrap(),
                _ => return,
            },
            () = tokio::time::sleep(limit) => return,
        }
    }
}

async fn open(
    dial: &mut boardwalk_transport::WebReplDial,
    (proxy, board): (&Proxy, &Server),
    limit: Duration,
) -> (Link, Far) {
    let script = async {
        let mut client = proxy.accept().await;
        client.request().await;
        client.says("HTTP/1.1 200 Connection established\r\n\r\n").await;
        tokio::spawn(forgets_after(client, board.address, limit));
    };
    let shaken = async {
        let mut far = board.shaken().await;
        far.logs_in().await;
        far
    };
    let (link, (), far) = futures::join!(dial.dial(), script, shaken);
    (link.unwrap(), far)
}

#[tokio::test]
async fn the_silence_is_measured_and_the_next_line_is_kept_awake() {
    let (proxy, board) = (Proxy::new().await, Server::new().await);
    // Longer than what counts as a silence behind a proxy, with room for a busy machine below the pings.
    let limit = Duration::from_secs(6);
    let slow = WebReplOptions { ping_after: Duration::from_secs(60), ..options() };
    let mut dial = proxy.dial_to(&board, ProxyScheme::Http, slow);
    let (mut link, far) = open(&mut dial, (&proxy, &board), limit).await;
    let error = tokio::time::timeout(PATIENCE, link.recv()).await.expect("never forgotten").unwrap_err();
    drop(far);
    assert_eq!(error.code(), "idle-drop", "{error}");
    assert!(error.is_transient() && error.is_away());
    let TransportError::Network(network) = &error else { panic!("{error}") };
    let NetworkError::IdleDrop { seconds: 6.., .. } = network.root() else { panic!("{error}") };
    assert!(error.to_string().contains(&proxy.address.to_string()), "{error}");

    let (_link, mut far) = open(&mut dial, (&proxy, &board), limit).await;
    // Half of it, and no pong comes.
    for _ in 0..2 {
        assert_eq!(far.hears().await, Some((PING, Vec::new())));
    }
}

#[tokio::test]
async fn an_end_in_the_middle_of_something_is_no_timeout() {
    let (proxy, board) = (Proxy::new().await, Server::new().await);
    let mut dial = proxy.dial_to(&board, ProxyScheme::Http, options());
    let (mut link, mut far) = open(&mut dial, (&proxy, &board), PATIENCE).await;
    assert_eq!(link.info().route.as_ref().unwrap().proxy, Some(proxy.server(ProxyScheme::Http)));
    far.says(b"MPY: soft reboot\r\n").await;
    assert_eq!(link.recv().await.unwrap(), "MPY: soft reboot\r\n");
    drop(far);
    assert_eq!(link.recv().await.unwrap_err().code(), "lost");
}
