//! The app with a board behind it and a test in the place of the window.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "all of this is test code")]

mod certificate;
mod network;
mod proxy;
mod usb;
mod window;
