//! What is said about the words of a port.

use std::path::Path;
use std::time::Duration;

use boardwalk_protocol::websocket::handshake::shown;

use tokio::time::{Instant, sleep};

use super::classify::{Heard, classify};
use super::open::modem_manager;
use super::starts::{self, Starts};
use crate::case::Case;
use crate::code::Code;
use crate::finding::{Action, Finding, Remedy};

const CATCH: &str =
    "Catch the board while it starts and set its main.py aside: press its reset button within 30 s.";
const AWAY: Duration = Duration::from_secs(2);
const FIRMWARE: &str = "https://micropython.org/download/";

/// ` It said “…”.`; nothing for nothing.
pub(crate) fn said(heard: &[u8]) -> String {
    if heard.is_empty() { String::new() } else { format!(" It said “{}”.", shown(heard)) }
}

/// What the words of a board say about its trouble.
pub(crate) fn trouble(heard: &[u8]) -> Option<Finding> {
    finding(&classify(heard), heard)
}

pub(super) fn finding(kind: &Heard, heard: &[u8]) -> Option<Finding> {
    let said = said(heard);
    Some(match kind {
        Heard::Nothing | Heard::MicroPython | Heard::Other => return None,
        Heard::BootLog => only_a_start(heard),
        Heard::Download => Finding::blocks(
            Code::RomDownloadMode,
            format!("The chip waits for firmware.{said}"),
            "Its boot pin was low when it started: the BOOT button was held, or a program set DTR at the wrong moment.",
        )
        .action(Action::Retry, "Press the reset button (EN) without holding BOOT, then look again."),
        Heard::Brownout => Finding::blocks(
            Code::Brownout,
            format!("The chip restarts because its supply voltage breaks down.{said}"),
            "Wi-Fi draws more current than the cable, the hub or the supply gives.",
        )
        .advice("Use a short, thick cable, another socket, or a hub with a supply of its own."),
        Heard::NoFirmware(line) => write_firmware(
            Finding::blocks(
                Code::NotMicropython,
                format!("The chip starts and finds no firmware that it could run: “{line}”."),
                "Its flash is empty, or what is written there is damaged or meant for another chip.",
            )
            .with("firmware", ""),
            "Write MicroPython's firmware for this chip; when that did not help, erase the flash before.",
        ),
        Heard::Restarts(starts) => restarts(starts, &said),
        Heard::Crashed(line) => write_firmware(
            Finding::blocks(
                Code::NoPrompt,
                format!("The firmware crashed and stands still: “{line}”."),
                "Its interpreter runs no more, so there is no prompt.",
            )
            .action(Action::Retry, "Press the board's reset button, then look again."),
            "If it happens again, write another version of the firmware.",
        ),
        Heard::Damaged(line) => write_firmware(
            Finding::blocks(
                Code::FilesystemDamaged,
                format!("The board says that its file system is damaged: “{line}”."),
                "The flash lost power while it was written, the flash is worn, or other firmware left its own format there.",
            )
            .action(Action::InterruptProgram, "Stop it (Ctrl-C), and copy from the prompt what can still be read."),
            "Erase the flash and write the firmware anew.",
        ),
        Heard::ModemManager => modem_manager(format!("ModemManager typed into the board.{said}")),
        Heard::Foreign(firmware) => foreign(firmware, heard),
        Heard::Noise => noise(heard),
    })
}

/// The firmware named `firmware` is there.
pub(crate) fn foreign(firmware: &str, heard: &[u8]) -> Finding {
    let finding = match firmware {
        "CircuitPython" => Finding::blocks(
            Code::NotMicropython,
            format!("CircuitPython is on this board, not MicroPython.{}", said(heard)),
            "CircuitPython has another REPL and other files; Boardwalk is made for MicroPython.",
        ),
        _ => Finding::blocks(
            Code::NotMicropython,
            format!("What answers is not MicroPython but {firmware}.{}", said(heard)),
            "Boardwalk talks to MicroPython's prompt, and this firmware has none.",
        ),
    };
    write_firmware(
        finding.with("firmware", firmware),
        "If this board can run MicroPython, write its firmware to it; what is there now is replaced.",
    )
}

/// The same, where a program on MicroPython may as well be what talks so.
pub(crate) fn likely_foreign(firmware: &str, heard: &[u8]) -> Finding {
    let mut finding = foreign(firmware, heard);
    let stop =
        Remedy::text("If a program on MicroPython may be what says this, stop it (Ctrl-C) and look again.")
            .action(Action::InterruptProgram);
    finding.remedies.insert(0, stop);
    finding.why = format!("{} A program on MicroPython that talks like this looks the same.", finding.why);
    finding
}

