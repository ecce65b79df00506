//! Who a board is: by USB serial number where it has one, so that another socket makes no other board of it.

use boardwalk_transport::{PortGuess, PortInfo, Target, UsbIdentity};

use crate::wire;

/// The id of a port: `usb:2E8A:0005:E6605481DB318236`, with the interface where one device has several ports; else its
/// target.
pub(crate) fn id_of(port: &PortInfo) -> String {
    match port.identity() {
        Some(identity) if identity.serial_number.is_some() => match port.interface {
            Some(interface @ 1..) => format!("usb:{identity}:if{interface}"),
            _ => format!("usb:{identity}"),
        },
        _ => port.target().to_string(),
    }
}

/// The id and port of a target: of the port by that name, if there is one.
pub(crate) fn identity_of(
    target: &Target,
    ports: &[PortInfo],
) -> (String, Option<PortInfo>, Option<UsbIdentity>) {
    match ports.iter().find(|port| port.target() == *target) {
        Some(port) => (id_of(port), Some(port.clone()), port.identity()),
        None => (target.to_string(), None, None),
    }
}

pub(crate) fn guess(guess: PortGuess) -> wire::PortGuess {
    match guess {
        PortGuess::MicroPython => wire::PortGuess::MicroPython,
        PortGuess::UsbBridge => wire::PortGuess::UsbBridge,
        PortGuess::Bluetooth => wire::PortGuess::Bluetooth,
        PortGuess::Bootloader => wire::PortGuess::Bootloader,
        PortGuess::CircuitPython | PortGuess::Other | PortGuess::Debugger => wire::PortGuess::Other,
        PortGuess::Unknown | PortGuess::BuiltIn => wire::PortGuess::Unknown,
    }
}
