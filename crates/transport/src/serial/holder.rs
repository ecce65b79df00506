//! Which process holds a port, on Linux. Asked only once the port was found busy: merely having it open is no crime,
//! a pseudo terminal's own program does too.

use std::fs;
use std::path::Path;

use crate::error::Holder;

/// Longest name shown, in characters.
const NAME_MAX: usize = 40;
/// Longest command line read, in bytes.
const COMMAND_MAX: usize = 4096;

/// The holder of a port as `/proc` shows it. Reads every process this user may look at: some milliseconds, and never
/// on an async thread.
pub(super) fn find(proc: &Path, port: &str) -> Option<Holder> {
    let real = fs::canonicalize(port).ok()?;
    let pid = lock_owner(proc, &real).or_else(|| opener(proc, &real))?;
    Some(Holder { pid, name: name(proc, pid) })
}

/// The process with a lock on the node, from `/proc/locks`: "1: FLOCK  ADVISORY  WRITE 4711 00:18:5 0 EOF".
fn lock_owner(proc: &Path, port: &Path) -> Option<u32> {
    use std::os::unix::fs::MetadataExt;
    let meta = fs::metadata(port).ok()?;
    let inode = meta.ino().to_string();
    let (major, minor) = (rustix::fs::major(meta.dev()), rustix::fs::minor(meta.dev()));
    let file = format!("{major:02x}:{minor:02x}:{inode}");
    let locks = fs::read_to_string(proc.join("locks")).ok()?;
    locks.lines().find_map(|line| {
        let mut fields = line.split_whitespace().skip(1);
        let (kind, _, _, pid, place) =
            (fields.next()?, fields.next()?, fields.next()?, fields.next()?, fields.next()?);
        let matches = place == file && matches!(kind, "FLOCK" | "POSIX" | "OFDLCK");
        // A holder outside this pid namespace shows as 0 or less.
        matches.then(|| pid.parse().ok().filter(|pid| *pid > 0))?
    })
}

/// A process that has the node open (TIOCEXCL leaves no trace but that); another one rather than ourselves.
fn opener(proc: &Path, port: &Path) -> Option<u32> {
    let own = std::process::id();
    let pids =
        fs::read_dir(proc).ok()?.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let holds = |pid: &u32| {
        let Ok(fds) = fs::read_dir(proc.join(pid.to_string()).join("fd")) else { return false };
        fds.flatten().any(|fd| fs::read_link(fd.path()).is_ok_and(|target| target == port))
    };
    let mut holders: Vec<u32> = pids.filter(holds).collect();
    holders.sort_by_key(|pid| (*pid == own, *pid));
    holders.first().copied()
}

/// The program's name; for an interpreter, the program it runs: "mpremote", not "python3".
fn name(proc: &Path, pid: u32) -> String {
    let dir = proc.join(pid.to_string());
    let comm = fs::read_to_string(dir.join("comm")).unwrap_or_default();
    let mut command = fs::read(dir.join("cmdline")).unwrap_or_default();
    command.truncate(COMMAND_MAX);
    let command = String::from_utf8_lossy(&command);
    let script = comm.starts_with("python").then(|| script_of(command.split('\0').skip(1))).flatten();
    let name: String = script
        .unwrap_or_else(|| comm.trim().to_owned())
        .chars()
        .filter(|c| !c.is_control())
        .take(NAME_MAX)
        .collect();
    if name.is_empty() { "another program".to_owned() } else { name }
}

/// `-m module`, or the file name of the script.
fn script_of<'a>(mut arguments: impl Iterator<Item = &'a str>) -> Option<String> {
    while let Some(argument) = arguments.next() {
        match argument {
            "-m" => return arguments.next().map(str::to_owned),
            "-c" => return None,
            option if option.starts_with('-') => {}
            script => return Path::new(script).file_name()?.to_str().map(str::to_owned),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Proc(tempfile::TempDir);

    impl Proc {
        fn new() -> Self {
            Self(tempfile::tempdir().unwrap())
        }

        fn process(&self, pid: u32, comm: &str, cmdline: &str, open: &[&Path]) {
            let dir = self.0.path().join(pid.to_string());
            fs::create_dir_all(dir.join("fd")).unwrap();
            fs::write(dir.join("comm"), format!("{comm}\n")).unwrap();
            fs::write(dir.join("cmdline"), cmdline).unwrap();
            for (at, target) in open.iter().enumerate() {
                std::os::unix::fs::symlink(target, dir.join("fd").join(at.to_string())).unwrap();
            }
        }

        fn port(&self) -> std::path::PathBuf {
            let port = self.0.path().join("ttyUSB0");
            fs::write(&port, "").unwrap();
            fs::canonicalize(port).unwrap()
        }

        fn find(&self, port: &Path) -> Option<Holder> {
            find(self.0.path(), port.to_str().unwrap())
        }
    }

    #[test]
    fn the_owner_of_the_lock_before_others_that_have_it_open() {
        use std::os::unix::fs::MetadataExt;
        let proc = Proc::new();
        let port = proc.port();
        let meta = fs::metadata(&port).unwrap();
        let (major, minor) = (rustix::fs::major(meta.dev()), rustix::fs::minor(meta.dev()));
        let locks = format!(
            "1: FLOCK  ADVISORY  WRITE 11 00:01:1 0 EOF\n2: FLOCK  ADVISORY  WRITE 42 {major:02x}:{minor:02x}:{} 0 EOF\n",
            meta.ino()
        );
        fs::write(proc.0.path().join("locks"), locks).unwrap();
        proc.process(7, "board", "", &[&port]);
        proc.process(42, "python3.12", "/usr/bin/python3\0-m\0thonny\0", &[&port]);
        assert_eq!(proc.find(&port), Some(Holder { pid: 42, name: "thonny".into() }));
    }

    #[test]
    fn without_a_lock_whoever_else_has_it_open() {
        let proc = Proc::new();
        let port = proc.port();
        proc.process(std::process::id(), "boardwalk", "", &[&port]);
        let command = "/usr/bin/python3\0-u\0/home/ada/.local/bin/mpremote\0connect\0";
        proc.process(std::process::id() + 1, "python3", command, &[Path::new("/dev/null"), &port]);
        let holder = proc.find(&port).unwrap();
        assert_eq!((holder.pid, holder.name.as_str()), (std::process::id() + 1, "mpremote"));
    }

    #[test]
    fn nobody_and_a_name_that_says_nothing() {
        let proc = Proc::new();
        let port = proc.port();
        assert_eq!(proc.find(&port), None);
        proc.process(99, "\u{1b}", "", &[&port]);
        assert_eq!(proc.find(&port).unwrap().name, "another program");
    }
}