/// Only noise came.
pub(crate) fn noise(heard: &[u8]) -> Finding {
    Finding::blocks(
        Code::WrongBaud,
        format!("Only garbage arrives.{}", said(heard)),
        "The board and this port do not have the same speed, the driver garbles the bytes, or what is there does not speak in text.",
    )
    .advice("If the board's boot.py sets another speed for its UART, use that one.")
    .action(Action::Retry, "Press the board's reset button, then look again: an ESP8266 begins with a line of garbage, and its prompt follows.")
}

/// The chip starts, and then nothing comes.
pub(crate) fn only_a_start(heard: &[u8]) -> Finding {
    let saw = format!("The chip starts here, and no prompt follows.{}", said(heard));
    let stop = "If a program may be running, stop it (Ctrl-C) and look again.";
    if starts::has_usb_of_its_own(heard) {
        return Finding::blocks(
            Code::WrongUsbSocket,
            saw,
            "Boards with two USB sockets print their start on both and have the prompt on one. Or a program that prints nothing runs, or there is no MicroPython on the board.",
        )
        .action(Action::InterruptProgram, stop)
        .action(Action::ChoosePort, "Plug the cable into the board's other USB socket, or choose its other port.")
        .advice("Press the reset button once; after writing firmware through USB-JTAG the board waits for that.");
    }
    let why = match Starts::of(heard).wakes {
        true => {
            "It has just woken from deep sleep: its program sends it there again before it comes to a prompt."
        }
        false => "A program that prints nothing runs, or there is no MicroPython on the board.",
    };
    let finding = Finding::blocks(Code::NoPrompt, saw, why).action(Action::InterruptProgram, stop);
    write_firmware(finding.action(Action::Rescue, CATCH), "If it never had MicroPython, write its firmware.")
}

/// All that is sent comes back, and nothing else.
pub(crate) fn loopback() -> Finding {
    Finding::blocks(
        Code::NoResponse,
        "Every byte that goes out comes back as it is, and nothing else comes.",
        "The port's TX and RX are connected to each other, or an adapter echoes: no board answers behind it.",
    )
    .advice("Take the bridge between TX and RX away; the board's TX belongs to the adapter's RX, and the other way round.")
    .action(Action::Retry, "Look again.")
}

/// The port is not there any more, or is there again.
pub(crate) async fn gone(case: &Case) -> Finding {
    let path = case.facts.serial.get().and_then(|target| target.serial_path()).unwrap_or_default();
    let back = if comes_back(path).await { " It is there again now." } else { "" };
    Finding::blocks(
        Code::NoPort,
        format!("{path} went away while the board was being looked at.{back}"),
        "The cable was pulled or sits loosely, or the board restarted and took its USB with it.",
    )
    .action(Action::Retry, "Plug it in firmly, then look again.")
    .advice("If it goes away by itself again and again, its supply may break down: try another cable, or a hub with a supply of its own.")
}

/// Whether the chip started when its port was opened.
pub(crate) fn restarted(heard: &[u8]) -> bool {
    starts::shows_a_start(heard)
}

/// A board that restarts takes its USB away for about a second.
async fn comes_back(path: &str) -> bool {
    let until = Instant::now() + AWAY;
    while !Path::new(path).exists() {
        if Instant::now() >= until {
            return false;
        }
        sleep(AWAY / 20).await;
    }
    true
}

pub(crate) fn reset_on_open() -> Finding {
    Finding::warns(
        Code::ResetOnOpen,
        "The board restarted when its port was opened.",
        "The system raises DTR and RTS when it opens a port, and this board's bridge leads them to its reset: whatever ran began anew.",
    )
    .advice("Keep the board connected in one program; each one that opens the port restarts it.")
}

fn restarts(starts: &Starts, said: &str) -> Finding {
    let (saw, why) = match &starts.crash {
        Some(line) => (
            format!("The board restarts because its firmware crashes: “{line}”."),
            "The program leads the firmware into a crash, or the firmware does not fit the chip or its memory.",
        ),
        None if starts.wakes => (
            format!("The board sleeps and wakes again and again.{said}"),
            "Its program calls machine.deepsleep(); each waking is a restart, and while it sleeps nothing answers.",
        ),
        None if starts.watchdog => (
            format!("The board's watchdog restarts it again and again.{said}"),
            "A watchdog, once started, cannot be stopped, and the program does not feed it in time.",
        ),
        None => (
            format!("The board restarts again and again.{said}"),
            "Its program restarts it, a watchdog does, or the firmware crashes.",
        ),
    };
    write_firmware(
        Finding::blocks(Code::WatchdogResets, saw, why).action(Action::Rescue, CATCH),
        "If it goes on without a main.py, write the firmware anew.",
    )
}

fn write_firmware(finding: Finding, text: &str) -> Finding {
    finding.remedy(Remedy::text(text).link(FIRMWARE))
}
