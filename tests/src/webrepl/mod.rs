//! The test WebREPL: the network side of the test board, as `webrepl.py`, `modwebrepl.c` and `modwebsocket.c` behave.
//!
//! The server runs here, on a thread of its own, and does only what a board's network stack and these three files do. What needs the
//! interpreter goes through `board/net.py`: when it polls its sockets, its ring, its words, its files.

mod actor;
mod chip;
mod describe;
mod frames;
mod handshake;
mod listener;
mod net;
mod network;
mod records;
mod script;
mod scripted;
mod stats;
mod tls;
mod worker;

pub use self::{
    describe::{Generation, Variant, WebRepl},
    network::Network,
    script::Script,
    scripted::ScriptedServer,
    stats::NetStats,
    tls::TlsFront,
};
pub(crate) use self::{tls::listener, worker::Worker};
