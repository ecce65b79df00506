//! The far end of a WebREPL line, one step at a time.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use boardwalk_transport::{
    AskPassword, AskReason, Dial, Link, Secret, Target, TransportError, WebReplDial, WebReplOptions,
};
use futures::FutureExt;
use futures::future::BoxFuture;
use sha1::{Digest, Sha1};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub(crate) use crate::pty::PATIENCE;

pub(crate) const TEXT: u8 = 1;
pub(crate) const BINARY: u8 = 2;
pub(crate) const CLOSE: u8 = 8;
pub(crate) const PING: u8 = 9;
/// A test that waits for a deadline to pass waits so long.
pub(crate) const SOON: Duration = Duration::from_secs(1);
const PASSWORD: &str = "micropyt";

pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A port of ours.
pub(crate) struct Server {
    listener: TcpListener,
    pub(crate) address: SocketAddr,
}

/// One connection, seen from the board.
pub(crate) struct Far {
    pub(crate) stream: Box<dyn Stream>,
    unread: Vec<u8>,
}

impl Server {
    pub(crate) async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        Self { listener, address }
    }

    pub(crate) fn target(&self) -> Target {
        format!("ws://{}", self.address).parse().unwrap()
    }

    pub(crate) fn dial(&self, options: WebReplOptions) -> WebReplDial {
        WebReplDial::new(self.target(), options)
    }

    pub(crate) async fn accept(&self) -> TcpStream {
        tokio::time::timeout(PATIENCE, self.listener.accept()).await.expect("nobody came").unwrap().0
    }

    /// A connection after the handshake.
    pub(crate) async fn shaken(&self) -> Far {
        Far::shaken(self.accept().await).await
    }

    /// Both ends of a line that is logged in.
    pub(crate) async fn line(&self, options: WebReplOptions) -> (Link, Far) {
        let mut dial = self.dial(options);
        let board = async {
            let mut far = self.shaken().await;
            far.logs_in().await;
            far
        };
        let (link, far) = futures::join!(dial.dial(), board);
        (link.unwrap(), far)
    }

    /// Why a dial fails when the server does this.
    pub(crate) async fn refusal<F: Future<Output = T>, T>(
        &self,
        options: WebReplOptions,
        script: F,
    ) -> (TransportError, T) {
        let mut dial = self.dial(options);
        let (dialled, done) = futures::join!(dial.dial(), script);
        (dialled.expect_err("this dial cannot work"), done)
    }
}

impl Far {
    pub(crate) async fn shaken(stream: impl Stream + 'static) -> Self {
        let mut far = Self { stream: Box::new(stream), unread: Vec::new() };
        let request = far.request().await;
        let reply = reply_to(&request);
        far.sends(reply.as_bytes()).await;
        far
    }

    pub(crate) fn plain(stream: impl Stream + 'static) -> Self {
        Self { stream: Box::new(stream), unread: Vec::new() }
    }

