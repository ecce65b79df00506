//! Who a USB device is, whatever name its port has today.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Vendor, product and serial number. Port names change with the socket and the order of plugging; this does not.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct UsbIdentity {
    /// vendor id
    pub vid: u16,
    /// product id
    pub pid: u16,
    /// serial number as the device reports it; cheap bridges have none
    #[serde(default)]
    pub serial_number: Option<String>,
}

impl fmt::Display for UsbIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X}:{:04X}", self.vid, self.pid)?;
        match &self.serial_number {
            Some(serial) => write!(f, ":{serial}"),
            None => Ok(()),
        }
    }
}
