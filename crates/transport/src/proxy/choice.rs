//! What a person chose for connections to boards.

use boardwalk_protocol::proxy::{ProxyScheme, ProxyServer, ProxyUrl, ProxyUrlError};

/// Which way connections are to go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum RouteChoice {
    /// as the system says, and directly to boards on the local network
    #[default]
    System,
    /// through no proxy
    Direct,
    /// through this proxy and no other way
    Proxy(ProxyServer),
}

impl RouteChoice {
    /// `system`, `direct` or the address of a proxy, and the user name in that.
    ///
    /// # Errors
    /// When it is none of them.
    pub fn parse(text: &str) -> Result<(Self, Option<ProxyUrl>), ProxyUrlError> {
        match text.trim().to_ascii_lowercase().as_str() {
            "system" => Ok((Self::System, None)),
            "direct" => Ok((Self::Direct, None)),
            _ => {
                let url = ProxyUrl::parse(text, ProxyScheme::Http)?;
                Ok((Self::Proxy(url.server.clone()), Some(url)))
            }
        }
    }
}

/// As `parse` reads it, without the user name.
impl std::fmt::Display for RouteChoice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::System => f.write_str("system"),
            Self::Direct => f.write_str("direct"),
            Self::Proxy(server) => server.fmt(f),
        }
    }
}
