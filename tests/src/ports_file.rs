use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use serde::Serialize;

use crate::error::{BoardError, Context as _};

/// What USB says about a board; a pseudo terminal cannot say it itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Identity {
    /// Vendor.
    pub vid: u16,
    /// Product number.
    pub pid: u16,
    /// Serial number: what stays the same when the path changes.
    pub serial: String,
    /// Manufacturer's name.
    pub manufacturer: String,
    /// Product's name.
    pub product: String,
    /// A board to try things out with, not one of the user's.
    pub demo: bool,
}

impl Identity {
    /// A Raspberry Pi Pico with MicroPython.
    pub fn pico(serial: impl Into<String>) -> Self {
        Self {
            vid: 0x2e8a,
            pid: 5,
            serial: serial.into(),
            manufacturer: "MicroPython".into(),
            product: "Board in FS mode".into(),
            demo: false,
        }
    }

    /// The same under another product name.
    #[must_use]
    pub fn named(mut self, product: impl Into<String>) -> Self {
        self.product = product.into();
        self
    }

    /// The same as a board to try things out with.
    #[must_use]
    pub fn demo(mut self) -> Self {
        self.demo = true;
        self
    }
}

/// The file of extra ports that `BOARDWALK_EXTRA_PORTS` names: a JSON array, always whole. Clones are the same file.
#[derive(Debug, Clone)]
pub struct PortsFile {
    path: PathBuf,
    entries: Arc<Mutex<BTreeMap<String, Entry>>>,
}

#[derive(Debug, Serialize)]
struct Entry {
    path: String,
    #[serde(flatten)]
    identity: Identity,
}

impl PortsFile {
    /// Makes the file, empty.
    pub fn create(path: impl Into<PathBuf>) -> Result<Self, BoardError> {
        let file = Self { path: path.into(), entries: Arc::default() };
        file.write(&file.lock())?;
        Ok(file)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Lists the port at `port`; an entry with the same serial number moves there.
    pub fn put(&self, port: &str, identity: &Identity) -> Result<(), BoardError> {
        let mut entries = self.lock();
        entries.insert(identity.serial.clone(), Entry { path: port.to_owned(), identity: identity.clone() });
        self.write(&entries)
    }

    /// Takes the port with this serial number off the list.
    pub fn remove(&self, serial: &str) -> Result<(), BoardError> {
        let mut entries = self.lock();
        entries.remove(serial);
        self.write(&entries)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, entries: &BTreeMap<String, Entry>) -> Result<(), BoardError> {
        let text =
            serde_json::to_vec_pretty(&entries.values().collect::<Vec<_>>()).context("the list of ports")?;
        let mut name = self.path.file_name().unwrap_or_default().to_os_string();
        name.push(".new");
        let beside = self.path.with_file_name(name);
        fs::write(&beside, text).context("writing the list of ports")?;
        fs::rename(&beside, &self.path).context("writing the list of ports")
    }
}
