use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use crate::{
    error::{BoardError, Context as _},
    interpreter::find_tool,
};

// Both ways to claim a port: TIOCEXCL (serialport, picocom) and flock (pyserial).
const PROGRAM: &str = "import fcntl, os, sys, termios
fd = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
fcntl.ioctl(fd, termios.TIOCEXCL)
fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
print('held', flush=True)
sys.stdin.read()
";

/// Another process that has the port open, and claims it. Lets go when dropped.
#[derive(Debug)]
pub struct Holder {
    child: Child,
}

impl Holder {
    /// Returns when the other process has the port.
    pub(crate) fn of(path: &str) -> Result<Self, BoardError> {
        let mut child = Command::new(find_tool("python3"))
            .args(["-I", "-S", "-c", PROGRAM, path])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("starting a process to hold the port")?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut line).context("hearing from the holder")?;
        }
        let holder = Self { child };
        if line.trim() == "held" {
            return Ok(holder);
        }
        Err(BoardError::Tool { what: "holding the port", detail: line })
    }

    /// Process id of the holder.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
