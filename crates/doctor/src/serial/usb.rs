//! Which USB devices are plugged in, and which of them lack their port?

use std::path::Path;
use std::time::Duration;

use boardwalk_transport::PortGuess;
use futures::future::{BoxFuture, FutureExt as _};

use crate::case::Case;
use crate::check::{Check, Outcome};
use crate::code::Code;
use crate::finding::{Action, Finding, Remedy, Weight};
use crate::world::{Os, UsbDevice};

pub(super) struct UsbDevices;

/// Chips that put a UART on USB: their vendors, and what they are called. These have a port as soon as a driver is there.
const BRIDGES: &[(u16, &[u16], &str)] = &[
    (0x1A86, &[0x7522, 0x7523, 0x5523, 0x55D2, 0x55D3, 0x55D4, 0x55D8], "WCH CH340/CH343/CH9102"),
    (0x10C4, &[0xEA60, 0xEA61, 0xEA63, 0xEA70, 0xEA71], "Silicon Labs CP210x"),
    (0x0403, &[0x6001, 0x6010, 0x6011, 0x6014, 0x6015], "FTDI"),
    (0x067B, &[0x2303, 0x2304, 0x23A3], "Prolific PL2303"),
];
/// Boot loaders that show a drive and no port: boot ROMs of RP2040 and RP2350 (datasheets, "USB boot").
const UF2: &[(u16, u16, &str)] = &[(0x2E8A, 0x0003, "RP2040"), (0x2E8A, 0x000F, "RP2350")];
/// Adafruit's boot loaders have the application's product without its high bit (adafruit/uf2-samdx1).
const ADAFRUIT: u16 = 0x239A;

impl Check for UsbDevices {
    fn id(&self) -> &'static str {
        "usb"
    }

    fn title(&self) -> &'static str {
        "USB devices"
    }

    fn deadline(&self) -> Duration {
        Duration::from_secs(4)
    }

    fn run<'a>(&'a self, case: &'a Case) -> BoxFuture<'a, Outcome> {
        look(case).boxed()
    }
}

async fn look(case: &Case) -> Outcome {
    let (usb, ports) = (case.world.usb.clone(), case.world.ports.clone());
    let listed = tokio::task::spawn_blocking(move || (usb.devices(), ports.list_blocking())).await;
    let Ok((devices, ports)) = listed else {
        return Outcome::crashed("The system did not list its devices.");
    };
    let likely = ports.iter().filter(|port| port.is_likely()).count();
    let _ = case.facts.ports.set(ports.clone());
    // A board that is there is no reason to speak of others, unless nobody said which one is meant.
    let target_is_there = case
        .target
        .as_ref()
        .and_then(|target| target.serial_path())
        .is_some_and(|path| ports.iter().any(|port| port.path == path) || Path::new(path).exists());
    let weight = if target_is_there || (case.target.is_none() && likely > 0) {
        Weight::Remark
    } else {
        Weight::Blocks
    };
    let mut outcome = Outcome::pass(match &devices {
        None => format!("This system does not list USB devices; serial ports: {}.", ports.len()),
        Some(devices) => {
            format!(
                "USB devices: {}; serial ports: {}, of which likely boards: {likely}.",
                devices.len(),
                ports.len()
            )
        }
    });
    for device in devices.iter().flatten() {
        if let Some(finding) = judge(case, device) {
            outcome = outcome.and(finding.weighing(weight));
        }
    }
    for port in ports.iter().filter(|port| port.guess == PortGuess::Bootloader) {
        outcome = outcome.and(uf2(&port.title).weighing(weight));
    }
    outcome
}

