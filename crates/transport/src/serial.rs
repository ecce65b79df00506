//! Lines over serial ports.

mod dial;
#[cfg(target_os = "linux")]
mod holder;
mod line_policy;
mod open;
mod os_error;
#[cfg(unix)]
mod permission;
mod pump;
mod raw_port;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

pub use dial::{SerialDial, SerialOptions};
pub use line_policy::{LineMemory, LinePolicy};
