//! One connection to a proxy, and one answer.

use std::io;
use std::time::Duration;

use boardwalk_protocol::proxy::tunnel::{Asking, Offer, Refusal, Step, Strange};
use boardwalk_protocol::proxy::{ProxyScheme, Via};
use boardwalk_protocol::websocket::handshake::End;
use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, timeout_at};

use super::Tunnel;
use super::rewound::Rewound;
use crate::proxy::error::{ProxyError, ProxyProblem};
use crate::webrepl::{DialStep, NetworkError, Place, QuickAck, Stream, Wire, connect, prepare, tls_wrap};

/// What one read may bring.
const READ_MOST: usize = 4096;
/// The page behind a refusal is waited for so long.
const PAGE: Duration = Duration::from_secs(1);

pub(super) enum Attempt {
    Open(Wire),
    Refused(Refusal),
}

/// Connects and asks, all before `until`.
pub(super) async fn attempt(
    tunnel: &Tunnel<'_>,
    offer: Offer,
    until: Instant,
) -> Result<Attempt, ProxyError> {
    let wrong = |problem| Err(tunnel.error(problem));
    let Some(mut asking) = Asking::new(Via::of(tunnel.proxy.scheme), tunnel.to, offer) else {
        return wrong(ProxyProblem::NameTooLong);
    };
    let Wire { mut stream, quick, .. } = match reach(tunnel, until).await {
        Ok(wire) => wire,
        Err(problem) => return wrong(problem),
    };
    match ask(tunnel, &mut asking, &mut stream, &quick, until).await {
        Ok(leftover) => {
            let (stream, heard) = Rewound::new(stream, leftover);
            Ok(Attempt::Open(Wire { stream: Box::new(stream), quick, heard: Some(heard) }))
        }
        Err(refusal) => {
            // A proxy that goes by the rules ends the session when it has seen our end.
            let _ = timeout_at(Instant::now() + PAGE, stream.shutdown()).await;
            Ok(Attempt::Refused(refusal))
        }
    }
}

/// TCP, and TLS on it.
async fn reach(tunnel: &Tunnel<'_>, until: Instant) -> Result<Wire, ProxyProblem> {
    let proxy = tunnel.proxy;
    let unreachable = |error| ProxyProblem::Unreachable { because: Box::new(error) };
    let limit = tunnel.connect_timeout.min(until.saturating_duration_since(Instant::now()));
    let place = Place::new(&proxy.host, proxy.port, limit);
    tunnel.watch.connecting();
    let tcp = connect(place, &[], tunnel.on_step).await.map_err(unreachable)?;
    tunnel.watch.connected();
    tunnel.on_step.begin(DialStep::Tunnel);
    prepare(&tcp, tunnel.silence).map_err(|error| unreachable(NetworkError::io(&proxy.host, &error)))?;
    let quick = QuickAck::of(&tcp);
    let stream: Box<dyn Stream> = if proxy.scheme == ProxyScheme::Https {
        match timeout_at(until, tls_wrap(tcp, &proxy.host, tunnel.trust)).await {
            Ok(Ok(tls)) => Box::new(tls),
            Ok(Err(NetworkError::TlsMismatch { because, seen, .. })) => {
                return Err(ProxyProblem::Tls { because, seen });
            }
            Ok(Err(other)) => return Err(unreachable(other)),
            Err(_) => return Err(Refusal::NotAProxy(Strange::Unfinished).into()),
        }
    } else {
        Box::new(tcp)
    };
    Ok(Wire { stream, quick, heard: None })
}

/// Gives what came behind the proxy's yes.
async fn ask(
    tunnel: &Tunnel<'_>,
    asking: &mut Asking,
    stream: &mut Box<dyn Stream>,
    quick: &QuickAck,
    until: Instant,
) -> Result<Bytes, Refusal> {
    let mut until = until;
    let mut next = Step::Send(asking.start());
    let mut buffer = BytesMut::with_capacity(READ_MOST);
    loop {
        match next {
            Step::Open { leftover } => return Ok(leftover),
            Step::Refused(refusal) => return Err(refusal),
            Step::NeedMore => {}
            Step::Send(outbound) => {
                let written = timeout_at(until, async {
                    stream.write_all(outbound.bytes()).await?;
                    // TLS may hold a part back.
                    stream.flush().await
                });
                tunnel.watch.sent(outbound.shown());
                // What made the proxy hang up may stand in what it said before: a failed write is read on.
                if written.await.is_err() {
                    return Err(asking.finish(End::Timeout));
                }
            }
        }
        if asking.is_refused() {
            until = until.min(Instant::now() + PAGE);
        }
        buffer.clear();
        let end = match timeout_at(until, stream.read_buf(&mut buffer)).await {
            Err(_) => End::Timeout,
            Ok(Ok(0)) => End::Eof,
            Ok(Err(error)) if error.kind() == io::ErrorKind::UnexpectedEof => End::Eof,
            Ok(Err(error)) if error.kind() == io::ErrorKind::TimedOut => End::Timeout,
            Ok(Err(_)) => End::Reset,
            Ok(Ok(_)) => {
                quick.renew();
                next = asking.feed(&buffer);
                let theirs = if let Step::Open { leftover } = &next { leftover.len() } else { 0 };
                tunnel.watch.received(&buffer, theirs);
                continue;
            }
        };
        return Err(asking.finish(end));
    }
}
