//! Lists, as PAC scripts give them: the next way is for a proxy that cannot be reached, never for one that refuses.

use boardwalk_protocol::proxy::{ProxyScheme, ProxyServer};
use boardwalk_transport::{Dial, WebReplDial, WebReplOptions};

use super::script::{Proxy, through};
use crate::webrepl::script::{Server, options};

fn dial(board: &Server, list: Vec<Option<ProxyServer>>) -> WebReplDial {
    WebReplDial::new(board.target(), WebReplOptions { routes: through(list), ..options() })
}

#[tokio::test]
async fn a_proxy_that_is_down_gives_way_to_the_next_and_to_direct() {
    let (down, up, board) =
        (Proxy::new().await.server(ProxyScheme::Http), Proxy::new().await, Server::new().await);
    let logs_in = async || {
        let mut far = board.shaken().await;
        far.logs_in().await;
        far
    };
    let mut dial_next = dial(&board, vec![Some(down.clone()), Some(up.server(ProxyScheme::Http)), None]);
    let script = async {
        let mut client = up.accept().await;
        client.request().await;
        client.says("HTTP/1.1 200 OK\r\n\r\n").await;
        tokio::spawn(client.relays(board.address))
    };
    let (link, _relay, _far) = futures::join!(dial_next.dial(), script, logs_in());
    drop(link.unwrap());

    let mut dial_direct = dial(&board, vec![Some(down.clone()), None]);
    let (link, _far) = futures::join!(dial_direct.dial(), logs_in());
    drop(link.unwrap());

    let error = dial(&board, vec![Some(down.clone())]).dial().await.expect_err("no silent way around");
    assert_eq!(error.code(), "proxy-unreachable");
}

#[tokio::test]
async fn a_proxy_that_refuses_is_the_last_word() {
    let (refusing, board) = (Proxy::new().await, Server::new().await);
    let mut dial = dial(&board, vec![Some(refusing.server(ProxyScheme::Http)), None]);
    let script = async {
        let mut client = refusing.accept().await;
        client.request().await;
        client.says("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n").await;
    };
    let (dialled, ()) = futures::join!(dial.dial(), script);
    assert_eq!(dialled.err().unwrap().code(), "proxy-forbids-connect");
}
