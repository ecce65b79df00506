//! A listener of our own for one request: it keeps what arrives, answers as a board does, and waits for a byte behind it.

use std::net::IpAddr;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{Bytes, BytesMut};
use sha1::{Digest as _, Sha1};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, timeout, timeout_at};

/// More of a request is not kept, in bytes.
const MOST: usize = 16 * 1024;
/// How long a request may take once its connection is open, and how long the byte behind our answer.
const REQUEST: Duration = Duration::from_millis(2000);
const BEHIND: Duration = Duration::from_millis(800);
/// RFC 6455 1.3.
const GUID: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
/// What a board says first, as a text frame.
pub(super) const GREETING: &[u8] = b"\x81\x0aPassword: ";

/// What came.
#[derive(Debug, Default)]
pub(super) struct Arrived {
    pub(super) request: Bytes,
    /// whether something came behind our answer
    pub(super) relays: bool,
}

/// Listens on a free port of this address.
pub(super) async fn listen(on: IpAddr) -> std::io::Result<TcpListener> {
    TcpListener::bind((on, 0)).await
}

/// Takes connections until one brings a request. Proxies that look before they leap open one without a word.
pub(super) async fn take(listener: TcpListener) -> Arrived {
    loop {
        let Ok((mut stream, _)) = listener.accept().await else { return Arrived::default() };
        let request = request(&mut stream).await;
        if request.is_empty() {
            continue;
        }
        let relays = answer(&mut stream, &request).await.is_ok_and(|relays| relays);
        return Arrived { request, relays };
    }
}

async fn request(stream: &mut TcpStream) -> Bytes {
    let until = Instant::now() + REQUEST;
    let mut bytes = BytesMut::new();
    while bytes.len() < MOST && !bytes.windows(4).any(|end| end == b"\r\n\r\n") {
        match timeout_at(until, stream.read_buf(&mut bytes)).await {
            Ok(Ok(n)) if n > 0 => {}
            _ => break,
        }
    }
    bytes.freeze()
}

/// Answers as a board, and tells whether something comes back.
async fn answer(stream: &mut TcpStream, request: &[u8]) -> std::io::Result<bool> {
    let name = b"sec-websocket-key:";
    let lines = request.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii);
    let key = lines
        .filter(|line| line.len() >= name.len())
        .find(|line| line[..name.len()].eq_ignore_ascii_case(name));
    let key = key.map(|line| line[name.len()..].trim_ascii()).unwrap_or_default();
    let accept = STANDARD.encode(Sha1::new().chain_update(key).chain_update(GUID).finalize());
    let reply = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
    );
    stream.write_all(&[reply.as_bytes(), GREETING].concat()).await?;
    let mut byte = [0];
    Ok(matches!(timeout(BEHIND, stream.read(&mut byte)).await, Ok(Ok(n)) if n > 0))
}
