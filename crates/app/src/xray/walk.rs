//! From nothing to the first frame, and away again.

use std::io;
use std::time::Duration;

use boardwalk_protocol::webrepl::login::{Login, LoginFailure, Step};
use boardwalk_protocol::websocket::frame::{Decoder, Frame, FrameError};
use boardwalk_protocol::websocket::handshake::{End, Outcome, ReplyReader, Verdict, shown};
use boardwalk_transport::{NetworkError, WebReplUrl, steps};
use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::time::{Instant, timeout, timeout_at};

use super::XrayOptions;
use super::record::{Log, Recorder};
use super::view::{Direction, Parsed, ParsedReply, Path, VerdictView, What};

const TCP_LIMIT: Duration = Duration::from_secs(5);
const TLS_LIMIT: Duration = Duration::from_secs(5);
const REPLY_LIMIT: Duration = Duration::from_secs(8);
const PROMPT_LIMIT: Duration = Duration::from_secs(5);
/// How long the other side is given to answer a close frame.
const FAREWELL: Duration = Duration::from_millis(500);
/// And so many bytes at the most.
const FAREWELL_MOST: usize = 64 * 1024;
/// What one read may bring, in bytes.
const READ_MOST: usize = 4096;

/// Looks at the way without a proxy.
pub(super) async fn direct(url: &WebReplUrl, options: XrayOptions) -> Path {
    let log = Log::start();
    let mut parsed = Parsed::default();
    let limits = Limits { until: options.limit.map(|limit| Instant::now() + limit) };
    let verdict = match walk(url, options, limits, &log, &mut parsed).await {
        Ok(()) => VerdictView {
            code: "ok".to_owned(),
            message: "A WebREPL answered and asks for its password.".to_owned(),
            help: String::new(),
        },
        Err(verdict) => verdict,
    };
    Path { path: "direct", proxy: None, verdict, parsed, events: log.events() }
}

async fn walk(
    url: &WebReplUrl,
    options: XrayOptions,
    limits: Limits,
    log: &Log,
    parsed: &mut Parsed,
) -> Result<(), VerdictView> {
    log.mark(Direction::Sent);
    let tcp = steps::open_tcp(url, limits.of(TCP_LIMIT)).await?;
    log.mark(Direction::Received);
    if url.tls {
        log.now(What::Tls);
        let below = Recorder::below_tls(tcp, log);
        let tls = steps::open_tls(below, url, options.trust, limits.of(TLS_LIMIT)).await?;
        converse(Recorder::above_tls(tls, log), url, limits, log, parsed).await
    } else {
        converse(Recorder::plain(tcp, log), url, limits, log, parsed).await
    }
}

/// The conversation above TCP or TLS.
async fn converse<S>(
    mut stream: S,
    url: &WebReplUrl,
    limits: Limits,
    log: &Log,
    parsed: &mut Parsed,
) -> Result<(), VerdictView>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    log.now(What::Http);
    let opened = shake(&mut stream, url, limits, parsed).await;
    let seen = match opened {
        Ok(leftover) => {
            log.tail_is(leftover.len(), What::Ws);
            let seen = greet(&mut stream, leftover, limits, parsed).await;
            say_goodbye(&mut stream).await;
            seen
        }
        Err(verdict) => Err(verdict),
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
) -> Result<BytesMut, VerdictView>
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
            Outcome::Refused(verdict) => break Err(verdict.into()),
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
    limits: Limits,
    parsed: &mut Parsed,
) -> Result<(), VerdictView>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let until = Instant::now() + limits.of(PROMPT_LIMIT);
    let mut decoder = Decoder::new();
    let mut login = Login::new();
    loop {
        let frame = decoder.next(&mut unread)?;
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
struct Limits {
    until: Option<Instant>,
}

impl Limits {
    fn of(self, step: Duration) -> Duration {
        self.until.map_or(step, |until| step.min(until.saturating_duration_since(Instant::now())))
    }
}

impl From<Verdict> for VerdictView {
    fn from(verdict: Verdict) -> Self {
        Self { code: verdict.code().into(), message: verdict.to_string(), help: verdict.help().into() }
    }
}

impl From<NetworkError> for VerdictView {
    fn from(error: NetworkError) -> Self {
        Self { code: error.code().into(), message: error.to_string(), help: error.help() }
    }
}

impl From<LoginFailure> for VerdictView {
    fn from(failure: LoginFailure) -> Self {
        Self { code: failure.code().into(), message: failure.to_string(), help: failure.help().into() }
    }
}

impl From<FrameError> for VerdictView {
    fn from(error: FrameError) -> Self {
        let message = format!("What followed the handshake is no frame of a WebREPL: {error}.");
        Self { code: error.code().into(), message, help: error.help().into() }
    }
}
