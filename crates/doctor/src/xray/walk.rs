//! One way to the board, walked up to the password prompt.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use boardwalk_protocol::proxy::{ProxyServer, Via};
use boardwalk_protocol::search::find;
use boardwalk_protocol::websocket::handshake::Request;
use boardwalk_transport::{NetworkError, WebReplUrl, steps};
use bytes::Bytes;
use tokio::time::{Instant, timeout, timeout_at};

use super::conversation::Conversation;
use super::record::{Log, Recorder};
use super::trouble::Trouble;
use crate::code::Code;
use crate::evidence::{Part, Path};
use crate::world::{BoxStream, NoWay, World};

/// The next address of a name is tried after so long without an answer.
const NEXT: Duration = Duration::from_millis(1000);
/// How many addresses of a name are tried.
const ADDRESSES_MOST: usize = 3;

/// How long each step may take, within a deadline for all of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) tcp: Duration,
    pub(crate) tunnel: Duration,
    pub(crate) tls: Duration,
    pub(crate) reply: Duration,
    pub(crate) prompt: Duration,
    pub(crate) until: Option<Instant>,
}

/// A way about to be walked.
#[derive(Clone, Copy)]
pub(crate) struct Walk<'a> {
    pub(crate) world: &'a World,
    pub(crate) url: &'a WebReplUrl,
    /// where the board is, when that is known
    pub(crate) addresses: &'a [SocketAddr],
    pub(crate) limits: Limits,
    pub(crate) oddity: Oddity,
}

/// In what a request differs from the one that boards are asked with. It is a whole handshake all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Oddity {
    Nothing,
    /// a first line that is no HTTP, and that no board reads
    FirstLine,
    /// `sec-websocket-key`: the same to HTTP, and not to a board
    SmallKey,
    /// without what asks for the upgrade, as a browser asks for a page
    Plain,
}

/// A way that was walked.
pub(crate) struct Walked {
    through: Option<(ProxyServer, Via)>,
    log: Log,
    /// the conversation that came about
    pub(crate) talk: Result<Conversation, Trouble>,
}

impl Walk<'_> {
    /// Without a proxy, or through this one by its tunnel.
    pub(crate) async fn by(self, proxy: Option<&ProxyServer>) -> Walked {
        let log = Log::start();
        let talk = match proxy {
            None => self.directly(&log).await,
            Some(proxy) => self.through(proxy, &log).await,
        };
        let through = proxy.map(|proxy| (proxy.clone(), Via::of(proxy.scheme)));
        Walked { through, log, talk }
    }

    async fn directly(self, log: &Log) -> Result<Conversation, Trouble> {
        log.mark(Part::Tcp, true);
        let stream = self.connect().await?;
        log.mark(Part::Tcp, false);
        Ok(self.talk(stream, log).await?)
    }

    async fn through(self, proxy: &ProxyServer, log: &Log) -> Result<Conversation, Trouble> {
        let Self { world, url, .. } = self;
        // Names of the local network mean nothing to a proxy: what had to be resolved to decide is asked for by address.
        let known = self.addresses.iter().find(|address| address.is_ipv4()).or(self.addresses.first());
        let host = known.map_or_else(|| url.host.clone(), |address| address.ip().to_string());
        let limit = self.limits.of(self.limits.tunnel);
        let opened = timeout(limit, world.dialler.tunnel(proxy, &host, url.port, log)).await;
        let stream = opened.unwrap_or_else(|_| Err(silent(proxy, &host, url.port, limit)))?;
        let asked = log.received();
        let talked = self.talk(stream, log).await;
        Ok(talked.map_err(|error| steps::behind(error, proxy, url, log.received() > asked))?)
    }

    /// The first address that answers. One after the other: a second connection to the same board, over its other
    /// address, would stop its interpreter.
    async fn connect(self) -> Result<BoxStream, NetworkError> {
        let Self { world, url, .. } = self;
        let limit = self.limits.of(self.limits.tcp);
        let until = Instant::now() + limit;
        let found;
        let addresses = if self.addresses.is_empty() {
            let unknown = |code| NetworkError::NameNotFound { host: url.host.clone(), code };
            let resolving = timeout_at(until, world.resolver.resolve(&url.host, url.port)).await;
            let resolved = resolving.map_err(|_| unknown(None))?;
            found = resolved.map_err(|error| unknown(error.raw_os_error()))?;
            &found
        } else {
            self.addresses
        };
        if addresses.is_empty() {
            return Err(NetworkError::NameNotFound { host: url.host.clone(), code: None });
        }
        let mut told = io::Error::from(io::ErrorKind::TimedOut);
        let tried = &addresses[..addresses.len().min(ADDRESSES_MOST)];
        for (at, &address) in tried.iter().enumerate() {
            let last = at + 1 == tried.len();
            let by = if last { until } else { until.min(Instant::now() + NEXT) };
            match timeout_at(by, world.dialler.tcp(address)).await {
                Ok(Ok(stream)) => return Ok(stream),
                // A refusal proves that the host is up, and says more than silence.
                Ok(Err(error)) if told.kind() != io::ErrorKind::ConnectionRefused => told = error,
                Ok(Err(_)) | Err(_) => {}
            }
        }
        Err(of_connect(&told, url, limit))
    }

    /// TLS where it is wanted, then the handshake and the board's greeting.
    async fn talk(self, stream: BoxStream, log: &Log) -> Result<Conversation, NetworkError> {
        let Self { url, limits, .. } = self;
        let stream: BoxStream = if url.tls {
            log.now(Some(Part::Tls));
            let below = Recorder::below_tls(stream, log);
            Box::new(steps::open_tls(below, url, self.world.trust, limits.of(limits.tls)).await?)
        } else {
            stream
        };
        let request = steps::request(url)?;
        let bytes = self.bytes(&request);
        let reply = limits.of(limits.reply);
        let mut conversation = Conversation::open(stream, &url.host, &request, &bytes, reply, log).await?;
        match conversation.greeted(limits.of(limits.prompt)).await {
            Ok(()) => Ok(conversation),
            Err(error) => {
                conversation.leave().await;
                Err(error)
            }
        }
    }

    fn bytes(self, request: &Request) -> Bytes {
        let bytes = request.bytes();
        match self.oddity {
            Oddity::Nothing => bytes,
            Oddity::FirstLine => {
                let end = bytes.iter().position(|&byte| byte == b'\r').unwrap_or_default();
                [b"BOARDWALK", &bytes[end..]].concat().into()
            }
            Oddity::SmallKey => replace(&bytes, b"Sec-WebSocket-Key", b"sec-websocket-key"),
            Oddity::Plain => replace(&bytes, b"Connection: Upgrade\r\nUpgrade: websocket\r\n", b""),
        }
    }
}

