//! Starts the real window under WebKitWebDriver, in a home of its own, and ends both whatever happens.

#![allow(dead_code, reason = "a vocabulary for the flows; not every word is in use all the time")]

use std::ffi::OsString;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use fantoccini::{Client, ClientBuilder};
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};

/// How long the driver or the window may take to come up, on a machine that is doing something else as well.
const START: Duration = Duration::from_secs(60);
/// How long a clean end may take before it is forced.
const END: Duration = Duration::from_secs(10);

/// Draws one pixel again and again, until `window.settle()`.
const STIR: &str = "
const pixel = document.createElement('i');
pixel.style.cssText = 'position: fixed; left: 0; top: 0; width: 1px; height: 1px; z-index: 99';
document.body.append(pixel);
let odd = false;
const timer = setInterval(() => {
  odd = !odd;
  pixel.style.background = odd ? 'transparent' : 'rgb(128 128 128 / .01)';
}, 30);
window.settle = () => {
  clearInterval(timer);
  pixel.remove();
};
";

/// What to start: the window with its arguments, environment and size.
pub(crate) struct Launch {
    args: Vec<String>,
    env: Vec<(OsString, OsString)>,
    size: (u32, u32),
    home: tempfile::TempDir,
}

/// A running window. Dropping it kills the window and the driver; [`Window::close`] ends them politely.
pub(crate) struct Window {
    /// The WebDriver session, for what this driver has no helper for.
    pub(crate) client: Client,
    // In the order they end: the window before its display.
    driver: DriverProcess,
    _display: Display,
    home: tempfile::TempDir,
}

impl Launch {
    /// The window as a person gets it at the first start: empty home, 1280×800, English.
    pub(crate) fn new() -> Self {
        let home = tempfile::tempdir().expect("a temporary home");
        Self::again(home)
    }

    /// The window as it was left in this home: see [`Window::close_and_keep_home`].
    pub(crate) fn again(home: tempfile::TempDir) -> Self {
        Self { args: Vec::new(), env: Vec::new(), size: (1280, 800), home }
    }

    /// The home folder that the window will have: for files that should be in it from the beginning.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// Adds an environment variable for the window, for example `BOARDWALK_EXTRA_PORTS`.
    pub(crate) fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }

    /// Adds an argument for the window.
    pub(crate) fn arg(mut self, arg: impl Into<String>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// Sets the size of the page in pixels.
    pub(crate) fn size(mut self, width: u32, height: u32) -> Self {
        self.size = (width, height);
        self
    }

    /// Starts the window and waits until its page is loaded.
    ///
    /// # Panics
    /// With what is missing, or with what the driver and the window wrote, when it does not come up within a minute.
    pub(crate) async fn start(self) -> Window {
        let binary = desktop_binary();
        assert!(binary.exists(), "{} is not built: cargo build --workspace --bins", binary.display());
        let home = self.home;
        let display = Display::start().await;
        let driver = DriverProcess::start(home.path(), &display).await;
        // The driver hands its own environment on; a proxy in it would come between the driver and the window.
        let env = self.env.iter().map(|(name, value)| format!("{}={}", name.display(), value.display()));
        let args: Vec<String> = env.chain([binary.display().to_string()]).chain(self.args).collect();
        let capabilities = json!({
            "webkitgtk:browserOptions": { "binary": "/usr/bin/env", "args": args },
            "timeouts": { "implicit": 0, "script": 20_000, "pageLoad": 60_000 },
        });
        let capabilities = capabilities.as_object().cloned().unwrap_or_default();
        let url = format!("http://{}", driver.address);
        let connecting = async { ClientBuilder::new(http()).capabilities(capabilities).connect(&url).await };
        let client = match timeout(START, connecting).await {
            Ok(Ok(client)) => client,
            Ok(Err(error)) => panic!("no session with the window: {error}\n{}", driver.log()),
            Err(_) => panic!("no session with the window within {START:?}\n{}", driver.log()),
        };
        let window = Window { client, driver, _display: display, home };
        window.wait_for_script("the page is loaded", "document.readyState === 'complete'").await;
        window.resize(self.size.0, self.size.1).await;
        window
    }
}

impl Window {
    /// The home folder of the window: its configuration and data are under it.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// The processes that belong to this window: the driver's group. For measuring, and for checking that nothing stays.
    pub(crate) fn process_group(&self) -> u32 {
        self.driver.group
    }

    /// What the driver and the window wrote to stdout and stderr so far.
    pub(crate) fn log(&self) -> String {
        self.driver.log()
    }

    /// Gives the page `width`×`height` pixels.
    pub(crate) async fn resize(&self, width: u32, height: u32) {
        self.client.set_window_size(width, height).await.expect("the window takes a size");
    }

