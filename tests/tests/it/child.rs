//! A program under test: its output kept, its words awaited, and a deadline on everything it does.

use std::{
    ffi::OsStr,
    path::Path,
    process::{ExitStatus, Stdio},
    time::{Duration, Instant},
};

use boardwalk_tests::{Board, find_tool};
use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _},
    process::{Child, Command},
    sync::watch,
    task::JoinHandle,
    time::timeout,
};

use crate::{board::Reached, program};

/// Long for a loaded machine: only a failing test waits so long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);

/// What the environment of whoever runs the tests may hold: a board, a password, proxies, and a desktop that has settings for them.
const OF_THE_PERSON: [&str; 19] = [
    "BOARDWALK_EXTRA_PORTS",
    "BOARDWALK_LOG",
    "BOARDWALK_PASSWORD",
    "BOARDWALK_PROXY_PASSWORD",
    "ws_proxy",
    "wss_proxy",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "XDG_CURRENT_DESKTOP",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "SNAP",
    "container",
];

/// A program that is about to be started.
pub(crate) struct Program {
    command: Command,
    words: String,
    input: Option<Vec<u8>>,
}

/// `boardwalk SUBCOMMAND …`
pub(crate) fn boardwalk<S: AsRef<OsStr>>(words: impl IntoIterator<Item = S>) -> Program {
    Program::new(program::boardwalk(), words)
}

/// `boardwalk SUBCOMMAND TARGET …` for this board.
pub(crate) fn on(board: &Reached, words: &[&str]) -> Program {
    let (subcommand, rest) = words.split_first().unwrap();
    let target = board.target();
    let program = boardwalk([*subcommand, &target].into_iter().chain(rest.iter().copied()));
    match board.password() {
        Some(password) => program.env("BOARDWALK_PASSWORD", password),
        None => program,
    }
}

/// `mpremote connect PATH …` for this board.
pub(crate) fn mpremote(board: &Board, words: &[&str]) -> Program {
    let path = board.path();
    let words = ["connect", &path].into_iter().chain(words.iter().copied());
    Program::new(&find_tool("mpremote"), words)
}

impl Program {
    fn new<S: AsRef<OsStr>>(program: &Path, words: impl IntoIterator<Item = S>) -> Self {
        let mut command = Command::new(program);
        let words = Vec::from_iter(words);
        let shown =
            format!("{} {:?}", program.display(), words.iter().map(AsRef::as_ref).collect::<Vec<&OsStr>>());
        command.args(words).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.kill_on_drop(true);
        for name in OF_THE_PERSON {
            command.env_remove(name);
        }
        Self { command, words: shown, input: None }
    }

    /// What it reads from standard input. Without it there is nothing to read.
    pub(crate) fn input(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.command.stdin(Stdio::piped());
        self.input = Some(bytes.into());
        self
    }

    pub(crate) fn folder(mut self, path: &Path) -> Self {
        self.command.current_dir(path);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn arg(mut self, word: &str) -> Self {
        self.command.arg(word);
        self
    }

    pub(crate) fn start(mut self) -> Running {
        let mut child = self.command.spawn().unwrap_or_else(|e| panic!("{}: {e}", self.words));
        if let (Some(mut stdin), Some(input)) = (child.stdin.take(), self.input) {
            // A program that ends early does not read all of it.
            tokio::spawn(async move { stdin.write_all(&input).await });
        }
        let out = Stream::read(child.stdout.take().unwrap());
        let err = Stream::read(child.stderr.take().unwrap());
        Running { child, words: self.words, began: Instant::now(), out, err }
    }

    /// Runs it to its end.
    pub(crate) async fn run(self) -> Done {
        self.start().finish().await
    }

    /// Runs it to its end, which must be a good one; gives its standard output.
    pub(crate) async fn ok(self) -> Vec<u8> {
        self.run().await.ok()
    }

    /// The same as text.
    pub(crate) async fn text(self) -> String {
        String::from_utf8(self.ok().await).unwrap()
    }

    /// Runs it to its end, which must be exit status 1 with this code of an error in the JSON document.
    pub(crate) async fn fails(mut self, code: &str) -> serde_json::Value {
        self.command.arg("--json");
        self.run().await.failed(code)
    }
}

/// A program that runs. Dropping it kills it.
pub(crate) struct Running {
    child: Child,
    words: String,
    began: Instant,
    pub(crate) out: Stream,
    pub(crate) err: Stream,
}

impl Running {
    pub(crate) fn signal(&self, signal: Signal) {
        let pid = self.child.id().and_then(|id| Pid::from_raw(i32::try_from(id).unwrap())).expect("it runs");
        kill_process(pid, signal).unwrap();
    }

