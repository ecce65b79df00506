//! Child processes that cannot outlive us or run for ever: each leads a process group of its own, has a time limit, and is
//! ended with everything it started.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::failure::{Failure, Result};

/// Between asking a group to end and making it.
const GRACE: Duration = Duration::from_secs(3);

/// The groups that run now, for Ctrl-C: it reaches only the terminal's own group, which is ours.
static RUNNING: Mutex<Vec<u32>> = Mutex::new(Vec::new());
/// Somebody wants us to end: nothing new is started.
static ENDING: AtomicBool = AtomicBool::new(false);

/// Sees to it that Ctrl-C, a hangup and a polite kill end the children too, and then us.
pub(crate) fn end_children_on_ctrl_c() -> Result<()> {
    let handler = || {
        ENDING.store(true, Ordering::SeqCst);
        let groups = running().clone();
        for &group in &groups {
            end_group(group, false);
        }
        // The task notices that its child ended, tidies up and returns: normally we do not get past this line.
        thread::park_timeout(GRACE);
        for &group in &groups {
            end_group(group, true);
        }
        std::process::exit(130);
    };
    ctrlc::set_handler(handler).map_err(|error| Failure::new(format!("no handler for Ctrl-C: {error}")))
}

/// Whether somebody wants us to end.
pub(crate) fn interrupted() -> bool {
    ENDING.load(Ordering::SeqCst)
}

/// Runs a command to its end. Fails when it does, or when it takes longer than `limit`.
pub(crate) fn run(command: &mut Command, limit: Duration) -> Result<()> {
    let line = describe(command);
    let status = Running::start(command)?.wait(limit)?;
    if status.success() { Ok(()) } else { Err(Failure::new(format!("`{line}` failed ({status})"))) }
}

/// Runs a command to its end and returns what it wrote to stdout (up to 1 MiB); stderr is dropped.
pub(crate) fn output(command: &mut Command, limit: Duration) -> Result<String> {
    let line = describe(command);
    let mut running = Running::start(command.stdout(Stdio::piped()).stderr(Stdio::null()))?;
    let pipe = running.child.stdout.take();
    let reader = thread::spawn(move || {
        let mut text = Vec::new();
        if let Some(pipe) = pipe {
            // A part of the output is as good as none: the status below says whether it may be used.
            let _ = pipe.take(1 << 20).read_to_end(&mut text);
        }
        String::from_utf8_lossy(&text).into_owned()
    });
    let status = running.wait(limit)?;
    let text = reader.join().unwrap_or_default();
    if status.success() { Ok(text) } else { Err(Failure::new(format!("`{line}` failed ({status})"))) }
}

/// Runs a command in our own group, so that it may ask on the terminal (sudo does).
pub(crate) fn run_in_foreground(command: &mut Command) -> Result<()> {
    let line = describe(command);
    let status = command.status().map_err(|error| not_started(&line, &error))?;
    if status.success() { Ok(()) } else { Err(Failure::new(format!("`{line}` failed ({status})"))) }
}

/// A child that runs beside us. Dropping it ends it and everything it started.
pub(crate) struct Running {
    child: Child,
    line: String,
}

