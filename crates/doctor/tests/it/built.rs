//! A world of parts, each of which a test may break.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use boardwalk_doctor::{
    BoxStream, Code, Dialler, Interface, InterfaceKind, Neighbour, Networks, NoWay, Options, Os, Processes,
    Program, Report, Resolver, UsbDevice, UsbTree, Verdict, World, diagnose,
};
use boardwalk_transport::{PortGuess, PortInfo, PortSource, ProxyServer, WatchTunnel};
use futures::future::{BoxFuture, FutureExt as _};
use tokio_util::sync::CancellationToken;

/// A computer with one cable to 192.168.1.0/24, no USB devices and no ports; connections are refused.
pub(crate) fn world() -> World {
    World {
        resolver: Arc::new(Names(Vec::new())),
        dialler: Arc::new(Refuses(io::ErrorKind::ConnectionRefused)),
        networks: Arc::new(Nets::default()),
        processes: Arc::new(Nobody),
        ports: PortSource::none(),
        usb: Arc::new(Plugged(Some(Vec::new()))),
        root: std::path::PathBuf::from("/nonexistent"),
        os: Os::Linux,
        ..World::system()
    }
}

pub(crate) async fn report(world: World, target: &str) -> Report {
    with(world, target, Options::default()).await
}

pub(crate) async fn with(world: World, target: &str, options: Options) -> Report {
    let target = (!target.is_empty()).then_some(target);
    diagnose(target, world, options, None, CancellationToken::new()).await
}

/// Blocked by this and nothing else.
pub(crate) fn blocked(report: &Report, code: Code) {
    let seen = (report.verdict, report.cause);
    assert_eq!(seen, (Verdict::Blocked, Some(code)), "{}", boardwalk_doctor::text(report));
    assert!(!report.root().unwrap().remedies.is_empty(), "{code} without a remedy");
}

pub(crate) struct Names(pub(crate) Vec<SocketAddr>);

impl Resolver for Names {
    fn resolve<'a>(&'a self, host: &'a str, port: u16) -> BoxFuture<'a, io::Result<Vec<SocketAddr>>> {
        let numbers = host.parse::<IpAddr>().map(|address| vec![SocketAddr::new(address, port)]);
        std::future::ready(Ok(numbers.unwrap_or_else(|_| self.0.clone()))).boxed()
    }
}

pub(crate) struct Refuses(pub(crate) io::ErrorKind);

impl Dialler for Refuses {
    fn tcp(&self, _: SocketAddr) -> BoxFuture<'_, io::Result<BoxStream>> {
        std::future::ready(Err(io::Error::from(self.0))).boxed()
    }

    fn tunnel<'a>(
        &'a self,
        proxy: &'a ProxyServer,
        _: &'a str,
        _: u16,
        _: &'a dyn WatchTunnel,
    ) -> BoxFuture<'a, Result<BoxStream, NoWay>> {
        let message = format!("{proxy} is not there.");
        let no_way = NoWay { code: Code::ProxyUnreachable, message, help: String::new(), unspoken: false };
        std::future::ready(Err(no_way)).boxed()
    }
}

/// Nobody answers, ever.
pub(crate) struct Silent;

impl Dialler for Silent {
    fn tcp(&self, _: SocketAddr) -> BoxFuture<'_, io::Result<BoxStream>> {
        std::future::pending().boxed()
    }

    fn tunnel<'a>(
        &'a self,
        _: &'a ProxyServer,
        _: &'a str,
        _: u16,
        _: &'a dyn WatchTunnel,
    ) -> BoxFuture<'a, Result<BoxStream, NoWay>> {
        std::future::pending().boxed()
    }
}

pub(crate) struct Nets {
    pub(crate) interfaces: Vec<Interface>,
    pub(crate) source: Result<IpAddr, i32>,
    pub(crate) neighbour: Neighbour,
}

impl Default for Nets {
    fn default() -> Self {
        let interfaces = vec![interface("eth0", InterfaceKind::Wired, "192.168.1.10")];
        Self { interfaces, source: Ok("192.168.1.10".parse().unwrap()), neighbour: Neighbour::Unknown }
    }
}

pub(crate) fn interface(name: &str, kind: InterfaceKind, address: &str) -> Interface {
    let gateways = vec!["192.168.1.1".parse().unwrap()];
    Interface { name: name.to_owned(), kind, addresses: vec![(address.parse().unwrap(), 24)], gateways }
}

impl Networks for Nets {
    fn interfaces(&self) -> Vec<Interface> {
        self.interfaces.clone()
    }

    fn source_for(&self, _: SocketAddr) -> io::Result<IpAddr> {
        self.source.map_err(io::Error::from_raw_os_error)
    }

    fn neighbour(&self, _: IpAddr) -> Neighbour {
        self.neighbour
    }
}

struct Nobody;

impl Processes for Nobody {
    fn listening_on(&self, _: u16) -> Option<Program> {
        None
    }
}

pub(crate) struct Plugged(pub(crate) Option<Vec<UsbDevice>>);

impl UsbTree for Plugged {
    fn devices(&self) -> Option<Vec<UsbDevice>> {
        self.0.clone()
    }
}

pub(crate) fn port(path: &str, guess: PortGuess, serial: &str) -> PortInfo {
    PortInfo {
        path: path.to_owned(),
        vid: Some(0x2E8A),
        pid: Some(0x0005),
        serial_number: Some(serial.to_owned()),
        manufacturer: None,
        product: None,
        interface: None,
        guess,
        title: "a port".to_owned(),
        demo: false,
    }
}
