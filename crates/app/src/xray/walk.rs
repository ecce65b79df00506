//! From nothing to the first frame, and away again.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use boardwalk_protocol::proxy::{ProxyServer, Via};
use boardwalk_protocol::webrepl::login::{Login, LoginFailure, Step};
use boardwalk_protocol::websocket::frame::{Decoder, Frame};
use boardwalk_protocol::websocket::handshake::{End, Outcome, ReplyReader, shown};
use boardwalk_transport::{NetworkError, WebReplUrl, steps};
use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::time::{Instant, timeout, timeout_at};

use super::XrayOptions;
use super::record::{Log, Recorder};
use super::view::{Direction, Parsed, ParsedReply, Path, VerdictView, What};

const TCP_LIMIT: Duration = Duration::from_secs(5);
const TUNNEL_LIMIT: Duration = Duration::from_secs(15);
const TLS_LIMIT: Duration = Duration::from_secs(5);
const REPLY_LIMIT: Duration = Duration::from_secs(8);
const PROMPT_LIMIT: Duration = Duration::from_secs(5);
/// How long the other side is given to answer a close frame.
const FAREWELL: Duration = Duration::from_millis(500);
/// And so many bytes at the most.
const FAREWELL_MOST: usize = 64 * 1024;
/// What one read may bring, in bytes.
const READ_MOST: usize = 4096;

/// Looks at one way: direct, or through this proxy. `addresses` is where the board is, when that is known.
pub(super) async fn walk(
    url: &WebReplUrl,
    addresses: &[SocketAddr],
    proxy: Option<&ProxyServer>,
    options: &XrayOptions,
    limits: Limits,
) -> Path {
    let log = Log::start();
    let mut parsed = Parsed::default();
    let seen = match proxy {
        None => directly(url, addresses, options, limits, &log, &mut parsed).await,
        Some(proxy) => through(url, addresses, proxy, options, limits, &log, &mut parsed).await,
    };
    let verdict = match seen {
        Ok(()) => VerdictView {
            code: "ok".to_owned(),
            message: "A WebREPL answered and asks for its password.".to_owned(),
            help: String::new(),
        },
        Err(error) => error.into(),
    };
    let path = proxy.map_or("direct", |proxy| Via::of(proxy.scheme).name());
    Path { path, proxy: proxy.map(ToString::to_string), verdict, parsed, events: log.events() }
}

async fn directly(
    url: &WebReplUrl,
    addresses: &[SocketAddr],
    options: &XrayOptions,
    limits: Limits,
    log: &Log,
    parsed: &mut Parsed,
) -> Result<(), NetworkError> {
    log.mark(Direction::Sent);
    let tcp = steps::open_tcp_to(url, addresses, limits.of(TCP_LIMIT)).await?;
    log.mark(Direction::Received);
    talk(tcp, url, options, limits, log, parsed).await
}

async fn through(
    url: &WebReplUrl,
    addresses: &[SocketAddr],
    proxy: &ProxyServer,
    options: &XrayOptions,
    limits: Limits,
    log: &Log,
    parsed: &mut Parsed,
) -> Result<(), NetworkError> {
    let (users, trust, limit) = (&*options.users, options.proxy_trust, limits.of(TUNNEL_LIMIT));
    let stream = steps::open_tunnel_to(url, addresses, proxy, users, trust, limit, log).await?;
    let asked = log.received();
    let talked = talk(stream, url, options, limits, log, parsed).await;
    talked.map_err(|error| steps::behind(error, proxy, url, log.received() > asked))
}

/// TLS where it is wanted, then the handshake.
async fn talk<S>(
    stream: S,
    url: &WebReplUrl,
    options: &XrayOptions,
    limits: Limits,
    log: &Log,
    parsed: &mut Parsed,
) -> Result<(), NetworkError>
where
    S: AsyncRead + AsyncWrite + Send + Unpin,
{
    if url.tls {
        log.now(What::Tls);
        let below = Recorder::below_tls(stream, log);
        let tls = steps::open_tls(below, url, options.trust, limits.of(TLS_LIMIT)).await?;
        converse(Recorder::above_tls(tls, log), url, limits, log, parsed).await
    } else {
        converse(Recorder::plain(stream, log), url, limits, log, parsed).await
    }
}

/// The conversation above TCP or TLS.
async fn converse<S>(
    mut stream: S,
    url: &WebReplUrl,
    limits: Limits,
    log: &Log,
    parsed: &mut Parsed,
) -> Result<(), NetworkError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    log.now(What::Http);
    let opened = shake(&mut stream, url, limits, parsed).await;
    let seen = match opened {
        Ok(leftover) => {
            log.tail_is(leftover.len(), What::Ws);
            let seen = greet(&mut stream, leftover, &url.host, limits, parsed).await;
            say_goodbye(&mut stream).await;
            seen
        }
        Err(error) => Err(error),
    };
    // A board that still reads must not wait for more.
    let _ = timeout(FAREWELL, stream.shutdown()).await;
    seen
}

