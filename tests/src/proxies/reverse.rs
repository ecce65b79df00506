use super::{Proxy, ProxyError, middlebox, places, programs};

/// What stands in front of a board and is spoken to as if it were the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reverse {
    /// haproxy that passes bytes.
    HaproxyTcp,
    /// haproxy that speaks HTTP: every name in lower case.
    HaproxyHttp,
    /// haproxy with `h1-case-adjust`: names towards the board as RFC 6455 writes them.
    HaproxyCaseAdjust,
    /// nginx with nothing but `proxy_pass`: HTTP/1.0, no `Upgrade`.
    NginxDefault,
    /// nginx as its documentation says for WebSockets: the value of `Connection` is `upgrade`.
    NginxIdiom,
    /// nginx with `proxy_set_header Connection $http_connection`.
    NginxConnection,
    /// nginx that passes bytes.
    NginxStream,
    /// Apache with `ProxyPass http://`.
    ApacheHttp,
    /// Apache with `ProxyPass ws://` (`mod_proxy_wstunnel`).
    ApacheTunnel,
    /// Apache with `ProxyPass http://… upgrade=websocket`.
    ApacheUpgrade,
    /// caddy's `reverse_proxy`: `Sec-Websocket-Key`.
    Caddy,
    /// tinyproxy's `ReversePath`.
    TinyproxyReverse,
    /// squid as an accelerator.
    SquidAccelerator,
    /// mitmproxy in mode `reverse`.
    MitmproxyReverse,
    /// A Go program that reads each request and writes it anew, as `net/http` does.
    GoTcp,
}

impl Reverse {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::HaproxyTcp,
        Self::HaproxyHttp,
        Self::HaproxyCaseAdjust,
        Self::NginxDefault,
        Self::NginxIdiom,
        Self::NginxConnection,
        Self::NginxStream,
        Self::ApacheHttp,
        Self::ApacheTunnel,
        Self::ApacheUpgrade,
        Self::Caddy,
        Self::TinyproxyReverse,
        Self::SquidAccelerator,
        Self::MitmproxyReverse,
        Self::GoTcp,
    ];

    /// Whether it is on this machine; otherwise what is missing.
    pub fn available(self) -> Result<(), ProxyError> {
        let program = match self {
            Self::HaproxyTcp | Self::HaproxyHttp | Self::HaproxyCaseAdjust => "haproxy",
            Self::NginxDefault | Self::NginxIdiom | Self::NginxConnection | Self::NginxStream => "nginx",
            Self::ApacheHttp | Self::ApacheTunnel | Self::ApacheUpgrade => "apache2",
            Self::Caddy => "caddy",
            Self::TinyproxyReverse => "tinyproxy",
            Self::SquidAccelerator => "squid",
            Self::MitmproxyReverse => return programs::has_mitmproxy(),
            Self::GoTcp => "go",
        };
        places::program(program).map(drop)
    }

    /// Starts it in front of 127.0.0.1:`target` and waits until it takes connections.
    pub fn start(self, target: u16) -> Result<Proxy, ProxyError> {
        self.cook(target, None)
    }

    /// Closes a connection in which nothing has moved for so many seconds: haproxy, nginx and Apache.
    pub fn start_with_idle(self, target: u16, seconds: u32) -> Result<Proxy, ProxyError> {
        self.cook(target, Some(seconds))
    }

    fn cook(self, target: u16, idle: Option<u32>) -> Result<Proxy, ProxyError> {
        let scheme = "http";
        match self {
            Self::HaproxyTcp | Self::HaproxyHttp | Self::HaproxyCaseAdjust => {
                Proxy::start(scheme, |port, home| programs::haproxy(self, idle, target, port, home))
            }
            Self::NginxDefault | Self::NginxIdiom | Self::NginxConnection | Self::NginxStream => {
                Proxy::start(scheme, |port, home| programs::nginx(self, idle, target, port, home))
            }
            Self::ApacheHttp | Self::ApacheTunnel | Self::ApacheUpgrade => {
                Proxy::start(scheme, |port, home| programs::apache_reverse(self, idle, target, port, home))
            }
            _ if idle.is_some() => {
                Err(ProxyError::NotPossible { program: "this reverse proxy", what: "an idle timeout" })
            }
            Self::Caddy => Proxy::start(scheme, |port, home| programs::caddy(target, port, home)),
            Self::TinyproxyReverse => {
                Proxy::start(scheme, |port, home| programs::tinyproxy_reverse(target, port, home))
            }
            Self::SquidAccelerator => {
                Proxy::start(scheme, |port, home| programs::squid_accelerator(target, port, home))
            }
            Self::MitmproxyReverse => {
                Proxy::start(scheme, |port, home| programs::mitmproxy_reverse(target, port, home))
            }
            Self::GoTcp => middlebox::start_transparent(target),
        }
    }
}
