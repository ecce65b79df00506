//! Ports that no operating system lists: boards made of software, named in a file.
//!
//! The file holds a JSON array of objects with `path` and, if the board is to look like a USB device, `vid`, `pid`,
//! `serial_number` (or `serial`), `manufacturer`, `product`; `demo` marks a board that Boardwalk started itself.
//! Whoever writes it may be in the middle of that, or gone: what cannot be read adds nothing.

use std::fs;
use std::io::Read;
use std::path::Path;

use serde::Deserialize;

use super::info::{PortInfo, RawPortInfo};

/// Longest file read, in bytes.
const FILE_MAX: u64 = 64 * 1024;

/// What the file held when it was last whole.
#[derive(Debug, Default)]
pub(super) struct ExtraPorts {
    entries: Vec<Entry>,
}

#[derive(Debug, Clone, Deserialize)]
struct Entry {
    path: String,
    vid: Option<u16>,
    pid: Option<u16>,
    #[serde(alias = "serial")]
    serial_number: Option<String>,
    manufacturer: Option<String>,
    product: Option<String>,
    #[serde(default)]
    demo: bool,
}

impl ExtraPorts {
    /// Reads the file again. A file that is half written keeps what was known; a missing or empty one forgets it.
    pub(super) fn refresh(&mut self, file: &Path) {
        let mut text = Vec::new();
        let read = fs::File::open(file).and_then(|f| f.take(FILE_MAX).read_to_end(&mut text));
        if read.is_err() || text.iter().all(u8::is_ascii_whitespace) {
            self.entries.clear();
            return;
        }
        match serde_json::from_slice(&text) {
            Ok(entries) => self.entries = entries,
            Err(why) => tracing::debug!(file = %file.display(), %why, "extra ports not readable now"),
        }
    }

    /// The ports whose path exists right now.
    pub(super) fn present(&self) -> Vec<PortInfo> {
        self.entries.iter().filter(|entry| Path::new(&entry.path).exists()).map(Entry::port).collect()
    }
}

impl Entry {
    fn port(&self) -> PortInfo {
        PortInfo::usb(RawPortInfo {
            path: self.path.clone(),
            vid: self.vid,
            pid: self.pid,
            serial_number: self.serial_number.clone(),
            manufacturer: self.manufacturer.clone(),
            product: self.product.clone(),
            demo: self.demo,
            ..RawPortInfo::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::PortGuess;

    #[test]
    fn ports_come_and_go_with_the_file_and_with_their_path() {
        let dir = tempfile::tempdir().unwrap();
        let (file, tty) = (dir.path().join("ports.json"), dir.path().join("tty"));
        let mut extra = ExtraPorts::default();
        extra.refresh(&file);
        assert!(extra.present().is_empty(), "no file");

        let whole =
            serde_json::json!([{"path": tty, "vid": 11914, "pid": 5, "serial": "E660", "demo": true}]);
        fs::write(&file, whole.to_string()).unwrap();
        extra.refresh(&file);
        assert!(extra.present().is_empty(), "the path does not exist yet");

        fs::write(&tty, "").unwrap();
        let port = extra.present().remove(0);
        assert_eq!((port.guess, port.demo), (PortGuess::MicroPython, true));
        assert_eq!(port.serial_number.as_deref(), Some("E660"));

        fs::write(&file, &whole.to_string()[..20]).unwrap();
        extra.refresh(&file);
        assert_eq!(extra.present().len(), 1, "half a file keeps what was known");

        fs::remove_file(&file).unwrap();
        extra.refresh(&file);
        assert!(extra.present().is_empty(), "a removed file is the end of it");
    }
}
