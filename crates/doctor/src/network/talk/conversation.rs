//! From an open connection to a board that has taken the password.

use std::fmt;
use std::io;
use std::time::Duration;

use boardwalk_protocol::webrepl::login::{Login, LoginFailure, Password, Step};
use boardwalk_protocol::websocket::frame::{Decoder, Frame, Opcode, encode};
use boardwalk_protocol::websocket::handshake::{End, Outcome, ReplyReader, shown};
use boardwalk_transport::{WebReplUrl, steps};
use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::{Instant, timeout, timeout_at};

use super::record::{Log, Recorder};
use super::trouble::Trouble;
use crate::evidence::Part;
use crate::world::BoxStream;

/// Limits of the steps. A board answers within a second; what takes longer is broken.
const REPLY: Duration = Duration::from_millis(4500);
const PROMPT: Duration = Duration::from_secs(3);
const LOGIN: Duration = Duration::from_secs(3);
/// How long the other side is given to answer a goodbye, and how much of its talk is listened to.
const FAREWELL: Duration = Duration::from_millis(500);
const FAREWELL_MOST: usize = 64 * 1024;
/// What one read may bring, in bytes.
const READ_MOST: usize = 4096;

/// A connection on which frames travel.
pub(crate) struct Conversation {
    pub(super) stream: Recorder,
    pub(super) decoder: Decoder,
    /// received, not decoded yet
    pub(super) unread: BytesMut,
    login: Login,
    /// what the board said behind its greeting
    pub(super) text: Bytes,
    is_in: bool,
    log: Log,
}

impl Conversation {
    /// Shakes hands over an open connection. The request goes out at once and in one write.
    pub(crate) async fn open(stream: BoxStream, url: &WebReplUrl, log: &Log) -> Result<Self, Trouble> {
        let mut stream = Recorder::new(stream, log);
        log.now(Some(Part::Http));
        let request = steps::request(url)?;
        let mut reply = ReplyReader::new(&request);
        let until = Instant::now() + REPLY;
        // When this fails, what the other side said before it hung up is still to be read.
        let _ = timeout_at(until, write(&mut stream, &request.bytes())).await;
        let mut buffer = BytesMut::new();
        loop {
            let outcome = match read(&mut stream, &mut buffer, until).await {
                Some(end) => reply.finish(end),
                None => reply.feed(&buffer.split()),
            };
            match outcome {
                Outcome::NeedMore => {}
                Outcome::Refused(verdict) => {
                    // A board that still reads must not wait for more.
                    let _ = timeout(FAREWELL, stream.shutdown()).await;
                    return Err(verdict.into());
                }
                Outcome::Accepted { leftover } => {
                    log.tail_is(leftover.len(), Part::Ws);
                    return Ok(Self {
                        stream,
                        decoder: Decoder::new(),
                        unread: leftover.into(),
                        login: Login::new(),
                        text: Bytes::new(),
                        is_in: false,
                        log: log.clone(),
                    });
                }
            }
        }
    }

    /// Waits until the board asks for its password.
    pub(crate) async fn greeted(&mut self) -> Result<(), Trouble> {
        let step = self.step(Instant::now() + PROMPT).await;
        // What follows is the login.
        self.log.now(None);
        match step? {
            Step::WantsPassword => Ok(()),
            _ => Err(LoginFailure::NoPasswordPrompt.into()),
        }
    }

    /// Logs in. `false`: the password is wrong, and the board has hung up.
    pub(crate) async fn log_in(&mut self, password: &Password) -> Result<bool, Trouble> {
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
        self.log.now(None);
        if timeout_at(until, write(&mut self.stream, &steps::goodbye())).await.is_ok_and(|sent| sent.is_ok())
        {
            let mut taken = 0;
            self.unread.clear();
            while taken < FAREWELL_MOST && read(&mut self.stream, &mut self.unread, until).await.is_none() {
                taken += self.unread.len();
                self.unread.clear();
            }
        }
        let _ = timeout(FAREWELL, self.stream.shutdown()).await;
    }

    async fn step(&mut self, until: Instant) -> Result<Step, Trouble> {
        loop {
            match self.decoder.next(&mut self.unread)? {
                Some(Frame::Text(text)) => {
                    let step = self.login.feed(&text)?;
                    if step != Step::NeedMore {
                        return Ok(step);
                    }
                }
                Some(Frame::Ping | Frame::Pong) => {}
                Some(Frame::Close { .. }) => return Err(self.login.finish(End::Eof).into()),
                Some(Frame::Binary(bytes)) => {
                    return Err(LoginFailure::NotWebrepl { begins: shown(&bytes) }.into());
                }
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

pub(super) fn mask() -> [u8; 4] {
    // RFC 6455, 5.3, wants it unpredictable; where there is no randomness, zeros are still a valid mask.
    getrandom::u32().unwrap_or_default().to_ne_bytes()
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
