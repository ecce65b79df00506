//! Names to addresses.

use std::io;
use std::net::SocketAddr;

use futures::future::{BoxFuture, FutureExt as _};

/// Resolves names.
pub trait Resolver: Send + Sync + 'static {
    /// The addresses of a name or of an address in text form, in the order to try them. The caller sets the deadline.
    fn resolve<'a>(&'a self, host: &'a str, port: u16) -> BoxFuture<'a, io::Result<Vec<SocketAddr>>>;
}

/// As this computer resolves.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

impl Resolver for SystemResolver {
    fn resolve<'a>(&'a self, host: &'a str, port: u16) -> BoxFuture<'a, io::Result<Vec<SocketAddr>>> {
        async move { Ok(tokio::net::lookup_host((host, port)).await?.collect()) }.boxed()
    }
}
