//! How bytes travel between this computer and a board.
//!
//! A [`Link`] is one open line. A [`Dial`] opens it, and opens it again when the board comes back.

mod dial;
mod error;
mod lines;
mod link;
mod peer;
mod ports;
mod proxy;
mod records;
mod serial;
mod target;
mod usb;
mod webrepl;

pub use boardwalk_protocol::proxy::ProxyServer;
pub use dial::Dial;
pub use error::{Holder, PermissionHint, TransportError};
pub use lines::LineSignals;
pub use link::{Link, LinkInfo, LinkKind, LinkSender};
pub use peer::{LinkClosed, LinkDrain, LinkFeed, LinkPeer, Outgoing};
#[cfg(target_os = "linux")]
pub use ports::SysRoots;
pub use ports::{PortGuess, PortInfo, PortSource, PortWatch};
pub use proxy::{
    AskProxyUser, DirectRoutes, NoProxyUser, NobodyWatches, OnRoute, ProxyCredentials, ProxyError,
    ProxyProblem, RouteTaken, Routed, Routes, WatchTunnel,
};
pub use proxy::{
    Environment, Machine, ReadSettings, Resolve, RouteChoice, ScriptError, SourceSaid, Sources,
    SystemResolver, SystemRoutes, ThisMachine, Way,
};
#[cfg(target_os = "linux")]
pub use proxy::{Gnome, Kde, Portal};
pub use records::Records;
pub use serial::{LineMemory, LinePolicy, SerialDial, SerialOptions};
pub use target::{Target, TargetError, WEBREPL_PORT, WebReplUrl};
pub use usb::UsbIdentity;
pub use webrepl::steps;
pub use webrepl::{
    AskPassword, AskReason, DialStep, Distrust, DropCause, Fingerprint, FingerprintError, NetworkError,
    NoPassword, OnStep, Secret, TlsProblem, TlsTrust, TrustNow, WebReplDial, WebReplOptions,
};
