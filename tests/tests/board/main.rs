//! The test board is faithful: what the facts say about real lines and real interpreters holds for it.
#![cfg(unix)]
// Test code outside of the functions marked #[test]: a failure may panic there as well.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod client;
mod faults;
mod flash;
mod line;
// Debian has the firmware in a package.
#[cfg(target_os = "linux")]
mod microbit;
mod mpremote;
mod plug;
mod program;
mod repl;
#[cfg(target_os = "linux")]
mod webrepl;
