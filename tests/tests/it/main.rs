//! The command line as a person and a script see it: the built program, a real MicroPython behind a port, and mpremote as the
//! other client.
// Who holds a port is seen on Linux only.
#![cfg(target_os = "linux")]
// Test code outside of the functions marked #[test]: a failure may panic there as well.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod board;
mod child;
mod copy;
mod cut;
mod exec;
mod fault;
mod files;
mod folders;
mod handshake;
mod hostile;
mod interrupt;
mod json;
mod microbit;
mod mpremote;
mod names;
mod port;
mod ports;
mod program;
mod proxy;
mod repl;
mod rescue;
mod reset;
mod run;
mod usage;
mod webrepl;
