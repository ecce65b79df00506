use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, TcpStream},
    os::{fd::AsFd as _, unix::fs::PermissionsExt as _},
    path::{Path, PathBuf},
    process::ChildStdout,
    time::{Duration, Instant},
};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tempfile::TempDir;

use super::{PASSWORD, ProxyError, Reserved, USER, error::Context as _, lifeline::Lifeline, recipe::Recipe};

/// How long a proxy may take until it takes a connection; long for a loaded machine.
const PATIENCE: Duration = Duration::from_secs(30);
/// Between two looks whether it does.
const LOOK: Timespec = Timespec { tv_sec: 0, tv_nsec: 20_000_000 };

/// A proxy that runs. Dropping it ends it.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    scheme: &'static str,
    // First: its folder and its port are its own until it has ended.
    _process: Lifeline,
    output: ChildStdout,
    home: TempDir,
    _reserved: Option<Reserved>,
}

impl Proxy {
    /// Starts what `cook` describes for a port and a folder, and waits until it takes connections.
    pub(super) fn start(
        scheme: &'static str,
        cook: impl FnOnce(u16, &Path) -> Result<Recipe, ProxyError>,
    ) -> Result<Self, ProxyError> {
        let reserved = Reserved::new()?;
        let port = reserved.port();
        let home = tempfile::Builder::new().prefix("proxy-").tempdir().context("a folder for a proxy")?;
        // Proxies that root starts become somebody else, and write here.
        fs::set_permissions(home.path(), fs::Permissions::from_mode(0o777))
            .context("a folder for a proxy")?;
        let recipe = cook(port, home.path())?;
        let (process, output) =
            Lifeline::guard(home.path(), &recipe.program, &recipe.arguments, recipe.environment)?;
        let proxy = Self { port, scheme, _process: process, output, home, _reserved: Some(reserved) };
        proxy.wait_ready(&recipe.program)?;
        Ok(proxy)
    }

    /// A proxy that has said where it listens.
    pub(super) fn listening(
        scheme: &'static str,
        port: u16,
        process: Lifeline,
        output: ChildStdout,
        home: TempDir,
    ) -> Self {
        Self { port, scheme, _process: process, output, home, _reserved: None }
    }

    /// The TCP port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    /// `http://127.0.0.1:PORT` or `socks5://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("{}://127.0.0.1:{}", self.scheme, self.port)
    }

    /// The same with [`USER`] and [`PASSWORD`] in it.
    pub fn url_with_credentials(&self) -> String {
        format!("{}://{USER}:{PASSWORD}@127.0.0.1:{}", self.scheme, self.port)
    }

    /// The same port, spoken to in SOCKS5: a Clash-like proxy takes both.
    pub fn socks_url(&self) -> String {
        format!("socks5://127.0.0.1:{}", self.port)
    }

    /// `ws://127.0.0.1:PORT`, for one that stands in front of a board.
    pub fn ws_url(&self) -> String {
        format!("ws://127.0.0.1:{}", self.port)
    }

    /// Everything it has written so far, for the message of a test that fails.
    pub fn log(&self) -> String {
        read_logs(self.home.path())
    }

    fn wait_ready(&self, program: &Path) -> Result<(), ProxyError> {
        let end = Instant::now() + PATIENCE;
        loop {
            if TcpStream::connect(self.address()).is_ok() {
                return Ok(());
            }
            // The pipe says nothing; it ends with the process.
            let mut ends = [PollFd::from_borrowed_fd(self.output.as_fd(), PollFlags::IN)];
            let ended = poll(&mut ends, Some(&LOOK)).context("waiting for a proxy")? > 0;
            if ended || Instant::now() > end {
                return Err(ProxyError::NotUp { program: program.to_owned(), said: self.log() });
            }
        }
    }
}

fn read_logs(home: &Path) -> String {
    let mut files: Vec<PathBuf> =
        fs::read_dir(home).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    files.sort();
    files
        .iter()
        .filter(|path| {
            path.extension().is_some_and(|end| end == "log")
                || path.file_name().is_some_and(|name| name == "output")
        })
        .filter_map(|path| fs::read(path).ok())
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .collect()
}
