use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
};

use super::{
    Script,
    frames::{Frames, Read},
    handshake,
    script::Step,
    tls::listener,
    worker::Worker,
};
use crate::error::{BoardError, Context as _};

/// What is kept of a client's bytes.
const KEPT: usize = 1 << 20;

/// A server that does what a test tells it, whoever calls.
#[derive(Debug)]
pub struct ScriptedServer {
    port: u16,
    shared: Arc<Shared>,
    _worker: Worker,
}

#[derive(Debug)]
struct Shared {
    received: Mutex<Vec<u8>>,
    counts: watch::Sender<(u64, u64)>,
}

impl ScriptedServer {
    /// On a free port of 127.0.0.1; every connection gets the script from its beginning.
    pub fn start(script: Script) -> Result<Self, BoardError> {
        let shared = Arc::new(Shared { received: Mutex::default(), counts: watch::Sender::new((0, 0)) });
        let (port, worker) = Worker::start("scripted", || {
            let listener = listener()?;
            let port = listener.local_addr().context("a free port")?.port();
            Ok((port, serve(listener, script, Arc::clone(&shared))))
        })?;
        Ok(Self { port, shared, _worker: worker })
    }

    /// `ws://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("ws://127.0.0.1:{}", self.port)
    }

    /// The TCP port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// How many connections there were.
    pub fn connections(&self) -> u64 {
        self.shared.counts.borrow().0
    }

    /// What clients have sent, as far as the script has read it; at most the first MiB.
    pub fn received(&self) -> Vec<u8> {
        self.shared.received.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until `n` connections are over, from either side. Put a deadline around it.
    pub async fn until_over(&self, n: u64) {
        let _ = self.shared.counts.subscribe().wait_for(|(_, over)| *over >= n).await;
    }
}

async fn serve(listener: TcpListener, script: Script, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            caller = listener.accept() => {
                let Ok((stream, _)) = caller else { return };
                shared.counts.send_modify(|c| c.0 += 1);
                let play = Play { stream, shared: Arc::clone(&shared), request: Vec::new(), frames: Frames::new(Vec::new()) };
                let (steps, shared) = (script.steps.clone(), Arc::clone(&shared));
                connections.spawn(async move {
                    let _ = play.run(&steps).await;
                    shared.counts.send_modify(|c| c.1 += 1);
                });
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

struct Play {
    stream: TcpStream,
    shared: Arc<Shared>,
    request: Vec<u8>,
    frames: Frames,
}

impl Play {
    async fn run(mut self, steps: &[Step]) -> io::Result<()> {
        self.stream.set_nodelay(true)?;
        for step in steps {
            match step {
                Step::ReadRequest => self.read_request().await?,
                Step::ReadFramesUntil(byte) => while self.payload().await? != *byte {},
                Step::ReadPayload(n) => {
                    for _ in 0..*n {
                        self.payload().await?;
                    }
                }
                Step::Send(bytes) => self.stream.write_all(bytes).await?,
                Step::Answer(template) => {
                    let answer = self.fill_in(template);
                    self.stream.write_all(&answer).await?;
                }
                Step::Drip(bytes, apart) => {
                    for byte in bytes {
                        self.stream.write_all(&[*byte]).await?;
                        tokio::time::sleep(*apart).await;
                    }
                }
                Step::Flood(bytes, times) => {
                    for _ in 0..*times {
                        self.stream.write_all(bytes).await?;
                    }
                }
                Step::Wait(time) => tokio::time::sleep(*time).await,
                Step::Hold => {
                    let mut buffer = [0; 4096];
                    while self.read(&mut buffer).await? > 0 {}
                }
                Step::Reset => return self.stream.set_zero_linger(),
            }
        }
        // Unread bytes would turn the close into a reset.
        self.stream.shutdown().await?;
        let mut buffer = [0; 4096];
        while self.read(&mut buffer).await? > 0 {}
        Ok(())
    }

    async fn read_request(&mut self) -> io::Result<()> {
        let mut byte = [0];
        while !self.request.ends_with(b"\r\n\r\n") && self.request.len() < KEPT {
            if self.read(&mut byte).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.request.push(byte[0]);
        }
        Ok(())
    }

    /// The next byte of payload in the client's frames.
    async fn payload(&mut self) -> io::Result<u8> {
        let mut buffer = [0; 4096];
        loop {
            match self.frames.read(1) {
                Read::Data(data) => return Ok(data[0]),
                Read::Again => {
                    let read = self.read(&mut buffer).await?;
                    if read == 0 {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                    self.frames.feed(&buffer[..read]);
                }
                Read::Close | Read::End(_) => return Err(io::ErrorKind::UnexpectedEof.into()),
            }
        }
    }

    fn fill_in(&self, template: &[u8]) -> Vec<u8> {
        const HOLE: &[u8] = b"{accept}";
        let Some(at) = template.windows(HOLE.len()).position(|w| w == HOLE) else { return template.to_vec() };
        let name = b"sec-websocket-key:";
        let key = self
            .request
            .split(|b| *b == b'\n')
            .find(|line| line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)));
        let key = key.map_or(&b""[..], |line| line[name.len()..].trim_ascii());
        [&template[..at], &handshake::accept(key), &template[at + HOLE.len()..]].concat()
    }

    async fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.stream.read(buffer).await?;
        let mut received = self.shared.received.lock().unwrap_or_else(PoisonError::into_inner);
        let room = KEPT.saturating_sub(received.len());
        received.extend(&buffer[..read.min(room)]);
        Ok(read)
    }
}
