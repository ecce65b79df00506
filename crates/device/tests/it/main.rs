//! Sessions with a real MicroPython behind a pseudo terminal, and with far ends played byte by byte.
#![cfg(unix)]
// Test code outside of the functions marked #[test]: a failure may panic there as well.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod attach;
mod cuts;
mod desk;
mod exec;
mod far_end;
mod faults;
mod files;
mod lost;
mod microbit;
mod played;
mod sharing;
mod state;
mod stop;
mod webrepl;
