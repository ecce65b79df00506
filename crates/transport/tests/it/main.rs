//! Real pseudo terminals, real processes: what a line does when things happen to it.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests fail tests")]

mod again;
mod busy;
mod flow;
mod hotplug;
mod open;
mod proxy;
mod pty;
mod routes;
mod webrepl;
