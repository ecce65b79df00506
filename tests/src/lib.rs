//! The board that tests Boardwalk: a real MicroPython behind a pseudo terminal, with what real lines have.
//!
//! ```no_run
//! # async fn demo() -> Result<(), boardwalk_tests::BoardError> {
//! use boardwalk_tests::Board;
//! let board = Board::unix().file("main.py", "print('hello')").start()?;
//! println!("serial:{}", board.path());
//! board.unplug();
//! board.until(|s| !s.plugged).await;
//! # Ok(()) }
//! ```
//!
//! It uses nothing of the product. There are no pseudo terminals on Windows, so the library is empty there.

#[cfg(unix)]
mod board;
#[cfg(unix)]
mod builder;
#[cfg(unix)]
mod chip;
#[cfg(unix)]
mod error;
#[cfg(unix)]
mod files;
#[cfg(unix)]
mod hold;
#[cfg(unix)]
mod interpreter;
#[cfg(unix)]
mod line;
#[cfg(unix)]
mod port;
#[cfg(unix)]
mod ports_file;
#[cfg(unix)]
pub mod proxies;
#[cfg(unix)]
mod stats;
#[cfg(unix)]
mod webrepl;

#[cfg(unix)]
pub use crate::{
    board::Board,
    builder::{Answers, Builder, Direction, ResetOnOpen},
    error::BoardError,
    hold::Holder,
    interpreter::{find_interpreter, find_tool},
    ports_file::{Identity, PortsFile},
    stats::Stats,
    webrepl::{Generation, NetStats, Network, Script, ScriptedServer, TlsFront, Variant, WebRepl},
};
