//! Asks `boardwalk doctor --json`.

use std::{
    cell::Cell,
    collections::BTreeSet,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{app, program};

thread_local! {
    /// Who asks on this thread.
    static FRONT: Cell<Option<Front>> = const { Cell::new(None) };
}

/// Who asks the doctor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Front {
    /// `boardwalk doctor --json`
    CommandLine,
    /// the app, as the window drives it
    App,
}

impl Front {
    pub(crate) const ALL: [Self; 2] = [Self::CommandLine, Self::App];

    /// Runs a row whose questions this front end asks.
    pub(crate) fn asks<T>(self, row: impl FnOnce() -> T) -> T {
        FRONT.set(Some(self));
        row()
    }
}

/// A question that is about to be asked.
pub(crate) struct Ask {
    pub(crate) command: Command,
}

/// What it said.
pub(crate) struct Answer {
    pub(crate) document: Value,
    pub(crate) text: String,
    pub(crate) status: Option<i32>,
    pub(crate) took: Duration,
}

/// `boardwalk doctor --json TARGET`, or the same in the window, in an environment without proxies and passwords. To be called on
/// the thread of the row.
pub(crate) fn about(target: &str) -> Ask {
    let front = FRONT.get().expect("a row asks on its own thread");
    let mut ask = Ask { command: Command::new(program::boardwalk()) };
    if front == Front::App {
        ask.command = Command::new(app::program());
        ask.command.env(app::FRONT_END, "1");
    }
    ask.command.args(["doctor", "--json"]);
    if !target.is_empty() {
        ask.command.arg(target);
    }
    ask.command.stdin(Stdio::null());
    for name in ["http_proxy", "https_proxy", "ws_proxy", "wss_proxy", "all_proxy", "no_proxy"] {
        ask.command.env_remove(name).env_remove(name.to_uppercase());
    }
    for name in [
        "BOARDWALK_PASSWORD",
        "BOARDWALK_EXTRA_PORTS",
        "BOARDWALK_PROXY_PASSWORD",
        "DBUS_SESSION_BUS_ADDRESS",
    ] {
        ask.command.env_remove(name);
    }
    ask
}

impl Ask {
    /// With the password of most test boards.
    pub(crate) fn secret(self) -> Self {
        self.env("BOARDWALK_PASSWORD", "secret")
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn arg(mut self, word: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.arg(word);
        self
    }

    /// As a user who owns nothing.
    pub(crate) fn being_nobody(mut self) -> Self {
        use std::os::unix::process::CommandExt as _;
        self.command.uid(65534).gid(65534);
        self.env("HOME", "/")
    }

    /// In a network of its own.
    pub(crate) fn within(mut self, inside: &boardwalk_tests::proxies::Namespace) -> Self {
        let mut command = inside.command(self.command.get_program());
        command.args(self.command.get_args()).stdin(Stdio::null());
        for (name, value) in self.command.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        self.command = command;
        self
    }

    /// Through this proxy, and no other way.
    pub(crate) fn proxy(self, url: &str) -> Self {
        self.arg("--proxy").arg(url)
    }

    pub(crate) fn now(mut self) -> Answer {
        let began = Instant::now();
        let output = self.command.output().unwrap();
        let took = began.elapsed();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let document: Value = serde_json::from_str(&text).unwrap_or_else(|error| {
            panic!("no JSON: {error}\n{text}\n{}", String::from_utf8_lossy(&output.stderr))
        });
        // The app says how long it looked: before, it was started, and opened what is at USB.
        let took = document["tookMs"].as_u64().map_or(took, Duration::from_millis);
        Answer { document, text, status: output.status.code(), took }
    }
}

impl Answer {
    pub(crate) fn verdict(&self) -> &str {
        self.document["verdict"].as_str().unwrap_or("none")
    }

    pub(crate) fn cause(&self) -> Option<&str> {
        self.document["cause"].as_str()
    }

    /// The codes of all findings.
    pub(crate) fn codes(&self) -> BTreeSet<&str> {
        let checks = self.document["checks"].as_array().into_iter().flatten();
        let findings = checks.flat_map(|check| check["findings"].as_array().into_iter().flatten());
        findings.filter_map(|finding| finding["code"].as_str()).collect()
    }

    /// The three checks that took longest: `bytes 8.1 s, …`.
    pub(crate) fn most(&self) -> String {
        let checks = self.document["checks"].as_array().into_iter().flatten();
        let mut times: Vec<_> =
            checks.filter_map(|check| Some((check["ms"].as_f64()?, check["id"].as_str()?))).collect();
        times.sort_by(|a, b| b.0.total_cmp(&a.0));
        let times = times.iter().take(3).map(|(ms, id)| format!("{id} {:.1} s", ms / 1e3));
        times.collect::<Vec<_>>().join(", ")
    }

    pub(crate) fn found(&self, code: &str) -> bool {
        self.codes().contains(code)
    }
}
