//! The server's end of `board/net.py`.

use std::{collections::VecDeque, io, path::Path};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        UnixListener, UnixStream,
        unix::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::mpsc,
};
use tokio_util::sync::CancellationToken;

/// Messages on their way from the chip; a chip that says more waits.
const QUEUE: usize = 64;
/// No message of the chip is longer, except for what a program writes at once.
const LONGEST: u32 = 64 << 20;

/// Where chips call when they start.
#[derive(Debug)]
pub(crate) struct Door(UnixListener);

/// A chip, from power-up or soft reset to the next one.
#[derive(Debug)]
pub(crate) struct Chip {
    writer: OwnedWriteHalf,
    news: mpsc::Receiver<News>,
    words: mpsc::Receiver<Vec<u8>>,
    early_news: VecDeque<News>,
    early_words: VecDeque<Vec<u8>>,
    /// Ends with the chip.
    pub(crate) gone: CancellationToken,
}

/// A message of a chip.
#[derive(Debug)]
pub(crate) enum Next {
    News(News),
    /// One call of `mp_hal_stdout_tx_strn`.
    Word(Vec<u8>),
}

/// What a chip tells.
#[derive(Debug)]
pub(crate) enum News {
    /// The interpreter polls its sockets now.
    Polls,
    Answer(Vec<u8>),
    /// `webrepl.start()` with this password.
    Begin(Vec<u8>),
    /// `webrepl.stop()`.
    End,
    /// The soft reset is next.
    SoftReset,
}

/// Work for the interpreter.
#[derive(Debug, Clone, Copy)]
#[repr(u8)]
pub(crate) enum Work {
    Hold = b'H',
    Release = b'R',
    Print = b'P',
    OpenToWrite = b'w',
    OpenToRead = b'r',
    Write = b'W',
    Read = b'G',
    Close = b'c',
}

/// Why the interpreter did not do it.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The chip is gone.
    Gone,
    /// As `mp_obj_print_exception` prints it.
    Exception(String),
}

impl From<io::Error> for Refusal {
    fn from(_: io::Error) -> Self {
        Self::Gone
    }
}

impl Door {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        UnixListener::bind(path).map(Self)
    }

    /// The next chip: first its control connection, then its words.
    pub(crate) async fn next(&self) -> io::Result<Chip> {
        let mut control = None;
        loop {
            let (mut end, _) = self.0.accept().await?;
            match (end.read_u8().await, control.take()) {
                (Ok(b'c'), _) => control = Some(end),
                (Ok(b'w'), Some(control)) => return Ok(Chip::new(control, end)),
                _ => {}
            }
        }
    }
}

impl Chip {
    fn new(control: UnixStream, words: UnixStream) -> Self {
        let (reader, writer) = control.into_split();
        let gone = CancellationToken::new();
        let (news_in, news) = mpsc::channel(QUEUE);
        let (words_in, words_out) = mpsc::channel(QUEUE);
        let ends = gone.clone();
        tokio::spawn(async move {
            let _ = hear_news(reader, news_in).await;
            ends.cancel();
        });
        tokio::spawn(hear_words(words.into_split().0, words_in));
        Self {
            writer,
            news,
            words: words_out,
            early_news: VecDeque::new(),
            early_words: VecDeque::new(),
            gone,
        }
    }

    /// Asks for [`News::Polls`].
    pub(crate) async fn ask(&mut self) -> io::Result<()> {
        self.send(b'?', &[]).await
    }

    /// Bytes for the ring that the interpreter's stdin reads.
    pub(crate) async fn type_in(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.send(b'D', bytes).await
    }

    /// The chip resets itself, as after a panic.
    pub(crate) async fn panic(&mut self) -> io::Result<()> {
        self.send(b'X', &[]).await
    }

    /// Has the interpreter do something between two byte codes. At most 65535 bytes.
    pub(crate) async fn call(&mut self, work: Work, data: &[u8]) -> Result<Vec<u8>, Refusal> {
        self.send(work as u8, data).await?;
        loop {
            tokio::select! {
                news = self.news.recv() => match news.ok_or(Refusal::Gone)? {
                    News::Answer(mut answer) if answer.first() == Some(&0) => return Ok(answer.split_off(1)),
                    News::Answer(answer) => {
                        let text = answer.get(1..).unwrap_or_default();
                        return Err(Refusal::Exception(String::from_utf8_lossy(text).into_owned()));
                    }
                    other => self.early_news.push_back(other),
                },
                // It may have to get rid of its words before it comes to this.
                Some(word) = self.words.recv() => self.early_words.push_back(word),
            }
        }
    }

    /// What it tells or says next; `None` when it is gone, with words that may be left.
    pub(crate) async fn next(&mut self) -> Option<Next> {
        if let Some(news) = self.early_news.pop_front() {
            return Some(Next::News(news));
        }
        if let Some(word) = self.early_words.pop_front() {
            return Some(Next::Word(word));
        }
        tokio::select! {
            biased;
            news = self.news.recv() => news.map(Next::News),
            Some(word) = self.words.recv() => Some(Next::Word(word)),
        }
    }

    /// What the interpreter says, one call of `mp_hal_stdout_tx_strn` each; `None` after its last word.
    pub(crate) async fn next_word(&mut self) -> Option<Vec<u8>> {
        match self.early_words.pop_front() {
            Some(word) => Some(word),
            None => self.words.recv().await,
        }
    }

    async fn send(&mut self, kind: u8, data: &[u8]) -> io::Result<()> {
        let mut message = vec![kind];
        message.extend(u32::try_from(data.len()).unwrap_or(u32::MAX).to_le_bytes());
        message.extend(data);
        self.writer.write_all(&message).await
    }
}

async fn hear_news(mut from: OwnedReadHalf, to: mpsc::Sender<News>) -> io::Result<()> {
    loop {
        let kind = from.read_u8().await?;
        let data = message(&mut from).await?;
        let news = match kind {
            b'!' => News::Polls,
            b'A' => News::Answer(data),
            b'B' => News::Begin(data),
            b'E' => News::End,
            b'S' => News::SoftReset,
            _ => continue,
        };
        if to.send(news).await.is_err() {
            return Ok(());
        }
    }
}

async fn hear_words(mut from: OwnedReadHalf, to: mpsc::Sender<Vec<u8>>) {
    while let Ok(word) = message(&mut from).await {
        if to.send(word).await.is_err() {
            return;
        }
    }
}

async fn message(from: &mut OwnedReadHalf) -> io::Result<Vec<u8>> {
    let size = from.read_u32_le().await?;
    if size > LONGEST {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut data = vec![0; size as usize];
    from.read_exact(&mut data).await?;
    Ok(data)
}
