//! A proxy's address, with and without the credentials somebody wrote into it.

use std::fmt;

/// What a proxy speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProxyScheme {
    /// HTTP, and CONNECT on it
    Http,
    /// the same inside TLS
    Https,
    /// SOCKS5; names are always resolved by the proxy
    Socks5,
    /// The same, as curl writes it when it means that; kept so that a person reads what they wrote
    Socks5h,
    /// SOCKS4a; the same
    Socks4,
}

/// Where a proxy is. `Display` gives `http://127.0.0.1:7890`, without credentials.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ProxyServer {
    /// what it speaks
    pub scheme: ProxyScheme,
    /// a name or an address, without the brackets of IPv6; lower case
    pub host: String,
    /// 1–65535
    pub port: u16,
}

/// Who we are to a proxy. No `Debug`: it holds a password.
#[derive(Clone, PartialEq, Eq)]
pub struct ProxyUser {
    /// the name, percent-decoded
    pub name: String,
    /// the password, percent-decoded, when the URL had one
    pub password: Option<String>,
}

/// A proxy's URL as somebody wrote it. No `Debug`: it may hold a password.
#[derive(Clone, PartialEq, Eq)]
pub struct ProxyUrl {
    /// where it is
    pub server: ProxyServer,
    /// who we are to it
    pub user: Option<ProxyUser>,
}

/// A string that is no proxy's URL. The text is not in it: it may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProxyUrlError {
    /// Another scheme than http, https, socks, socks4, socks4a, socks5, socks5h.
    #[error("The proxy's address has a scheme that Boardwalk does not speak.")]
    Scheme,
    /// No host.
    #[error("The proxy's address names no host.")]
    Host,
    /// A port that is none.
    #[error("The proxy's address has a port that is not between 1 and 65535.")]
    Port,
    /// Control characters, broken percent-encoding, more than 2048 bytes.
    #[error("The proxy's address cannot be read.")]
    Broken,
}

impl ProxyScheme {
    /// As URLs name it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
            Self::Socks5 => "socks5",
            Self::Socks5h => "socks5h",
            Self::Socks4 => "socks4",
        }
    }
}

impl fmt::Display for ProxyServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (open, close) = if self.host.contains(':') { ("[", "]") } else { ("", "") };
        write!(f, "{}://{open}{}{close}:{}", self.scheme.name(), self.host, self.port)
    }
}

impl ProxyUrlError {
    /// Always `address-invalid`.
    #[must_use]
    pub fn code(self) -> &'static str {
        "address-invalid"
    }

    /// What to write instead.
    #[must_use]
    pub fn help(self) -> &'static str {
        "Write it as http://127.0.0.1:7890 or socks5://127.0.0.1:7891; a name goes before an @, and %40 stands for an @ in it."
    }
}
