//! The way to a board, by the route that was decided: directly, or through the first proxy that can be reached.

use std::net::SocketAddr;
use std::time::Duration;

use boardwalk_protocol::proxy::tunnel::Destination;
use boardwalk_protocol::proxy::{Host, ProxyServer, Route};
use tokio::time::{Instant, timeout_at};

use super::connect::{Place, connect};
use super::dial::WebReplOptions;
use super::error::{NetworkError, TlsProblem};
use super::progress::DialStep;
use super::socket::{QuickAck, prepare};
use super::tls;
use super::wire::{Stream, Wire};
use crate::proxy::{Heard, Known, NobodyWatches, RouteTaken, Routed, Tunnel};
use crate::target::WebReplUrl;

/// An open way.
pub(super) struct Reached {
    pub(super) wire: Wire,
    /// the proxy in between
    pub(super) proxy: Option<ProxyServer>,
}

/// TCP or a tunnel, and TLS on it for `wss://`.
pub(super) async fn reach(
    url: &WebReplUrl,
    routed: &Routed,
    options: &WebReplOptions,
    known: &mut Known,
) -> Result<Reached, NetworkError> {
    let direct = [None];
    let ways: &[Option<ProxyServer>] = match &routed.decision.route {
        Route::Direct => &direct,
        Route::Proxies(list) => list,
    };
    let mut told = None;
    for way in ways {
        options.on_route.tries(&RouteTaken { decision: routed.decision.clone(), proxy: way.clone() });
        let opened = match way {
            None => directly(url, &routed.addresses, options).await,
            Some(proxy) => through(url, &routed.addresses, proxy, options, known).await,
        };
        match opened {
            Ok(wire) => {
                let wire = if url.tls { encrypt(wire, url, way.as_ref(), options).await? } else { wire };
                return Ok(Reached { wire, proxy: way.clone() });
            }
            // Never the next one after an answer: what the user chose stands.
            Err(NetworkError::Proxy(error)) if error.goes_on() => told = Some(NetworkError::Proxy(error)),
            Err(error) => return Err(error),
        }
    }
    // A list has at least one entry.
    Err(told.unwrap_or_else(|| NetworkError::HostUnreachable { host: url.host.clone() }))
}

/// What a proxy is asked for: the name, which it resolves itself, unless that had to be done before it was chosen; the
/// names of the local network mean nothing to it.
pub(super) fn destination(url: &WebReplUrl, addresses: &[SocketAddr]) -> Destination {
    let address = addresses.iter().find(|address| address.is_ipv4()).or(addresses.first());
    let host = address.map_or_else(|| Host::parse(&url.host), |address| Host::from(address.ip())).to_string();
    Destination { host, port: url.port }
}

async fn directly(
    url: &WebReplUrl,
    addresses: &[SocketAddr],
    options: &WebReplOptions,
) -> Result<Wire, NetworkError> {
    let tcp = connect(Place::of(url, options.connect_timeout), addresses, &options.on_step).await?;
    prepare(&tcp, options.silence).map_err(|error| NetworkError::io(&url.host, &error))?;
    let quick = QuickAck::of(&tcp);
    Ok(Wire { stream: Box::new(tcp), quick, heard: None })
}

async fn through(
    url: &WebReplUrl,
    addresses: &[SocketAddr],
    proxy: &ProxyServer,
    options: &WebReplOptions,
    known: &mut Known,
) -> Result<Wire, NetworkError> {
    let tunnel = Tunnel {
        proxy,
        to: &destination(url, addresses),
        users: &*options.proxy_users,
        known,
        trust: options.proxy_trust,
        connect_timeout: options.connect_timeout,
        limit: options.tunnel_timeout,
        silence: options.silence,
        on_step: &options.on_step,
        watch: &NobodyWatches,
    };
    tunnel.open().await.map_err(|error| NetworkError::Proxy(Box::new(error)))
}

async fn encrypt(
    wire: Wire,
    url: &WebReplUrl,
    proxy: Option<&ProxyServer>,
    options: &WebReplOptions,
) -> Result<Wire, NetworkError> {
    options.on_step.begin(DialStep::Tls);
    let Wire { stream, quick, heard } = wire;
    let until = Instant::now() + patience(options.handshake_timeout, proxy);
    let wrapped = timeout_at(until, tls::wrap(stream, &url.host, options.trust)).await;
    let wrapped = wrapped.unwrap_or_else(|_| {
        let (host, because) = (url.host.clone(), TlsProblem::NotTls);
        Err(NetworkError::TlsMismatch { host, seen: None, because })
    });
    let stream: Box<dyn Stream> = match (wrapped, proxy) {
        (Ok(tls), _) => Box::new(tls),
        (Err(error), None) => return Err(error),
        (Err(error), Some(proxy)) => return Err(error.through(proxy, url, anything(heard.as_ref()))),
    };
    Ok(Wire { stream, quick, heard })
}

/// Whether a byte came out of the tunnel.
pub(super) fn anything(heard: Option<&Heard>) -> bool {
    heard.is_none_or(Heard::anything)
}

/// A Go proxy says yes first and gives up dialling after 5 s: its hanging up tells more than our deadline does.
pub(super) fn patience(limit: Duration, proxy: Option<&ProxyServer>) -> Duration {
    const BEYOND_A_PROXY: Duration = Duration::from_secs(3);
    if proxy.is_some() { limit + BEYOND_A_PROXY } else { limit }
}
