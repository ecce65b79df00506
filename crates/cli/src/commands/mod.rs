//! One file a family of subcommands.

mod change;
mod copy;
mod doctor;
mod handshake;
mod info;
mod list;
mod ports;
mod proxy;
mod repl;
mod rescue;
mod run;

use crate::args::Command;
use crate::context::{Context, Failure};

pub(crate) async fn run(context: &Context, command: Command) -> Result<(), Failure> {
    context.usable()?;
    // The doctor explains an address that cannot be used.
    if let Some(target) = command.target() {
        context.target(target)?;
    }
    match command {
        Command::Ports { all } => ports::ports(context, all).await,
        Command::Doctor { target, may_interrupt, usb, redact, idle } => {
            doctor::doctor(context, doctor::Asked { target, may_interrupt, usb, redact, idle }).await
        }
        Command::Exec { target, code } => run::exec(context, &target, code).await,
        Command::Run { target, file } => run::run(context, &target, &file).await,
        Command::Repl { target } => repl::repl(context, &target).await,
        Command::Ls { target, path } => list::ls(context, &target, &path).await,
        Command::Tree { target, path } => list::tree(context, &target, &path).await,
        Command::Cat { target, paths } => copy::cat(context, &target, &paths).await,
        Command::Put { target, paths } => copy::put(context, &target, paths).await,
        Command::Get { target, paths } => copy::get(context, &target, paths).await,
        Command::Rm { target, recursive, paths } => change::rm(context, &target, recursive, &paths).await,
        Command::Mv { target, from, to, force } => change::mv(context, &target, &from, &to, force).await,
        Command::Mkdir { target, parents, paths } => change::mkdir(context, &target, parents, &paths).await,
        Command::Df { target } => info::df(context, &target).await,
        Command::Info { target } => info::info(context, &target).await,
        Command::Handshake { url } => handshake::handshake(context, &url).await,
        Command::Proxy { url, all } => proxy::proxy(context, &url, all).await,
        Command::Rescue { target, undo } => rescue::run(context, &target, undo).await,
        Command::Reset { target, hard, force } => info::reset(context, &target, hard, force).await,
    }
}
