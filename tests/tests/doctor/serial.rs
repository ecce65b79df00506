//! Failures of serial ports and of what is behind them.

use boardwalk_tests::Board;

use crate::{
    ask::{Answer, about},
    table::{
        Expected::{Cause, Warning},
        Row,
    },
};

pub(crate) fn rows() -> Vec<Row> {
    let says = |name, cause, text: &'static [u8]| {
        Row::new(name, Cause(cause), move || {
            let board = Board::silent().start().unwrap();
            heard(&board, text)
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
            let board = Board::unix().file("main.py", crate::network::SWALLOW).start().unwrap();
            about(&board.target()).arg("--may-interrupt").now()
        }),
        says("a chip that waits for firmware", "rom-download-mode", b"rst:0x1 (POWERON_RESET),boot:0x3 (DOWNLOAD_BOOT(UART0/UART1/SDIO_REI_REO_V2))\r\nwaiting for download\r\n"),
        says("a supply that breaks down", "brownout", b"\r\nBrownout detector was triggered\r\n\r\nets Jul 29 2019 12:21:46\r\n"),
        says("a watchdog", "watchdog-resets", b"rst:0x8 (TG1WDT_SYS_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\nets Jul 29 2019 12:21:46\r\nets Jul 29 2019 12:21:46\r\n"),
        says("ModemManager types", "modem-manager", b"AT+GCAP\r\n"),
        says("CircuitPython", "not-micropython", b"Adafruit CircuitPython 9.2.1 on 2024-11-20; Pico\r\n"),
        says("garbage at another speed", "wrong-baud", b"\xf3\x9e\x81\xf0\xfe\x8c\x9b\xe2\xff\x80\xb7\xd3\xc1\xee\x9a\x8f\xf3\x9e\x81\xf0\xfe\x8c\x9b\xe2\xff\x80\xb7"),
        says("the other USB socket", "wrong-usb-socket", b"ESP-ROM:esp32s3-20210327\r\nrst:0x1 (POWERON),boot:0x8 (SPI_FAST_FLASH_BOOT)\r\n"),
        Row::new("a port that this user may not open", Cause("permission-denied"), || {
            let board = Board::unix().start().unwrap();
            about(&board.target()).being_nobody().now()
        })
        .only(rustix::process::geteuid().is_root(), "needs root, to become another user"),
        Row::new("hardly any space", Warning("disk-full"), || {
            let board = Board::unix().flash_kb(64).file("big.bin", vec![7; 50 * 1024]).start().unwrap();
            about(&board.target()).now()
        }),
    ]
}

/// Asks about a chip that says `text` once its port is open.
fn heard(board: &Board, text: &[u8]) -> Answer {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    std::thread::scope(|scope| {
        let ask = about(&board.target());
        let asked = scope.spawn(move || ask.now());
        runtime.block_on(board.until(|stats| stats.opened > 0));
        // Whoever opens a port throws away what came before; nothing tells when that is done.
        runtime.block_on(async { tokio::time::sleep(std::time::Duration::from_millis(100)).await });
        board.inject(text);
        asked.join().unwrap()
    })
}
