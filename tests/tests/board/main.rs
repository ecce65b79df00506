//! The test board is faithful: what the facts say about real lines and real interpreters holds for it.
#![cfg(unix)]

mod client;
mod repl;
