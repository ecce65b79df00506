//! The doctor in worlds that are built: what this computer cannot be made to do, or is not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "all of this is test code")]

mod built;
#[cfg(target_os = "linux")]
mod cable;
mod every_code;
#[cfg(target_os = "linux")]
mod nearby;
mod network;
#[cfg(target_os = "linux")]
mod serial;
#[cfg(target_os = "linux")]
mod setup;
#[cfg(target_os = "linux")]
mod sysfs;
#[cfg(target_os = "linux")]
mod tidy;
mod usb;
