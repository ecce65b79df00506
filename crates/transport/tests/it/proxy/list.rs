//! Lists, as PAC scripts give them: the next way is for a proxy that cannot be reached, never for one that refuses.

use std::sync::{Arc, Mutex};

use boardwalk_protocol::proxy::{ProxyScheme, ProxyServer, Route};
use boardwalk_transport::{Dial, OnRoute, RouteTaken, WebReplDial, WebReplOptions};

use super::script::{Proxy, Ways, through};
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
        tokio::spawn(client.relays(board.address));
    };
    let (link, (), _far) = futures::join!(dial_next.dial(), script, logs_in());
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

/// A setting that changes while a dial is under way counts for the next one; and everybody who watches is told.
#[tokio::test]
async fn the_route_is_asked_for_at_each_dial() {
    let (proxy, board) = (Proxy::new().await, Server::new().await);
    let through_proxy = Route::Proxies(vec![Some(proxy.server(ProxyScheme::Http))]);
    let told: Arc<Mutex<Vec<RouteTaken>>> = Arc::default();
    let telling = Arc::clone(&told);
    let on_route = OnRoute::new(move |route| telling.lock().unwrap().push(route.clone()));
    let routes = Ways::of([through_proxy.clone(), Route::Direct]);
    let mut dial = WebReplDial::new(board.target(), WebReplOptions { routes, on_route, ..options() });
    let script = async {
        let mut client = proxy.accept().await;
        client.request().await;
        client.says("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n").await;
    };
    let (dialled, ()) = futures::join!(dial.dial(), script);
    assert_eq!(dialled.err().unwrap().code(), "proxy-cannot-reach-board");
    let logs_in = async {
        let mut far = board.shaken().await;
        far.logs_in().await;
        far
    };
    let (link, _far) = futures::join!(dial.dial(), logs_in);
    let taken = link.unwrap().info().route.clone().unwrap();
    assert_eq!((&taken.decision.route, &taken.proxy), (&Route::Direct, &None));
    let told = told.lock().unwrap();
    assert_eq!(told[0].decision.route, through_proxy);
    assert_eq!(told[0].proxy, Some(proxy.server(ProxyScheme::Http)));
    assert_eq!((told.len(), &told[1]), (2, &taken));
}
