//! Proxies as a front end sees them: the route of a board as a document, and who we are to a proxy.

mod document;
mod users;

pub use document::{ProxyDocument, SourceDocument, proxy_document};
pub use users::ProxyUsers;
