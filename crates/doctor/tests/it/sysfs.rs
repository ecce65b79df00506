//! USB devices as Linux shows them.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use boardwalk_doctor::{SystemUsb, UsbTree as _};

fn device(tree: &Path, place: &str, vid: &str, pid: &str, class: &str) {
    let folder = tree.join(place);
    fs::create_dir_all(&folder).unwrap();
    for (name, text) in
        [("idVendor", vid), ("idProduct", pid), ("bDeviceClass", class), ("product", "Thing\n")]
    {
        fs::write(folder.join(name), text).unwrap();
    }
}

fn interface(tree: &Path, place: &str, driver: Option<&str>) -> std::path::PathBuf {
    let folder = tree.join(place).join(format!("{place}:1.0"));
    fs::create_dir_all(&folder).unwrap();
    if let Some(driver) = driver {
        symlink(format!("../../../bus/usb/drivers/{driver}"), folder.join("driver")).unwrap();
    }
    folder
}

#[test]
fn ports_drivers_and_what_lacks_them() {
    let folder = tempfile::tempdir().unwrap();
    let tree = folder.path();
    device(tree, "usb1", "1d6b", "0002", "09");
    device(tree, "1-2", "0424", "2514", "09");
    device(tree, "1-3", "2e8a", "0005", "ef");
    fs::create_dir_all(interface(tree, "1-3", Some("cdc_acm")).join("tty/ttyACM0")).unwrap();
    device(tree, "1-4", "1a86", "7523", "ff");
    fs::create_dir_all(interface(tree, "1-4", Some("ch341")).join("ttyUSB0")).unwrap();
    device(tree, "1-5", "10c4", "ea60", "00");
    interface(tree, "1-5", Some("usbfs"));
    device(tree, "1-6", "nonsense", "", "00");

    let found = SystemUsb { devices: tree.to_owned() }.devices().unwrap();
    let seen: Vec<_> = found
        .iter()
        .map(|device| (device.place.as_str(), device.vid, device.has_port, device.drivers.join(" ")))
        .collect();
    assert_eq!(
        seen,
        [
            ("1-3", 0x2E8A, true, "cdc_acm".to_owned()),
            ("1-4", 0x1A86, true, "ch341".to_owned()),
            ("1-5", 0x10C4, false, "usbfs".to_owned()),
        ]
    );
    assert_eq!(SystemUsb { devices: tree.join("none") }.devices(), None);
}
