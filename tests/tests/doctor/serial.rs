//! Failures of serial ports and of what is behind them.

use boardwalk_tests::{Board, ResetOnOpen};

use crate::{
    ask::about,
    table::{
        Expected::{Cause, Warning},
        Row,
    },
};

pub(crate) fn rows() -> Vec<Row> {
    let starts_with = |name, cause, text: &'static [u8]| {
        Row::new(name, Cause(cause), move || {
            let deaf = std::time::Duration::from_secs(3);
            let board =
                Board::unix().reset_on_open(ResetOnOpen { text: text.to_vec(), deaf }).start().unwrap();
            about(&board.target()).now()
        })
    };
    vec![
        Row::new("a port that is not there", Cause("no-port"), || about("serial:/dev/ttyACM77").now()),
        Row::new("no board at all", Cause("no-port"), || about("").now()),
        Row::new("a port that is a file", Cause("address-invalid"), || about("serial:/etc/hostname").now()),
        Row::new("another program holds the port", Cause("port-busy"), || {
            let board = Board::unix().start().unwrap();
            let _holder = board.hold().unwrap();
            about(&board.target()).now()
        }),
        Row::new("a port that is silent", Cause("no-response"), || {
            let board = Board::silent().start().unwrap();
            about(&board.target()).now()
        }),
        Row::new("a port that is silent, and consent", Cause("no-response"), || {
            let board = Board::silent().start().unwrap();
            about(&board.target()).arg("--may-interrupt").now()
        }),
        Row::new("a program that prints, by USB", Warning("program-running"), || {
            let board = Board::unix().running().start().unwrap();
            about(&board.target()).now()
        }),
        Row::new("Ctrl-C that is swallowed, by USB", Cause("interrupt-swallowed"), || {
            let board = Board::unix().swallow_ctrl_c().start().unwrap();
            about(&board.target()).arg("--may-interrupt").now()
        }),
        starts_with("a chip that waits for firmware", "rom-download-mode", b"rst:0x1 (POWERON_RESET),boot:0x3 (DOWNLOAD_BOOT(UART0/UART1/SDIO_REI_REO_V2))\r\nwaiting for download\r\n"),
        starts_with("a supply that breaks down", "brownout", b"\r\nBrownout detector was triggered\r\n\r\nets Jul 29 2019 12:21:46\r\n"),
        starts_with("a watchdog", "watchdog-resets", b"rst:0x8 (TG1WDT_SYS_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\nets Jul 29 2019 12:21:46\r\nets Jul 29 2019 12:21:46\r\n"),
        starts_with("ModemManager types", "modem-manager", b"AT+GCAP\r\n"),
        starts_with("CircuitPython", "not-micropython", b"Adafruit CircuitPython 9.2.1 on 2024-11-20; Pico\r\n"),
        starts_with("garbage at another speed", "wrong-baud", b"\xf3\x9e\x81\xf0\xfe\x8c\x9b\xe2\xff\x80\xb7\xd3\xc1\xee\x9a\x8f\xf3\x9e\x81\xf0\xfe\x8c\x9b\xe2\xff\x80\xb7"),
        Row::new("hardly any space", Warning("disk-full"), || {
            let board = Board::unix().flash_kb(40).file("big.bin", vec![7; 24 * 1024]).start().unwrap();
            about(&board.target()).now()
        }),
    ]
}
