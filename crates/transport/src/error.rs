//! What can go wrong with a line: one variant per cause, each with a code, a sentence and what to do.

use crate::lines::LineSignals;
use crate::webrepl::NetworkError;

/// Why a line could not be opened, or why it ended.
///
/// [`code`](Self::code) is the finding code the doctor uses, the `Display` text is a sentence for people, and
/// [`help`](Self::help) says what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// No port of that name (ENOENT, ERROR_FILE_NOT_FOUND), or the remembered board is not plugged in.
    #[error("No port named {path} was found.")]
    PortNotFound {
        /// the port as it was asked for
        path: String,
    },
    /// The port exists and this user may not open it (EACCES, EPERM).
    #[error("The system did not let this user open {path}.")]
    PermissionDenied {
        /// the port
        path: String,
        /// name of the group that owns the node, when it has one that opens it
        group: Option<String>,
        /// what would give access
        hint: PermissionHint,
    },
    /// Another program holds the port (EBUSY, a held lock, ERROR_ACCESS_DENIED).
    #[error("{}", busy_sentence(.path, .holder.as_ref()))]
    PortBusy {
        /// the port
        path: String,
        /// who holds it, where the system tells
        holder: Option<Holder>,
    },
    /// The path names something that is no serial port (ENOTTY, EISDIR, …).
    #[error("{path} is not a serial port.")]
    NotATerminal {
        /// the path
        path: String,
    },
    /// The port exists and its hardware is gone or never was (ENXIO, ENODEV at open; a /dev/ttyS without a UART).
    #[error("There was no hardware behind {path}.")]
    NoHardware {
        /// the port
        path: String,
    },
    /// The line refused the speed or the framing that was asked for.
    #[error("{path} did not accept {baud} baud.")]
    SettingsRefused {
        /// the port
        path: String,
        /// bits per second
        baud: u32,
    },
    /// The driver answered ERROR_GEN_FAILURE (Windows 31), as WCH's driver 3.8 does with older CH340 chips.
    #[error("The driver of {path} refused to set the port up.")]
    DriverError {
        /// the port
        path: String,
        /// USB vendor, when known: 0x1A86 is WCH
        vid: Option<u16>,
    },
    /// Windows 121: a Bluetooth port, or a chip that does not read.
    #[error("{path} did not answer: it is a Bluetooth port, or the board behind it is stuck.")]
    BluetoothPort {
        /// the port
        path: String,
    },
    /// Opening took longer than the deadline.
    #[error("{path} did not open within {seconds} s.")]
    OpenTimeout {
        /// the port
        path: String,
        /// the deadline in seconds
        seconds: u64,
    },
    /// The port was open and took no bytes any more.
    #[error("{path} took no bytes for {seconds} s.")]
    DeviceHung {
        /// the port
        path: String,
        /// how long the write waited, in seconds
        seconds: u64,
    },
    /// The line ended from the far side: hangup, EIO, ENXIO, ENODEV, end of file.
    #[error("The board at {path} was unplugged.")]
    Unplugged {
        /// the port
        path: String,
    },
    /// This build cannot open that kind of target.
    #[error("Boardwalk cannot open {target} yet.")]
    UnsupportedScheme {
        /// the target in its canonical form
        target: String,
    },
    /// A pulse on DTR and RTS was asked for on a board that it can hang (303A:1001).
    #[error("Boardwalk did not pulse DTR and RTS on {path}: this chip can hang when they change.")]
    LineResetRefused {
        /// the port
        path: String,
        /// what was asked for
        signals: LineSignals,
    },
    /// File records were to be sent on a line that carries none.
    #[error("This line carries no file records.")]
    NoRecords,
    /// The network, TLS, the handshake or the login of a WebREPL.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// We closed the line ourselves.
    #[error("The connection was closed.")]
    Closed,
    /// Anything else the operating system said.
    #[error("The system stopped {what} {path}.")]
    Io {
        /// the port
        path: String,
        /// the operating system's number, when there is one
        code: Option<i32>,
        /// what we were doing: "opening", "reading from", "writing to"
        what: &'static str,
    },
}

/// A process that holds a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// process id
    pub pid: u32,
    /// its short name, as the system lists it; printable
    pub name: String,
}

/// What stands between this user and a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PermissionHint {
    /// The user is not a member of the group that owns the port.
    JoinGroup {
        /// the group
        group: String,
        /// the user's login name
        user: String,
    },
    /// The user is a member already, but logged in before that.
    LogInAgain {
        /// the group
        group: String,
    },
    /// The node's permissions name no group that would help.
    NodeClosed,
    /// The system does not say.
    Unknown,
}

