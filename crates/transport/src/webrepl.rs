//! Lines over WebREPL: TCP or TLS, the WebSocket handshake, the login, then frames.

mod connect;
mod dial;
mod error;
mod login;
mod password;
mod progress;
mod pump;
mod socket;
pub mod steps;
mod tls;
mod trust;
mod wire;

pub use dial::{WebReplDial, WebReplOptions};
pub use error::{Distrust, DropCause, NetworkError, TlsProblem};
pub use password::{AskPassword, AskReason, NoPassword, Secret};
pub use progress::{DialStep, OnStep};
pub use trust::{Fingerprint, FingerprintError, TlsTrust};
