//! From an open connection to a board that has taken the password.

use std::fmt;
use std::io;
use std::time::Duration;

use boardwalk_protocol::webrepl::login::{Login, LoginFailure, Password, Step};
use boardwalk_protocol::websocket::frame::{Decoder, Frame, Opcode, encode};
use boardwalk_protocol::websocket::handshake::{End, Outcome, ReplyReader, Request, shown};
use boardwalk_transport::{NetworkError, steps};
use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::{Instant, timeout, timeout_at};

use super::record::{Log, Recorder};
use super::trouble::Trouble;
use crate::evidence::{ParsedReply, Part};
use crate::world::BoxStream;

/// For the answer to a password. A board answers within a second; what takes longer is broken.
const LOGIN: Duration = Duration::from_secs(3);
/// How long the other side is given to answer a goodbye, and how much of its talk is listened to.
const FAREWELL: Duration = Duration::from_millis(500);
const FAREWELL_MOST: usize = 64 * 1024;
/// What one read may bring, in bytes.
const READ_MOST: usize = 4096;

/// A connection on which frames travel.
pub(crate) struct Conversation {
    pub(crate) stream: Recorder,
    pub(crate) decoder: Decoder,
    /// received, not decoded yet
    pub(crate) unread: BytesMut,
    login: Login,
    /// what the board said behind its greeting
    pub(crate) text: Bytes,
    is_in: bool,
    host: String,
    log: Log,
}

impl Conversation {
    /// Shakes hands over an open connection: sends `bytes`, which are those of `request`, at once and in one write, and
    /// reads the reply within `limit`.
    pub(super) async fn open(
        stream: BoxStream,
        host: &str,
        request: &Request,
        bytes: &[u8],
        limit: Duration,
        log: &Log,
    ) -> Result<Self, NetworkError> {
        let mut stream = Recorder::new(stream, log);
        log.now(Some(Part::Http));
        log.note(|parsed| parsed.expected_accept = Some(request.expected_accept().to_owned()));
        let mut reply = ReplyReader::new(request);
        let until = Instant::now() + limit;
        // When this fails, what the other side said before it hung up is still to be read.
        let _ = timeout_at(until, write(&mut stream, bytes)).await;
        let mut buffer = BytesMut::new();
        let answer = loop {
            let outcome = match read(&mut stream, &mut buffer, until).await {
                Some(end) => reply.finish(end),
                None => reply.feed(&buffer.split()),
            };
            match outcome {
                Outcome::NeedMore => {}
                Outcome::Accepted { leftover } => break Ok(leftover),
                Outcome::Refused(verdict) => break Err(verdict),
            }
        };
        log.note(|parsed| parsed.reply = reply.head().map(ParsedReply::of));
        match answer {
            Ok(leftover) => {
                log.tail_is(leftover.len(), Part::Ws);
                Ok(Self {
                    stream,
                    decoder: Decoder::new(),
                    unread: leftover.into(),
                    login: Login::new(),
                    text: Bytes::new(),
                    is_in: false,
                    host: host.to_owned(),
                    log: log.clone(),
                })
            }
            Err(verdict) => {
                // A board that still reads must not wait for more.
                let _ = timeout(FAREWELL, stream.shutdown()).await;
                Err(NetworkError::Handshake { verdict })
            }
        }
    }

    /// Waits until the board asks for its password.
    pub(super) async fn greeted(&mut self, limit: Duration) -> Result<(), NetworkError> {
        match self.step(Instant::now() + limit).await? {
            Step::WantsPassword => Ok(()),
            _ => Err(LoginFailure::NoPasswordPrompt.into()),
        }
    }

    /// Logs in. `false`: the password is wrong, and the board has hung up.
    pub(crate) async fn log_in(&mut self, password: &Password) -> Result<bool, Trouble> {
        self.log.now(None);
        self.show(password).await.map_err(Trouble::from)
    }

    async fn show(&mut self, password: &Password) -> Result<bool, NetworkError> {
        let until = Instant::now() + LOGIN;
        let line = encode(Opcode::Text, &password.line(), mask()).unwrap_or_default();
        match timeout_at(until, write(&mut self.stream, &line)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return Err(self.login.finish(End::Reset).into()),
            Err(_) => return Err(self.login.finish(End::Timeout).into()),
        }
        loop {
            match self.step(until).await? {
                Step::In { leftover } => {
                    self.text = leftover;
                    self.is_in = true;
                    return Ok(true);
                }
                Step::Denied => return Ok(false),
                Step::NeedMore | Step::WantsPassword => {}
            }
        }
    }

    /// Whether the board took the password.
    pub(crate) fn is_in(&self) -> bool {
        self.is_in
    }

    /// Ends the session as a board expects it: an empty close frame, then its answer or its end.
    pub(crate) async fn leave(mut self) {
        let until = Instant::now() + FAREWELL;
        if timeout_at(until, write(&mut self.stream, &steps::goodbye())).await.is_ok_and(|sent| sent.is_ok())
        {
            let mut taken = 0;
            self.unread.clear();
            // Whoever answers with a flood is not waited for.
            while taken < FAREWELL_MOST && read(&mut self.stream, &mut self.unread, until).await.is_none() {
                taken += self.unread.len();
                self.unread.clear();
            }
        }
        let _ = timeout(FAREWELL, self.stream.shutdown()).await;
    }

    async fn step(&mut self, until: Instant) -> Result<Step, NetworkError> {
        loop {
            let bad = |error| NetworkError::BadFrame { host: self.host.clone(), error };
            let frame = self.decoder.next(&mut self.unread).map_err(bad)?;
            if let Some(frame) = &frame {
                self.log.note(|parsed| {
                    parsed.first_frame.get_or_insert_with(|| describe(frame));
                });
            }
            match frame {
                Some(Frame::Text(text)) => {
                    let step = self.login.feed(&text)?;
                    if step != Step::NeedMore {
                        return Ok(step);
                    }
                }
                Some(Frame::Ping | Frame::Pong) => {}
                Some(other) => return Err(LoginFailure::NotWebrepl { begins: describe(&other) }.into()),
                None => {
                    if let Some(end) = read(&mut self.stream, &mut self.unread, until).await {
                        return Err(self.login.finish(end).into());
                    }
                }
            }
        }
    }
}

impl fmt::Debug for Conversation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Conversation").finish_non_exhaustive()
    }
}

pub(crate) fn mask() -> [u8; 4] {
    // RFC 6455, 5.3, wants it unpredictable; where there is no randomness, zeros are still a valid mask.
    getrandom::u32().unwrap_or_default().to_ne_bytes()
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

async fn write(stream: &mut Recorder, bytes: &[u8]) -> io::Result<()> {
    stream.write_all(bytes).await?;
    stream.flush().await
}

/// Adds what comes next, or says that nothing does.
async fn read(stream: &mut Recorder, into: &mut BytesMut, until: Instant) -> Option<End> {
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
