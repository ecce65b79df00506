//! USB ids that MicroPython boards, and what is easily taken for one, show up with.
//!
//! MicroPython's own ids stand in `MICROPY_HW_USB_VID`/`PID` of its ports and boards; the bridges' in the tables
//! of Linux's `drivers/usb/serial`; the rest in their makers' documents as noted.

use super::info::PortGuess;
use PortGuess::{Bootloader, CircuitPython, Debugger, MicroPython, Other, UsbBridge};

/// What the table knows about an id.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known {
    pub(crate) guess: PortGuess,
    pub(crate) name: &'static str,
}

/// The first row that matches.
pub(crate) fn lookup(vid: u16, pid: u16) -> Option<Known> {
    TABLE
        .iter()
        .find(|row| row.0 == vid && (row.1..=row.2).contains(&pid))
        .map(|&(_, _, _, guess, name)| Known { guess, name })
}

/// vendor, first product, last product, guess, name
type Row = (u16, u16, u16, PortGuess, &'static str);

#[rustfmt::skip]
const TABLE: &[Row] = &[
    // Raspberry Pi. 0005: ports/rp2/mpconfigport.h. 0003 and 000F are the boot ROMs of RP2040 and RP2350
    // (datasheets, "USB boot"); they have no serial port, but composite rebuilds do. Others: raspberrypi/usb-pid.
    (0x2E8A, 0x0005, 0x0005, MicroPython, "MicroPython on RP2040/RP2350"),
    (0x2E8A, 0x0003, 0x0003, Bootloader, "RP2040 bootloader"),
    (0x2E8A, 0x000F, 0x000F, Bootloader, "RP2350 bootloader"),
    (0x2E8A, 0x0004, 0x0004, Debugger, "Picoprobe"),
    (0x2E8A, 0x000C, 0x000C, Debugger, "Raspberry Pi Debug Probe"),
    (0x2E8A, 0x000A, 0x000A, Other, "Pico SDK program"),
    // Ids that Raspberry Pi lends to board makers; MicroPython's rp2 boards use them (ports/rp2/boards).
    (0x2E8A, 0x1000, 0x10FF, MicroPython, "RP2040/RP2350 board"),
    // F055 is MicroPython's own unofficial vendor: 9800-9802 in ports/stm32/mpconfigboard_common.h and
    // ports/samd/mpconfigport.h, 9803-980F in board files.
    (0xF055, 0x9800, 0x980F, MicroPython, "MicroPython board"),
    // Espressif. 4001: ports/esp32 with TinyUSB. 1001: the USB-Serial/JTAG block of C3, C6, S3, H2, P4 (technical
    // reference manuals). 0002, 0009: ROM download of S2, S3.
    (0x303A, 0x4001, 0x4001, MicroPython, "MicroPython on ESP32-S2/S3"),
    (0x303A, 0x1001, 0x1001, UsbBridge, "ESP32 with USB-Serial/JTAG"),
    (0x303A, 0x0002, 0x0002, Bootloader, "ESP32-S2 bootloader"),
    (0x303A, 0x0009, 0x0009, Bootloader, "ESP32-S3 bootloader"),
    (0x303A, 0x8000, 0xFFFF, Other, "ESP32 board"),
    // BBC micro:bit: DAPLink in front of the nRF chip, with a UART to it.
    (0x0D28, 0x0204, 0x0204, UsbBridge, "BBC micro:bit"),
    // WCH (ch341.c, and cdc-acm for the 55xx).
    (0x1A86, 0x7522, 0x7523, UsbBridge, "CH340"),
    (0x1A86, 0x5523, 0x5523, UsbBridge, "CH341"),
    (0x1A86, 0x55D2, 0x55D2, UsbBridge, "CH9102"),
    (0x1A86, 0x55D3, 0x55D3, UsbBridge, "CH343"),
    (0x1A86, 0x55D4, 0x55D4, UsbBridge, "CH9102"),
    (0x1A86, 0x55D8, 0x55D8, UsbBridge, "CH9101"),
    // Silicon Labs (cp210x.c)
    (0x10C4, 0xEA60, 0xEA63, UsbBridge, "CP210x"),
    (0x10C4, 0xEA70, 0xEA71, UsbBridge, "CP210x"),
    // FTDI (ftdi_sio_ids.h)
    (0x0403, 0x6001, 0x6001, UsbBridge, "FT232R"),
    (0x0403, 0x6010, 0x6010, UsbBridge, "FT2232"),
    (0x0403, 0x6011, 0x6011, UsbBridge, "FT4232"),
    (0x0403, 0x6014, 0x6014, UsbBridge, "FT232H"),
    (0x0403, 0x6015, 0x6015, UsbBridge, "FT231X"),
    // Prolific (pl2303.h)
    (0x067B, 0x2303, 0x2304, UsbBridge, "PL2303"),
    (0x067B, 0x23A3, 0x23F3, UsbBridge, "PL2303"),
    // Arduino: the boards MicroPython supports run it with Arduino's vendor (ports/rp2, stm32, nrf, mimxrt boards).
    (0x2341, 0x0000, 0xFFFF, Other, "Arduino"),
    (0x2A03, 0x0000, 0xFFFF, Other, "Arduino"),
    // Adafruit: the high bit tells an application from the UF2 bootloader (adafruit/uf2-samdx1).
    (0x239A, 0x0000, 0x7FFF, Bootloader, "Adafruit bootloader"),
    (0x239A, 0x8000, 0xFFFF, CircuitPython, "Adafruit board"),
    // SparkFun's rp2 boards (ports/rp2/boards/SPARKFUN_*)
    (0x1B4F, 0x0024, 0x0026, MicroPython, "SparkFun RP2040 board"),
    // Debug probes with a UART
    (0x0483, 0x374B, 0x374B, Debugger, "ST-Link"),
    (0x0483, 0x374E, 0x3757, Debugger, "ST-Link"),
    (0x1366, 0x0000, 0xFFFF, Debugger, "J-Link"),
    (0x1D50, 0x6018, 0x6018, Debugger, "Black Magic Probe"),
    // ST's own CDC example, which many firmwares keep
    (0x0483, 0x5740, 0x5740, Other, "STM32 virtual port"),
    // Teensy without MicroPython
    (0x16C0, 0x0483, 0x048C, Other, "Teensy"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_boards_on_most_desks() {
        for (vid, pid, guess) in [
            (0x2E8A, 0x0005, MicroPython),
            (0x2E8A, 0x105B, MicroPython),
            (0xF055, 0x9801, MicroPython),
            (0x303A, 0x4001, MicroPython),
            (0x303A, 0x1001, UsbBridge),
            (0x1A86, 0x55D4, UsbBridge),
            (0x0D28, 0x0204, UsbBridge),
            (0x239A, 0x80F4, CircuitPython),
            (0x239A, 0x00F1, Bootloader),
            (0x2E8A, 0x0003, Bootloader),
            (0x2341, 0x0043, Other),
        ] {
            assert_eq!(lookup(vid, pid).map(|known| known.guess), Some(guess), "{vid:04X}:{pid:04X}");
        }
        assert!(lookup(0x046D, 0xC52B).is_none());
    }

    #[test]
    fn no_row_is_hidden_behind_an_earlier_one() {
        for (at, row) in TABLE.iter().enumerate() {
            assert!(row.1 <= row.2, "{row:04X?}");
            let hidden =
                TABLE[..at].iter().any(|above| above.0 == row.0 && above.1 <= row.1 && row.2 <= above.2);
            assert!(!hidden, "{row:04X?}");
        }
    }
}
