//! Through, around and in spite of proxies: where the route comes from, and how a tunnel is opened.

mod error;
mod routes;
mod taken;
mod tunnel;

pub use error::{ProxyError, ProxyProblem};
pub use routes::{AskProxyUser, DirectRoutes, NoProxyUser, ProxyCredentials, Routed, Routes};
pub use taken::{OnRoute, RouteTaken};
pub(crate) use tunnel::{Heard, Known, Tunnel};
pub use tunnel::{NobodyWatches, WatchTunnel};
