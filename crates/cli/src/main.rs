//! `boardwalk`, the command line: the same work as the window, for scripts and for people who like terminals.
//!
//! Exit status: 0 done, 1 the work failed, 2 wrong usage.

mod args;
mod commands;
mod context;
mod output;
mod password;
mod proxies;

use std::process::ExitCode;

use clap::Parser as _;

use args::Args;
use context::Context;

fn main() -> ExitCode {
    let args = Args::parse();
    let filter = tracing_subscriber::EnvFilter::try_from_env("BOARDWALK_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("off"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            output::plain_error(&format!("The system gave no threads: {error}."));
            return ExitCode::from(1);
        }
    };
    let code = runtime.block_on(async move {
        let context = Context::new(args.common);
        context.run(commands::run(&context, args.command)).await
    });
    // A thread that still reads standard input must not keep the process.
    runtime.shutdown_background();
    ExitCode::from(code)
}
