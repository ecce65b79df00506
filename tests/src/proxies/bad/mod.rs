//! Proxies that do it wrong. The HTTP ones are scripts for a [`ScriptedServer`], the others take connections of their own.

mod http;
mod socks;

pub use self::{
    http::{
        closes_after_200, drips, endless_headers, garbage, hangs_after_200, redirects, refuses, silent,
        wants, wants_in_one_header,
    },
    socks::{Answers, Asked, BadSocks, Then},
};
use crate::{BoardError, Script, ScriptedServer};

/// Starts a script as an HTTP proxy; gives it and its URL.
pub fn start(script: Script) -> Result<(ScriptedServer, String), BoardError> {
    let server = ScriptedServer::start(script)?;
    let url = format!("http://127.0.0.1:{}", server.port());
    Ok((server, url))
}
