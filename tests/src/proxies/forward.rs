use super::{Proxy, ProxyError, middlebox, places, programs};

/// A proxy that a client asks for a tunnel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Program {
    /// tinyproxy.
    Tinyproxy,
    /// squid.
    Squid,
    /// privoxy.
    Privoxy,
    /// Apache's `mod_proxy_connect`.
    Apache,
    /// mitmproxy as an HTTP proxy.
    Mitmproxy,
    /// mitmproxy as a SOCKS5 server.
    MitmproxySocks,
    /// Dante, a SOCKS server.
    Dante,
    /// microsocks, a SOCKS5 server.
    Microsocks,
    /// nginx, which is none: it answers CONNECT with 400.
    Nginx,
    /// A Go program that forwards as Clash and mihomo do: HTTP and SOCKS on one port, 200 before it dials.
    Clash,
    /// A Go program on net/http, as one writes it first.
    Naive,
    /// Opens the tunnel and writes the HTTP inside it anew (Go).
    Inspecting,
    /// Passes the request, and then nothing more from the client (Go).
    Half,
    /// A byte in a millisecond (Go).
    Slow,
    /// Reads a request, and what it answers is no HTTP (Go).
    Garbage,
}

/// Which ports a proxy opens tunnels to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Connect {
    /// As the distribution configures it: squid and Apache only to 443.
    Default,
    /// To 443 (or 563) alone.
    Only443,
    /// To any.
    Any,
}

/// What a proxy asks of a client. The credentials are [`super::USER`] and [`super::PASSWORD`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Auth {
    /// Nothing.
    Nothing,
    /// A user and a password: Basic, or what SOCKS5 has.
    Basic,
    /// Digest.
    Digest,
    /// Basic and Digest, in two headers.
    Either,
}

/// A forward proxy that is about to be started. By default it opens tunnels as the distribution configures it, and asks for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[must_use]
pub struct Forward {
    pub(super) program: Program,
    pub(super) connect: Connect,
    pub(super) auth: Auth,
    pub(super) idle: Option<u32>,
    pub(super) loops: bool,
    pub(super) only_to: Option<u16>,
}

impl Program {
    /// Whether it is on this machine; otherwise what is missing.
    pub fn available(self) -> Result<(), ProxyError> {
        match self {
            Self::Tinyproxy => places::program("tinyproxy").map(drop),
            Self::Squid => places::program("squid").map(drop),
            Self::Privoxy => places::program("privoxy").map(drop),
            Self::Apache => places::program("apache2").map(drop),
            Self::Mitmproxy | Self::MitmproxySocks => programs::has_mitmproxy(),
            Self::Dante => places::program("danted").map(drop),
            Self::Microsocks => places::program("microsocks").map(drop),
            Self::Nginx => places::program("nginx").map(drop),
            Self::Clash | Self::Naive | Self::Inspecting | Self::Half | Self::Slow | Self::Garbage => {
                places::program("go").map(drop)
            }
        }
    }
}

impl Forward {
    /// This program.
    pub fn new(program: Program) -> Self {
        Self {
            program,
            connect: Connect::Default,
            auth: Auth::Nothing,
            idle: None,
            loops: false,
            only_to: None,
        }
    }

    /// Which one it is.
    pub fn program(self) -> Program {
        self.program
    }

    /// What it asks of a client.
    pub fn auth(self) -> Auth {
        self.auth
    }

    /// Tunnels to 443 alone.
    pub fn only_443(mut self) -> Self {
        self.connect = Connect::Only443;
        self
    }

    /// Tunnels to any port.
    pub fn opened(mut self) -> Self {
        self.connect = Connect::Any;
        self
    }

    /// It wants credentials.
    pub fn asks(mut self, auth: Auth) -> Self {
        self.auth = auth;
        self
    }

    /// Closes a tunnel in which nothing has moved for so many seconds.
    pub fn idle(mut self, seconds: u32) -> Self {
        self.idle = Some(seconds);
        self
    }

    /// Tunnels to this port alone: only the inspecting, the halving and the slow Go programs, and the naive one.
    pub fn only_to(mut self, port: u16) -> Self {
        self.only_to = Some(port);
        self
    }

    /// Its upstream is itself, 20 times: only tinyproxy, which does not notice.
    pub fn loops(mut self) -> Self {
        self.loops = true;
        self
    }

    /// Starts it and waits until it takes connections.
    pub fn start(self) -> Result<Proxy, ProxyError> {
        match self.program {
            Program::Tinyproxy => Proxy::start("http", |port, home| programs::tinyproxy(self, port, home)),
            Program::Squid => Proxy::start("http", |port, home| programs::squid(self, port, home)),
            Program::Privoxy => Proxy::start("http", |port, home| programs::privoxy(self, port, home)),
            Program::Apache => Proxy::start("http", |port, home| programs::apache(self, port, home)),
            Program::Mitmproxy => {
                Proxy::start("http", |port, home| programs::mitmproxy(self, "regular", port, home))
            }
            Program::MitmproxySocks => {
                Proxy::start("socks5", |port, home| programs::mitmproxy(self, "socks5", port, home))
            }
            Program::Dante => Proxy::start("socks5", |port, home| programs::dante(self, port, home)),
            Program::Microsocks => {
                Proxy::start("socks5", |port, home| programs::microsocks(self, port, home))
            }
            Program::Nginx => Proxy::start("http", programs::nginx_web),
            Program::Clash => middlebox::start(self, "clash"),
            Program::Naive => middlebox::start(self, "naive"),
            Program::Inspecting => middlebox::start(self, "inspect"),
            Program::Half => middlebox::start(self, "half"),
            Program::Slow => middlebox::start(self, "slow"),
            Program::Garbage => middlebox::start(self, "garbage"),
        }
    }

    /// An error when something is asked that this program cannot do.
    pub(super) fn only(
        self,
        program: &'static str,
        connect: &[Connect],
        auth: &[Auth],
        idle: bool,
    ) -> Result<(), ProxyError> {
        let what = if !connect.contains(&self.connect) && self.connect != Connect::Default {
            "this rule for CONNECT"
        } else if !auth.contains(&self.auth) && self.auth != Auth::Nothing {
            "this way to ask for credentials"
        } else if self.idle.is_some() && !idle {
            "an idle timeout"
        } else if self.loops && self.program != Program::Tinyproxy {
            "a loop"
        } else {
            return Ok(());
        };
        Err(ProxyError::NotPossible { program, what })
    }
}
