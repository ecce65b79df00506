//! From a target string to a session.

use boardwalk_device::{Attach, DeviceError, Session, SessionOptions, Terminal};
use boardwalk_transport::{LineMemory, PortSource, SerialDial, SerialOptions, Target, UsbIdentity};

/// What the front end has read of its surroundings. Nothing below it reads the environment.
#[derive(Debug, Clone)]
pub struct World {
    /// Where serial ports are looked up.
    pub ports: PortSource,
    /// Which DTR/RTS policy worked for which board.
    pub lines: LineMemory,
}

impl World {
    /// This computer, with the ports that a file adds (`BOARDWALK_EXTRA_PORTS`, which a front end reads).
    #[must_use]
    pub fn system(extra_ports: Option<std::ffi::OsString>) -> Self {
        let ports = PortSource::system();
        let ports = match extra_ports {
            Some(file) if !file.is_empty() => ports.with_extra_file(file),
            _ => ports,
        };
        Self { ports, lines: LineMemory::default() }
    }

    /// Opens a session with the board at `target`.
    ///
    /// # Errors
    /// When the line cannot be opened: [`DeviceError::Transport`].
    pub async fn connect(
        &self,
        target: &Target,
        identity: Option<UsbIdentity>,
        attach: Attach,
        reconnect: bool,
    ) -> Result<(Session, Terminal), DeviceError> {
        let options = SerialOptions { memory: self.lines.clone(), identity, ..SerialOptions::default() };
        let dial = SerialDial::new(target.clone(), self.ports.clone(), options);
        Session::open(dial, SessionOptions { attach, reconnect }).await
    }
}
