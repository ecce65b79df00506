//! The Go program of `tests/proxies/middlebox`, built when first wanted and again when its source changes.

use std::{
    env,
    fs::{self, File},
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, PoisonError},
};

use sha2::{Digest as _, Sha256};

use super::{
    Auth, Connect, Forward, PASSWORD, Proxy, ProxyError, USER, error::Context as _, lifeline::Lifeline,
    places,
};

const SOURCE: [(&str, &str); 7] = [
    ("go.mod", include_str!("../../proxies/middlebox/go.mod")),
    ("main.go", include_str!("../../proxies/middlebox/main.go")),
    ("relay.go", include_str!("../../proxies/middlebox/relay.go")),
    ("clash.go", include_str!("../../proxies/middlebox/clash.go")),
    ("damage.go", include_str!("../../proxies/middlebox/damage.go")),
    ("http.go", include_str!("../../proxies/middlebox/http.go")),
    ("socks.go", include_str!("../../proxies/middlebox/socks.go")),
];

/// One build at a time; others find its result.
static BUILD: Mutex<()> = Mutex::new(());

pub(super) fn start(wanted: Forward, mode: &str) -> Result<Proxy, ProxyError> {
    wanted.only("the Go program", &[Connect::Any], &[Auth::Basic], false)?;
    let mut command = Command::new(program()?);
    command.args(["-mode", mode]);
    if let Some(port) = wanted.only_to {
        command.args(["-only", &port.to_string()]);
    }
    if wanted.auth == Auth::Basic {
        command.args(["-user", USER, "-password", PASSWORD]);
    }
    run(&mut command)
}

pub(super) fn start_transparent(target: u16) -> Result<Proxy, ProxyError> {
    run(Command::new(program()?).args(["-mode", "tcp", "-target", &format!("127.0.0.1:{target}")]))
}

/// What a program does to requests that it lets through to a board, or to the board's answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Damage {
    /// The headers in another order.
    Order,
    /// Headers that nobody asked for, among them a second `Connection` and a second `Upgrade`.
    Additions,
    /// `Connection: keep-alive, Upgrade`.
    List,
    /// The whole URL in the request line.
    Absolute,
    /// HTTP/1.0 in the request line, and nothing else.
    Http10,
    /// `Upgrade: WebSocket`.
    ValueCase,
    /// All names in lower case.
    Lower,
    /// Without `Sec-WebSocket-Key`.
    WithoutKey,
    /// Another key.
    OtherKey,
    /// `Connection` in two lines.
    Fold,
    /// No request at all that asks for a WebSocket: 403.
    Refuses,
    /// The names of the answer in lower case.
    AnswerLower,
    /// More headers in the answer, 8 kB of them, and `Connection: keep-alive, Upgrade`.
    AnswerAdditions,
    /// 103 before the answer.
    AnswerInterim,
    /// `Sec-WebSocket-Accept` in two lines.
    AnswerFold,
    /// The answer in two packets, the second with the first frame.
    AnswerHalves,
    /// The answer after 4 s.
    AnswerLate,
    /// All that comes from the board, at ten bytes a second.
    AnswerSlow,
    /// A subprotocol in the answer, which nobody asked for.
    AnswerSubprotocol,
    /// A megabyte of headers in the answer.
    AnswerFlood,
    /// A reset in the middle of the answer.
    AnswerReset,
    /// A reset in the place of an answer.
    RequestReset,
}

impl Damage {
    /// Starts a program in front of 127.0.0.1:`target` that does this.
    pub fn start(self, target: u16) -> Result<Proxy, ProxyError> {
        let damage = match self {
            Self::Order => "order",
            Self::Additions => "additions",
            Self::List => "list",
            Self::Absolute => "absolute",
            Self::Http10 => "http-1.0",
            Self::ValueCase => "value-case",
            Self::Lower => "lower",
            Self::WithoutKey => "without-key",
            Self::OtherKey => "other-key",
            Self::Fold => "fold",
            Self::Refuses => "",
            Self::AnswerLower => "answer-lower",
            Self::AnswerAdditions => "answer-additions",
            Self::AnswerInterim => "answer-interim",
            Self::AnswerFold => "answer-fold",
            Self::AnswerHalves => "answer-halves",
            Self::AnswerLate => "answer-late",
            Self::AnswerSlow => "answer-slow",
            Self::AnswerSubprotocol => "answer-subprotocol",
            Self::AnswerFlood => "answer-flood",
            Self::AnswerReset => "answer-reset",
            Self::RequestReset => "request-reset",
        };
        let mode = if self == Self::Refuses { "refuse" } else { "damage" };
        let target = format!("127.0.0.1:{target}");
        run(Command::new(program()?).args(["-mode", mode, "-damage", damage, "-target", &target]))
    }

