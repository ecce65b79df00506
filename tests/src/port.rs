//! The port a client opens: the slave side of a pseudo terminal, and who has it open.

use std::{
    fs, io,
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    path::{Path, PathBuf},
};

use rustix::{
    fs::{Mode, OFlags},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{OptionalActions, QueueSelector, tcflush, tcgetattr, tcsetattr},
};

use crate::error::{BoardError, Context as _};

/// One life of a port, from plug to unplug.
#[derive(Debug)]
pub(crate) struct Port {
    master: OwnedFd,
    // Keeps the terminal raw while nobody has it open: a cooked one would echo the board's words back to it.
    slave: OwnedFd,
    pub(crate) path: String,
    openers: Openers,
}

/// Somebody at the port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Visit {
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only inotify tells of it"))]
    Opened,
    Closed,
}

impl Port {
    /// A port whose path is not `other`.
    pub(crate) fn open_unlike(other: Option<&str>) -> Result<Self, BoardError> {
        let port = Self::open()?;
        if Some(port.path.as_str()) != other {
            return Ok(port);
        }
        // The kernel gives the lowest free number; while the first is held, the second is another.
        Self::open()
    }

    fn open() -> Result<Self, BoardError> {
        let master = open_master().context("opening a pseudo terminal")?;
        grantpt(&master).context("grantpt")?;
        unlockpt(&master).context("unlockpt")?;
        let path = ptsname(&master, Vec::new()).context("ptsname")?.to_string_lossy().into_owned();
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let slave =
            rustix::fs::open(path.as_str(), flags, Mode::empty()).context("opening the slave side")?;
        let mut modes = tcgetattr(&slave).context("tcgetattr")?;
        modes.make_raw();
        tcsetattr(&slave, OptionalActions::Now, &modes).context("tcsetattr")?;
        rustix::io::ioctl_fionbio(&master, true).context("making the terminal non-blocking")?;
        let openers = Openers::watch(&path)?;
        Ok(Self { master, slave, path, openers })
    }

    /// The board's end of the terminal; non-blocking.
    pub(crate) fn master(&self) -> BorrowedFd<'_> {
        self.master.as_fd()
    }

    /// Becomes readable when somebody opens or closes the port.
    pub(crate) fn door(&self) -> Option<BorrowedFd<'_>> {
        self.openers.door()
    }

    /// Who came and went since the last call, in order; `None` where that cannot be known.
    pub(crate) fn visits(&self) -> Option<Vec<Visit>> {
        self.openers.visits()
    }

    /// Whether a client has the port open. Looks at every process, so it is for cases in which [`Port::visits`] cannot tell.
    pub(crate) fn has_clients(&self) -> bool {
        has_clients(Path::new(&self.path))
    }

    /// What a driver does at the last close: forget what nobody read, and let the next one in.
    pub(crate) fn all_left(&self) {
        let _ = tcflush(&self.slave, QueueSelector::IFlush);
        // TIOCEXCL lasts as long as the terminal is open anywhere, and it is open here.
        let _ = rustix::termios::ioctl_tiocnxcl(&self.slave);
    }
}

/// Closed in every program that is started from here: one that inherits it would keep the port from hanging up.
#[cfg(target_os = "linux")]
fn open_master() -> rustix::io::Result<OwnedFd> {
    openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)
}

#[cfg(not(target_os = "linux"))]
fn open_master() -> rustix::io::Result<OwnedFd> {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
    rustix::io::fcntl_setfd(&master, rustix::io::FdFlags::CLOEXEC)?;
    Ok(master)
}

/// In this process one descriptor is our own. A process that was only just forked from this one still has a copy of it.
#[cfg(target_os = "linux")]
fn has_clients(path: &Path) -> bool {
    let own = std::process::id().to_string();
    let program = fs::read_link("/proc/self/exe").ok();
    let Ok(processes) = fs::read_dir("/proc") else { return true };
    processes.flatten().map(|process| process.path()).any(|process| {
        let Ok(descriptors) = fs::read_dir(process.join("fd")) else { return false };
        let opened = descriptors.flatten().filter(|fd| fs::read_link(fd.path()).is_ok_and(|to| to == path));
        if process.ends_with(&own) {
            return opened.count() > 1;
        }
        opened.count() > 0 && fs::read_link(process.join("exe")).ok() != program
    })
}

#[cfg(not(target_os = "linux"))]
fn has_clients(_: &Path) -> bool {
    true
}

/// Replaces the link at once: there is no moment without it.
pub(crate) fn point_link(link: &Path, path: &str) -> io::Result<()> {
    let mut name = link.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}", std::process::id()));
    let beside: PathBuf = link.with_file_name(name);
    let _ = fs::remove_file(&beside);
    std::os::unix::fs::symlink(path, &beside)?;
    fs::rename(&beside, link)
}

#[cfg(target_os = "linux")]
#[derive(Debug)]
struct Openers(OwnedFd);

#[cfg(target_os = "linux")]
impl Openers {
    fn watch(path: &str) -> Result<Self, BoardError> {
        use rustix::fs::inotify::{CreateFlags, WatchFlags, add_watch, init};
        let inotify = init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC).context("inotify")?;
        add_watch(&inotify, path, WatchFlags::OPEN | WatchFlags::CLOSE).context("watching the port")?;
        Ok(Self(inotify))
    }

    fn door(&self) -> Option<BorrowedFd<'_>> {
        Some(self.0.as_fd())
    }

    fn visits(&self) -> Option<Vec<Visit>> {
        use rustix::fs::inotify::{ReadFlags, Reader};
        let mut visits = Vec::new();
        let mut buffer = [std::mem::MaybeUninit::uninit(); 1024];
        let mut reader = Reader::new(&self.0, &mut buffer);
        while let Ok(event) = reader.next() {
            if event.events().contains(ReadFlags::OPEN) {
                visits.push(Visit::Opened);
            }
            if event.events().intersects(ReadFlags::CLOSE_WRITE | ReadFlags::CLOSE_NOWRITE) {
                visits.push(Visit::Closed);
            }
        }
        Some(visits)
    }
}

/// Elsewhere nothing tells who opens a terminal: somebody is always taken to listen.
#[cfg(not(target_os = "linux"))]
#[derive(Debug)]
struct Openers;

#[cfg(not(target_os = "linux"))]
impl Openers {
    fn watch(_: &str) -> Result<Self, BoardError> {
        Ok(Self)
    }

    fn door(&self) -> Option<BorrowedFd<'_>> {
        None
    }

    fn visits(&self) -> Option<Vec<Visit>> {
        None
    }
}
