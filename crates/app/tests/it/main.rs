//! The app with a board behind it and a test in the place of the window.
#![cfg(target_os = "linux")]

mod certificate;
mod network;
mod window;