    /// Whether it can be started here; otherwise what is missing.
    pub fn available() -> Result<(), ProxyError> {
        places::program("go").map(drop)
    }
}

fn run(command: &mut Command) -> Result<Proxy, ProxyError> {
    let home = tempfile::Builder::new().prefix("proxy-").tempdir().context("a folder for a proxy")?;
    command.stderr(File::create(home.path().join("output")).context("a file for a proxy's output")?);
    let (process, stdout) = Lifeline::hold(command)?;
    let mut reader = BufReader::new(stdout);
    let mut line = String::new();
    // It says this, or ends.
    reader.read_line(&mut line).context("hearing from the Go program")?;
    let port = serde_json::from_str::<serde_json::Value>(&line)
        .ok()
        .and_then(|said| said["address"].as_str()?.rsplit_once(':')?.1.parse().ok())
        .ok_or_else(|| ProxyError::NotUp { program: "middlebox".into(), said: line })?;
    Ok(Proxy::listening("http", port, process, reader.into_inner(), home))
}

fn program() -> Result<PathBuf, ProxyError> {
    let _one = BUILD.lock().unwrap_or_else(PoisonError::into_inner);
    let mut hash = Sha256::new();
    for (name, text) in SOURCE {
        hash.update(name);
        hash.update(text);
    }
    let name: String = hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let folder = target().join("middlebox");
    let program = folder.join(format!("middlebox-{name}"));
    if !program.exists() {
        build(&folder, &program)?;
    }
    Ok(program)
}

fn build(folder: &Path, program: &Path) -> Result<(), ProxyError> {
    let go = places::program("go")?;
    fs::create_dir_all(folder).context("a folder for the Go program")?;
    let source = tempfile::Builder::new()
        .prefix("source-")
        .tempdir_in(folder)
        .context("a folder for the Go program")?;
    for (name, text) in SOURCE {
        fs::write(source.path().join(name), text).context("writing the Go program")?;
    }
    let built = source.path().join("built");
    let mut command = Command::new(&go);
    command.current_dir(source.path()).args(["build", "-trimpath", "-o"]).arg(&built).arg(".");
    // Only the standard library, nothing from the network, and nothing in the person's home.
    command.envs([
        ("GOPROXY", "off"),
        ("GOTOOLCHAIN", "local"),
        ("GOFLAGS", ""),
        ("GO111MODULE", "on"),
        ("CGO_ENABLED", "0"),
    ]);
    command.env("GOCACHE", folder.join("cache")).env("GOPATH", folder.join("path")).env("GOENV", "off");
    if let Some(root) = root(&go) {
        command.env("GOROOT", root);
    }
    let output = command.output().context("starting the Go compiler")?;
    if !output.status.success() {
        let detail = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(ProxyError::Tool { what: "building the Go program".into(), detail });
    }
    // Another process may have been as fast: then it wrote the same.
    fs::rename(&built, program).context("keeping the Go program")
}

/// Debian's Go believes to be in `/usr/lib`; the unpacked one has to be told.
fn root(go: &Path) -> Option<PathBuf> {
    let real = go.canonicalize().ok()?;
    real.parent()?.parent().map(Path::to_owned)
}

/// The folder that cargo builds into, which it marks.
fn target() -> PathBuf {
    let program = env::current_exe().unwrap_or_default();
    let marked = program.ancestors().find(|folder| folder.join("CACHEDIR.TAG").exists());
    marked.map_or_else(env::temp_dir, Path::to_owned)
}
