use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use crate::{
    error::{BoardError, Context as _},
    webrepl::{Worker, listener},
};

/// A SOCKS5 server that answers what a test tells it.
#[derive(Debug)]
pub struct BadSocks {
    port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
    _worker: Worker,
}

/// What a client wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Asked {
    /// The methods it offered.
    pub methods: Vec<u8>,
    /// User and password, if they were asked for.
    pub credentials: Option<(Vec<u8>, Vec<u8>)>,
    /// The request from its first byte (5) to its port.
    pub request: Vec<u8>,
}

/// Describes one that chooses the first method offered, and closes.
#[derive(Debug, Clone)]
#[must_use]
pub struct Answers {
    method: Option<u8>,
    wants_password: bool,
    credentials: u8,
    reply: Vec<u8>,
    apart: Option<Duration>,
    then: Then,
}

/// What comes after the reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// It closes.
    Close,
    /// Nothing.
    Hold,
}

impl BadSocks {
    /// One that replies with this code and `0.0.0.0:0`.
    pub fn replies(code: u8) -> Answers {
        Self::replies_with([5, code, 0, 1, 0, 0, 0, 0, 0, 0])
    }

    /// One whose reply says a name, which makes it longer.
    pub fn replies_with_name(code: u8, name: &str) -> Answers {
        let size = u8::try_from(name.len()).unwrap_or(u8::MAX);
        let mut reply = vec![5, code, 0, 3, size];
        reply.extend(name.bytes().take(size.into()));
        reply.extend([0x20, 0x4a]);
        Self::replies_with(reply)
    }

    /// One whose reply is these bytes, whatever they mean.
    pub fn replies_with(reply: impl Into<Vec<u8>>) -> Answers {
        Answers {
            method: None,
            wants_password: false,
            credentials: 0,
            reply: reply.into(),
            apart: None,
            then: Then::Close,
        }
    }

    /// `socks5://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("socks5://127.0.0.1:{}", self.port)
    }

    /// The TCP port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What its clients wanted, one entry for each connection.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Answers {
    /// Chooses this method: 0 nothing, 2 a password, 0xff none of them.
    pub fn chooses(mut self, method: u8) -> Self {
        self.method = Some(method);
        self
    }

    /// Takes nobody without a password: 2 if that is offered, 0xff if not.
    pub fn wants_password(mut self) -> Self {
        self.wants_password = true;
        self
    }

    /// What it says to a password; 0 is yes.
    pub fn says_to_password(mut self, status: u8) -> Self {
        self.credentials = status;
        self
    }

    /// Sends the reply a byte at a time.
    pub fn drips(mut self, apart: Duration) -> Self {
        self.apart = Some(apart);
        self
    }

    /// What comes after the reply.
    pub fn then(mut self, then: Then) -> Self {
        self.then = then;
        self
    }

    /// On a free port of 127.0.0.1.
    pub fn start(self) -> Result<BadSocks, BoardError> {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (port, worker) = Worker::start("socks", || {
            let listener = listener()?;
            let port = listener.local_addr().context("a free port")?.port();
            Ok((port, serve(listener, self, Arc::clone(&asked))))
        })?;
        Ok(BadSocks { port, asked, _worker: worker })
    }

    async fn answer(self, mut stream: TcpStream, asked: &Mutex<Vec<Asked>>) -> io::Result<()> {
        let at = {
            let mut all = asked.lock().unwrap_or_else(PoisonError::into_inner);
            all.push(Asked::default());
            all.len() - 1
        };
        // What a client has said is known before it is answered.
        let note = |seen: &Asked| {
            if let Some(entry) = asked.lock().unwrap_or_else(PoisonError::into_inner).get_mut(at) {
                entry.clone_from(seen);
            }
        };
        if self.talk(&mut stream, note).await? && self.then == Then::Hold {
            let mut rest = [0; 1024];
            while stream.read(&mut rest).await? > 0 {}
        }
        Ok(())
    }

    /// RFC 1928 and 1929, until it has said what it has to say; whether the connection goes on.
    async fn talk(&self, stream: &mut TcpStream, note: impl Fn(&Asked)) -> io::Result<bool> {
        let mut seen = Asked::default();
        let [_version, count] = take(stream).await?;
        seen.methods = some(stream, count).await?;
        let wanted = if self.wants_password {
            seen.methods.iter().copied().find(|method| *method == 2)
        } else {
            self.method.or(seen.methods.first().copied())
        };
        let method = wanted.unwrap_or(0xff);
        note(&seen);
        stream.write_all(&[5, method]).await?;
        match method {
            0 => {}
            2 => {
                let [_version, size] = take(stream).await?;
                let user = some(stream, size).await?;
                let [size] = take(stream).await?;
                seen.credentials = Some((user, some(stream, size).await?));
                note(&seen);
                stream.write_all(&[1, self.credentials]).await?;
                if self.credentials != 0 {
                    return Ok(false);
                }
            }
            _ => return Ok(false),
        }
        let head: [u8; 4] = take(stream).await?;
        seen.request.extend(head);
        let size = match head[3] {
            3 => {
                let [size] = take(stream).await?;
                seen.request.push(size);
                size
            }
            4 => 16,
            _ => 4,
        };
        seen.request.extend(some(stream, size + 2).await?);
        note(&seen);
        match self.apart {
            None => stream.write_all(&self.reply).await?,
            Some(apart) => {
                for byte in &self.reply {
                    stream.write_all(&[*byte]).await?;
                    tokio::time::sleep(apart).await;
                }
            }
        }
        Ok(true)
    }
}

async fn serve(listener: TcpListener, answers: Answers, asked: Arc<Mutex<Vec<Asked>>>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            caller = listener.accept() => {
                let Ok((stream, _)) = caller else { return };
                let (answers, asked) = (answers.clone(), Arc::clone(&asked));
                connections.spawn(async move { answers.answer(stream, &asked).await });
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn take<const N: usize>(stream: &mut TcpStream) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    stream.read_exact(&mut bytes).await?;
    Ok(bytes)
}

async fn some(stream: &mut TcpStream, size: u8) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; size.into()];
    stream.read_exact(&mut bytes).await?;
    Ok(bytes)
}
