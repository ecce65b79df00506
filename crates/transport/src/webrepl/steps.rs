//! The steps of opening a WebREPL one by one, for whoever wants to look at what happens between them.

use std::io;
use std::time::Duration;

use boardwalk_protocol::proxy::ProxyServer;
use boardwalk_protocol::proxy::tunnel::Destination;
use boardwalk_protocol::websocket::handshake::Request;
use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;

use super::error::{NetworkError, TlsProblem};
use super::progress::OnStep;
use super::trust::TlsTrust;
use super::{login, tls, wire};
use crate::proxy::{AskProxyUser, Known, Tunnel, WatchTunnel};
use crate::target::WebReplUrl;

/// A connection on which nothing is acknowledged for so long is dead.
const SILENCE: Duration = Duration::from_secs(20);
/// For TCP to a proxy, of the whole limit.
const CONNECT: Duration = Duration::from_secs(5);

/// Opens a tunnel through `proxy` to `host` and `port` within `limit`, with the credentials that `users` gives; at an
/// `https://` proxy the certificate that `trust` says.
///
/// # Errors
/// [`NetworkError::Proxy`].
pub async fn open_tunnel(
    proxy: &ProxyServer,
    host: &str,
    port: u16,
    users: &dyn AskProxyUser,
    trust: TlsTrust,
    limit: Duration,
    watch: &dyn WatchTunnel,
) -> Result<impl AsyncRead + AsyncWrite + Send + Unpin + use<>, NetworkError> {
    let tunnel = Tunnel {
        proxy,
        to: &Destination { host: host.to_owned(), port },
        users,
        known: &mut Known::default(),
        trust,
        connect_timeout: limit.min(CONNECT),
        limit,
        silence: SILENCE,
        on_step: &OnStep::default(),
        watch,
    };
    let wire = tunnel.open().await.map_err(|error| NetworkError::Proxy(Box::new(error)))?;
    Ok(wire.stream)
}

/// What an error means when it happened behind an open tunnel. `heard` says whether any byte came out of it.
pub fn behind(error: NetworkError, proxy: &ProxyServer, url: &WebReplUrl, heard: bool) -> NetworkError {
    error.through(proxy, url, heard)
}

/// Opens TLS on a connection within `limit`.
///
/// # Errors
/// [`NetworkError::TlsMismatch`], also when nothing comes.
pub async fn open_tls<S>(
    stream: S,
    url: &WebReplUrl,
    trust: TlsTrust,
    limit: Duration,
) -> Result<impl AsyncRead + AsyncWrite + Send + Unpin + use<S>, NetworkError>
where
    S: AsyncRead + AsyncWrite + Send + Unpin,
{
    timeout(limit, tls::wrap(stream, &url.host, trust)).await.unwrap_or_else(|_| {
        Err(NetworkError::TlsMismatch { host: url.host.clone(), seen: None, because: TlsProblem::NotTls })
    })
}

/// The handshake request for `url`, with a key of its own.
///
/// # Errors
/// [`NetworkError::Io`] when the system gives no random bytes.
pub fn request(url: &WebReplUrl) -> Result<Request, NetworkError> {
    let mut nonce = [0; 16];
    getrandom::fill(&mut nonce).map_err(|_| NetworkError::io(&url.host, &io::ErrorKind::Other.into()))?;
    Ok(Request::new(&login::host_header(url), &url.path, nonce))
}

/// The frame that ends a session.
pub fn goodbye() -> Bytes {
    wire::close()
}
