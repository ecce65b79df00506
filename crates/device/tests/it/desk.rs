//! A board, a session with it, and what its terminal shows.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use boardwalk_device::{
    Attach, Consent, DeviceError, Output, Progress, RunEnd, Session, SessionOptions, State, Terminal,
};
use boardwalk_tests::{Board, Builder};
use boardwalk_transport::{Dial, Link, PortSource, SerialDial, SerialOptions};
use tempfile::TempDir;
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// Nothing that works takes so long, also on a machine that does much else.
pub(crate) const PATIENCE: Duration = Duration::from_secs(40);

pub(crate) async fn soon<T>(what: impl Future<Output = T>) -> T {
    timeout(PATIENCE, what).await.expect("this does not take so long")
}

pub(crate) fn no_cancel() -> CancellationToken {
    CancellationToken::new()
}

pub(crate) fn dial(board: &Board) -> SerialDial {
    SerialDial::new(board.target().parse().unwrap(), PortSource::none(), SerialOptions::default())
}

/// What a terminal has shown since it was opened: the last part of it.
#[derive(Clone)]
pub(crate) struct Screen {
    text: Arc<Mutex<Vec<u8>>>,
    changed: watch::Receiver<u64>,
}

impl Screen {
    fn watch(mut terminal: Terminal) -> Self {
        let (tell, changed) = watch::channel(0);
        let text = Arc::new(Mutex::new(Vec::new()));
        let shown = Arc::clone(&text);
        tokio::spawn(async move {
            while let Some(bytes) = terminal.next().await {
                let mut text = shown.lock().unwrap();
                text.extend_from_slice(&bytes);
                let excess = text.len().saturating_sub(1 << 20);
                text.drain(..excess);
                drop(text);
                tell.send_modify(|n| *n += bytes.len() as u64);
            }
        });
        Self { text, changed }
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.text.lock().unwrap()).into_owned()
    }

    /// Bytes shown since the start.
    pub(crate) fn total(&self) -> u64 {
        *self.changed.borrow()
    }

    pub(crate) async fn until(&self, what: &str, mut reached: impl FnMut(&str) -> bool) {
        let mut changed = self.changed.clone();
        let waiting = async {
            while !reached(&self.text()) {
                changed.changed().await.expect("the terminal is open");
            }
        };
        let met = timeout(PATIENCE, waiting).await;
        assert!(met.is_ok(), "no {what} in {:?}", tail(&self.text()));
    }

    pub(crate) async fn shows(&self, text: &str) {
        self.until(text, |shown| shown.contains(text)).await;
    }

    /// Waits until the last thing shown is this.
    pub(crate) async fn ends_with(&self, text: &str) {
        self.until(text, |shown| shown.ends_with(text)).await;
    }

    pub(crate) fn clear(&self) {
        self.text.lock().unwrap().clear();
    }
}

fn tail(text: &str) -> &str {
    let mut from = text.len().saturating_sub(600);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    &text[from..]
}

pub(crate) struct Desk {
    pub(crate) board: Board,
    pub(crate) session: Session,
    pub(crate) screen: Screen,
    _link: Option<TempDir>,
}

impl Desk {
    /// A gentle session that does not reconnect.
    pub(crate) async fn attach(board: Board) -> Self {
        let dial = dial(&board);
        Self::with(board, dial, SessionOptions { attach: Attach::Gently, reconnect: false }).await
    }

    /// The same with a board at its prompt.
    pub(crate) async fn ready(board: Board) -> Self {
        let desk = Self::attach(board).await;
        desk.is_ready().await;
        desk
    }

    /// A session for work at once.
    pub(crate) async fn for_work(board: Board) -> Self {
        let dial = dial(&board);
        Self::with(board, dial, SessionOptions { attach: Attach::ForWork, reconnect: false }).await
    }

