use std::sync::Arc;

use boardwalk_doctor::{Code, Options, Os, UsbDevice, World};
use boardwalk_transport::{PortGuess, PortSource, UsbIdentity};

use crate::built::{Plugged, blocked, port, report, with, world};

fn plugged(vid: u16, pid: u16) -> World {
    let device = UsbDevice { place: "1-4".to_owned(), vid, pid, ..UsbDevice::default() };
    World { usb: Arc::new(Plugged(Some(vec![device]))), ..world() }
}

#[tokio::test]
async fn devices_without_their_port() {
    for (vid, pid, code) in [
        (0x1A86, 0x7523, Code::DriverMissing),
        (0x10C4, 0xEA60, Code::DriverMissing),
        (0x2E8A, 0x0003, Code::Uf2Bootloader),
        (0x239A, 0x00F1, Code::Uf2Bootloader),
        (0, 0, Code::UsbEnumerationFailed),
        (0x046D, 0xC52B, Code::NoPort),
    ] {
        blocked(&report(plugged(vid, pid), "").await, code);
        blocked(&report(plugged(vid, pid), "serial:/dev/ttyUSB77").await, code);
    }
    let windows = World { os: Os::Windows, ..plugged(0x1A86, 0x7523) };
    let report = report(windows, "").await;
    assert!(report.root().unwrap().remedies.iter().any(|remedy| remedy.link.is_some()));
}

#[tokio::test]
async fn brltty_takes_the_bridge() {
    let root = tempfile::tempdir().unwrap();
    let rules = root.path().join("usr/lib/udev/rules.d");
    std::fs::create_dir_all(&rules).unwrap();
    std::fs::write(rules.join("85-brltty.rules"), "").unwrap();
    let world = World { root: root.path().to_owned(), ..plugged(0x1A86, 0x7523) };
    blocked(&report(world, "").await, Code::BrlttyClaimsPort);
}

#[tokio::test]
async fn a_board_that_has_another_port_now() {
    let now = || vec![port("/dev/ttyACM5", PortGuess::MicroPython, "A")];
    let world = World { ports: PortSource::from_fn(now), ..world() };
    let identity = UsbIdentity { vid: 0x2E8A, pid: 0x0005, serial_number: Some("A".to_owned()) };
    let options = Options { identity: Some(identity), ..Options::default() };
    let report = with(world, "serial:/dev/ttyACM77", options).await;
    blocked(&report, Code::PortRenumbered);
    assert!(report.summary.contains("/dev/ttyACM5"), "{}", report.summary);
}

#[tokio::test]
async fn a_bluetooth_port_explains_why_it_does_not_open() {
    let listed = || vec![port("/dev/rfcomm77", PortGuess::Bluetooth, "A")];
    let world = World { ports: PortSource::from_fn(listed), ..world() };
    blocked(&report(world, "serial:/dev/rfcomm77").await, Code::BluetoothPort);
}
