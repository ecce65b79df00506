//! Processes that end when we do, however we do: their standard input ends with us.

use std::{
    ffi::OsStr,
    fs::File,
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
};

use super::error::{Context as _, ProxyError};
use crate::find_tool;

/// For programs that do not look at their standard input: starts one in a process group of its own, ends the whole group when its
/// input ends or the program does, and takes the folder and the shared memory away.
const WARDEN: &str = "import glob, os, shutil, signal, subprocess, sys, threading
home, words = sys.argv[1], sys.argv[2:]
log = open(os.path.join(home, 'output'), 'wb')
child = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
told = threading.Event()
def end(how):
    try:
        os.killpg(child.pid, how)
    except ProcessLookupError:
        pass
def watch():
    sys.stdin.buffer.read()
    told.set()
    end(signal.SIGTERM)
    try:
        child.wait(2)
    except subprocess.TimeoutExpired:
        end(signal.SIGKILL)
threading.Thread(target=watch, daemon=True).start()
child.wait()
end(signal.SIGKILL)
name = ''.join(c for c in os.path.basename(home) if c.isalnum())
for segment in glob.glob('/dev/shm/' + name + '-*'):
    os.unlink(segment)
if told.is_set():
    shutil.rmtree(home, ignore_errors=True)
";

/// A process whose standard input is ours.
#[derive(Debug)]
pub(super) struct Lifeline {
    child: Child,
}

impl Lifeline {
    /// Starts a program that ends when its standard input does; gives its standard output.
    pub(super) fn hold(command: &mut Command) -> Result<(Self, ChildStdout), ProxyError> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("starting a part of the test")?;
        let stdout = child.stdout.take();
        let held = Self { child };
        match stdout {
            Some(stdout) => Ok((held, stdout)),
            None => Err(ProxyError::Tool { what: "starting".into(), detail: "no standard output".into() }),
        }
    }

    /// Starts any program. What it says is in `home/output`, and `home` goes with it. The pipe ends when the program does.
    pub(super) fn guard<A: AsRef<OsStr>>(
        home: &Path,
        program: &Path,
        arguments: impl IntoIterator<Item = A>,
        environment: impl IntoIterator<Item = (impl AsRef<OsStr>, impl AsRef<OsStr>)>,
    ) -> Result<(Self, ChildStdout), ProxyError> {
        // Made here, so that whoever reads it does not have to wait for it.
        File::create(home.join("output")).context("a file for a proxy's output")?;
        let mut command = Command::new(find_tool("python3"));
        command.args(["-I", "-S", "-c", WARDEN]).arg(home).arg(program).args(arguments).current_dir(home);
        command.env("HOME", home).envs(environment).stderr(Stdio::null());
        Self::hold(&mut command)
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }
}

/// What a program may call its POSIX shared memory, followed by `-`: it goes with the folder.
pub(super) fn name_in_shared_memory(home: &Path) -> String {
    let name = home.file_name().unwrap_or_default().to_string_lossy();
    name.chars().filter(char::is_ascii_alphanumeric).collect()
}

impl Drop for Lifeline {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}
