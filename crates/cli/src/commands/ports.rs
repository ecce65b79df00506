use boardwalk_transport::PortGuess;
use serde_json::json;

use crate::context::{Context, Failure};
use crate::output;

pub(crate) async fn ports(context: &Context, all: bool) -> Result<(), Failure> {
    let mut ports = context.world.ports.list().await;
    ports.retain(|port| all || !port.is_hidden());
    if context.common.json {
        let ports: Vec<_> = ports
            .iter()
            .map(|port| {
                json!({
                    "target": port.target().to_string(), "path": port.path, "title": port.title,
                    "vid": port.vid, "pid": port.pid, "serial": port.serial_number,
                    "manufacturer": port.manufacturer, "product": port.product,
                    "guess": guess(port.guess), "likely": port.is_likely(), "demo": port.demo,
                })
            })
            .collect();
        output::json(&json!({ "ports": ports }));
        return Ok(());
    }
    if ports.is_empty() {
        output::plain_error("No serial port found. Plug the board in with a cable that carries data.");
    }
    for port in ports {
        let usb = match (port.vid, port.pid) {
            (Some(vid), Some(pid)) => format!("{vid:04x}:{pid:04x}"),
            _ => "-".to_owned(),
        };
        let serial = port.serial_number.as_deref().unwrap_or("-");
        output::line(&format!(
            "{:<24} {usb:<9} {serial:<20} {} ({})",
            port.path,
            port.title,
            guess(port.guess)
        ));
    }
    Ok(())
}

pub(crate) fn guess(guess: PortGuess) -> &'static str {
    match guess {
        PortGuess::MicroPython => "micropython",
        PortGuess::UsbBridge => "usb-bridge",
        PortGuess::CircuitPython => "circuitpython",
        PortGuess::Other => "other",
        PortGuess::Debugger => "debugger",
        PortGuess::Bootloader => "bootloader",
        PortGuess::Unknown => "unknown",
        PortGuess::BuiltIn => "built-in",
        PortGuess::Bluetooth => "bluetooth",
    }
}
