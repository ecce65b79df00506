//! The chip at the far end of the line: a process that runs a real MicroPython.

mod microbit;
mod unix;

use std::{
    os::{fd::OwnedFd, unix::net::UnixStream, unix::process::CommandExt as _},
    process::{Child, Command, Stdio},
    sync::Arc,
};

use rustix::process::{Pid, Signal, kill_process_group};

pub(crate) use self::{
    microbit::Microbit,
    unix::{BLOCK_KB, Unix},
};
use crate::error::{BoardError, Context as _};

/// How to make a chip; hard resets make the same one again.
#[derive(Debug)]
pub(crate) enum Recipe {
    Unix(Unix),
    Microbit(Microbit),
    /// Nobody ever answers.
    Silent,
}

/// The running process.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    pub(crate) wires: Arc<Wires>,
}

/// What the line and the warden hold of it.
#[derive(Debug)]
pub(crate) struct Wires {
    /// Bytes to the board; non-blocking.
    pub(crate) input: UnixStream,
    /// Bytes from the board; non-blocking.
    pub(crate) output: OwnedFd,
    /// Lines of text about the chip itself; ends with the process; non-blocking.
    pub(crate) events: UnixStream,
}

impl Recipe {
    pub(crate) fn start(&self) -> Result<Option<Process>, BoardError> {
        match self {
            Self::Unix(unix) => spawn(unix.command()).map(Some),
            Self::Microbit(microbit) => spawn(microbit.command()).map(Some),
            Self::Silent => Ok(None),
        }
    }

    /// The chip says itself when its start-up is done; where it cannot, its first byte does.
    pub(crate) fn announces_itself(&self) -> bool {
        matches!(self, Self::Unix(_))
    }
}

impl Process {
    pub(crate) fn kill(mut self) {
        // The group: a program on the board may have started others.
        let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        let _ = self.child.wait();
    }

    /// Holds the chip still while `look` runs: what it sees of the flash is what a power failure would leave.
    pub(crate) fn frozen<T>(&self, look: impl FnOnce() -> T) -> T {
        let group = Pid::from_child(&self.child);
        let _ = kill_process_group(group, Signal::STOP);
        let seen = look();
        let _ = kill_process_group(group, Signal::CONT);
        seen
    }
}

fn spawn(mut command: Command) -> Result<Process, BoardError> {
    let (input, theirs) = UnixStream::pair().context("a socket for the chip")?;
    let (events, their_events) = UnixStream::pair().context("a socket for the chip")?;
    let mut child = command
        .stdin(Stdio::from(OwnedFd::from(theirs)))
        .stdout(Stdio::piped())
        .stderr(Stdio::from(OwnedFd::from(their_events)))
        .process_group(0)
        .spawn()
        .context("starting the interpreter")?;
    let Some(stdout) = child.stdout.take() else {
        return Err(BoardError::NotPossible("the interpreter has no stdout"));
    };
    let output = OwnedFd::from(stdout);
    rustix::io::ioctl_fionbio(&output, true).context("making a pipe non-blocking")?;
    input.set_nonblocking(true).context("making a socket non-blocking")?;
    events.set_nonblocking(true).context("making a socket non-blocking")?;
    Ok(Process { child, wires: Arc::new(Wires { input, output, events }) })
}
