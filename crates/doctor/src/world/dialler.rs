//! Connections: straight to an address, and through a proxy.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use boardwalk_protocol::proxy::ProxyServer;
use boardwalk_transport::{
    AskProxyUser, NetworkError, ProxyError, ProxyProblem, TlsTrust, WatchTunnel, steps,
};
use futures::future::{BoxFuture, FutureExt as _};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::code::Code;

/// For a tunnel, whoever waits for it: proxies try for 30 to 133 s; by then it is known that nobody answers them.
const TUNNEL: Duration = Duration::from_secs(15);

/// Bytes both ways.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin + 'static> Stream for S {}

/// Some connection.
pub type BoxStream = Box<dyn Stream>;

/// Opens connections. The caller sets the deadlines; a dropped future leaves nothing open.
pub trait Dialler: Send + Sync + 'static {
    /// Straight to an address.
    fn tcp(&self, to: SocketAddr) -> BoxFuture<'_, io::Result<BoxStream>>;

    /// Through a proxy to a host and port, by the tunnel that its scheme stands for. `watch` sees what is said to the
    /// proxy, without credentials.
    fn tunnel<'a>(
        &'a self,
        proxy: &'a ProxyServer,
        host: &'a str,
        port: u16,
        watch: &'a dyn WatchTunnel,
    ) -> BoxFuture<'a, Result<BoxStream, NoWay>>;
}

/// Why a proxy gave no tunnel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoWay {
    /// which of the `proxy-` codes
    pub code: Code,
    /// what was seen, one sentence
    pub message: String,
    /// what to do
    pub help: String,
    /// it asks who we are in a way that we do not speak (NTLM, Negotiate): a name and a password do not help
    pub unspoken: bool,
}

/// This computer's network.
#[derive(Clone)]
pub struct SystemDialler {
    users: Arc<dyn AskProxyUser>,
    trust: TlsTrust,
}

impl SystemDialler {
    /// `users` knows who we are at a proxy, without asking a person.
    #[must_use]
    pub fn new(users: Arc<dyn AskProxyUser>) -> Self {
        Self { users, trust: TlsTrust::Platform }
    }

    /// Whose certificate to believe at an `https://` proxy: the system's, unless said otherwise.
    #[must_use]
    pub fn trusting(self, trust: TlsTrust) -> Self {
        Self { trust, ..self }
    }
}

impl Dialler for SystemDialler {
    fn tcp(&self, to: SocketAddr) -> BoxFuture<'_, io::Result<BoxStream>> {
        async move {
            let tcp = TcpStream::connect(to).await?;
            tcp.set_nodelay(true)?;
            Ok(Box::new(Prompt(tcp)) as BoxStream)
        }
        .boxed()
    }

    fn tunnel<'a>(
        &'a self,
        proxy: &'a ProxyServer,
        host: &'a str,
        port: u16,
        watch: &'a dyn WatchTunnel,
    ) -> BoxFuture<'a, Result<BoxStream, NoWay>> {
        async move {
            let opened = steps::open_tunnel(proxy, host, port, &*self.users, self.trust, TUNNEL, watch).await;
            opened.map(|stream| Box::new(stream) as BoxStream).map_err(|error| no_way(&error))
        }
        .boxed()
    }
}

/// What a proxy's answer means to a person; a few mean more than that there was no tunnel.
fn no_way(error: &NetworkError) -> NoWay {
    let code = Code::named(error.code()).unwrap_or(Code::ProxyCannotReachBoard);
    let NetworkError::Proxy(error) = error.root() else {
        return NoWay { code, message: error.to_string(), help: error.help(), unspoken: false };
    };
    let unspoken =
        matches!(&error.problem, ProxyProblem::AuthRequired { unknown, .. } if !unknown.is_empty());
    let plain = NoWay { code, message: error.to_string(), help: error.help(), unspoken };
    let (ProxyProblem::Forbids { answer } | ProxyProblem::CannotReach { answer }) = &error.problem else {
        return plain;
    };
    let ProxyError { proxy, board, .. } = &**error;
    match status(answer) {
        // RFC 6585, 6: 511; before that, portals redirected.
        Some(300..=399 | 511) => NoWay {
            code: Code::CaptivePortal,
            message: format!("The proxy {proxy} answered with a page of its own instead of leading to {board}: “{answer}”."),
            help: "Open any page in a browser: the network or the proxy may want a login first. Or connect to the board directly.".to_owned(),
            ..plain
        },
        Some(401) => {
            let problem = ProxyProblem::AuthRequired { answer: answer.clone(), unknown: Vec::new() };
            no_way(&Box::new(ProxyError { problem, ..(**error).clone() }).into())
        }
        // RFC 9110, 15.5.1, 15.5.6, 15.6.2: the method means nothing to it.
        Some(400 | 405 | 501) => NoWay {
            help: "Check the proxy's address and port: a web server that is no proxy answers like this. Or connect to the board directly.".to_owned(),
            ..plain
        },
        _ => plain,
    }
}

/// `HTTP/1.1 302 Found` is 302.
fn status(answer: &str) -> Option<u16> {
    answer.strip_prefix("HTTP/")?.split(' ').nth(1)?.parse().ok()
}

/// A connection that acknowledges at once. A board sends each frame in two writes, and its Nagle holds the second back
/// until the first is acknowledged, which Linux delays by 40 ms; that would be measured as the board's slowness.
#[derive(Debug)]
struct Prompt(TcpStream);

impl AsyncRead for Prompt {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.0).poll_read(cx, buf);
        #[cfg(target_os = "linux")]
        if read.is_ready() {
            // The kernel forgets the wish.
            let _ = socket2::SockRef::from(&self.0).set_tcp_quickack(true);
        }
        read
    }
}

impl AsyncWrite for Prompt {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