/// Request and reply; gives what came behind the reply.
async fn shake<S>(
    stream: &mut S,
    url: &WebReplUrl,
    limits: Limits,
    parsed: &mut Parsed,
) -> Result<BytesMut, NetworkError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let request = steps::request(url)?;
    parsed.expected_accept = Some(request.expected_accept().to_owned());
    let until = Instant::now() + limits.of(REPLY_LIMIT);
    let mut reply = ReplyReader::new(&request);
    // When this fails, what the other side said before it hung up is still to be read.
    let _ = timeout_at(until, write(stream, &request.bytes())).await;
    let mut buffer = BytesMut::new();
    let answer = loop {
        let outcome = match read(stream, &mut buffer, until).await {
            Some(end) => reply.finish(end),
            None => reply.feed(&buffer.split()),
        };
        match outcome {
            Outcome::NeedMore => {}
            Outcome::Accepted { leftover } => break Ok(leftover.into()),
            Outcome::Refused(verdict) => break Err(NetworkError::Handshake { verdict }),
        }
    };
    parsed.reply = reply.head().map(|head| ParsedReply {
        status: head.status,
        reason: head.reason.clone(),
        headers: head.headers().map(|(name, value)| (name.to_owned(), value)).collect(),
    });
    answer
}

/// The first frame, which has to be the password prompt.
async fn greet<S>(
    stream: &mut S,
    mut unread: BytesMut,
    host: &str,
    limits: Limits,
    parsed: &mut Parsed,
) -> Result<(), NetworkError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let until = Instant::now() + limits.of(PROMPT_LIMIT);
    let mut decoder = Decoder::new();
    let mut login = Login::new();
    loop {
        let bad = |error| NetworkError::BadFrame { host: host.to_owned(), error };
        let frame = decoder.next(&mut unread).map_err(bad)?;
        if let Some(frame) = &frame {
            parsed.first_frame.get_or_insert_with(|| describe(frame));
        }
        match frame {
            Some(Frame::Text(text)) => {
                if login.feed(&text)? == Step::WantsPassword {
                    return Ok(());
                }
            }
            Some(Frame::Ping | Frame::Pong) => {}
            Some(other) => return Err(LoginFailure::NotWebrepl { begins: describe(&other) }.into()),
            None => {
                if let Some(end) = read(stream, &mut unread, until).await {
                    return Err(login.finish(end).into());
                }
            }
        }
    }
}

fn describe(frame: &Frame) -> String {
    match frame {
        Frame::Text(payload) => format!("text \"{}\"", shown(payload)),
        Frame::Binary(payload) => format!("binary \"{}\"", shown(payload)),
        Frame::Ping => "ping".to_owned(),
        Frame::Pong => "pong".to_owned(),
        Frame::Close { code: Some(code) } => format!("close {code}"),
        Frame::Close { code: None } => "close".to_owned(),
    }
}

/// Ends the session as a board expects it: an empty close frame, then its answer or its end.
async fn say_goodbye<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S) {
    let until = Instant::now() + FAREWELL;
    if timeout_at(until, write(stream, &steps::goodbye())).await.is_ok_and(|sent| sent.is_ok()) {
        let mut rest = BytesMut::new();
        let mut taken = 0;
        // Whoever answers with a flood is not waited for.
        while taken < FAREWELL_MOST && read(stream, &mut rest, until).await.is_none() {
            taken += rest.len();
            rest.clear();
        }
    }
}

async fn write<S: AsyncWrite + Unpin>(stream: &mut S, bytes: &[u8]) -> io::Result<()> {
    stream.write_all(bytes).await?;
    stream.flush().await
}

/// Adds what comes next, or says that nothing does.
async fn read<S: AsyncRead + Unpin>(stream: &mut S, into: &mut BytesMut, until: Instant) -> Option<End> {
    into.reserve(READ_MOST);
    match timeout_at(until, stream.read_buf(into)).await {
        Err(_) => Some(End::Timeout),
        Ok(Ok(0)) => Some(End::Eof),
        Ok(Ok(_)) => None,
        Ok(Err(error)) if error.kind() == io::ErrorKind::TimedOut => Some(End::Timeout),
        // TLS without its close_notify.
        Ok(Err(error)) if error.kind() == io::ErrorKind::UnexpectedEof => Some(End::Eof),
        Ok(Err(_)) => Some(End::Reset),
    }
}

/// The limit of each step, within the one for all of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) until: Option<Instant>,
}

impl Limits {
    fn of(self, step: Duration) -> Duration {
        self.until.map_or(step, |until| step.min(until.saturating_duration_since(Instant::now())))
    }
}

impl From<NetworkError> for VerdictView {
    fn from(error: NetworkError) -> Self {
        Self { code: error.code().into(), message: error.to_string(), help: error.help() }
    }
}
