//! One port, and what it probably is.

use std::cmp::Ordering;

use super::usb_ids;
use crate::target::Target;
use crate::usb::UsbIdentity;

/// Longest text taken from a USB descriptor, in characters. A descriptor holds at most 126.
const TEXT_MAX: usize = 126;

/// A serial port of this computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortInfo {
    /// the name to open it by: `/dev/ttyACM0`, `/dev/cu.usbmodem1101`, `COM3`
    pub path: String,
    /// USB vendor id
    pub vid: Option<u16>,
    /// USB product id
    pub pid: Option<u16>,
    /// USB serial number
    pub serial_number: Option<String>,
    /// USB manufacturer, as the device says
    pub manufacturer: Option<String>,
    /// USB product, as the device says
    pub product: Option<String>,
    /// number of the USB interface, where the system tells: tells the two ports of one board apart
    pub interface: Option<u8>,
    /// what it probably is
    pub guess: PortGuess,
    /// a short name for people: the product, the chip, or the port
    pub title: String,
    /// a board made of software that Boardwalk started itself
    pub demo: bool,
}

/// What a port probably is. From tables and names: only talking to it tells for sure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PortGuess {
    /// the USB stack of MicroPython itself
    MicroPython,
    /// a chip that puts a UART on USB, as most ESP32 boards have
    UsbBridge,
    /// CircuitPython
    CircuitPython,
    /// some other USB device with a serial port
    Other,
    /// a debug probe with a serial port of its own
    Debugger,
    /// a board that waits for firmware
    Bootloader,
    /// nothing is known: no USB device, or the system does not tell
    Unknown,
    /// a UART of the computer itself
    BuiltIn,
    /// a Bluetooth port
    Bluetooth,
}

/// What a lister has found out about a port, before the tables.
#[derive(Debug, Clone, Default)]
pub(super) struct RawPortInfo {
    pub(super) path: String,
    pub(super) vid: Option<u16>,
    pub(super) pid: Option<u16>,
    pub(super) serial_number: Option<String>,
    pub(super) manufacturer: Option<String>,
    pub(super) product: Option<String>,
    pub(super) interface: Option<u8>,
    pub(super) interface_name: Option<String>,
    pub(super) demo: bool,
}

impl PortInfo {
    /// The target that opens this port.
    pub fn target(&self) -> Target {
        Target::Serial { path: self.path.clone() }
    }

    /// Who it is by USB.
    pub fn identity(&self) -> Option<UsbIdentity> {
        let (vid, pid) = (self.vid?, self.pid?);
        Some(UsbIdentity { vid, pid, serial_number: self.serial_number.clone() })
    }

    /// Whether a board may well be behind it.
    pub fn is_likely(&self) -> bool {
        self.demo || matches!(self.guess, PortGuess::MicroPython | PortGuess::UsbBridge)
    }

    /// Whether to leave it out of the list unless somebody asks for all ports: Bluetooth, virtual and built-in
    /// ports, on which an open may hang or reach something that is no board.
    pub fn is_hidden(&self) -> bool {
        !self.demo && matches!(self.guess, PortGuess::BuiltIn | PortGuess::Bluetooth)
    }

    /// A USB port, with its guess and title from the tables.
    pub(super) fn usb(raw: RawPortInfo) -> Self {
        let known = raw.vid.zip(raw.pid).and_then(|(vid, pid)| usb_ids::lookup(vid, pid));
        let says = |name: &str| {
            [&raw.manufacturer, &raw.product, &raw.interface_name]
                .into_iter()
                .flatten()
                .any(|text| text.to_ascii_lowercase().contains(name))
        };
        // What the firmware says of itself beats the table: several vendors ship one id with either Python.
        let guess = if says("circuitpython") {
            PortGuess::CircuitPython
        } else if says("micropython") {
            PortGuess::MicroPython
        } else {
            known.map_or(if raw.vid.is_some() { PortGuess::Other } else { PortGuess::Unknown }, |k| k.guess)
        };
        Self::with_guess(raw, guess, known.map(|k| k.name))
    }

