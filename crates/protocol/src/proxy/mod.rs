//! Proxies as pure values: what one is, and which route a connection takes and why.

mod route;
mod server;

pub use route::{Decision, Route, Via};
pub use server::{ProxyScheme, ProxyServer, ProxyUrl, ProxyUrlError, ProxyUser};
