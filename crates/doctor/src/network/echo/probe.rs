//! One request to ourselves through one proxy, one way.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use boardwalk_protocol::proxy::ProxyServer;
use boardwalk_protocol::search::find;
use boardwalk_protocol::websocket::frame::{Opcode, encode};
use boardwalk_protocol::websocket::handshake::shown;
use boardwalk_transport::{NobodyWatches, WebReplUrl, steps};
use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;

use super::compare::{changes, taken_by};
use super::listener::{self, GREETING};
use crate::evidence::{Echo, EchoWay, Generations};
use crate::world::{BoxStream, World};

/// For all of one probe.
const LIMIT: Duration = Duration::from_millis(3500);
/// How long a request may still be on its way to us when the proxy has answered.
const LATE: Duration = Duration::from_millis(300);
/// More of an answer is not read, in bytes.
const ANSWER_MOST: usize = 16 * 1024;

/// Sends the request to a listener on `own`, and tells what arrived.
pub(super) async fn probe(world: &World, proxy: &ProxyServer, way: EchoWay, own: IpAddr) -> Echo {
    match timeout(LIMIT, walk(world, proxy, way, own)).await {
        Ok(Ok(echo)) => echo,
        Ok(Err(failure)) => nothing(proxy, way, &failure),
        Err(_) => nothing(proxy, way, &format!("nothing came within {} s.", LIMIT.as_secs_f32())),
    }
}

/// Nothing arrived.
pub(super) fn nothing(proxy: &ProxyServer, way: EchoWay, failure: &str) -> Echo {
    Echo {
        way,
        proxy: proxy.clone(),
        sent: Bytes::new(),
        arrived: Bytes::new(),
        changes: Vec::new(),
        taken_by: Generations::default(),
        relays: None,
        failure: Some(failure.to_owned()),
    }
}

async fn walk(world: &World, proxy: &ProxyServer, way: EchoWay, own: IpAddr) -> Result<Echo, String> {
    let listener = listener::listen(own).await.map_err(|error| format!("no port of our own: {error}"))?;
    let here = listener.local_addr().map_err(|error| error.to_string())?;
    let url = WebReplUrl { tls: false, host: own.to_string(), port: here.port(), path: "/".to_owned() };
    let request = steps::request(&url).map_err(|error| error.to_string())?.bytes();
    let (stream, sent) = match way {
        EchoWay::Tunnel(_) => {
            let stream = world.dialler.tunnel(proxy, &url.host, url.port, &NobodyWatches).await;
            (stream.map_err(|no_way| no_way.message)?, request)
        }
        EchoWay::Plain => (to_proxy(world, proxy).await?, absolute_form(&request, here)),
    };
    let waiting = listener::take(listener);
    tokio::pin!(waiting);
    let asking = ask(stream, sent.clone());
    tokio::pin!(asking);
    let arrived = tokio::select! {
        arrived = &mut waiting => arrived,
        begins = &mut asking => {
            // The proxy's own answer. It may also be one to what it did pass on.
            match timeout(LATE, waiting).await {
                Ok(arrived) if !arrived.request.is_empty() => arrived,
                _ => return Err(begins),
            }
        }
    };
    let relays = arrived.relays;
    Ok(Echo {
        way,
        proxy: proxy.clone(),
        changes: changes(&sent, &arrived.request, way),
        taken_by: taken_by(&arrived.request),
        sent,
        arrived: arrived.request,
        relays: Some(relays),
        failure: None,
    })
}

/// Sends the request, waits for our own greeting, answers to it and holds the line. Gives how the answer began, when it
/// was over.
async fn ask(mut stream: BoxStream, request: Bytes) -> String {
    let mut said = BytesMut::new();
    if stream.write_all(&request).await.is_ok() && stream.flush().await.is_ok() {
        while said.len() < ANSWER_MOST && find(&said, GREETING).is_none() {
            match stream.read_buf(&mut said).await {
                Ok(n) if n > 0 => {}
                _ => break,
            }
        }
    }
    if find(&said, GREETING).is_some() {
        let line = encode(Opcode::Text, b"\r", [1, 2, 3, 4]).unwrap_or_default();
        let _ = stream.write_all(&line).await;
        let _ = stream.flush().await;
        let mut rest = [0; 256];
        while matches!(stream.read(&mut rest).await, Ok(n) if n > 0) {}
    }
    let line = said[..].split(|&byte| byte == b'\n').next().unwrap_or_default().trim_ascii();
    if line.is_empty() {
        "it hung up without a word.".to_owned()
    } else {
        format!("it answered “{}”.", shown(line))
    }
}

async fn to_proxy(world: &World, proxy: &ProxyServer) -> Result<BoxStream, String> {
    let found = world.resolver.resolve(&proxy.host, proxy.port).await.map_err(|error| error.to_string())?;
    let address = *found.first().ok_or("the proxy has no address.")?;
    world.dialler.tcp(address).await.map_err(|error| error.to_string())
}

/// As a program writes it that takes a WebSocket for a web page (RFC 9112, 3.2.2).
fn absolute_form(request: &[u8], here: SocketAddr) -> Bytes {
    let rest = request.strip_prefix(b"GET /").unwrap_or(request);
    [format!("GET http://{here}/").as_bytes(), rest].concat().into()
}
