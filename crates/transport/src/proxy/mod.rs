//! Through, around and in spite of proxies: where the route comes from, and how a tunnel is opened.

mod error;
mod routes;
mod tunnel;

pub use error::{ProxyError, ProxyProblem};
pub use routes::{AskProxyUser, DirectRoutes, NoProxyUser, ProxyCredentials, Routed, Routes};
pub(crate) use tunnel::{Heard, Known, Tunnel};
pub use tunnel::{NobodyWatches, WatchTunnel};
