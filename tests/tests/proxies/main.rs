//! Boards behind real proxies: what the proxies do (`parts`, with a client of our own), and what the product does about them
//! (`matrix`, from the command line). Every row of the tables is a test:
//! `cargo xtask test proxies`, or `cargo test --test proxies -- squid` for some of them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a row fails by a panic; clippy knows only `#[test]`"
)]

#[cfg(target_os = "linux")]
mod matrix;
#[cfg(target_os = "linux")]
mod parts;
#[cfg(target_os = "linux")]
#[path = "../it/program.rs"]
mod program;
#[cfg(target_os = "linux")]
mod rows;
#[cfg(target_os = "linux")]
mod wire;

use std::process::ExitCode;

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    let mut arguments = libtest_mimic::Arguments::from_args();
    // They wait more than they work.
    arguments.test_threads.get_or_insert(8);
    let rows = matrix::rows().into_iter().chain(parts::rows()).collect();
    let conclusion = libtest_mimic::run(&arguments, rows::trials(rows));
    conclusion.exit_code()
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    println!("The tests through real proxies run on Linux only.");
    ExitCode::SUCCESS
}
