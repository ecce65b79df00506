//! How a tunnel is asked for: HTTP CONNECT, SOCKS5 and SOCKS4a as state machines without sockets, so that every byte can be
//! shown and every answer has a meaning.

mod asking;
mod challenge;
mod connect;
mod socks4;
mod socks5;

pub use asking::{Asking, Destination, Offer, Outbound, Refusal, Step, Strange};
pub use challenge::{Challenge, Scheme, Unanswerable, answer, best};
