//! Proxies as a front end sees them: the route of a board as a document, what a person chose, and who we are to a proxy.

mod choices;
mod document;
mod users;
mod world;

pub use choices::{ChooseProxy, ProxyChoices, ProxyRouteOf, SetLanBypass};
pub use document::{ProxyDocument, SourceDocument, proxy_document};
pub use users::ProxyUsers;
pub use world::Proxies;
