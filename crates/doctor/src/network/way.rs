//! One way to the board, walked up to the password prompt.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use boardwalk_transport::{WebReplUrl, steps};
use tokio::time::{Instant, timeout, timeout_at};

use super::talk::{Conversation, Log, Trouble, of_connect};
use crate::case::{Case, Proxied};
use crate::evidence::{Part, Path};
use crate::world::BoxStream;

/// For TCP. A board in the same network answers within some 300 ms, also when its radio sleeps.
const TCP: Duration = Duration::from_millis(3000);
/// The next address of a name is tried after so long without an answer.
const NEXT: Duration = Duration::from_millis(1000);
/// How many addresses of a name are tried.
const ADDRESSES_MOST: usize = 3;
/// For a tunnel: proxies try for 30 to 133 s; by then it is known that nobody answers them.
const TUNNEL: Duration = Duration::from_millis(5500);
const TLS: Duration = Duration::from_millis(4000);

/// Walks the way without a proxy, and keeps what was seen.
pub(super) async fn direct(case: &Case, url: &WebReplUrl) -> Result<Conversation, Trouble> {
    let log = Log::start();
    let addresses = case.facts.addresses.get().map(Vec::as_slice).unwrap_or_default();
    let walked = async {
        log.mark(Part::Tcp, true);
        let stream = connect(case, addresses, url).await?;
        log.mark(Part::Tcp, false);
        converse(case, stream, url, &log).await
    }
    .await;
    keep(case, None, &log, &walked);
    walked
}

/// Walks the way through a proxy, by its tunnel.
pub(super) async fn through(case: &Case, url: &WebReplUrl, proxy: &Proxied) -> Result<Conversation, Trouble> {
    let log = Log::start();
    // Names of the local network mean nothing to a proxy: what had to be resolved to decide is asked for by address.
    let known = case.facts.routed.get().and_then(|routed| routed.addresses.first());
    let host = known.map_or_else(|| url.host.clone(), |address| address.ip().to_string());
    let walked = async {
        log.mark(Part::Tunnel, true);
        let opened = timeout(TUNNEL, case.world.dialler.tunnel(&proxy.server, &host, url.port)).await;
        let stream = opened.unwrap_or_else(|_| Err(silent(proxy, &host, url.port)))?;
        log.mark(Part::Tunnel, false);
        converse(case, stream, url, &log).await
    }
    .await;
    let walked = walked.map_err(|trouble| beyond(trouble, proxy, url));
    keep(case, Some(proxy), &log, &walked);
    walked
}

async fn converse(
    case: &Case,
    stream: BoxStream,
    url: &WebReplUrl,
    log: &Log,
) -> Result<Conversation, Trouble> {
    let stream: BoxStream =
        if url.tls { Box::new(steps::open_tls(stream, url, case.world.trust, TLS).await?) } else { stream };
    let mut conversation = Conversation::open(stream, url, log).await?;
    match conversation.greeted().await {
        Ok(()) => Ok(conversation),
        Err(trouble) => {
            conversation.leave().await;
            Err(trouble)
        }
    }
}

/// The first address that answers. One after the other: a second connection to the same board, over its other address,
/// would stop its interpreter.
async fn connect(case: &Case, addresses: &[SocketAddr], url: &WebReplUrl) -> Result<BoxStream, Trouble> {
    let until = Instant::now() + TCP;
    let late = || io::Error::from(io::ErrorKind::TimedOut);
    let mut told = late();
    let tried = &addresses[..addresses.len().min(ADDRESSES_MOST)];
    for (at, &address) in tried.iter().enumerate() {
        case.waiting("direct", format!("an answer from {}", address.ip()));
        let last = at + 1 == tried.len();
        let limit = if last { until } else { until.min(Instant::now() + NEXT) };
        match timeout_at(limit, case.world.dialler.tcp(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            // A refusal proves that the host is up, and says more than silence.
            Ok(Err(error)) if told.kind() != io::ErrorKind::ConnectionRefused => told = error,
            Ok(Err(_)) | Err(_) => {}
        }
    }
    let mut trouble = of_connect(&told, &url.host, url.port);
    if told.kind() == io::ErrorKind::TimedOut {
        trouble.message = format!("{} did not answer within {} s.", url.host, TCP.as_secs());
    }
    Err(trouble)
}

/// What a failure behind an open tunnel means.
fn beyond(trouble: Trouble, proxy: &Proxied, url: &WebReplUrl) -> Trouble {
    use crate::code::Code;
    if trouble.code == Some(Code::ClosedBeforeReply) && trouble.nothing_came {
        return Trouble {
            code: Some(Code::ProxyAnswersBeforeDialling),
            message: format!("The proxy {} said yes and then hung up: it did not reach {}:{}.", proxy.server, url.host, url.port),
            help: "Check that the board is on, and connect to it directly: the proxy may be in another network. With firmware up to 1.19, another program that holds the board's WebREPL looks the same.".to_owned(),
            ..trouble
        };
    }
    trouble
}

fn silent(proxy: &Proxied, host: &str, port: u16) -> crate::world::NoWay {
    crate::world::NoWay {
        code: crate::code::Code::ProxyCannotReachBoard,
        message: format!(
            "The proxy {} did not say within {} s whether it reaches {host}:{port}.",
            proxy.server,
            TUNNEL.as_secs_f32()
        ),
        help: "Check that the board is on, and connect to it directly: the proxy may be in another network."
            .to_owned(),
    }
}

fn keep(case: &Case, through: Option<&Proxied>, log: &Log, walked: &Result<Conversation, Trouble>) {
    let (code, message, help) = match walked {
        Ok(_) => ("ok".to_owned(), "A WebREPL answered and asks for its password.".to_owned(), String::new()),
        Err(trouble) => (trouble.code_text(), trouble.message.clone(), trouble.help.clone()),
    };
    let through = through.map(|proxy| (proxy.server.clone(), proxy.via));
    case.saw_path(Path { through, code, message, help, events: log.passages() });
}
