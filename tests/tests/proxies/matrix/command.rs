//! `boardwalk`, started with nothing of the person's: no proxy, no password, no settings.

use std::{
    env,
    ffi::OsStr,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use boardwalk_tests::{Board, proxies::Namespace};
use tempfile::TempDir;
use tokio::{
    io::AsyncWriteExt as _,
    process::{Child, Command},
    time::timeout,
};

use super::ways::Running;
use crate::program;

/// Long for a loaded machine: only a failing row waits so long.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) struct Boardwalk {
    command: Command,
    words: String,
    input: Vec<u8>,
    home: TempDir,
}

impl Boardwalk {
    /// `boardwalk WORDS…`
    pub(super) fn new<S: AsRef<OsStr>>(words: impl IntoIterator<Item = S>) -> Self {
        Self::of(Command::new(program::boardwalk()), words)
    }

    /// `boardwalk SUBCOMMAND TARGET …` in another network, with the board's password.
    pub(super) fn inside(space: &Namespace, target: &str, words: &[&str]) -> Self {
        let (subcommand, rest) = words.split_first().unwrap();
        let command = Command::from(space.command(program::boardwalk()));
        Self::of(command, [*subcommand, target].into_iter().chain(rest.iter().copied()))
            .env("BOARDWALK_PASSWORD", "secret")
    }

    fn of<S: AsRef<OsStr>>(mut command: Command, words: impl IntoIterator<Item = S>) -> Self {
        let home = tempfile::tempdir().unwrap();
        command.args(words).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        for (name, _) in env::vars_os() {
            let text = name.to_string_lossy().to_ascii_lowercase();
            if text.ends_with("_proxy") || text.starts_with("boardwalk_") {
                command.env_remove(name);
            }
        }
        // Settings, known certificates and the desktop's proxy are those of a person who has none.
        command
            .env("HOME", home.path())
            .env("XDG_CONFIG_HOME", home.path())
            .env("XDG_DATA_HOME", home.path());
        command.env_remove("DBUS_SESSION_BUS_ADDRESS").env_remove("XDG_CURRENT_DESKTOP").kill_on_drop(true);
        let words = format!("{:?}", command.as_std());
        Self { command, words, input: Vec::new(), home }
    }

    /// `boardwalk SUBCOMMAND ws://BOARD …`
    pub(super) fn on(board: &Board, words: &[&str]) -> Self {
        Self::at(&board.webrepl_url(), words)
    }

    /// `boardwalk SUBCOMMAND TARGET …`, with the board's password.
    pub(super) fn at(target: &str, words: &[&str]) -> Self {
        let (subcommand, rest) = words.split_first().unwrap();
        Self::new([*subcommand, target].into_iter().chain(rest.iter().copied()))
            .env("BOARDWALK_PASSWORD", "secret")
    }

    /// `--proxy URL`, with its password where it belongs.
    pub(super) fn through(mut self, proxy: &Running) -> Self {
        self.command.args(["--proxy", &proxy.url]);
        match proxy.password {
            Some(password) => self.env("BOARDWALK_PROXY_PASSWORD", password),
            None => self,
        }
    }

    pub(super) fn arg(mut self, word: impl AsRef<OsStr>) -> Self {
        self.command.arg(word);
        self
    }

    pub(super) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(super) fn input(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.input = bytes.into();
        self
    }

    /// Runs it to its end.
    pub(super) fn run(mut self) -> Done {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let mut child = self.command.spawn().unwrap_or_else(|e| panic!("{}: {e}", self.words));
            let mut stdin = child.stdin.take().unwrap();
            let typing = async move {
                // A program that ends early does not read all of it.
                let _ = stdin.write_all(&self.input).await;
            };
            let work = async { tokio::join!(typing, child.wait_with_output()).1 };
            let Ok(output) = timeout(PATIENCE, work).await else { panic!("{} hangs", self.words) };
            let output = output.unwrap();
            Done { words: self.words, status: output.status, out: output.stdout, err: output.stderr }
        })
    }

    /// Starts it; dropping what this gives ends it.
    pub(super) fn start(mut self) -> (Child, TempDir) {
        let child = self.command.spawn().unwrap_or_else(|e| panic!("{}: {e}", self.words));
        (child, self.home)
    }

    /// Its standard output; it must end well.
    pub(super) fn ok(self, proxy: Option<&Running>) -> Vec<u8> {
        let done = self.run();
        assert_eq!(
            done.status.code(),
            Some(0),
            "{}\n{}",
            done.told(),
            proxy.map(Running::log).unwrap_or_default()
        );
        done.out
    }

    /// The JSON document of its failure, which must have this code.
    pub(super) fn fails(self, code: &str, proxy: Option<&Running>) -> serde_json::Value {
        let done = self.arg("--json").run();
        let log = proxy.map(Running::log).unwrap_or_default();
        assert_eq!(done.status.code(), Some(1), "{}\n{log}", done.told());
        let error: serde_json::Value =
            serde_json::from_slice(&done.out).unwrap_or_else(|e| panic!("{e}: {}", done.told()));
        assert_eq!(error["code"], code, "{}\n{log}", done.told());
        assert!(error["help"].as_str().is_some_and(|help| !help.is_empty()), "no help in {error}");
        done.keeps_secrets();
        error
    }
}

/// How it ended.
pub(super) struct Done {
    words: String,
    pub(super) status: ExitStatus,
    pub(super) out: Vec<u8>,
    pub(super) err: Vec<u8>,
}

impl Done {
    /// Neither of the passwords is in what it said.
    pub(super) fn keeps_secrets(&self) {
        for text in [&self.out, &self.err] {
            let text = String::from_utf8_lossy(text);
            assert!(!text.contains(boardwalk_tests::proxies::PASSWORD), "{text}");
        }
    }

    pub(super) fn told(&self) -> String {
        let show = |bytes: &[u8]| String::from_utf8_lossy(&bytes[..bytes.len().min(2000)]).into_owned();
        format!("{}: {}, out {:?}, err {:?}", self.words, self.status, show(&self.out), show(&self.err))
    }
}