    /// Writes what the window shows as PNG.
    pub(crate) async fn screenshot(&self, path: &Path) {
        let png = self.picture().await.expect("a screenshot");
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).expect("a folder for the screenshot");
        }
        std::fs::write(path, png).expect("the screenshot is written");
    }

    /// What the window shows, as PNG; nothing when the page hangs.
    pub(crate) async fn picture(&self) -> Option<Vec<u8>> {
        // WebKitGTK takes it after the next drawing. Without a GPU nothing is drawn on a page that does not change, so a
        // pixel changes, by less than can be seen.
        let taken = async {
            self.client.execute(STIR, Vec::new()).await.ok()?;
            let png = self.client.screenshot().await.ok()?;
            self.client.execute("window.settle()", Vec::new()).await.ok()?;
            Some(png)
        };
        timeout(END, taken).await.ok().flatten()
    }

    /// Closes the session and with it the window, and waits for the driver to end.
    pub(crate) async fn close(self) {
        self.close_and_keep_home().await;
    }

    /// The same, for a window that is started again.
    pub(crate) async fn close_and_keep_home(mut self) -> tempfile::TempDir {
        // Only asked for: whether or not it answers, the group is killed afterwards.
        let _ = timeout(END, self.client.clone().close()).await;
        self.driver.stop().await;
        self.home
    }
}

/// An X server of the window's own: on a shared one, only one of the windows has the focus, and the others take no keys.
struct Display {
    _server: Child,
    name: String,
}

impl Display {
    async fn start() -> Self {
        let mut command = Command::new("Xvfb");
        // It chooses a free number itself and says on stdout which.
        command.args(["-displayfd", "1", "-screen", "0", "1600x1000x24", "-nolisten", "tcp", "-noreset"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        let mut server = command.spawn().expect("Xvfb starts: cargo xtask setup test installs it");
        let mut lines = BufReader::new(server.stdout.take().expect("its output is a pipe")).lines();
        let number =
            timeout(START, lines.next_line()).await.expect("Xvfb is up in time").expect("it can be read");
        Self { _server: server, name: format!(":{}", number.expect("Xvfb says its number").trim()) }
    }
}

/// WebKitWebDriver and, in its process group, the window that it starts and a session bus for both.
struct DriverProcess {
    child: Child,
    group: u32,
    address: SocketAddr,
    log: PathBuf,
}

impl DriverProcess {
    async fn start(home: &Path, display: &Display) -> Self {
        let address = free_address();
        let log = home.join("driver.log");
        let out = std::fs::File::create(&log).expect("a log file");
        let err = out.try_clone().expect("a second handle of the log file");
        let mut command = Command::new("dbus-run-session");
        command
            .args(["--", "WebKitWebDriver"])
            .arg(format!("--port={}", address.port()))
            // WebKitWebDriver hands its environment to the window.
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("HOME", home)
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_DATA_HOME", home.join("data"))
            .env("XDG_CACHE_HOME", home.join("cache"))
            .env("XDG_STATE_HOME", home.join("state"))
            // No settings, accessibility bus or theme of the person whose machine this is.
            .env("GSETTINGS_BACKEND", "memory")
            .env("NO_AT_BRIDGE", "1")
            .env("GTK_THEME", "Adwaita")
            .env("DISPLAY", &display.name)
            .env("GDK_BACKEND", "x11")
            .env_remove("WAYLAND_DISPLAY")
            .env("LANG", "en_US.UTF-8")
            .env_remove("LC_ALL")
            .env_remove("LANGUAGE")
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(err)
            .kill_on_drop(true);
        // Nor that person's proxies.
        for name in ["http_proxy", "https_proxy", "all_proxy", "no_proxy"] {
            command.env_remove(name).env_remove(name.to_uppercase());
        }
        #[cfg(unix)]
        command.process_group(0);
        let child = command.spawn().unwrap_or_else(|error| {
            panic!("WebKitWebDriver does not start ({error}): cargo xtask setup test installs it")
        });
        let group = child.id().expect("a process that just started has an id");
        let process = Self { child, group, address, log };
        process.listening().await;
        process
    }

    /// Waits until the driver accepts connections.
    async fn listening(&self) {
        let deadline = Instant::now() + START;
        while tokio::net::TcpStream::connect(self.address).await.is_err() {
            assert!(Instant::now() < deadline, "WebKitWebDriver does not listen\n{}", self.log());
            // Nothing tells when another process starts to listen, so ask again.
            sleep(Duration::from_millis(20)).await;
        }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    async fn stop(&mut self) {
        self.signal_group();
        let _ = timeout(END, self.child.wait()).await;
    }

    /// Ends the driver and the window, which may have outlived its session.
    fn signal_group(&self) {
        #[cfg(unix)]
        if let Ok(group) = i32::try_from(self.group) {
            use nix::sys::signal::{Signal, killpg};
            let _ = killpg(nix::unistd::Pid::from_raw(group), Signal::SIGKILL);
        }
    }
}

impl Drop for DriverProcess {
    fn drop(&mut self) {
        self.signal_group();
    }
}

/// The window to test: `BOARDWALK_DESKTOP`, or the one built beside this test.
fn desktop_binary() -> PathBuf {
    if let Some(path) = std::env::var_os("BOARDWALK_DESKTOP") {
        return path.into();
    }
    let here = std::env::current_exe().expect("this test has a path");
    let profile = here.ancestors().nth(2).expect("tests are built into target/<profile>/deps");
    profile.join(format!("boardwalk-desktop{}", std::env::consts::EXE_SUFFIX))
}

fn http() -> hyper_util::client::legacy::connect::HttpConnector {
    hyper_util::client::legacy::connect::HttpConnector::new()
}

/// A port nobody listens on right now. WebKitWebDriver cannot choose one itself and say which.
fn free_address() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("a bound socket has an address")
}