impl TransportError {
    /// A stable code in kebab case; the finding codes of the doctor wherever one fits.
    pub fn code(&self) -> &'static str {
        match self {
            Self::PortNotFound { .. } | Self::NoHardware { .. } => "no-port",
            Self::PermissionDenied { .. } => "permission-denied",
            Self::PortBusy { .. } => "port-busy",
            Self::NotATerminal { .. } | Self::UnsupportedScheme { .. } => "address-invalid",
            Self::SettingsRefused { .. } => "settings-refused",
            Self::DriverError { vid: Some(0x1A86), .. } => "ch340-driver",
            Self::DriverError { .. } => "driver-failed",
            Self::BluetoothPort { .. } => "bluetooth-port",
            Self::OpenTimeout { .. } => "open-timeout",
            Self::DeviceHung { .. } => "device-hung",
            Self::Unplugged { .. } => "lost",
            Self::LineResetRefused { .. } => "line-reset-refused",
            Self::NoRecords => "no-records",
            Self::Network(error) => error.code(),
            Self::Closed => "closed",
            Self::Io { .. } => "port-io",
        }
    }

    /// What to do about it, as one or two sentences.
    pub fn help(&self) -> String {
        match self {
            Self::PortNotFound { .. } => {
                "Plug the board in with a cable that carries data, and choose its port from the list.".into()
            }
            Self::NoHardware { .. } => "Choose the port of the board from the list.".into(),
            Self::PermissionDenied { path, hint, .. } => permission_help(path, hint),
            Self::PortBusy { holder: Some(holder), .. } => {
                format!("Close the board in {}, then connect again.", holder.name)
            }
            Self::PortBusy { holder: None, .. } => {
                "Close the other program that uses the board, then connect again.".into()
            }
            Self::NotATerminal { .. } => {
                "Give the port of the board, for example serial:/dev/ttyACM0 or COM3.".into()
            }
            Self::SettingsRefused { .. } => "Choose another speed; most boards use 115200 baud.".into(),
            Self::DriverError { vid: Some(0x1A86), .. } => {
                "Roll the CH340 driver back to version 3.5 in the Device Manager, then plug the board in again."
                    .into()
            }
            Self::DriverError { .. } => {
                "Plug the board in again, or install its driver anew in the Device Manager.".into()
            }
            Self::BluetoothPort { .. } => {
                "Choose the USB port of the board; if this is it, plug the board in again.".into()
            }
            Self::OpenTimeout { .. } | Self::DeviceHung { .. } => {
                "Plug the board in again, directly and with another cable if it happens twice.".into()
            }
            Self::Unplugged { .. } => "Plug the board in; it is connected again by itself.".into(),
            Self::UnsupportedScheme { .. } => "Connect the board by USB and choose its port.".into(),
            Self::LineResetRefused { .. } => "Use a soft reset, or press the reset button.".into(),
            Self::NoRecords => "Copy the file through the REPL.".into(),
            Self::Network(error) => error.help(),
            Self::Closed => "Connect again.".into(),
            Self::Io { .. } => "Plug the board in again, then connect.".into(),
        }
    }

    /// The number behind it, for a log or a details line: "errno 5", "Windows 1167".
    pub fn detail(&self) -> Option<String> {
        if let Self::Network(error) = self {
            return error.detail();
        }
        let Self::Io { code: Some(code), .. } = self else { return None };
        Some(if cfg!(windows) { format!("Windows {code}") } else { format!("errno {code}") })
    }

    /// Whether the same target may work later without anybody changing a setting: the reconnect loop goes on.
    pub fn is_transient(&self) -> bool {
        if let Self::Network(error) = self {
            return error.is_transient();
        }
        matches!(
            self,
            Self::PortNotFound { .. }
                | Self::NoHardware { .. }
                | Self::PortBusy { .. }
                | Self::OpenTimeout { .. }
                | Self::DeviceHung { .. }
                | Self::Unplugged { .. }
                | Self::Io { .. }
        )
    }
}

impl TransportError {
    /// Whether it means that the board is away: unplugged, switched off, out of reach.
    pub fn is_away(&self) -> bool {
        match self {
            Self::Unplugged { .. } | Self::PortNotFound { .. } => true,
            Self::Network(error) => error.is_away(),
            _ => false,
        }
    }
}

fn busy_sentence(path: &str, holder: Option<&Holder>) -> String {
    match holder {
        Some(Holder { pid, name }) => format!("{path} was already open in {name} (process {pid})."),
        None => format!("{path} was already open in another program."),
    }
}

fn permission_help(path: &str, hint: &PermissionHint) -> String {
    match hint {
        PermissionHint::JoinGroup { group, user } => {
            format!("Run “sudo usermod -a -G {group} {user}”, then log out and log in again.")
        }
        PermissionHint::LogInAgain { group } => {
            format!("You joined the group {group} after this login. Log out and log in again.")
        }
        PermissionHint::NodeClosed => {
            format!("Add a udev rule that gives {path} to you, then plug the board in again.")
        }
        PermissionHint::Unknown => format!("Give yourself access to {path}, then connect again."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_name_the_thing_and_help_says_what_to_do() {
        let holder = Some(Holder { pid: 4711, name: "mpremote".into() });
        let busy = TransportError::PortBusy { path: "/dev/ttyACM0".into(), holder };
        assert_eq!(busy.code(), "port-busy");
        assert_eq!(busy.to_string(), "/dev/ttyACM0 was already open in mpremote (process 4711).");
        assert_eq!(busy.help(), "Close the board in mpremote, then connect again.");

        let hint = PermissionHint::JoinGroup { group: "dialout".into(), user: "ada".into() };
        let denied = TransportError::PermissionDenied {
            path: "/dev/ttyUSB0".into(),
            group: Some("dialout".into()),
            hint,
        };
        assert!(denied.help().contains("sudo usermod -a -G dialout ada"), "{}", denied.help());
    }

    #[test]
    fn the_ch340_finding_is_for_wch_only() {
        let of = |vid| TransportError::DriverError { path: "COM7".into(), vid }.code();
        assert_eq!(of(Some(0x1A86)), "ch340-driver");
        assert_eq!(of(Some(0x10C4)), "driver-failed");
        assert_eq!(of(None), "driver-failed");
    }
}
