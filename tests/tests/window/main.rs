//! The real window, driven as a person would. `cargo xtask test window` builds what it needs and gives it a display.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "all of this is test code")]

mod doctor;
mod doctor_pictures;
mod driver;
mod flow;
mod login;
mod network;
mod page;
mod pictures;
mod route;
mod smoke;
