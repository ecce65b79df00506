//! `cargo xtask …`: everything a person or a CI machine does with this repository, the same way everywhere.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program that talks to the person who started it"
)]

mod board;
mod child;
mod failure;
mod icons;
mod parts;
mod repo;
mod run;
mod setup;
mod test;
mod ui;

use std::process::ExitCode;

use failure::{Failure, Result};
use repo::Repo;

const HELP: &str = "\
cargo xtask <task>

  run [--demo|--no-demo] [-- ARGS]   build Boardwalk and open its window; without a board, with a demo board beside it
  board [ARGS]     start a demo board for a person without hardware, until Ctrl-C
  test [PART…]     run all checks and tests, or the named parts; --list names them, --keep-going does not stop at a failure
  bench [ARGS]     measure what the README claims, in release builds
  setup [run|test] install what is missing for one of them (both, when not said) and nothing else
  icons            draw icons/ again from its two SVG files (needs rsvg-convert)
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match child::end_children_on_ctrl_c().and_then(|()| start(&arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        // What failed failed because it was told to end; the shell's number for that says it all.
        Err(_) if child::interrupted() => ExitCode::from(130),
        Err(failure) => {
            if !failure.sentence.is_empty() {
                eprintln!("xtask: {failure}");
            }
            ExitCode::from(if failure.usage { 2 } else { 1 })
        }
    }
}

fn start(arguments: &[String]) -> Result<()> {
    let Some((task, rest)) = arguments.split_first() else {
        print!("{HELP}");
        return Ok(());
    };
    let repo = Repo::find()?;
    match task.as_str() {
        "run" => run::run(&repo, rest),
        "board" => board::run(&repo, rest),
        "test" => test::run(&repo, rest),
        "bench" => test::bench(&repo, rest),
        "setup" => setup::run(&repo, rest),
        "icons" => icons::run(&repo),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(())
        }
        unknown => Err(Failure::usage(format!("there is no task {unknown:?}\n\n{HELP}"))),
    }
}