    pub(crate) async fn request(&mut self) -> String {
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            request.push(self.stream.read_u8().await.unwrap());
        }
        String::from_utf8(request).unwrap()
    }

    pub(crate) async fn logs_in(&mut self) {
        self.says(b"Password: ").await;
        assert_eq!(self.hears().await, Some((TEXT, format!("{PASSWORD}\r").into_bytes())));
        self.says(b"\r\nWebREPL connected\r\n>>> ").await;
    }

    pub(crate) async fn sends(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
        self.stream.flush().await.unwrap();
    }

    pub(crate) async fn says(&mut self, text: &[u8]) {
        self.sends(&frame(TEXT, text)).await;
    }

    /// The next frame, unmasked; `None` at the end of the connection.
    pub(crate) async fn hears(&mut self) -> Option<(u8, Vec<u8>)> {
        tokio::time::timeout(PATIENCE, self.next_frame()).await.expect("nothing came")
    }

    /// Reads on, whatever comes, until the connection is over: then `false`.
    pub(crate) async fn hears_unless_cut(&mut self) -> bool {
        let mut buffer = vec![0; 64 * 1024];
        let read = tokio::time::timeout(PATIENCE, self.stream.read(&mut buffer)).await.expect("still open");
        read.is_ok_and(|count| count > 0)
    }

    /// Everything of one kind, until so many bytes have come.
    pub(crate) async fn hears_all(&mut self, opcode: u8, count: usize) -> Vec<u8> {
        let mut all = Vec::new();
        while all.len() < count {
            let (kind, payload) = self.hears().await.expect("the end came early");
            assert_eq!(kind, opcode);
            assert!(payload.len() + 8 <= 4096, "a frame of {} bytes", payload.len());
            all.extend(payload);
        }
        all
    }

    async fn next_frame(&mut self) -> Option<(u8, Vec<u8>)> {
        let head = self.take(2).await?;
        assert_eq!(head[0] & 0xf0, 0x80, "whole frames without extensions");
        assert_eq!(head[1] & 0x80, 0x80, "a client masks");
        let length = match head[1] & 0x7f {
            126 => self.take(2).await?.iter().fold(0, |all, b| all << 8 | usize::from(*b)),
            127 => panic!("a board closes on a 64-bit length"),
            short => usize::from(short),
        };
        let mask = self.take(4).await?;
        let payload = self.take(length).await?;
        Some((head[0] & 0xf, payload.iter().zip(mask.iter().cycle()).map(|(b, m)| b ^ m).collect()))
    }

    async fn take(&mut self, count: usize) -> Option<Vec<u8>> {
        while self.unread.len() < count {
            let mut buffer = vec![0; 16 * 1024];
            match self.stream.read(&mut buffer).await {
                Ok(0) => return None,
                Ok(got) => self.unread.extend_from_slice(&buffer[..got]),
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return None,
                Err(error) => panic!("{error}"),
            }
        }
        let rest = self.unread.split_off(count);
        Some(std::mem::replace(&mut self.unread, rest))
    }
}

/// What a board replies.
pub(crate) fn reply_to(request: &str) -> String {
    let key = request.lines().find_map(|line| line.strip_prefix("Sec-WebSocket-Key: ")).expect("a key");
    let digest = Sha1::digest(format!("{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
    let accept = base64::engine::general_purpose::STANDARD.encode(digest);
    format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {accept}\r\n\r\n"
    )
}

/// A frame as a board sends it: never masked.
pub(crate) fn frame(opcode: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x80 | opcode];
    match u16::try_from(payload.len()).unwrap() {
        short @ 0..126 => frame.push(short as u8),
        long => {
            frame.push(126);
            frame.extend(long.to_be_bytes());
        }
    }
    frame.extend_from_slice(payload);
    frame
}

/// Somebody who is asked for passwords.
pub(crate) struct Person {
    answers: Mutex<VecDeque<&'static str>>,
    pub(crate) asked: Mutex<Vec<AskReason>>,
    pub(crate) accepted: Mutex<Vec<String>>,
}

impl Person {
    pub(crate) fn who_says(answers: &[&'static str]) -> Arc<Self> {
        let answers = Mutex::new(answers.iter().copied().collect());
        Arc::new(Self { answers, asked: Mutex::default(), accepted: Mutex::default() })
    }
}

impl AskPassword for Person {
    fn ask<'a>(&'a self, _: &'a Target, why: AskReason) -> BoxFuture<'a, Option<Secret>> {
        self.asked.lock().unwrap().push(why);
        let answer = self.answers.lock().unwrap().pop_front().map(Secret::new);
        std::future::ready(answer).boxed()
    }

    fn accepted(&self, _: &Target, password: &Secret) {
        self.accepted.lock().unwrap().push(password.reveal().to_owned());
    }
}

/// With the right password.
pub(crate) fn options() -> WebReplOptions {
    WebReplOptions { password: Arc::new(Secret::new(PASSWORD)), ..WebReplOptions::default() }
}

/// With deadlines that a test can wait for; where none is to pass, [`options`] are safe on a loaded machine.
pub(crate) fn hasty() -> WebReplOptions {
    WebReplOptions { connect_timeout: SOON, handshake_timeout: SOON, login_timeout: SOON, ..options() }
}
