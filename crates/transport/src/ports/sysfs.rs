//! Serial ports of Linux, from sysfs: no libudev, no root, and a fake tree serves as well.
//!
//! `/sys/class/tty/NAME/device` exists for ports that stand for a device. Its `subsystem` tells which kind; for USB
//! the interface directory and, above it, the device directory hold the descriptors
//! (Documentation/ABI/stable/sysfs-bus-usb).

use std::fs;
use std::path::{Path, PathBuf};

use super::info::{PortGuess, PortInfo, RawPortInfo};

/// Longest attribute read, in bytes; sysfs gives at most a page.
const ATTRIBUTE_MAX: u64 = 4096;

/// Where to look; tests bring their own trees.
#[derive(Debug, Clone)]
pub struct SysRoots {
    /// `/sys/class/tty`
    pub class_tty: PathBuf,
    /// `/dev`
    pub dev: PathBuf,
}

impl Default for SysRoots {
    fn default() -> Self {
        Self { class_tty: "/sys/class/tty".into(), dev: "/dev".into() }
    }
}

/// Every port that has hardware behind it, in no order.
pub(super) fn list(roots: &SysRoots) -> Vec<PortInfo> {
    let Ok(entries) = fs::read_dir(&roots.class_tty) else { return Vec::new() };
    entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            if is_console(&name) {
                return None;
            }
            describe(&entry.path(), &name, &roots.dev)
        })
        .collect()
}

/// `tty`, `tty0` … `tty63`, `console`, `ptmx`: sixty entries that are never ports, so not even looked at.
pub(super) fn is_console(name: &str) -> bool {
    name == "console"
        || name == "ptmx"
        || name.strip_prefix("tty").is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()))
}

fn describe(class: &Path, name: &str, dev: &Path) -> Option<PortInfo> {
    let path = dev.join(name);
    let raw = RawPortInfo { path: path.to_str()?.to_owned(), ..RawPortInfo::default() };
    if name.starts_with("rfcomm") {
        return path.exists().then(|| PortInfo::with_guess(raw, PortGuess::Bluetooth, None));
    }
    let device = fs::canonicalize(class.join("device")).ok()?;
    let subsystem = fs::canonicalize(device.join("subsystem")).ok()?;
    let port = match subsystem.file_name()?.to_str()? {
        // cdc-acm: the tty's device is the interface
        "usb" => PortInfo::usb(usb(raw, &device)?),
        // usb-serial drivers put a device of their own below the interface
        "usb-serial" => PortInfo::usb(usb(raw, device.parent()?)?),
        // A UART of the computer. Type 0 is PORT_UNKNOWN (linux/serial_core.h): a name without a chip.
        "serial-base" | "pnp" | "pci" | "amba" | "platform" | "tty" => {
            if text(class, "type").as_deref() == Some("0") {
                return None;
            }
            PortInfo::with_guess(raw, PortGuess::BuiltIn, None)
        }
        _ => return None,
    };
    // brltty and a driver's unbind take the node away before the class entry.
    path.exists().then_some(port)
}

fn usb(raw: RawPortInfo, interface: &Path) -> Option<RawPortInfo> {
    let device = interface.parent()?;
    Some(RawPortInfo {
        vid: Some(hex(device, "idVendor")?),
        pid: Some(hex(device, "idProduct")?),
        serial_number: text(device, "serial"),
        manufacturer: text(device, "manufacturer"),
        product: text(device, "product"),
        interface: hex(interface, "bInterfaceNumber").and_then(|number| u8::try_from(number).ok()),
        interface_name: text(interface, "interface"),
        ..raw
    })
}

fn hex(dir: &Path, attribute: &str) -> Option<u16> {
    u16::from_str_radix(&text(dir, attribute)?, 16).ok()
}

fn text(dir: &Path, attribute: &str) -> Option<String> {
    use std::io::Read;
    let mut bytes = Vec::new();
    fs::File::open(dir.join(attribute)).ok()?.take(ATTRIBUTE_MAX).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).trim().to_owned())
}

#[cfg(test)]
#[path = "sysfs_tests.rs"]
mod tests;
