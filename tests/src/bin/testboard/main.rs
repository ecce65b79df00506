//! `testboard`: a board for a person without hardware, a script, or a test in another language.
//!
//! Prints its target on one line when it is ready, then obeys commands on stdin (one a line, one line in answer) until stdin ends.

#[cfg(unix)]
mod args;
#[cfg(unix)]
mod commands;

#[cfg(unix)]
fn main() -> std::process::ExitCode {
    use clap::Parser as _;
    let args = args::Args::parse();
    match run(&args) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            commands::complain(error.as_ref());
            std::process::ExitCode::FAILURE
        }
    }
}

#[cfg(not(unix))]
fn main() -> std::process::ExitCode {
    use std::io::Write as _;
    let _ = writeln!(
        std::io::stderr(),
        "testboard: there are no pseudo terminals here; it runs on Linux and macOS"
    );
    std::process::ExitCode::FAILURE
}

#[cfg(unix)]
fn run(args: &args::Args) -> Result<(), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let board = args.builder()?.start()?;
    runtime.block_on(commands::obey(&board, args))
}
