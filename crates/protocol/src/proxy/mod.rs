//! Proxies as pure values: what one is, which route a connection takes and why, and how a tunnel is asked for.

mod challenge;
mod connect;
mod route;
mod server;
mod socks4;
mod socks5;
mod tunnel;

pub use challenge::{Challenge, Scheme, Unanswerable, answer, best};
pub use route::{Decision, Route, Via};
pub use server::{ProxyScheme, ProxyServer, ProxyUrl, ProxyUrlError, ProxyUser};
pub use tunnel::{Asking, Destination, Offer, Outbound, Refusal, Step, Strange};
