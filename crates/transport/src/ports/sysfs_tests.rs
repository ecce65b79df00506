use std::os::unix::fs::symlink;

use super::*;

/// A tree as the kernel lays it out, with /dev beside it.
struct Tree(tempfile::TempDir);

impl Tree {
    fn new() -> Self {
        let tree = Self(tempfile::tempdir().unwrap());
        for dir in ["dev", "class/tty", "bus/usb", "bus/usb-serial", "bus/serial-base"] {
            fs::create_dir_all(tree.at(dir)).unwrap();
        }
        tree
    }

    fn at(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn file(&self, path: &str, text: &str) {
        let path = self.at(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// The class entry is a directory here and a link there; `device` is what matters.
    fn tty(&self, name: &str, device: &str, subsystem: &str) {
        fs::create_dir_all(self.at(device)).unwrap();
        symlink(self.at(subsystem), self.at(device).join("subsystem")).unwrap();
        fs::create_dir_all(self.at("class/tty").join(name)).unwrap();
        symlink(self.at(device), self.at("class/tty").join(name).join("device")).unwrap();
        self.file(&format!("dev/{name}"), "");
    }

    fn usb(&self, device: &str, vid: &str, pid: &str, serial: &str, product: &str) {
        self.file(&format!("{device}/idVendor"), &format!("{vid}\n"));
        self.file(&format!("{device}/idProduct"), &format!("{pid}\n"));
        self.file(&format!("{device}/serial"), &format!("{serial}\n"));
        self.file(&format!("{device}/product"), &format!("{product}\n"));
    }

    fn list(&self) -> Vec<PortInfo> {
        let mut ports = list(&SysRoots { class_tty: self.at("class/tty"), dev: self.at("dev") });
        ports.sort_by(|a, b| a.path.cmp(&b.path));
        ports
    }
}

#[test]
fn a_pico_and_a_bridge_with_their_descriptors() {
    let tree = Tree::new();
    tree.usb("devices/1-1", "2e8a", "0005", "E6609CB2D3", "Board in FS mode");
    tree.file("devices/1-1/manufacturer", "MicroPython\n");
    tree.file("devices/1-1/1-1:1.0/bInterfaceNumber", "00\n");
    tree.tty("ttyACM0", "devices/1-1/1-1:1.0", "bus/usb");
    tree.usb("devices/1-2", "1a86", "7523", "", "USB Serial");
    tree.tty("ttyUSB0", "devices/1-2/1-2:1.0/ttyUSB0", "bus/usb-serial");

    let ports = tree.list();
    assert_eq!(ports.len(), 2, "{ports:#?}");
    let pico = &ports[0];
    assert!(pico.path.ends_with("/dev/ttyACM0"));
    assert_eq!((pico.vid, pico.pid), (Some(0x2E8A), Some(0x0005)));
    assert_eq!(pico.serial_number.as_deref(), Some("E6609CB2D3"));
    assert_eq!(pico.manufacturer.as_deref(), Some("MicroPython"));
    assert_eq!(pico.interface, Some(0));
    assert_eq!(pico.guess, PortGuess::MicroPython);
    let bridge = &ports[1];
    assert_eq!((bridge.guess, bridge.serial_number.as_deref()), (PortGuess::UsbBridge, None));
}

#[test]
fn circuitpython_is_named_by_its_interface() {
    let tree = Tree::new();
    tree.usb("devices/1-1", "2e8a", "102e", "D1", "Some board");
    tree.file("devices/1-1/1-1:1.0/interface", "CircuitPython CDC control\n");
    tree.tty("ttyACM0", "devices/1-1/1-1:1.0", "bus/usb");
    assert_eq!(tree.list()[0].guess, PortGuess::CircuitPython);
}

#[test]
fn uarts_without_a_chip_and_consoles_are_no_ports() {
    let tree = Tree::new();
    tree.tty("ttyS0", "devices/0:0.0", "bus/serial-base");
    tree.file("class/tty/ttyS0/type", "4\n");
    tree.tty("ttyS1", "devices/0:0.1", "bus/serial-base");
    tree.file("class/tty/ttyS1/type", "0\n");
    for name in ["tty", "tty0", "tty63", "console", "ptmx"] {
        fs::create_dir_all(tree.at("class/tty").join(name)).unwrap();
        tree.file(&format!("dev/{name}"), "");
    }
    let ports = tree.list();
    assert_eq!(ports.len(), 1, "{ports:#?}");
    assert!(ports[0].is_hidden() && !ports[0].is_likely(), "{:#?}", ports[0]);
}

#[test]
fn a_port_whose_node_is_gone_is_not_listed() {
    let tree = Tree::new();
    tree.usb("devices/1-1", "10c4", "ea60", "0001", "CP2102");
    tree.tty("ttyUSB0", "devices/1-1/1-1:1.0/ttyUSB0", "bus/usb-serial");
    assert_eq!(tree.list().len(), 1);
    fs::remove_file(tree.at("dev/ttyUSB0")).unwrap();
    assert!(tree.list().is_empty());
}

#[test]
fn a_computer_without_sysfs_has_no_ports() {
    let none = SysRoots { class_tty: "/nonexistent/class".into(), dev: "/nonexistent".into() };
    assert!(list(&none).is_empty());
}
