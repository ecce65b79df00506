use super::*;

const ESP32: &str = "ets Jul 29 2019 12:21:46\r\n\r\nrst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n\
    configsip: 0, SPIWP:0xee\r\nmode:DIO, clock div:2\r\nload:0x3fff0030,len:4892\r\nentry 0x400805b4\r\n";
const BANNER: &str =
    "MicroPython v1.27.0 on 2025-12-09; Pico\r\nType \"help()\" for more information.\r\n>>> ";

fn kind(text: &str) -> Heard {
    classify(text.as_bytes())
}

#[test]
fn what_boards_say() {
    let noise: Vec<u8> = (0..64_u8).map(|n| n.wrapping_mul(97) | 0x80).collect();
    for (bytes, heard) in [
        (&b""[..], Heard::Nothing),
        (BANNER.as_bytes(), Heard::MicroPython),
        (ESP32.as_bytes(), Heard::BootLog),
        (b"rst:0x1 (POWERON_RESET),boot:0x13\r\nload:0x3fff0030,len:4\r\ntemp: 21\r\n", Heard::Other),
        (b"rst:0x1,boot:0x3 (DOWNLOAD_BOOT(UART0))\r\nwaiting for download\r\n", Heard::Download),
        (b"\r\n ets Jan  8 2013,rst cause:2, boot mode:(1,7)\r\n\r\n", Heard::Download),
        (b"\r\n ets Jan  8 2013,rst cause:2, boot mode:(3,6)\r\n\r\n", Heard::BootLog),
        (b"\r\nBrownout detector was triggered\r\n\r\nets Jul 29 2019\r\n", Heard::Brownout),
        (b"AT+GCAP\r\r\nTraceback", Heard::ModemManager),
        (b"Adafruit CircuitPython 9.2.1 on 2024-11-20", Heard::Foreign("CircuitPython")),
        (&noise, Heard::Noise),
        ("温度 21°C 湿度 40% 气压 1013 hPa".as_bytes(), Heard::Other),
        (b"temp: 21.5\r\n", Heard::Other),
    ] {
        assert_eq!(classify(bytes), heard, "{}", bytes.escape_ascii());
    }
}

#[test]
fn a_chip_without_firmware_does_not_count_as_one_that_crashes() {
    for said in [
        "rst:0x10 (RTCWDT_RTC_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\ninvalid header: 0xffffffff\r\n",
        "\x1b[0;31mE (59) boot: No bootable app partitions in the partition table\x1b[0m\r\n",
        "rst:0x10 (RTCWDT_RTC_RESET)\r\nflash read err, 1000\r\nets_main.c 371 \r\nets Jun  8 2016 00:22:57\r\n",
    ] {
        assert!(matches!(kind(&said.repeat(4)), Heard::NoFirmware(_)), "{said}");
    }
    let Heard::NoFirmware(line) = kind("x\r\ninvalid header: 0xffffffff\r\n") else { panic!() };
    assert_eq!(line, "invalid header: 0xffffffff");
}

#[test]
fn starts_over_and_over_and_why() {
    let Heard::Restarts(starts) =
        kind(&format!("{ESP32}Guru Meditation Error: Core  0 panic'ed\r\n\r\nRebooting...\r\n"))
    else {
        panic!("a crash and its restart")
    };
    assert_eq!(starts.crash.as_deref(), Some("Guru Meditation Error: Core  0 panic'ed"));
    assert!(matches!(kind("rst:0x8 (TG1WDT_SYS_RESET)\r\n"), Heard::Restarts(Starts { watchdog: true, .. })));
    assert!(matches!(
        kind(&"rst:0x5 (DEEPSLEEP_RESET)\r\n".repeat(3)),
        Heard::Restarts(Starts { wakes: true, .. })
    ));
    assert!(matches!(kind("*** PANIC ***\r\nOut of memory\r\n"), Heard::Crashed(_)));
    // Its last start got through.
    assert_eq!(kind(&format!("rst:0x8 (TG1WDT_SYS_RESET)\r\n{BANNER}")), Heard::MicroPython);
    assert_eq!(
        kind(&format!("Guru Meditation Error\r\nRebooting...\r\n{ESP32}{BANNER}")),
        Heard::MicroPython
    );
    assert!(matches!(kind(&format!("{ESP32}{BANNER}").repeat(3)), Heard::Restarts(_)));
}

#[test]
fn a_board_that_cannot_use_its_files_says_so() {
    let esp32 = "\nThe filesystem appears to be corrupted. If you had important data there, you\r\nmay want to make a flash snapshot\r\n";
    assert!(matches!(kind(esp32), Heard::Damaged(_)));
    assert!(matches!(
        kind("littlefs/lfs.c:1389:error: Corrupted dir pair at {0x0, 0x1}\r\n"),
        Heard::Damaged(_)
    ));
}

#[test]
fn noise_that_ends_in_text_is_over() {
    let rom: Vec<u8> = (0..90_u8).map(|n| n.wrapping_mul(37) | 0x80).collect();
    let then = |text: &str| [&rom[..], text.as_bytes()].concat();
    assert_eq!(classify(&then(BANNER)), Heard::MicroPython);
    assert_eq!(classify(&then("\r\ntemperature 21.5, humidity 40 %\r\n")), Heard::Other);
    assert_eq!(classify(&then("\r\nx")), Heard::Noise);
    assert!(is_noise_in_answer(b"\xf3\x9e\x81\xf0\xfe") && !is_noise_in_answer(b"\r\n>>> "));
}
