//! Names to addresses.

use std::io;
use std::net::SocketAddr;

use boardwalk_transport::Resolve as _;
use futures::future::{BoxFuture, FutureExt as _};

/// Resolves names.
pub trait Resolver: Send + Sync + 'static {
    /// The addresses of a name or of an address in text form, in the order to try them. The caller sets the deadline.
    fn resolve<'a>(&'a self, host: &'a str, port: u16) -> BoxFuture<'a, io::Result<Vec<SocketAddr>>>;
}

/// As this computer resolves, and by mDNS where the system does not.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

impl Resolver for SystemResolver {
    fn resolve<'a>(&'a self, host: &'a str, port: u16) -> BoxFuture<'a, io::Result<Vec<SocketAddr>>> {
        let system = boardwalk_transport::SystemResolver;
        async move {
            let mut found = system.system(host).await;
            // RFC 6762, section 3: names below .local belong to the link.
            if found.is_empty() && host.trim_end_matches('.').ends_with(".local") {
                found = system.mdns(host).await;
            }
            found.iter_mut().for_each(|address| address.set_port(port));
            Ok(found)
        }
        .boxed()
    }
}
