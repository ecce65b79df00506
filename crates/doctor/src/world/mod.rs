//! Everything a check may ask, as an argument: a test builds a world in which anything is broken.
//!
//! The clock is tokio's, which a test can stop.

mod dialler;
mod networks;
mod processes;
mod resolver;
mod usb;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use boardwalk_transport::{
    AskPassword, DirectRoutes, LineMemory, NoPassword, NoProxyUser, PortSource, Routes, TlsTrust,
};

pub use dialler::{BoxStream, Dialler, NoWay, Stream, SystemDialler};
pub use networks::{Interface, InterfaceKind, Neighbour, Networks, SystemNetworks};
pub(crate) use networks::{is_fake, same_network};
pub use processes::{Processes, Program, SystemProcesses};
pub use resolver::{Resolver, SystemResolver};
pub use usb::{SystemUsb, UsbDevice, UsbTree};

/// What a diagnosis asks. Cheap to clone.
#[derive(Clone)]
pub struct World {
    /// names to addresses
    pub resolver: Arc<dyn Resolver>,
    /// connections and tunnels
    pub dialler: Arc<dyn Dialler>,
    /// this computer's interfaces and routes
    pub networks: Arc<dyn Networks>,
    /// which way connections to boards go
    pub routes: Arc<dyn Routes>,
    /// the same without the rule that boards on the local network go direct: which proxy there would be
    pub proxies: Arc<dyn Routes>,
    /// who knows the board's password, without asking a person
    pub passwords: Arc<dyn AskPassword>,
    /// whose certificate to believe
    pub trust: TlsTrust,
    /// who listens where
    pub processes: Arc<dyn Processes>,
    /// the serial ports
    pub ports: PortSource,
    /// which DTR/RTS policy worked for which board
    pub lines: LineMemory,
    /// the USB devices, ports or not
    pub usb: Arc<dyn UsbTree>,
    /// the root of the file system, for `/proc`, `/etc` and the like
    pub root: PathBuf,
    /// which system's rules hold
    pub os: Os,
}

/// The systems Boardwalk runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Os {
    /// Linux
    Linux,
    /// macOS
    MacOs,
    /// Windows
    Windows,
}

impl Os {
    /// This one.
    #[must_use]
    pub fn here() -> Self {
        if cfg!(windows) {
            Self::Windows
        } else if cfg!(target_os = "macos") {
            Self::MacOs
        } else {
            Self::Linux
        }
    }
}

impl World {
    /// This computer, without proxies and passwords.
    #[must_use]
    pub fn system() -> Self {
        Self {
            resolver: Arc::new(SystemResolver),
            dialler: Arc::new(SystemDialler::new(Arc::new(NoProxyUser))),
            networks: Arc::new(SystemNetworks),
            routes: Arc::new(DirectRoutes),
            proxies: Arc::new(DirectRoutes),
            passwords: Arc::new(NoPassword),
            trust: TlsTrust::Platform,
            processes: Arc::new(SystemProcesses),
            ports: PortSource::system(),
            lines: LineMemory::default(),
            usb: Arc::new(SystemUsb::default()),
            root: PathBuf::from("/"),
            os: Os::here(),
        }
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World").field("root", &self.root).field("os", &self.os).finish_non_exhaustive()
    }
}