    /// Ends it as a crash does; it is gone when this returns.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Also tells the most memory it took, in kB, as far as a look every 10 ms sees it.
    pub(crate) async fn finish_measured(self) -> (Done, u64) {
        let status = format!("/proc/{}/status", self.child.id().expect("it runs"));
        let mut most = 0;
        let looking = async {
            let mut every = tokio::time::interval(Duration::from_millis(10));
            loop {
                every.tick().await;
                let text = std::fs::read_to_string(&status).unwrap_or_default();
                let peak = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
                most = peak.and_then(|kb| kb.trim().strip_suffix(" kB")?.parse().ok()).unwrap_or(most);
            }
        };
        tokio::select! {
            done = self.finish() => (done, most),
            () = looking => unreachable!("it looks for ever"),
        }
    }

    pub(crate) async fn finish(mut self) -> Done {
        let Ok(status) = timeout(PATIENCE, self.child.wait()).await else {
            panic!("{} hangs; out {:?}, err {:?}", self.words, self.out.text(), self.err.text());
        };
        let took = self.began.elapsed();
        let (out, err) = (self.out.end().await, self.err.end().await);
        Done { words: self.words, status: status.unwrap(), out, err, took }
    }
}

/// What came out of one of its pipes so far.
pub(crate) struct Stream {
    seen: watch::Receiver<Vec<u8>>,
    reader: Option<JoinHandle<()>>,
}

impl Stream {
    fn read(mut pipe: impl AsyncRead + Unpin + Send + 'static) -> Self {
        let (to, seen) = watch::channel(Vec::new());
        let reader = tokio::spawn(async move {
            let mut buffer = [0; 8192];
            while let Ok(n @ 1..) = pipe.read(&mut buffer).await {
                to.send_modify(|seen| seen.extend(&buffer[..n]));
            }
        });
        Self { seen, reader: Some(reader) }
    }

    /// Waits until this has come.
    pub(crate) async fn expect(&mut self, needle: &str) {
        let found = |seen: &Vec<u8>| seen.windows(needle.len()).any(|w| w == needle.as_bytes());
        let came = timeout(PATIENCE, self.seen.wait_for(found)).await.is_ok_and(|seen| seen.is_ok());
        assert!(came, "no {needle:?} in {:?}", self.text());
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.seen.borrow()).into_owned()
    }

    /// Stops reading, as a program at the other end of a pipe that has seen enough.
    pub(crate) fn close(&mut self) {
        if let Some(reader) = self.reader.take() {
            reader.abort();
        }
    }

    async fn end(&mut self) -> Vec<u8> {
        if let Some(reader) = self.reader.take() {
            timeout(PATIENCE, reader).await.expect("the pipe ends with the program").unwrap();
        }
        self.seen.borrow().clone()
    }
}

/// How a program ended.
pub(crate) struct Done {
    words: String,
    status: ExitStatus,
    pub(crate) out: Vec<u8>,
    pub(crate) err: Vec<u8>,
    pub(crate) took: Duration,
}

impl Done {
    pub(crate) fn code(&self) -> i32 {
        self.status.code().unwrap_or_else(|| panic!("{} was killed: {}", self.words, self.told()))
    }

    /// Its standard output, if all went well.
    #[track_caller]
    pub(crate) fn ok(self) -> Vec<u8> {
        assert_eq!(self.code(), 0, "{}: {}", self.words, self.told());
        self.out
    }

    /// The JSON document of its failure, with exit status 1.
    #[track_caller]
    pub(crate) fn failed(self, code: &str) -> serde_json::Value {
        assert_eq!(self.code(), 1, "{}: {}", self.words, self.told());
        let error: serde_json::Value = serde_json::from_slice(&self.out)
            .unwrap_or_else(|e| panic!("{}: {e}: {}", self.words, self.told()));
        assert_eq!(error["code"], code, "{}: {error}", self.words);
        error
    }

    pub(crate) fn err_text(&self) -> String {
        String::from_utf8_lossy(&self.err).into_owned()
    }

    fn told(&self) -> String {
        let show = |bytes: &[u8]| String::from_utf8_lossy(&bytes[..bytes.len().min(2000)]).into_owned();
        format!("status {}, out {:?}, err {:?}", self.status, show(&self.out), show(&self.err))
    }
}
