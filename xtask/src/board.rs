//! The demo board: a real MicroPython on this computer, behind something that looks like a serial port.

use std::process::Stdio;
use std::time::Duration;

use crate::child::{self, Running};
use crate::failure::{Failure, Result};
use crate::repo::Repo;
use crate::setup::{self, Need};

/// Compiling it from nothing.
const BUILD: Duration = Duration::from_secs(900);
/// The interpreter itself is there in a blink; the machine may be busy.
const READY: Duration = Duration::from_secs(60);

/// `cargo xtask board [ARGS]`: a board for a person without hardware, until Ctrl-C.
pub(crate) fn run(repo: &Repo, arguments: &[String]) -> Result<()> {
    setup::ensure(repo, &[Need::MicroPython])?;
    if !setup::has_micropython(repo) {
        return Err(Failure::new(
            "there is no MicroPython package for this system, so there is no demo board here",
        ));
    }
    child::run(
        &mut repo.cargo(&["build", "--quiet", "--package", "boardwalk-tests", "--bin", "testboard"]),
        BUILD,
    )?;
    let arguments: Vec<&str> = match arguments {
        [] => vec!["--sample"],
        given => given.iter().map(String::as_str).collect(),
    };
    let (board, target) = start(repo, &arguments)?;
    println!("A board is at {target}. In another terminal:");
    println!("  cargo run --package boardwalk-cli -- repl {target}");
    println!("  cargo run --package boardwalk-cli -- ls {target}");
    println!("Ctrl-C takes it away.");
    let status = board.wait(Duration::MAX)?;
    if status.success() { Ok(()) } else { Err(Failure::new(format!("the board ended ({status})"))) }
}

/// Starts the test board, which must be built, and returns it with its target string.
pub(crate) fn start(repo: &Repo, arguments: &[&str]) -> Result<(Running, String)> {
    let mut command = repo.command(repo.built("debug", "testboard"));
    command.args(arguments).stdout(Stdio::piped());
    let mut board = Running::start(&mut command)?;
    let line = board.line(READY, |line| line.contains("serial:"))?;
    let target = line.split_whitespace().find(|word| word.starts_with("serial:")).unwrap_or(&line).to_owned();
    Ok((board, target))
}