    /// A port whose kind the lister knows.
    pub(super) fn with_guess(raw: RawPortInfo, guess: PortGuess, name: Option<&str>) -> Self {
        let product = raw.product.and_then(printable);
        let manufacturer = raw.manufacturer.and_then(printable);
        // "Board in FS mode" and "USB Serial" name nothing; a name from the table does.
        let generic = product.as_deref().is_none_or(|p| GENERIC.iter().any(|g| p.eq_ignore_ascii_case(g)));
        let title = match (name, product.as_deref()) {
            (Some(name), _) if generic => name.to_owned(),
            (_, Some(product)) => product.to_owned(),
            (Some(name), None) => name.to_owned(),
            (None, None) => short(&raw.path).to_owned(),
        };
        Self {
            title,
            guess,
            product,
            manufacturer,
            serial_number: raw.serial_number.and_then(printable),
            path: raw.path,
            vid: raw.vid,
            pid: raw.pid,
            interface: raw.interface,
            demo: raw.demo,
        }
    }
}

/// Products that say nothing about the board.
const GENERIC: &[&str] = &[
    "Board in FS mode",
    "Board in HS mode",
    "USB Serial",
    "USB2.0-Serial",
    "USB2.0-Ser!",
    "USB Single Serial",
    "USB JTAG/serial debug unit",
];

/// Likely boards first, then by guess, then by name with its numbers in order.
pub(super) fn by_likelihood(a: &PortInfo, b: &PortInfo) -> Ordering {
    let key = |port: &PortInfo| (port.is_hidden(), !port.is_likely(), port.guess);
    key(a).cmp(&key(b)).then_with(|| natural(&a.path).cmp(&natural(&b.path)))
}

/// `ttyACM10` after `ttyACM9`.
fn natural(path: &str) -> (&str, u64, &str) {
    let stem = path.trim_end_matches(|c: char| c.is_ascii_digit());
    (stem, path[stem.len()..].parse().unwrap_or(0), path)
}

fn short(path: &str) -> &str {
    path.strip_prefix("/dev/").unwrap_or(path)
}

/// A descriptor's text comes from the device: bounded and without control characters.
fn printable(text: String) -> Option<String> {
    let clean: String = text.chars().filter(|c| !c.is_control()).take(TEXT_MAX).collect();
    let clean = clean.trim();
    (!clean.is_empty()).then(|| clean.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port(path: &str, vid: u16, pid: u16, product: &str) -> PortInfo {
        PortInfo::usb(RawPortInfo {
            path: path.into(),
            vid: Some(vid),
            pid: Some(pid),
            product: Some(product.into()),
            ..RawPortInfo::default()
        })
    }

    #[test]
    fn the_firmware_names_itself_before_the_table_does() {
        assert_eq!(port("/dev/ttyACM0", 0x239A, 0x80F8, "QT Py").guess, PortGuess::CircuitPython);
        let mut raw = RawPortInfo { vid: Some(0x239A), pid: Some(0x80F8), ..RawPortInfo::default() };
        raw.manufacturer = Some("MicroPython".into());
        assert_eq!(PortInfo::usb(raw).guess, PortGuess::MicroPython);
    }

    #[test]
    fn a_title_that_says_something() {
        assert_eq!(
            port("/dev/ttyACM0", 0x2E8A, 0x0005, "Board in FS mode").title,
            "MicroPython on RP2040/RP2350"
        );
        assert_eq!(port("/dev/ttyUSB0", 0x1A86, 0x7523, "USB Serial").title, "CH340");
        assert_eq!(port("/dev/ttyUSB0", 0x10C4, 0xEA60, "Heltec V3").title, "Heltec V3");
        assert_eq!(
            PortInfo::usb(RawPortInfo { path: "/dev/ttyX1".into(), ..Default::default() }).title,
            "ttyX1"
        );
    }

    #[test]
    fn a_hostile_descriptor_is_cut_and_cleaned() {
        let evil = port("/dev/ttyACM0", 1, 2, &format!("\u{1b}[31mred\r\n{}", "x".repeat(500)));
        assert!(evil.title.starts_with("[31mred"), "{}", evil.title);
        assert!(evil.title.chars().count() <= TEXT_MAX);
    }

    #[test]
    fn boards_come_first_and_numbers_count() {
        let mut ports = [
            port("/dev/ttyACM10", 0x2E8A, 0x0005, ""),
            port("/dev/ttyUSB0", 0x1A86, 0x7523, ""),
            port("/dev/ttyACM0", 0x1366, 0x0105, ""),
            port("/dev/ttyACM9", 0x2E8A, 0x0005, ""),
        ];
        ports.sort_by(by_likelihood);
        let order: Vec<_> = ports.iter().map(|p| p.path.as_str()).collect();
        assert_eq!(order, ["/dev/ttyACM9", "/dev/ttyACM10", "/dev/ttyUSB0", "/dev/ttyACM0"]);
    }
}
