//! What the first bytes of a port are.

use boardwalk_protocol::banner::{Banner, SOFT_REBOOT};
use boardwalk_protocol::search::find;

use super::foreign;
use super::starts::{self, Starts};

/// What came, as far as it can be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Heard {
    Nothing,
    /// MicroPython's greeting, or its prompt.
    MicroPython,
    /// A chip that starts, without a word of MicroPython yet.
    BootLog,
    /// A chip that says that its supply breaks down.
    Brownout,
    /// A chip that waits for firmware.
    Download,
    /// A chip that finds no firmware it could start: the line that says so.
    NoFirmware(String),
    /// It starts again and again, or its watchdog or a crash has just restarted it.
    Restarts(Starts),
    /// It has crashed and stands still: the line that says so.
    Crashed(String),
    /// The board says that it cannot use its files: the line that says so.
    Damaged(String),
    /// Another program of this computer types into the board.
    ModemManager,
    /// Other firmware: its name.
    Foreign(&'static str),
    /// No text.
    Noise,
    /// Text.
    Other,
}

/// Shorter noise says nothing: a line that was just opened may have some.
const NOISE_LEAST: usize = 24;
/// In an answer to Enter: as long as a prompt.
const NOISE_IN_ANSWER: usize = 5;
/// So much text behind noise, and the noise is over.
const TEXT_AFTER_NOISE: usize = 32;

pub(super) fn classify(bytes: &[u8]) -> Heard {
    let has = |text: &str| find(bytes, text.as_bytes()).is_some();
    if bytes.is_empty() {
        return Heard::Nothing;
    }
    if has("AT+GCAP") || has("AT+CGMI") {
        return Heard::ModemManager;
    }
    if let Some(firmware) = foreign::python(bytes) {
        return Heard::Foreign(firmware);
    }
    let began = Starts::of(bytes);
    // What came before a prompt is over, unless the prompt itself comes again and again.
    let now = starts::last(bytes);
    if began.count < starts::MANY && (now.ends_with(b">>> ") || Banner::find(now).is_some()) {
        return Heard::MicroPython;
    }
    if ["Brownout detector was triggered", "BROWN_OUT_R", "BROWNOUT_RST"].into_iter().any(has) {
        return Heard::Brownout;
    }
    if ["waiting for download", "DOWNLOAD_BOOT", "(DOWNLOAD(", "boot mode:(1,"]
        .into_iter()
        .any(|text| find(now, text.as_bytes()).is_some())
    {
        return Heard::Download;
    }
    if let Some(line) = starts::no_firmware(bytes) {
        return Heard::NoFirmware(line);
    }
    if let Some(line) = starts::damaged(bytes) {
        return Heard::Damaged(line);
    }
    if began.count >= starts::MANY || began.crash.is_some() && began.restarted || began.watchdog {
        return Heard::Restarts(began);
    }
    if let Some(line) = began.crash {
        return Heard::Crashed(line);
    }
    if let Some(firmware) = foreign::named(bytes) {
        return Heard::Foreign(firmware);
    }
    if Banner::find(bytes).is_some() {
        return Heard::MicroPython;
    }
    if began.count > 0 && starts::is_only_a_start(bytes) {
        return Heard::BootLog;
    }
    let text = behind_noise(bytes);
    if text.len() < bytes.len() && text.len() >= TEXT_AFTER_NOISE {
        return classify(text);
    }
    if is_noise(bytes, NOISE_LEAST) {
        return Heard::Noise;
    }
    Heard::Other
}

/// Whether an answer is one at another speed.
pub(super) fn is_noise_in_answer(bytes: &[u8]) -> bool {
    is_noise(bytes, NOISE_IN_ANSWER)
}

/// A chip that begins to say why it starts: a little longer, and it has said it.
pub(super) fn may_say_more(heard: &Heard) -> bool {
    matches!(heard, Heard::BootLog | Heard::Crashed(_))
}

/// Whether a soft reset shows in it, which only MicroPython and its descendants do.
pub(super) fn is_python(bytes: &[u8]) -> bool {
    find(bytes, SOFT_REBOOT).is_some() || find(bytes, b"Traceback (most recent call last)").is_some()
}

/// At another speed a UART gives bytes all over the range; text does not, in whatever language.
fn is_noise(bytes: &[u8], least: usize) -> bool {
    let odd = bytes.iter().filter(|byte| is_odd(byte)).count();
    bytes.len() >= least && odd * 3 > bytes.len() && std::str::from_utf8(bytes).is_err()
}

/// What follows the last byte that stands in no text.
fn behind_noise(bytes: &[u8]) -> &[u8] {
    let start = bytes.iter().rposition(is_odd).map_or(0, |at| at + 1);
    bytes.get(start..).unwrap_or_default()
}

fn is_odd(byte: &u8) -> bool {
    !matches!(byte, b'\t' | b'\n' | b'\r' | 0x1b | b' '..=b'~')
}

#[cfg(test)]
#[path = "classify_tests.rs"]
mod tests;
