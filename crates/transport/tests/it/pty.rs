//! A pseudo terminal: the test holds the side of the board.

use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use boardwalk_transport::{Dial, Link, PortSource, SerialDial, SerialOptions, TransportError};
use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

/// Long enough for a loaded machine; a passing test never waits for it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Between fork and exec a new process holds copies of everything we have open, locks included. A test that starts
/// one, and a test that asks whether something is free, take turns.
pub(crate) static FORKS: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// The board's side is `master`. The test keeps the other side open too, as a board made of software does.
pub(crate) struct Pty {
    pub(crate) master: File,
    pub(crate) slave: File,
    pub(crate) path: String,
}

impl Pty {
    pub(crate) fn new() -> Self {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY;
        // Apple's posix_openpt has no such flag.
        #[cfg(not(target_vendor = "apple"))]
        let flags = flags | OpenptFlags::CLOEXEC;
        let master = openpt(flags).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let path = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let slave = File::from(rustix::fs::open(path.as_str(), flags, Mode::empty()).unwrap());
        let mut settings = tcgetattr(&slave).unwrap();
        settings.make_raw();
        tcsetattr(&slave, OptionalActions::Now, &settings).unwrap();
        Self { master: File::from(master), slave, path }
    }

    pub(crate) fn dial(&self) -> SerialDial {
        self.dial_with(SerialOptions::default())
    }

    pub(crate) fn dial_with(&self, options: SerialOptions) -> SerialDial {
        dial(&self.path, options)
    }

    pub(crate) async fn open(&self) -> Link {
        self.dial().dial().await.unwrap()
    }

    /// What the board hears; waits for exactly so many bytes.
    pub(crate) async fn hears(&self, count: usize) -> Vec<u8> {
        let mut master = self.master.try_clone().unwrap();
        let read = tokio::task::spawn_blocking(move || {
            let mut bytes = vec![0; count];
            master.read_exact(&mut bytes).map(|()| bytes)
        });
        tokio::time::timeout(PATIENCE, read).await.unwrap().unwrap().unwrap()
    }

    pub(crate) fn says(&self, bytes: &[u8]) {
        (&self.master).write_all(bytes).unwrap();
    }

    /// The board is unplugged: both sides we hold go away, and with them the name.
    pub(crate) fn unplug(self) -> PathBuf {
        self.path.into()
    }
}

pub(crate) fn dial(path: &str, options: SerialOptions) -> SerialDial {
    SerialDial::new(path.parse().unwrap(), PortSource::none(), options)
}

pub(crate) async fn refused(path: &str) -> TransportError {
    let dialled = dial(path, SerialOptions::default()).dial().await;
    dialled.err().unwrap_or_else(|| panic!("{path} opened"))
}

/// Bytes until there are so many.
pub(crate) async fn receive(link: &mut Link, count: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(count);
    while bytes.len() < count {
        let chunk = tokio::time::timeout(PATIENCE, link.recv()).await;
        bytes.extend_from_slice(&chunk.expect("nothing arrives").unwrap());
    }
    bytes
}

/// A user that may open nothing which is not open to all.
const NOBODY: u32 = 65534;

/// root may open everything, so what a plain user meets is tried by one: a test runs once more as nobody, in a copy of
/// this program that nobody may run, with `variable` set. Panics when it fails there.
pub(crate) async fn again_as_nobody(test: &str, variable: &str, value: &str) {
    let dir = tempfile::tempdir().unwrap();
    let everybody = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(dir.path(), everybody.clone()).unwrap();
    let copy = dir.path().join("it");
    std::fs::copy(std::env::current_exe().unwrap(), &copy).unwrap();
    std::fs::set_permissions(&copy, everybody).unwrap();
    let forking = FORKS.lock().await;
    let child = Command::new(copy)
        .args(["--exact", test, "--nocapture"])
        .env(variable, value)
        .stdout(Stdio::piped())
        .uid(NOBODY)
        .gid(NOBODY)
        .current_dir("/")
        .spawn()
        .unwrap();
    drop(forking);
    let output = tokio::task::spawn_blocking(|| child.wait_with_output()).await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}
