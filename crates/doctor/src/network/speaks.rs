//! What does a proxy's port speak? Asked with the first bytes of each protocol, which begin nothing.

use std::net::SocketAddr;
use std::time::Duration;

use boardwalk_protocol::proxy::{ProxyScheme, ProxyServer};
use boardwalk_protocol::websocket::handshake::shown;
use boardwalk_transport::{NetworkError, TlsProblem, TlsTrust, WebReplUrl, steps};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;

use crate::world::{BoxStream, World};

/// How long an answer is waited for. A proxy is near, and has nothing to look up for these.
const ANSWER: Duration = Duration::from_millis(900);
/// More of an answer is not read, in bytes.
const ANSWER_MOST: usize = 2048;
/// Longest name of a product that is shown, in characters.
const PRODUCT_MOST: usize = 40;
/// RFC 1928, 3: version 5, two methods: none, and name with password.
const SOCKS5_GREETING: &[u8] = &[5, 2, 0, 2];

/// A protocol that a proxy may speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Speech {
    Http,
    Tls,
    Socks5,
}

/// What was heard at a proxy's port.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Heard {
    /// what it certainly speaks
    pub(super) speaks: Vec<Speech>,
    /// what it calls itself: `squid/5.7`
    pub(super) product: Option<String>,
    /// of the ways to say who we are, it wants the one with a name and a password (RFC 1928, 3)
    pub(super) wants_user: bool,
}

/// Asks in the protocol of the proxy's scheme, and in the others when it does not answer to that.
pub(super) async fn listen(world: &World, proxy: &ProxyServer, at: SocketAddr) -> Heard {
    let own = match proxy.scheme {
        ProxyScheme::Http => Some(Speech::Http),
        ProxyScheme::Https => Some(Speech::Tls),
        ProxyScheme::Socks5 | ProxyScheme::Socks5h => Some(Speech::Socks5),
        // Its first message is the request itself, which would begin something.
        ProxyScheme::Socks4 => None,
    };
    let mut heard = Heard::default();
    if let Some(own) = own {
        heard.add(own, ask(world, proxy, at, own).await);
    }
    if heard.speaks.is_empty() {
        let (http, tls, socks) = tokio::join!(
            other(world, proxy, at, Speech::Http, own),
            other(world, proxy, at, Speech::Tls, own),
            other(world, proxy, at, Speech::Socks5, own),
        );
        heard.add(Speech::Http, http);
        heard.add(Speech::Tls, tls);
        heard.add(Speech::Socks5, socks);
    }
    heard
}

impl Heard {
    fn add(&mut self, speech: Speech, answer: Option<Vec<u8>>) {
        let Some(answer) = answer else { return };
        self.speaks.push(speech);
        self.wants_user |= speech == Speech::Socks5 && answer.get(1) == Some(&2);
        self.product = self.product.take().or_else(|| product(&answer));
    }
}

impl Speech {
    /// The scheme of a proxy that speaks like this.
    pub(super) fn scheme(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Tls => "https",
            Self::Socks5 => "socks5",
        }
    }

    /// What speaks like this, for a sentence.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Http => "an HTTP proxy",
            Self::Tls => "a service with TLS",
            Self::Socks5 => "a SOCKS5 proxy",
        }
    }
}

/// Whether a port speaks TLS.
pub(super) async fn is_tls(world: &World, host: &str, at: SocketAddr) -> bool {
    let asked = async { tls(world.dialler.tcp(at).await.ok()?, host, at.port()).await.then_some(()) };
    timeout(ANSWER, asked).await.ok().flatten().is_some()
}

async fn other(
    world: &World,
    proxy: &ProxyServer,
    at: SocketAddr,
    speech: Speech,
    asked: Option<Speech>,
) -> Option<Vec<u8>> {
    if asked == Some(speech) { None } else { ask(world, proxy, at, speech).await }
}

/// Its answer, when it is one of this protocol.
async fn ask(world: &World, proxy: &ProxyServer, at: SocketAddr, speech: Speech) -> Option<Vec<u8>> {
    let asked = async {
        let stream = world.dialler.tcp(at).await.ok()?;
        match speech {
            // RFC 9110, 9.3.7: a request to the server itself, which goes nowhere.
            Speech::Http => {
                let host =
                    if proxy.host.contains(':') { format!("[{}]", proxy.host) } else { proxy.host.clone() };
                let request =
                    format!("OPTIONS * HTTP/1.1\r\nHost: {host}:{}\r\nConnection: close\r\n\r\n", proxy.port);
                exchange(stream, request.as_bytes(), b"\r\n\r\n")
                    .await
                    .filter(|said| said.starts_with(b"HTTP/"))
            }
            Speech::Socks5 => {
                let said = exchange(stream, SOCKS5_GREETING, &[]).await?;
                matches!(said[..], [5, 0 | 2 | 0xff, ..]).then_some(said)
            }
            Speech::Tls => tls(stream, &proxy.host, proxy.port).await.then(Vec::new),
        }
    };
    timeout(ANSWER, asked).await.ok().flatten()
}

/// Says something and reads until `end`, or, when that is empty, until two bytes are there.
async fn exchange(mut stream: BoxStream, say: &[u8], end: &[u8]) -> Option<Vec<u8>> {
    stream.write_all(say).await.ok()?;
    stream.flush().await.ok()?;
    let mut said = Vec::new();
    let whole = |said: &[u8]| match end {
        [] => said.len() >= 2,
        end => said.windows(end.len()).any(|bytes| bytes == end),
    };
    while said.len() < ANSWER_MOST && !whole(&said) {
        match stream.read_buf(&mut said).await {
            Ok(n) if n > 0 => {}
            _ => break,
        }
    }
    Some(said)
}

/// A certificate that is not trusted is one all the same.
async fn tls(stream: BoxStream, host: &str, port: u16) -> bool {
    let url = WebReplUrl { tls: true, host: host.to_owned(), port, path: "/".to_owned() };
    match steps::open_tls(stream, &url, TlsTrust::Platform, ANSWER).await {
        Ok(_) => true,
        Err(NetworkError::TlsMismatch { because, .. }) => because != TlsProblem::NotTls,
        Err(_) => false,
    }
}

/// What an answer calls the program: `Server: squid/5.7` (RFC 9110, 10.2.4), `Proxy-agent: tinyproxy/1.11.1`.
fn product(answer: &[u8]) -> Option<String> {
    let lines = answer.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii);
    let value = |name: &str| {
        lines.clone().find_map(|line| {
            let (own, value) = line.split_at_checked(name.len())?;
            own.eq_ignore_ascii_case(name.as_bytes()).then_some(value.trim_ascii())
        })
    };
    let found = value("server:").or_else(|| value("proxy-agent:")).filter(|value| !value.is_empty())?;
    Some(shown(found).chars().take(PRODUCT_MOST).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_of_answers() {
        let of = |text: &str| product(text.as_bytes());
        assert_eq!(of("HTTP/1.1 400 Bad Request\r\nServer: squid/5.7\r\n\r\n").as_deref(), Some("squid/5.7"));
        assert_eq!(
            of("HTTP/1.0 400 No\r\nproxy-AGENT:tinyproxy/1.11.1\r\n\r\n").as_deref(),
            Some("tinyproxy/1.11.1")
        );
        assert_eq!(of("HTTP/1.1 200 OK\r\nServer:\r\n\r\n"), None);
        assert_eq!(of(""), None);
        assert!(of(&format!("Server: {}\n", "x".repeat(500))).unwrap().len() <= PRODUCT_MOST);
    }
}
