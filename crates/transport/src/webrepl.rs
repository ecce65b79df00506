//! Lines over WebREPL: TCP or TLS, the WebSocket handshake, the login, then frames.

mod connect;
mod dial;
mod error;
mod idle;
mod login;
mod password;
mod progress;
mod pump;
mod reach;
mod socket;
pub mod steps;
mod tls;
mod trust;
mod wire;

pub(crate) use connect::{Place, connect};
pub use dial::{WebReplDial, WebReplOptions};
pub use error::{Distrust, DropCause, NetworkError, TlsProblem};
pub use password::{AskPassword, AskReason, NoPassword, Secret};
pub use progress::{DialStep, OnStep};
pub(crate) use socket::{QuickAck, prepare};
pub(crate) use tls::wrap as tls_wrap;
pub use trust::{Fingerprint, FingerprintError, TlsTrust, TrustNow};
pub(crate) use wire::{Stream, Wire};
