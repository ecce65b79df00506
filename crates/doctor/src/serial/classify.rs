//! What the first bytes of a port are.

use boardwalk_protocol::banner::Banner;
use boardwalk_protocol::search::find;

use crate::code::Code;

/// What came, as far as it can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Heard {
    Nothing,
    /// MicroPython's greeting, or its prompt.
    MicroPython,
    /// A chip that starts, without a word of MicroPython yet.
    BootLog,
    /// One of the causes.
    Cause(Code),
    /// Text.
    Other,
}

/// Shorter noise says nothing: a line that was just opened may have some.
const NOISE_LEAST: usize = 24;

pub(super) fn classify(bytes: &[u8]) -> Heard {
    let has = |text: &str| find(bytes, text.as_bytes()).is_some();
    let count = |text: &str| bytes.windows(text.len()).filter(|window| *window == text.as_bytes()).count();
    if bytes.is_empty() {
        return Heard::Nothing;
    }
    if has("Brownout detector was triggered") {
        return Heard::Cause(Code::Brownout);
    }
    if has("waiting for download") || has("DOWNLOAD_BOOT") || has("boot:0x4 (DOWNLOAD") {
        return Heard::Cause(Code::RomDownloadMode);
    }
    if has("AT+GCAP") || has("AT+CGMI") {
        return Heard::Cause(Code::ModemManager);
    }
    // ESP-IDF names the reason of a reset in its first line. A board that restarts because its port was opened shows two
    // starts: the end of the one before, and its own.
    let starts = ["rst:0x", "ets J", "MicroPython v"].into_iter().map(count).max().unwrap_or_default();
    if starts > 2 || has("WDT_SYS_RESET") || has("WDT_RESET") {
        return Heard::Cause(Code::WatchdogResets);
    }
    if has("CircuitPython") {
        return Heard::Cause(Code::NotMicropython);
    }
    if Banner::find(bytes).is_some() || bytes.ends_with(b">>> ") {
        return Heard::MicroPython;
    }
    if (has("rst:0x") || has("ESP-ROM:") || has("ets J")) && is_boot_log(bytes) {
        return Heard::BootLog;
    }
    if is_noise(bytes) {
        return Heard::Cause(Code::WrongBaud);
    }
    Heard::Other
}

/// Whether every line is one of a boot ROM or of ESP-IDF; a program may print after them.
fn is_boot_log(bytes: &[u8]) -> bool {
    const BEGINNINGS: [&[u8]; 16] = [
        b"ets ",
        b"rst:",
        b"configsip",
        b"clk_drv",
        b"mode:",
        b"load:",
        b"entry ",
        b"ESP-ROM",
        b"Build:",
        b"SPIWP",
        b"I (",
        b"W (",
        b"E (",
        b"boot:",
        b"Saved PC",
        b"csum",
    ];
    let lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    // The last line may be one that is still coming.
    let known =
        |line: &[u8]| BEGINNINGS.iter().any(|begins| line.starts_with(begins) || begins.starts_with(line));
    lines.filter(|line| !known(line)).count() == 0
}

/// At another speed a UART gives bytes all over the range; text does not, in whatever language.
fn is_noise(bytes: &[u8]) -> bool {
    let text = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\r' | 0x1b | b' '..=b'~');
    let odd = bytes.iter().filter(|byte| !text(byte)).count();
    bytes.len() >= NOISE_LEAST && odd * 3 > bytes.len() && std::str::from_utf8(bytes).is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_boards_say() {
        let noise: Vec<u8> = (0..64_u8).map(|n| n.wrapping_mul(97) | 0x80).collect();
        for (bytes, heard) in [
            (&b""[..], Heard::Nothing),
            (
                b"MicroPython v1.27.0 on 2025-12-09; Pico\r\nType \"help()\" for more information.\r\n>>> ",
                Heard::MicroPython,
            ),
            (b"rst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n", Heard::BootLog),
            (b"rst:0x1 (POWERON_RESET),boot:0x13\r\nload:0x3fff0030,len:4\r\ntemp: 21\r\n", Heard::Other),
            (
                b"rst:0x1,boot:0x3 (DOWNLOAD_BOOT(UART0))\r\nwaiting for download\r\n",
                Heard::Cause(Code::RomDownloadMode),
            ),
            (b"\r\nBrownout detector was triggered\r\n\r\nets Jul 29 2019\r\n", Heard::Cause(Code::Brownout)),
            (b"AT+GCAP\r\r\nTraceback", Heard::Cause(Code::ModemManager)),
            (b"rst:0x8 (TG1WDT_SYS_RESET)\r\n", Heard::Cause(Code::WatchdogResets)),
            (b"Adafruit CircuitPython 9.2.1 on 2024-11-20", Heard::Cause(Code::NotMicropython)),
            (&noise, Heard::Cause(Code::WrongBaud)),
            ("温度 21°C 湿度 40% 气压 1013 hPa".as_bytes(), Heard::Other),
            (b"temp: 21.5\r\n", Heard::Other),
        ] {
            assert_eq!(classify(bytes), heard, "{}", bytes.escape_ascii());
        }
    }
}
