//! The proxies of the table, and how a client is told to use them.

use std::{any::Any, sync::Arc};

use boardwalk_tests::{
    TlsFront,
    proxies::{Auth, Forward, PASSWORD, Program, Proxy, ProxyError, USER},
};

use crate::rows::Shared;

/// A proxy that can carry a board.
#[derive(Clone)]
pub(super) struct Way {
    pub(super) name: &'static str,
    pub(super) proxy: Forward,
    shared: Shared<Running>,
}

/// How it is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scheme {
    /// HTTP, or SOCKS5 for a server of that.
    Own,
    /// SOCKS5 to a Clash-like proxy.
    Socks5,
    /// SOCKS5, and the proxy looks the name up.
    Socks5h,
    /// SOCKS4a.
    Socks4a,
}

impl Way {
    fn new(name: &'static str, proxy: Forward, scheme: Scheme) -> Self {
        let shared = Shared::new(move || Ok(Running::of(proxy.start()?, scheme, proxy.auth())));
        Self { name, proxy, shared }
    }

    pub(super) fn available(&self) -> Result<(), ProxyError> {
        self.proxy.program().available()
    }

    pub(super) fn running(&self) -> &Running {
        self.shared.get()
    }
}

/// A proxy that runs, as the command line is told of it.
pub(super) struct Running {
    /// With the user's name, if there is one.
    pub(super) url: String,
    /// For `BOARDWALK_PROXY_PASSWORD`.
    pub(super) password: Option<&'static str>,
    proxy: Option<Proxy>,
    _more: Option<Box<dyn Any + Send + Sync>>,
}

impl Running {
    pub(super) fn of(proxy: Proxy, scheme: Scheme, auth: Auth) -> Self {
        let scheme = match scheme {
            Scheme::Own => proxy.url().split(':').next().unwrap_or_default().to_owned(),
            Scheme::Socks5 => "socks5".into(),
            Scheme::Socks5h => "socks5h".into(),
            Scheme::Socks4a => "socks4a".into(),
        };
        let asks = auth != Auth::Nothing;
        let user = if asks { format!("{USER}@") } else { String::new() };
        let url = format!("{scheme}://{user}127.0.0.1:{}", proxy.port());
        Self { url, password: asks.then_some(PASSWORD), proxy: Some(proxy), _more: None }
    }

    /// Something scripted.
    pub(super) fn scripted(url: impl Into<String>, keep: impl Any + Send + Sync) -> Self {
        Self { url: url.into(), password: None, proxy: None, _more: Some(Box::new(keep)) }
    }

    /// The proxy's own words, for the message of a row that fails.
    pub(super) fn log(&self) -> String {
        self.proxy.as_ref().map(Proxy::log).unwrap_or_default()
    }
}

/// Every proxy that can carry a board.
pub(super) fn carriers() -> Vec<Way> {
    let open = |program| Forward::new(program).opened();
    let own = |name, proxy| Way::new(name, proxy, Scheme::Own);
    vec![
        own("tinyproxy", Forward::new(Program::Tinyproxy)),
        own("tinyproxy basic", Forward::new(Program::Tinyproxy).asks(Auth::Basic)),
        own("squid opened", open(Program::Squid)),
        own("squid basic", open(Program::Squid).asks(Auth::Basic)),
        own("squid digest", open(Program::Squid).asks(Auth::Digest)),
        own("squid either", open(Program::Squid).asks(Auth::Either)),
        own("privoxy", Forward::new(Program::Privoxy)),
        own("apache opened", open(Program::Apache)),
        own("apache basic", open(Program::Apache).asks(Auth::Basic)),
        own("apache digest", open(Program::Apache).asks(Auth::Digest)),
        own("mitmproxy", open(Program::Mitmproxy)),
        own("mitmproxy basic", open(Program::Mitmproxy).asks(Auth::Basic)),
        // It ends a connection with text that is no UTF-8, and raw-paste tells its window with 0x80.
        own("mitmproxy reading", Forward::new(Program::Mitmproxy)),
        own("naive", Forward::new(Program::Naive)),
        own("clash", Forward::new(Program::Clash)),
        own("clash basic", Forward::new(Program::Clash).asks(Auth::Basic)),
        own("slow", Forward::new(Program::Slow)),
        own("dante", Forward::new(Program::Dante)),
        own("microsocks", Forward::new(Program::Microsocks)),
        own("microsocks password", Forward::new(Program::Microsocks).asks(Auth::Basic)),
        own("mitmproxy socks", open(Program::MitmproxySocks)),
        own("mitmproxy socks password", open(Program::MitmproxySocks).asks(Auth::Basic)),
        Way::new("clash socks5", Forward::new(Program::Clash), Scheme::Socks5),
        Way::new("clash socks5h password", Forward::new(Program::Clash).asks(Auth::Basic), Scheme::Socks5h),
        Way::new("clash socks4a", Forward::new(Program::Clash), Scheme::Socks4a),
    ]
}

/// A TLS server in front of a proxy: `https://localhost:PORT`, and the file with its certificate.
pub(super) fn over_tls(proxy: Proxy) -> (Running, Arc<TlsFront>) {
    let front = Arc::new(TlsFront::start(proxy.port()).unwrap());
    let url = format!("https://localhost:{}", front.port());
    let keep = Arc::clone(&front);
    (Running { url, password: None, proxy: Some(proxy), _more: Some(Box::new(keep)) }, front)
}
