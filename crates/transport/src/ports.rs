//! Which serial ports there are, and which of them are boards.

mod extra;
mod info;
#[cfg(not(target_os = "linux"))]
mod native;
mod source;
mod stamp;
#[cfg(target_os = "linux")]
mod sysfs;
mod usb_ids;
mod watch;

pub use info::{PortGuess, PortInfo};
pub use source::PortSource;
pub(crate) use source::{port_at, port_of};
#[cfg(target_os = "linux")]
pub use sysfs::SysRoots;
pub use watch::PortWatch;
