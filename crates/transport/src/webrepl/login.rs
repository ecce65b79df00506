//! From an open connection to a board that listens: the handshake, then the password.

use std::future::Future;
use std::io;

use boardwalk_protocol::webrepl::login::{Login, LoginFailure, Password, Step};
use boardwalk_protocol::websocket::frame::{Decoder, Frame, Opcode, encode};
use boardwalk_protocol::websocket::handshake::{End, Outcome, ReplyReader};
use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, timeout, timeout_at};

use super::error::NetworkError;
use super::pump::FAREWELL;
use super::steps::request;
use super::wire::{Wire, close, mask};
use crate::target::WebReplUrl;

/// What one read may bring.
const READ_MOST: usize = 4096;

/// A connection on which frames travel.
pub(super) struct Conversation {
    pub(super) wire: Wire,
    pub(super) decoder: Decoder,
    /// received, not decoded yet
    pub(super) unread: BytesMut,
    host: String,
}

/// What came next.
enum Said {
    Text(Bytes),
    Nothing(End),
}

impl Conversation {
    /// Shakes hands. The request goes out in one write and at once: until it has come the board does nothing else.
    pub(super) async fn open(mut wire: Wire, url: &WebReplUrl, until: Instant) -> Result<Self, NetworkError> {
        let request = request(url)?;
        let mut reply = ReplyReader::new(&request);
        let asked = timeout_at(until, write(&mut wire, &request.bytes())).await;
        let mut buffer = BytesMut::with_capacity(READ_MOST);
        loop {
            let outcome = match asked {
                Err(_) => reply.finish(End::Timeout),
                // What made the board hang up may stand in what it said before: a failed write is read on.
                Ok(_) => match read(&mut wire, &mut buffer, Some(until)).await {
                    Some(end) => reply.finish(end),
                    None => reply.feed(&buffer.split()),
                },
            };
            match outcome {
                Outcome::NeedMore => {}
                Outcome::Refused(verdict) => return Err(NetworkError::Handshake { verdict }),
                Outcome::Accepted { leftover } => {
                    let unread = BytesMut::from(leftover);
                    return Ok(Self { wire, decoder: Decoder::new(), unread, host: url.host.clone() });
                }
            }
        }
    }

    /// Logs in with what `secret` gives, which is only asked once the board has shown its prompt, and may take its
    /// time. Gives what the board says behind its greeting.
    pub(super) async fn log_in(
        &mut self,
        limit: std::time::Duration,
        secret: impl Future<Output = Result<Password, NetworkError>>,
    ) -> Result<Bytes, NetworkError> {
        let mut login = Login::new();
        let mut until = Instant::now() + limit;
        while self.step(&mut login, Some(until)).await? != Step::WantsPassword {}
        let password = tokio::select! {
            biased;
            password = secret => password?,
            // It may only hang up now: whatever it says before it has the password is not a board's.
            said = self.step(&mut login, None) => {
                return Err(said.err().unwrap_or(LoginFailure::Closed.into()));
            }
        };
        until = Instant::now() + limit;
        let line = encode(Opcode::Text, &password.line(), mask()).unwrap_or_default();
        match timeout_at(until, write(&mut self.wire, &line)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return Err(login.finish(End::Reset).into()),
            Err(_) => return Err(login.finish(End::Timeout).into()),
        }
        loop {
            match self.step(&mut login, Some(until)).await? {
                Step::In { leftover } => return Ok(leftover),
                Step::Denied => return Err(LoginFailure::WrongPassword.into()),
                Step::NeedMore | Step::WantsPassword => {}
            }
        }
    }

    async fn step(&mut self, login: &mut Login, until: Option<Instant>) -> Result<Step, NetworkError> {
        loop {
            let step = match self.next(until).await? {
                Said::Text(text) => login.feed(&text)?,
                Said::Nothing(end) => return Err(login.finish(end).into()),
            };
            if step != Step::NeedMore {
                return Ok(step);
            }
        }
    }

    /// The next text frame. Cancel-safe.
    async fn next(&mut self, until: Option<Instant>) -> Result<Said, NetworkError> {
        loop {
            let bad = |error| NetworkError::BadFrame { host: self.host.clone(), error };
            match self.decoder.next(&mut self.unread).map_err(bad)? {
                Some(Frame::Text(text)) => return Ok(Said::Text(text)),
                Some(Frame::Close { .. }) => return Ok(Said::Nothing(End::Eof)),
                Some(Frame::Binary(_) | Frame::Ping | Frame::Pong) => {}
                None => {
                    if let Some(end) = read(&mut self.wire, &mut self.unread, until).await {
                        return Ok(Said::Nothing(end));
                    }
                }
            }
        }
    }

    /// Leaves without a login, so that the board is free for the next client.
    pub(super) async fn leave(mut self) {
        if timeout(FAREWELL, write(&mut self.wire, &close())).await.is_ok_and(|sent| sent.is_ok()) {
            let until = Instant::now() + FAREWELL;
            while matches!(self.next(Some(until)).await, Ok(Said::Text(_))) {}
            let _ = timeout(FAREWELL, self.wire.stream.shutdown()).await;
        }
    }
}

impl From<LoginFailure> for NetworkError {
    fn from(failure: LoginFailure) -> Self {
        Self::Login { failure }
    }
}

/// With the port, unless it is the scheme's own (RFC 6455, 4.1).
pub(super) fn host_header(url: &WebReplUrl) -> String {
    let host = if url.host.contains(':') { format!("[{}]", url.host) } else { url.host.clone() };
    let own = if url.tls { 443 } else { 80 };
    if url.port == own { host } else { format!("{host}:{}", url.port) }
}

async fn write(wire: &mut Wire, bytes: &[u8]) -> io::Result<()> {
    wire.stream.write_all(bytes).await?;
    // TLS may hold a part back.
    wire.stream.flush().await
}

/// Adds what comes next; or says that nothing does. Cancel-safe.
async fn read(wire: &mut Wire, into: &mut BytesMut, until: Option<Instant>) -> Option<End> {
    into.reserve(READ_MOST);
    let reading = wire.stream.read_buf(into);
    let got = match until {
        Some(until) => timeout_at(until, reading).await,
        None => Ok(reading.await),
    };
    match got {
        Err(_) => Some(End::Timeout),
        Ok(Ok(0)) => Some(End::Eof),
        Ok(Ok(_)) => {
            wire.quick.renew();
            None
        }
        Ok(Err(error)) if error.kind() == io::ErrorKind::TimedOut => Some(End::Timeout),
        Ok(Err(error)) if error.kind() == io::ErrorKind::UnexpectedEof => Some(End::Eof),
        Ok(Err(_)) => Some(End::Reset),
    }
}
