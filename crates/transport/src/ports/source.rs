//! Where the list of ports comes from: the operating system, a file of extra ports, or a test.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::extra::ExtraPorts;
use super::info::{PortInfo, by_likelihood};
use super::stamp;
#[cfg(target_os = "linux")]
use super::sysfs::{self, SysRoots};
use crate::usb::UsbIdentity;

type List = dyn Fn() -> Vec<PortInfo> + Send + Sync;
type Stamp = dyn Fn() -> Option<u64> + Send + Sync;

/// A list of ports that can be asked again and again. Cloning shares it.
#[derive(Clone)]
pub struct PortSource {
    list: Arc<List>,
    stamp: Arc<Stamp>,
    extra: Option<Arc<Extra>>,
}

struct Extra {
    file: PathBuf,
    ports: Mutex<ExtraPorts>,
}

impl PortSource {
    /// The ports of this computer.
    #[cfg(target_os = "linux")]
    pub fn system() -> Self {
        Self::sysfs(SysRoots::default())
    }

    /// The ports of this computer.
    #[cfg(not(target_os = "linux"))]
    pub fn system() -> Self {
        Self { list: Arc::new(super::native::list), stamp: Arc::new(native_stamp), extra: None }
    }

    /// The ports that a sysfs tree shows.
    #[cfg(target_os = "linux")]
    pub fn sysfs(roots: SysRoots) -> Self {
        let looked_at = roots.clone();
        Self {
            list: Arc::new(move || sysfs::list(&roots)),
            stamp: Arc::new(move || {
                let class = stamp::directory(&looked_at.class_tty, |name| !sysfs::is_console(name));
                // The node follows the class entry a moment later; devtmpfs then changes the directory's time.
                Some(class.wrapping_add(stamp::file(&looked_at.dev)))
            }),
            extra: None,
        }
    }

    /// The ports that a function returns; it is asked every time.
    pub fn from_fn(list: impl Fn() -> Vec<PortInfo> + Send + Sync + 'static) -> Self {
        Self { list: Arc::new(list), stamp: Arc::new(|| None), extra: None }
    }

    /// No ports at all.
    pub fn none() -> Self {
        Self::from_fn(Vec::new)
    }

    /// Adds the ports named in a JSON file while their paths exist. The file may be missing, and may change.
    #[must_use]
    pub fn with_extra_file(mut self, file: impl Into<PathBuf>) -> Self {
        self.extra = Some(Arc::new(Extra { file: file.into(), ports: Mutex::default() }));
        self
    }

    /// All ports, likely boards first. Reads the disk: at home on a blocking thread; see [`list`](Self::list).
    pub fn list_blocking(&self) -> Vec<PortInfo> {
        let mut ports = (self.list)();
        if let Some(extra) = &self.extra {
            let mut known = extra.ports.lock().unwrap_or_else(PoisonError::into_inner);
            known.refresh(&extra.file);
            let extra = known.present();
            ports.retain(|port| extra.iter().all(|other| other.path != port.path));
            ports.extend(extra);
        }
        ports.sort_by(by_likelihood);
        ports
    }

    /// All ports, likely boards first.
    pub async fn list(&self) -> Vec<PortInfo> {
        let source = self.clone();
        tokio::task::spawn_blocking(move || source.list_blocking()).await.unwrap_or_default()
    }

    /// A number that stays the same while the ports stay the same; `None` when only listing tells.
    pub(super) fn stamp(&self) -> Option<u64> {
        let own = (self.stamp)()?;
        let Some(extra) = &self.extra else { return Some(own) };
        let known = extra.ports.lock().unwrap_or_else(PoisonError::into_inner);
        let present: Vec<_> = known.present().into_iter().map(|port| port.path).collect();
        Some(stamp::hash(&(own, stamp::file(&extra.file), present)))
    }
}

impl std::fmt::Debug for PortSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PortSource")
            .field("extra", &self.extra.as_ref().map(|e| &e.file))
            .finish_non_exhaustive()
    }
}

#[cfg(target_os = "macos")]
fn native_stamp() -> Option<u64> {
    Some(stamp::directory(Path::new("/dev"), |name| name.starts_with("cu.")))
}

/// Nothing cheaper than the list tells on Windows.
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn native_stamp() -> Option<u64> {
    None
}

/// The port at a path, which may be a link such as those in `/dev/serial/by-id`.
pub(crate) fn port_at<'a>(ports: &'a [PortInfo], path: &str) -> Option<&'a PortInfo> {
    ports.iter().find(|port| port.path == path).or_else(|| {
        let real = std::fs::canonicalize(Path::new(path)).ok()?;
        ports.iter().find(|port| Path::new(&port.path) == real)
    })
}

/// The port a device has today. By serial number; by vendor and product only when the device has no serial number
/// and just one such port is there, since two boards of one kind must not be mixed up.
pub(crate) fn port_of<'a>(
    ports: &'a [PortInfo],
    who: &UsbIdentity,
    interface: Option<u8>,
) -> Option<&'a PortInfo> {
    let same = || ports.iter().filter(|port| port.identity().as_ref() == Some(who));
    let here = || same().filter(|port| interface.is_none() || port.interface == interface);
    let mut found = here();
    match (found.next(), found.next()) {
        (Some(port), None) => Some(port),
        // One serial number, several ports: the lowest is the REPL on every composite board known.
        (Some(port), Some(_)) if who.serial_number.is_some() => Some(port),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::info::RawPortInfo;

    fn port(path: &str, serial: Option<&str>) -> PortInfo {
        PortInfo::usb(RawPortInfo {
            path: path.into(),
            vid: Some(0x1A86),
            pid: Some(0x7523),
            serial_number: serial.map(Into::into),
            ..RawPortInfo::default()
        })
    }

    #[test]
    fn a_device_without_serial_number_is_found_only_when_it_is_the_only_one() {
        let one = [port("/dev/ttyUSB1", None), port("/dev/ttyUSB2", Some("A"))];
        let who = one[0].identity().unwrap();
        assert_eq!(port_of(&one, &who, None).map(|p| p.path.as_str()), Some("/dev/ttyUSB1"));
        let two = [port("/dev/ttyUSB1", None), port("/dev/ttyUSB2", None)];
        assert_eq!(port_of(&two, &who, None), None);
    }

    #[test]
    fn a_serial_number_is_followed_to_any_name() {
        let ports = [port("/dev/ttyUSB0", Some("B")), port("/dev/ttyUSB7", Some("A"))];
        let who = UsbIdentity { vid: 0x1A86, pid: 0x7523, serial_number: Some("A".into()) };
        assert_eq!(port_of(&ports, &who, None).map(|p| p.path.as_str()), Some("/dev/ttyUSB7"));
        assert_eq!(port_of(&ports[..1], &who, None), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_leads_to_the_port_it_points_at() {
        let dir = tempfile::tempdir().unwrap();
        let (real, link) = (dir.path().join("ttyUSB3"), dir.path().join("by-id"));
        std::fs::write(&real, "").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        let real = std::fs::canonicalize(&real).unwrap();
        let ports = [port(real.to_str().unwrap(), None)];
        assert!(port_at(&ports, link.to_str().unwrap()).is_some());
        assert!(port_at(&ports, "/nonexistent").is_none());
    }
}
