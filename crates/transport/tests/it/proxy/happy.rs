//! Tunnels that work: what is said to the proxy, and that nothing of it changes what the board sees.

use boardwalk_protocol::proxy::ProxyScheme;
use boardwalk_transport::{Dial, Link};

use super::script::{Proxy, User, asking};
use crate::webrepl::script::{Far, Server, TEXT, options};

/// Bytes both ways, and the end of it.
async fn works(mut link: Link, mut far: Far) {
    far.says(b"MicroPython\r\n>>> ").await;
    assert_eq!(link.recv().await.unwrap(), "MicroPython\r\n>>> ");
    link.sender().send("1+1\r".into()).await.unwrap();
    assert_eq!(far.hears().await, Some((TEXT, b"1+1\r".to_vec())));
    drop(link);
    assert_eq!(far.hears().await, Some((crate::webrepl::script::CLOSE, Vec::new())));
}

#[tokio::test]
async fn connect_in_every_form_of_yes() {
    for yes in [
        "HTTP/1.0 200 Connection established\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200\r\nnonsense\r\nVia: 1.1 x\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 Connection established\n\n",
        "HTTP/1.1 299 Why not\r\n\r\n",
    ] {
        let (proxy, board) = (Proxy::new().await, Server::new().await);
        let mut dial = proxy.dial_to(&board, ProxyScheme::Http, options());
        let asked = async {
            let mut client = proxy.accept().await;
            let request = client.request().await;
            client.says(yes).await;
            let relay = tokio::spawn(client.relays(board.address));
            (request, relay)
        };
        let shaken = async {
            let mut far = board.shaken().await;
            far.logs_in().await;
            far
        };
        let (link, (request, relay), far) = futures::join!(dial.dial(), asked, shaken);
        let place = board.address;
        assert_eq!(request, format!("CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n\r\n"));
        works(link.unwrap(), far).await;
        relay.await.unwrap();
    }
}

/// The board sees the same request as without a proxy, and no byte of the tunnel's.
#[tokio::test]
async fn socks_of_both_kinds() {
    for scheme in [ProxyScheme::Socks5, ProxyScheme::Socks5h, ProxyScheme::Socks4] {
        let (proxy, board) = (Proxy::new().await, Server::new().await);
        let mut dial = proxy.dial_to(&board, scheme, asking(&User::who_says(&[])));
        let port = board.address.port().to_be_bytes();
        let asked = async {
            let mut client = proxy.accept().await;
            if scheme == ProxyScheme::Socks4 {
                assert_eq!(client.hears(9).await, [&[4, 1][..], &port, &[127, 0, 0, 1, 0]].concat());
                client.says([0, 90, 0, 0, 0, 0, 0, 0]).await;
            } else {
                assert_eq!(client.hears(3).await, [5, 1, 0]);
                client.says([5, 0]).await;
                assert_eq!(client.hears(10).await, [&[5, 1, 0, 1, 127, 0, 0, 1][..], &port].concat());
                // A name as the bound address, as dante answers.
                client.says([5, 0, 0, 3, 2, b'm', b'e', 0, 0]).await;
            }
            tokio::spawn(client.relays(board.address));
        };
        let shaken = async {
            let mut far = board.shaken().await;
            far.logs_in().await;
            far
        };
        let (link, (), far) = futures::join!(dial.dial(), asked, shaken);
        works(link.unwrap(), far).await;
    }
}
