//! The line MicroPython greets with (py/modsys.c, MICROPY_BANNER_NAME_AND_VERSION and MICROPY_BANNER_MACHINE).

use crate::search::find;

/// The second line of the greeting; the first prompt follows it.
pub const HELP_LINE: &[u8] = b"Type \"help()\" for more information.";

/// What a soft reset prints: `MPY: soft reboot` since 1.10, `soft reboot` before.
pub const SOFT_REBOOT: &[u8] = b"soft reboot\r\n";

/// What the greeting says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Banner {
    /// `MicroPython`, or the name of a fork.
    pub name: String,
    /// `1.27.0`, without a leading `v`.
    pub version: String,
    /// `Raspberry Pi Pico W with RP2040`.
    pub machine: String,
}

impl Banner {
    /// Finds the greeting in a piece of output. `None` when there is no whole one.
    #[must_use]
    pub fn find(output: &[u8]) -> Option<Self> {
        let help = find(output, HELP_LINE)?;
        let text = String::from_utf8_lossy(&output[..help]);
        let line = text.trim_end().rsplit(['\n', '\r']).next()?.trim_matches('\0');
        let (what, machine) = line.split_once("; ")?;
        let (product, _date) = what.split_once(" on ").unwrap_or((what, ""));
        let (name, version) = product.rsplit_once(' ')?;
        let version = version.strip_prefix('v').unwrap_or(version);
        let short = |s: &str| s.chars().filter(|c| !c.is_control()).take(100).collect::<String>();
        Some(Self { name: short(name), version: short(version), machine: short(machine) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn greetings_seen() {
        let pico = b"MPY: soft reboot\r\nMicroPython v1.27.0 on 2025-12-09; Raspberry Pi Pico W with RP2040\r\nType \"help()\" for more information.\r\n>>> ";
        let banner = Banner::find(pico).unwrap();
        assert_eq!((banner.name.as_str(), banner.version.as_str()), ("MicroPython", "1.27.0"));
        assert_eq!(banner.machine, "Raspberry Pi Pico W with RP2040");
        let microbit =
            b"\x00MicroPython v1.9.2-34-gd64154c73 on 2017-09-01; micro:bit v1.0.1 with nRF51822\r\nType \"help()\" for more information.\r\n>>> ";
        assert_eq!(Banner::find(microbit).unwrap().version, "1.9.2-34-gd64154c73");
        assert_eq!(Banner::find(b"Type \"help()\" for more information."), None);
    }
}
