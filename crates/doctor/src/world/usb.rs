//! The USB devices of this computer, whether a port belongs to them or not.

use std::fs;
use std::path::{Path, PathBuf};

/// A USB device.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UsbDevice {
    /// where it is plugged in, as the system says: `1-4.2`
    pub place: String,
    /// vendor; 0 when the device did not even say that
    pub vid: u16,
    /// product
    pub pid: u16,
    /// what it calls itself
    pub product: Option<String>,
    /// whether a serial port belongs to it
    pub has_port: bool,
    /// the drivers of its interfaces
    pub drivers: Vec<String>,
}

/// Knows the USB devices. Reads the disk: never on an async thread.
pub trait UsbTree: Send + Sync + 'static {
    /// All devices but hubs; `None` when this system does not tell.
    fn devices(&self) -> Option<Vec<UsbDevice>>;
}

/// The USB devices of this computer: on Linux from sysfs, elsewhere unknown.
#[derive(Debug, Clone)]
pub struct SystemUsb {
    /// `/sys/bus/usb/devices`
    pub devices: PathBuf,
}

/// Longest attribute used, in characters.
const TEXT_MAX: usize = 126;
/// bDeviceClass of a hub (USB 2.0, 11.23.1).
const HUB: &str = "09";

impl Default for SystemUsb {
    fn default() -> Self {
        Self { devices: PathBuf::from("/sys/bus/usb/devices") }
    }
}

impl UsbTree for SystemUsb {
    fn devices(&self) -> Option<Vec<UsbDevice>> {
        let entries = fs::read_dir(&self.devices).ok()?;
        let mut found: Vec<UsbDevice> = entries.flatten().filter_map(|entry| device(&entry.path())).collect();
        found.sort_by(|a, b| a.place.cmp(&b.place));
        Some(found)
    }
}

/// A device directory; the others are interfaces (`1-4:1.0`) and root hubs (`usb1`).
fn device(path: &Path) -> Option<UsbDevice> {
    let place = path.file_name()?.to_str()?.to_owned();
    if place.contains(':') || place.starts_with("usb") || text(path, "bDeviceClass").as_deref() == Some(HUB) {
        return None;
    }
    let hex = |name| text(path, name).and_then(|text| u16::from_str_radix(&text, 16).ok());
    let mut device = UsbDevice {
        vid: hex("idVendor")?,
        pid: hex("idProduct")?,
        product: text(path, "product"),
        ..UsbDevice::default()
    };
    let interfaces = fs::read_dir(path).ok()?.flatten().map(|entry| entry.path());
    for interface in interfaces.filter(|entry| is_interface(entry, &place)) {
        if let Some(driver) =
            fs::read_link(interface.join("driver")).ok().as_deref().and_then(Path::file_name)
        {
            device.drivers.push(driver.to_string_lossy().into_owned());
        }
        device.has_port |= has_port(&interface);
    }
    device.place = place;
    Some(device)
}

fn is_interface(entry: &Path, place: &str) -> bool {
    let name = entry.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.strip_prefix(place).is_some_and(|rest| rest.starts_with(':'))
}

/// cdc-acm puts its port into `tty/`, usb-serial into a directory of the port's name.
fn has_port(interface: &Path) -> bool {
    let entries = || fs::read_dir(interface).into_iter().flatten().flatten().map(|entry| entry.file_name());
    fs::read_dir(interface.join("tty")).is_ok_and(|mut ports| ports.next().is_some())
        || entries().any(|name| name.to_str().is_some_and(|name| name.starts_with("ttyUSB")))
}

fn text(directory: &Path, attribute: &str) -> Option<String> {
    let text = fs::read_to_string(directory.join(attribute)).ok()?;
    let clean: String = text.trim().chars().filter(|c| !c.is_control()).take(TEXT_MAX).collect();
    (!clean.is_empty()).then_some(clean)
}
