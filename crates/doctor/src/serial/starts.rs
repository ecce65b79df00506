//! What boot ROMs and crashes say: how often a chip started, why, and whether it found firmware.
//!
//! The texts are those of Espressif's ROMs and of ESP-IDF (components/esp_rom, bootloader_support, esp_system), of
//! ESP8266's ROM and SDK, and of the SDKs of RP2 and STM32.

use boardwalk_protocol::search::find;

/// So many starts in a few seconds are no accident. A board that restarts because its port was opened shows two: the end of
/// the one before, and its own.
pub(super) const MANY: usize = 3;

/// The starts that some bytes show.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Starts {
    pub(super) count: usize,
    /// a watchdog did it
    pub(super) watchdog: bool,
    /// it wakes from deep sleep
    pub(super) wakes: bool,
    /// the line with which the firmware crashed
    pub(super) crash: Option<String>,
    /// the crash ended in a restart
    pub(super) restarted: bool,
}

/// One of these begins each start; the last two are MicroPython's.
const BEGINS: [&[u8]; 6] =
    [b"ESP-ROM:", b"ets J", b"rst:0x", b"rst cause:", b"MicroPython v", b"MPY: soft reboot"];
const WATCHDOGS: [&[u8]; 5] = [b"WDT_SYS_R", b"WDT_R", b"WDT_CPU_R", b"wdt reset", b"rst cause:4"];
const CRASHES: [&[u8]; 9] = [
    b"Guru Meditation Error",
    b"abort() was called",
    b"assert failed:",
    b"Fatal exception",
    b"***ERROR*** A stack overflow",
    b"Stack smashing protect failure",
    b"*** PANIC ***",
    b"HardFault",
    b"FATAL: uncaught",
];
/// ROM and boot loader of the ESP32s, in the order of a start.
const NO_FIRMWARE: [&[u8]; 9] = [
    b"invalid header: 0x",
    b"flash read err",
    b"No bootable app partitions",
    b"is not bootable",
    b"Failed to verify partition table",
    b"invalid magic",
    b"ets_main.c",
    b"csum err",
    b"esp_image: Checksum failed",
];

impl Starts {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let has = |texts: &[&[u8]]| texts.iter().any(|text| find(bytes, text).is_some());
        let counts = |text: &&[u8]| bytes.windows(text.len()).filter(|window| window == text).count();
        let crash = CRASHES.iter().filter_map(|text| find(bytes, text)).min();
        let restarted = crash.is_some_and(|at| {
            let after = bytes.get(at..).unwrap_or_default();
            BEGINS.iter().chain(&[&b"Rebooting..."[..]]).any(|text| find(after, text).is_some())
        });
        Self {
            count: BEGINS.iter().map(counts).max().unwrap_or_default(),
            watchdog: has(&WATCHDOGS),
            wakes: has(&[b"DEEPSLEEP", b"DSLEEP", b"rst cause:5"]),
            crash: crash.map(|at| line_at(bytes, at)),
            restarted,
        }
    }
}

/// What came since the last start of the ROM.
pub(super) fn last(bytes: &[u8]) -> &[u8] {
    let begins = BEGINS[..4].iter().filter_map(|text| rfind(bytes, text)).max();
    bytes.get(begins.unwrap_or_default()..).unwrap_or_default()
}

/// Whether the ROM says that the chip has just started.
pub(super) fn shows_a_start(bytes: &[u8]) -> bool {
    BEGINS[..4].iter().any(|text| find(bytes, text).is_some())
}

/// The chips whose USB is their own: their boards may have another socket beside that of a bridge.
pub(super) fn has_usb_of_its_own(bytes: &[u8]) -> bool {
    find(bytes, b"ESP-ROM:").is_some()
}

/// The line by which the chip says that it finds nothing to start.
pub(super) fn no_firmware(bytes: &[u8]) -> Option<String> {
    NO_FIRMWARE.iter().find_map(|text| find(bytes, text)).map(|at| line_at(bytes, at))
}

/// The line by which MicroPython says that its file system is no more (ports/esp32 and esp8266, inisetup.py; littlefs).
pub(super) fn damaged(bytes: &[u8]) -> Option<String> {
    const SIGNS: [&[u8]; 3] =
        [b"filesystem appears to be corrupted", b"sectors looks corrupt", b"Corrupted dir pair"];
    SIGNS.iter().find_map(|text| find(bytes, text)).map(|at| line_at(bytes, at))
}

/// Whether every line is one of a boot ROM or of ESP-IDF; a program may print after them.
pub(super) fn is_only_a_start(bytes: &[u8]) -> bool {
    const BEGINNINGS: [&[u8]; 24] = [
        b"ets ",
        b"rst:",
        b"rst cause",
        b"configsip",
        b"clk_drv",
        b"mode:",
        b"load:",
        b"load 0x",
        b"tail ",
        b"chksum",
        b"entry ",
        b"ESP-ROM",
        b"Build:",
        b"SPIWP",
        b"I (",
        b"W (",
        b"E (",
        b"D (",
        b"boot:",
        b"Saved PC",
        b"csum",
        b"~ld",
        b"secure",
        b"Octal",
    ];
    let lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    // The last line may be one that is still coming.
    let known =
        |line: &[u8]| BEGINNINGS.iter().any(|begins| line.starts_with(begins) || begins.starts_with(line));
    lines.map(plain).filter(|line| !known(line)).count() == 0
}

/// Without a colour in front.
fn plain(line: &[u8]) -> &[u8] {
    match line.strip_prefix(b"\x1b[") {
        Some(rest) => rest.iter().position(|byte| *byte == b'm').map_or(line, |at| &rest[at + 1..]),
        None => line,
    }
}

/// The rest of the line, at most 80 characters, printable.
fn line_at(bytes: &[u8], at: usize) -> String {
    let rest = bytes.get(at..).unwrap_or_default();
    let end = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n' | 0x1b)).unwrap_or(rest.len());
    let text = String::from_utf8_lossy(&rest[..end]);
    text.chars().filter(|c| !c.is_control()).take(80).collect::<String>().trim().to_owned()
}

fn rfind(bytes: &[u8], text: &[u8]) -> Option<usize> {
    bytes.windows(text.len()).rposition(|window| window == text)
}