fn judge(case: &Case, device: &UsbDevice) -> Option<Finding> {
    let id = format!("{:04x}:{:04x}", device.vid, device.pid);
    if device.vid == 0 {
        return Some(
            Finding::blocks(
                Code::UsbEnumerationFailed,
                format!("The USB device at {} did not say what it is.", device.place),
                "Its firmware crashes before USB is up, or the cable or its plug is bad.",
            )
            .advice("Try another cable and another socket of the computer.")
            .advice(
                "If it stays so, put the board into its boot loader (BOOT button) and write new firmware.",
            ),
        );
    }
    if let Some((_, _, chip)) = UF2.iter().find(|(vid, pid, _)| (*vid, *pid) == (device.vid, device.pid)) {
        return Some(uf2(chip));
    }
    if device.vid == ADAFRUIT && device.pid & 0x8000 == 0 && !device.has_port {
        return Some(uf2(device.product.as_deref().unwrap_or("Adafruit board")));
    }
    let (_, _, chip) =
        BRIDGES.iter().find(|(vid, pids, _)| *vid == device.vid && pids.contains(&device.pid))?;
    if device.has_port {
        return None;
    }
    Some(if case.world.os == Os::Linux && brltty(&case.world.root, device) {
        Finding::blocks(
            Code::BrlttyClaimsPort,
            format!("A {chip} bridge ({id}) is plugged in, its port is gone, and brltty is installed."),
            "brltty drives Braille displays, some of which use the same chip; it takes the bridge away a moment after it appears.",
        )
        .remedy(
            Remedy::text("If no Braille display is used on this computer, switch brltty's rule off, then plug the board in again.")
                .command("sudo systemctl mask brltty-udev.service brltty.path && sudo systemctl stop brltty"),
        )
        .action(Action::Retry, "Look again.")
    } else {
        Finding::blocks(
            Code::DriverMissing,
            format!("A {chip} bridge ({id}) is plugged in, and no serial port belongs to it."),
            "The system has no driver for this chip, or the driver failed.",
        )
        .with("chip", *chip)
        .remedy(driver(case.world.os, device.vid))
        .action(Action::Retry, "Plug the board in again, then look again.")
    })
}

fn uf2(chip: &str) -> Finding {
    Finding::blocks(
        Code::Uf2Bootloader,
        format!("A board ({chip}) is in its boot loader: it shows a drive and no serial port."),
        "The BOOT button was held while it was plugged in, or it has no firmware yet.",
    )
    .advice("Press its reset button, or plug it in again without holding BOOT.")
    .remedy(
        Remedy::text("If it has no MicroPython yet, copy the firmware (.uf2) to its drive.")
            .link("https://micropython.org/download/"),
    )
}

/// Whether brltty is here and nothing else drives the device.
fn brltty(root: &Path, device: &UsbDevice) -> bool {
    const SIGNS: [&str; 4] = [
        "usr/lib/udev/rules.d/85-brltty.rules",
        "usr/lib/udev/rules.d/90-brltty-usb-generic.rules",
        "lib/udev/rules.d/85-brltty.rules",
        "usr/bin/brltty",
    ];
    let taken = device.drivers.is_empty() || device.drivers.iter().any(|driver| driver == "usbfs");
    taken && SIGNS.iter().any(|sign| root.join(sign).exists())
}

fn driver(os: Os, vid: u16) -> Remedy {
    match (os, vid) {
        (Os::Linux, 0x1A86) => Remedy::text("Load the driver of the kernel.").command("sudo modprobe ch341"),
        (Os::Linux, 0x10C4) => Remedy::text("Load the driver of the kernel.").command("sudo modprobe cp210x"),
        (Os::Linux, 0x0403) => {
            Remedy::text("Load the driver of the kernel.").command("sudo modprobe ftdi_sio")
        }
        (Os::Linux, _) => Remedy::text("Load the driver of the kernel.").command("sudo modprobe pl2303"),
        (_, 0x1A86) => Remedy::text("Install the driver of the maker.")
            .link("https://www.wch-ic.com/downloads/CH341SER_ZIP.html"),
        (_, 0x10C4) => Remedy::text("Install the driver of the maker.")
            .link("https://www.silabs.com/developers/usb-to-uart-bridge-vcp-drivers"),
        (_, 0x0403) => {
            Remedy::text("Install the driver of the maker.").link("https://ftdichip.com/drivers/vcp-drivers/")
        }
        _ => Remedy::text("Install the driver of the chip's maker."),
    }
}