impl Running {
    /// Starts a command without input: a group that is not the terminal's own would be stopped if it read from it.
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        Self::start_with(command.stdin(Stdio::null()))
    }

    /// Starts a command whose input is a pipe from us, and ends when we do, however we do.
    pub(crate) fn start_on_leash(command: &mut Command) -> Result<(Self, ChildStdin)> {
        let mut running = Self::start_with(command.stdin(Stdio::piped()))?;
        match running.child.stdin.take() {
            Some(leash) => Ok((running, leash)),
            None => Err(Failure::new(format!("`{}` has no input", running.line))),
        }
    }

    fn start_with(command: &mut Command) -> Result<Self> {
        let line = describe(command);
        if interrupted() {
            return Err(Failure::new("interrupted"));
        }
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        let child = command.spawn().map_err(|error| not_started(&line, &error))?;
        running().push(child.id());
        Ok(Self { child, line })
    }

    /// Waits for the end.
    pub(crate) fn wait(mut self, limit: Duration) -> Result<ExitStatus> {
        let group = self.child.id();
        let (ended, watch) = sync_channel::<()>(1);
        let watchdog = thread::spawn(move || {
            let expired = watch.recv_timeout(limit) == Err(RecvTimeoutError::Timeout);
            if expired {
                end_group(group, false);
                if watch.recv_timeout(GRACE) == Err(RecvTimeoutError::Timeout) {
                    end_group(group, true);
                }
            }
            expired
        });
        let status = self.child.wait().map_err(|error| Failure::new(format!("`{}`: {error}", self.line)));
        drop(ended);
        if watchdog.join().unwrap_or(false) {
            let limit = limit.as_secs();
            return Err(Failure::new(format!(
                "`{}` was ended: it took longer than {limit} seconds",
                self.line
            )));
        }
        status
    }

    /// The first line of stdout (which must be piped) that satisfies `wanted`; later lines go to our own stdout.
    pub(crate) fn line(&mut self, limit: Duration, wanted: fn(&str) -> bool) -> Result<String> {
        let Some(stdout) = self.child.stdout.take() else {
            return Err(Failure::new(format!("the output of `{}` is not ours to read", self.line)));
        };
        let (sender, receiver) = sync_channel(1);
        thread::spawn(move || {
            let mut found = Some(sender);
            for line in BufReader::new(stdout).lines().map_while(std::result::Result::ok) {
                match found.take_if(|_| wanted(&line)) {
                    // Nobody waits any more: the limit has passed.
                    Some(sender) => drop(sender.send(line)),
                    None => println!("{line}"),
                }
            }
        });
        receiver.recv_timeout(limit).map_err(|error| {
            let how =
                if error == RecvTimeoutError::Timeout { "did not become ready" } else { "ended at once" };
            Failure::new(format!("`{}` {how}", self.line))
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let group = self.child.id();
        // The leader may be gone while something it started is not.
        end_group(group, false);
        let ended = matches!(self.child.try_wait(), Ok(Some(_)));
        if !ended {
            let (alive, watch) = sync_channel::<()>(1);
            let watchdog = thread::spawn(move || {
                if watch.recv_timeout(GRACE) == Err(RecvTimeoutError::Timeout) {
                    end_group(group, true);
                }
            });
            // Reaps it; an error means that there is nothing to reap.
            let _ = self.child.wait();
            drop(alive);
            let _ = watchdog.join();
        }
        running().retain(|&other| other != group);
    }
}

fn running() -> std::sync::MutexGuard<'static, Vec<u32>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Asks a whole group to end, or makes it. A group that has already ended is no error.
fn end_group(group: u32, by_force: bool) {
    #[cfg(unix)]
    if let Ok(group) = i32::try_from(group) {
        use nix::sys::signal::{Signal, killpg};
        let signal = if by_force { Signal::SIGKILL } else { Signal::SIGTERM };
        let _ = killpg(nix::unistd::Pid::from_raw(group), signal);
    }
    #[cfg(windows)]
    {
        // Windows has no polite way that reaches a program without a console.
        let _ = by_force;
        let mut command = Command::new("taskkill");
        command.args(["/T", "/F", "/PID", &group.to_string()]).stdout(Stdio::null()).stderr(Stdio::null());
        let _ = command.status();
    }
}

fn describe(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

fn not_started(line: &str, error: &std::io::Error) -> Failure {
    Failure::new(format!("`{line}` did not start: {error}"))
}

#[cfg(all(test, unix))]
mod tests {
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};

    use super::{Running, output, run};

    const LONG: Duration = Duration::from_secs(60);

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn says_what_failed() {
        assert!(run(&mut shell("exit 0"), LONG).is_ok());
        let failure = run(&mut shell("exit 3"), LONG).unwrap_err();
        assert_eq!(failure.to_string(), "`sh -c exit 3` failed (exit status: 3)");
        let failure = run(&mut Command::new("no-such-program"), LONG).unwrap_err();
        assert!(failure.to_string().starts_with("`no-such-program` did not start: "), "{failure}");
    }

    #[test]
    fn reads_what_a_command_writes() {
        assert_eq!(output(&mut shell("echo one; echo two >&2"), LONG).unwrap(), "one\n");
        assert!(output(&mut shell("echo one; exit 1"), LONG).is_err());
    }

    #[test]
    fn ends_a_command_that_takes_too_long() {
        let begun = Instant::now();
        let failure = run(&mut shell("sleep 300"), Duration::from_millis(100)).unwrap_err();
        assert!(failure.to_string().contains("took longer"), "{failure}");
        assert!(begun.elapsed() < LONG);
    }

    /// The grandchild holds the pipe open: the pipe ends only when it is gone too.
    #[test]
    fn ends_what_the_command_started() {
        let mut command = shell("sleep 300 & echo started; wait");
        let mut running = Running::start(command.stdout(Stdio::piped())).unwrap();
        let pipe = running.child.stdout.take().unwrap();
        let mut lines = std::io::BufRead::lines(std::io::BufReader::new(pipe));
        assert_eq!(lines.next().unwrap().unwrap(), "started");
        drop(running);
        assert!(lines.next().is_none());
    }

    #[test]
    fn waits_for_a_line() {
        let mut command = shell("echo starting; echo ready at 5; sleep 300");
        let mut running = Running::start(command.stdout(Stdio::piped())).unwrap();
        assert_eq!(running.line(LONG, |line| line.starts_with("ready")).unwrap(), "ready at 5");
        let mut running = Running::start(shell("echo starting").stdout(Stdio::piped())).unwrap();
        let failure = running.line(LONG, |line| line.starts_with("ready")).unwrap_err();
        assert!(failure.to_string().contains("ended at once"), "{failure}");
    }
}