impl Walked {
    /// What was seen so far.
    pub(crate) fn path(&self) -> Path {
        let (code, message, help) = match &self.talk {
            Ok(_) => {
                ("ok".to_owned(), "A WebREPL answered and asks for its password.".to_owned(), String::new())
            }
            Err(trouble) => (trouble.code_text(), trouble.message.clone(), trouble.help.clone()),
        };
        let (events, parsed) = self.log.events();
        Path { through: self.through.clone(), code, message, help, events, parsed }
    }

    /// What was seen, the goodbye with it: the board is free for the next client.
    pub(crate) async fn leave(self) -> Path {
        let mut path = self.path();
        if let Ok(conversation) = self.talk {
            conversation.leave().await;
            (path.events, _) = self.log.events();
        }
        path
    }
}

impl Limits {
    /// No step longer than this.
    pub(super) fn at_most(self, most: Duration) -> Self {
        let Self { tcp, tunnel, tls, reply, prompt, until } = self;
        let [tcp, tls, reply, prompt] = [tcp, tls, reply, prompt].map(|step| step.min(most));
        Self { tcp, tunnel, tls, reply, prompt, until }
    }

    pub(super) fn of(self, step: Duration) -> Duration {
        self.until.map_or(step, |until| step.min(until.saturating_duration_since(Instant::now())))
    }
}

fn replace(bytes: &[u8], what: &[u8], with: &[u8]) -> Bytes {
    let Some(at) = find(bytes, what) else { return Bytes::copy_from_slice(bytes) };
    [&bytes[..at], with, &bytes[at + what.len()..]].concat().into()
}

fn of_connect(error: &io::Error, url: &WebReplUrl, limit: Duration) -> NetworkError {
    let (host, port) = (url.host.clone(), url.port);
    match error.kind() {
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionReset => {
            NetworkError::PortRefused { host, port }
        }
        io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::AddrNotAvailable => NetworkError::HostUnreachable { host },
        io::ErrorKind::TimedOut => NetworkError::NoAnswer { host, seconds: limit.as_secs() },
        _ => NetworkError::Io { host, code: error.raw_os_error(), what: "connecting to" },
    }
}

fn silent(proxy: &ProxyServer, host: &str, port: u16, limit: Duration) -> NoWay {
    let seconds = limit.as_secs_f32();
    NoWay {
        code: Code::ProxyCannotReachBoard,
        message: format!(
            "The proxy {proxy} did not say within {seconds:.0} s whether it reaches {host}:{port}."
        ),
        help: "Check that the board is on, and connect to it directly: the proxy may be in another network."
            .to_owned(),
        unspoken: false,
    }
}
