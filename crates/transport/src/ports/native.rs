//! Serial ports of macOS and Windows, from the `serialport` crate.

use serialport::{SerialPortInfo, SerialPortType};

use super::info::{PortGuess, PortInfo, RawPortInfo};

/// Every port the system lists, in no order. Slow on Windows (a walk through the device tree): never on an async
/// thread.
pub(super) fn list() -> Vec<PortInfo> {
    serialport::available_ports().unwrap_or_default().into_iter().filter_map(port).collect()
}

fn port(found: SerialPortInfo) -> Option<PortInfo> {
    // macOS has every port twice; the tty half waits for a carrier that USB ports never raise.
    if found.port_name.starts_with("/dev/tty.") {
        return None;
    }
    // Ports that macOS makes up for Bluetooth come without a type.
    let bluetooth = ["/dev/cu.Bluetooth", "/dev/cu.BLTH"].iter().any(|p| found.port_name.starts_with(p));
    let virtual_port = ["/dev/cu.debug-console", "/dev/cu.wlan-debug"].contains(&found.port_name.as_str());
    let raw = RawPortInfo { path: found.port_name, ..RawPortInfo::default() };
    Some(match found.port_type {
        SerialPortType::UsbPort(usb) => PortInfo::usb(RawPortInfo {
            vid: Some(usb.vid),
            pid: Some(usb.pid),
            serial_number: usb.serial_number,
            manufacturer: usb.manufacturer,
            product: usb.product,
            ..raw
        }),
        SerialPortType::BluetoothPort => PortInfo::with_guess(raw, PortGuess::Bluetooth, None),
        _ if bluetooth => PortInfo::with_guess(raw, PortGuess::Bluetooth, None),
        SerialPortType::PciPort => PortInfo::with_guess(raw, PortGuess::BuiltIn, None),
        SerialPortType::Unknown if virtual_port => PortInfo::with_guess(raw, PortGuess::BuiltIn, None),
        SerialPortType::Unknown => PortInfo::with_guess(raw, PortGuess::Unknown, None),
    })
}
