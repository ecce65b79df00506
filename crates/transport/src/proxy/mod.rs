//! Through, around and in spite of proxies: where the route comes from, and how a tunnel is opened.

mod routes;

pub use routes::{AskProxyUser, DirectRoutes, NoProxyUser, ProxyCredentials, Routed, Routes};
