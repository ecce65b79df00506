//! The connection doctor against failures that really happen: each row of the table makes one, asks `boardwalk doctor --json`,
//! and compares the cause; then makes it anew and asks the app, as the window does. `cargo xtask test doctor`, or
//! `cargo test --test doctor -- refused` for some of them. At the end the table is printed: what was expected, what was found by
//! whom, and how long it took.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a row fails by a panic; the table is printed for people"
)]

#[cfg(target_os = "linux")]
mod app;
#[cfg(target_os = "linux")]
mod ask;
#[cfg(target_os = "linux")]
mod cable;
#[cfg(target_os = "linux")]
mod cancel;
#[cfg(target_os = "linux")]
mod healthy;
#[cfg(target_os = "linux")]
mod network;
#[cfg(target_os = "linux")]
mod odd;
#[cfg(target_os = "linux")]
mod pairs;
#[cfg(target_os = "linux")]
#[path = "../it/program.rs"]
mod program;
#[cfg(target_os = "linux")]
mod proxies;
#[cfg(target_os = "linux")]
mod screen;
#[cfg(target_os = "linux")]
mod serial;
#[cfg(target_os = "linux")]
mod table;
#[cfg(target_os = "linux")]
mod times;

use std::process::ExitCode;

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    if std::env::var_os(app::FRONT_END).is_some() {
        return app::main();
    }
    // Built once, before many want it.
    program::boardwalk();
    let rows = [
        network::rows(),
        proxies::rows(),
        serial::rows(),
        pairs::rows(),
        cable::rows(),
        healthy::rows(),
        odd::rows(),
    ];
    let rows = rows.into_iter().flatten();
    if let Ok(word) = std::env::var(times::ONLY) {
        times::print(rows, &word);
        return ExitCode::SUCCESS;
    }
    let mut arguments = libtest_mimic::Arguments::from_args();
    // They wait more than they work.
    arguments.test_threads.get_or_insert(16);
    let trials = rows.flat_map(table::Row::trials).chain(cancel::trials()).collect();
    let conclusion = libtest_mimic::run(&arguments, trials);
    if !table::print() && !conclusion.has_failed() {
        println!("The two front ends do not agree.");
        return ExitCode::FAILURE;
    }
    conclusion.exit_code()
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    println!("The doctor's scenarios run on Linux only.");
    ExitCode::SUCCESS
}
