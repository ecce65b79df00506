//! Through, around and in spite of proxies: where the route comes from, and how a tunnel is opened.

mod choice;
mod error;
mod machine;
mod resolve;
mod routes;
mod script;
mod sources;
mod system;
mod taken;
mod tunnel;

pub use choice::RouteChoice;
pub use error::{ProxyError, ProxyProblem};
pub use machine::{Machine, ThisMachine, Way};
pub use resolve::{Resolve, SystemResolver};
pub use routes::{AskProxyUser, DirectRoutes, NoProxyUser, ProxyCredentials, Routed, Routes};
pub use script::ScriptError;
pub use sources::{Environment, ReadSettings, Sources};
#[cfg(target_os = "linux")]
pub use sources::{Gnome, Kde, Portal};
pub use system::{SourceSaid, SystemRoutes};
pub use taken::{OnRoute, RouteTaken};
pub(crate) use tunnel::{Heard, Known, Tunnel};
pub use tunnel::{NobodyWatches, WatchTunnel};
