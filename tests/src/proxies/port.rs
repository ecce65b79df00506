use std::net::SocketAddr;

use rustix::net::{AddressFamily, SocketType, bind, getsockname, socket, sockopt::set_socket_reuseaddr};

use super::error::{Context as _, ProxyError};

/// A port of 127.0.0.1 that nobody else gets and where nobody listens: a connection is refused. The kernel gives it to no other
/// socket while this one is bound, and lets a server that says `SO_REUSEADDR`, as all of them do, listen there.
#[derive(Debug)]
pub struct Reserved {
    port: u16,
    _socket: rustix::fd::OwnedFd,
}

impl Reserved {
    /// A free port.
    pub fn new() -> Result<Self, ProxyError> {
        let socket = socket(AddressFamily::INET, SocketType::STREAM, None).context("a socket")?;
        set_socket_reuseaddr(&socket, true).context("a socket")?;
        bind(&socket, &SocketAddr::from(([127, 0, 0, 1], 0))).context("a free port")?;
        let address = getsockname(&socket).context("a free port")?;
        let address = SocketAddr::try_from(address).context("a free port")?;
        Ok(Self { port: address.port(), _socket: socket })
    }

    /// The TCP port.
    pub fn port(&self) -> u16 {
        self.port
    }
}