    /// A gentle session that reconnects. The port has a name of its own: the kernel gives the number of one that left to
    /// the next board that starts, which may be another test's.
    pub(crate) async fn lasting(board: Builder) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let board = board.link(dir.path().join("port")).start().unwrap();
        let dial = dial(&board);
        let options = SessionOptions { attach: Attach::Gently, reconnect: true };
        Self { _link: Some(dir), ..Self::with(board, dial, options).await }
    }

    pub(crate) async fn with(board: Board, dial: impl Dial, options: SessionOptions) -> Self {
        let (session, terminal) = Session::open(dial, options).await.expect("the port opens");
        Self { board, session, screen: Screen::watch(terminal), _link: None }
    }

    pub(crate) fn state(&self) -> State {
        self.session.state().borrow().clone()
    }

    pub(crate) async fn is(&self, what: &str, wanted: impl FnMut(&State) -> bool + Send) -> State {
        let met = timeout(PATIENCE, self.session.wait_for(wanted)).await;
        let Ok(Some(state)) = met else {
            panic!("not {what} but {:?}; shown: {:?}", self.state(), tail(&self.screen.text()))
        };
        state
    }

    pub(crate) async fn is_ready(&self) {
        self.is("ready", |s| *s == State::Ready).await;
    }

    pub(crate) async fn is_running(&self) {
        self.is("running", |s| matches!(s, State::Running { .. })).await;
    }

    pub(crate) async fn is_busy(&self) {
        self.is("busy", |s| matches!(s, State::Busy { .. })).await;
    }

    pub(crate) async fn types(&self, text: &str) {
        soon(self.session.type_in(text.to_owned())).await.expect("the session takes it");
    }

    /// Runs code without a deadline, may interrupt, gives the end and what was printed.
    pub(crate) async fn exec(&self, code: &str) -> (Result<RunEnd, DeviceError>, Vec<u8>) {
        exec(&self.session, code, None, no_cancel()).await
    }

    /// What code printed; it raises nothing.
    pub(crate) async fn prints(&self, code: &str) -> String {
        let (end, out) = self.exec(code).await;
        assert_eq!(end.expect("it runs").exception, None);
        String::from_utf8(out).unwrap()
    }

    /// The next operation works, and the board is ready after it.
    pub(crate) async fn works(&self) {
        assert_eq!(self.prints("print(6*7)").await, "42\r\n");
        self.is_ready().await;
    }

    pub(crate) async fn write(&self, path: &str, data: &[u8]) -> Result<(), DeviceError> {
        write(&self.session, path, data).await
    }

    pub(crate) async fn read(&self, path: &str) -> Result<Vec<u8>, DeviceError> {
        let read = self.session.read(path, Progress::none(), Consent::LeaveRunning, no_cancel());
        soon(read).await
    }

    pub(crate) async fn names(&self, path: &str) -> Vec<String> {
        let list = soon(self.session.list(path, Consent::LeaveRunning, no_cancel())).await;
        list.unwrap().into_iter().map(|entry| entry.name).collect()
    }
}

pub(crate) async fn write(session: &Session, path: &str, data: &[u8]) -> Result<(), DeviceError> {
    let data = data.to_vec();
    let write = session.write(path, data, Progress::none(), Consent::LeaveRunning, no_cancel());
    soon(write).await.map(|_| ())
}

pub(crate) async fn exec(
    session: &Session,
    code: &str,
    limit: Option<Duration>,
    cancel: CancellationToken,
) -> (Result<RunEnd, DeviceError>, Vec<u8>) {
    let (to, mut from) = mpsc::channel(16);
    let collect = async {
        let mut out = Vec::new();
        while let Some(output) = from.recv().await {
            if let Output::Stdout(bytes) = output {
                out.extend_from_slice(&bytes);
            }
        }
        out
    };
    let run = session.exec(code.to_owned(), to, limit, Consent::MayInterrupt, cancel);
    soon(async { tokio::join!(run, collect) }).await
}

/// Another client of the port, that does nothing by itself.
pub(crate) struct Other(Link);

impl Other {
    pub(crate) async fn open(board: &Board) -> Self {
        Self(dial(board).dial().await.unwrap())
    }

    pub(crate) async fn says(&mut self, bytes: &[u8], expected: &[u8]) {
        self.0.sender().send(bytes.to_vec().into()).await.unwrap();
        let mut seen = Vec::new();
        soon(async {
            while !seen.windows(expected.len()).any(|w| w == expected) {
                seen.extend_from_slice(&self.0.recv().await.unwrap());
            }
        })
        .await;
    }

    pub(crate) async fn leaves(self) {
        self.0.close().await;
    }
}
