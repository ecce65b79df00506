//! Proxies as pure values: what one is, and which route a connection takes and why.

mod bypass;
mod host;
mod network;
mod route;
mod server;
pub mod tunnel;
mod url;

pub use bypass::{Bypass, Dialect};
pub use host::{Destination, Host};
pub use network::{Network, NotANetwork};
pub use route::{Decision, Route, Via};
pub use server::{ProxyScheme, ProxyServer, ProxyUrl, ProxyUrlError, ProxyUser};
