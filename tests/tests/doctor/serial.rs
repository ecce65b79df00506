//! Failures of serial ports and of what is behind them.

use boardwalk_tests::{Answers, Board, Direction, Identity, PortsFile, ResetOnOpen};

use crate::{
    ask::{Answer, about},
    table::{
        Expected::{Cause, Healthy, Warning},
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
    let answers = |name, cause, with: Answers| {
        Row::new(name, Cause(cause), move || {
            let board = Board::silent().answers(with).start().unwrap();
            let answer = about(&board.target()).now();
            // Nothing was interrupted: nobody had allowed it.
            assert!(board.stats().to_board < 8, "{:?}", board.stats());
            answer
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
        Row::new("a line that takes nothing", Cause("device-hung"), || {
            let board = Board::silent().start().unwrap();
            // As Ctrl-S does it: whatever is written to the port waits.
            let port = std::fs::File::options().read(true).write(true).open(board.path()).unwrap();
            rustix::termios::tcflow(&port, rustix::termios::Action::OOff).unwrap();
            about(&board.target()).now()
        }),
        Row::new("a board that goes away in the middle", Cause("no-port"), || {
            let board = Board::silent().start().unwrap();
            while_asked(&board, || board.unplug())
        }),
        Row::new("a flash whose file system is damaged", Cause("filesystem-damaged"), || {
            let board = Board::unix().file("lib/a.py", "a = 1\n").start().unwrap();
            board.spoil_flash(0..2).unwrap();
            about(&board.target()).now()
        }),
        Row::new("a board without a file system", Cause("filesystem-damaged"), || {
            let board = Board::unix().file("main.py", "import vfs\nvfs.umount('/')\n").start().unwrap();
            settled(&board);
            about(&board.target()).now()
        }),
        Row::new("DTR and RTS the other way", Healthy, || {
            let folder = tempfile::tempdir().unwrap();
            let ports = PortsFile::create(folder.path().join("ports.json")).unwrap();
            // A pseudo terminal has no such lines: the keys of the first opening are lost instead.
            let board = (0..2).fold(Board::unix(), |board, at| board.lose(Direction::ToBoard, at));
            let board = board.listed(&ports, Identity::pico("E660")).start().unwrap();
            settled(&board);
            let answer = about(&board.target()).env("BOARDWALK_EXTRA_PORTS", ports.path()).now();
            assert!(answer.found("line-policy"), "{}", answer.text);
            answer
        }),
        Row::new("a program that the opening restarts", Warning("program-running"), || {
            let board = Board::unix().reset_on_open(ResetOnOpen::default()).running().start().unwrap();
            let answer = about(&board.target()).now();
            assert!(answer.found("reset-on-open"), "{}", answer.text);
            answer
        }),
        says("an ESP32 without firmware", "not-micropython", b"ets Jul 29 2019 12:21:46\r\n\r\nrst:0x10 (RTCWDT_RTC_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\ninvalid header: 0xffffffff\r\ninvalid header: 0xffffffff\r\n"),
        says("firmware that crashes", "watchdog-resets", b"Guru Meditation Error: Core  0 panic'ed (LoadProhibited). Exception was unhandled.\r\n\r\nRebooting...\r\nets Jul 29 2019 12:21:46\r\n"),
        says("a start without a prompt on an ESP32", "no-prompt", b"ets Jul 29 2019 12:21:46\r\n\r\nrst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n"),
        says("an ESP8266 that waits for firmware", "rom-download-mode", b"\r\n ets Jan  8 2013,rst cause:2, boot mode:(1,7)\r\n\r\n"),
        says("ESPHome", "not-micropython", b"\x1b[0;36m[D][sensor:094]: 'Temp': Sending state 21.5\x1b[0m\r\n"),
        answers("AT firmware that answers Enter", "not-micropython", |_| b"\r\nERROR\r\n".to_vec()),
        answers("a Lua prompt", "not-micropython", |bytes| {
            if bytes.contains(&b'\r') { b"\r\n> ".to_vec() } else { Vec::new() }
        }),
        answers("TX and RX connected to each other", "no-response", <[u8]>::to_vec),
        answers("an answer at another speed", "wrong-baud", |_| b"\xf3\x9e\x81\xf0\xfe\x8c".to_vec()),
        Row::new("a console of aiorepl's kind", Warning("program-running"), || {
            let program = "while True:\n  try:\n    print(input('--> '))\n  except KeyboardInterrupt:\n    pass\n";
            let board = Board::unix().file("main.py", program).start().unwrap();
            about(&board.target()).now()
        }),
        Row::new("a board with a prompt of its own", Healthy, || {
            let board = Board::unix().file("main.py", "import sys\nsys.ps1 = 'pico$ '\n").start().unwrap();
            settled(&board);
            about(&board.target()).now()
        }),
        Row::new("hardly any space", Warning("disk-full"), || {
            let board = Board::unix().flash_kb(64).file("big.bin", vec![7; 50 * 1024]).start().unwrap();
            about(&board.target()).now()
        }),
    ]
}

/// Waits until boot.py and main.py have ended, and the greeting (some hundred bytes) is over.
fn settled(board: &Board) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(board.until(|stats| stats.at_prompt && stats.unheard > 100));
}

/// Asks about a chip that says `text` once its port is open.
fn heard(board: &Board, text: &[u8]) -> Answer {
    while_asked(board, || board.inject(text))
}

/// Does something once the port is open.
fn while_asked(board: &Board, meanwhile: impl FnOnce()) -> Answer {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    std::thread::scope(|scope| {
        let ask = about(&board.target());
        let asked = scope.spawn(move || ask.now());
        runtime.block_on(board.until(|stats| stats.opened > 0));
        // Whoever opens a port throws away what came before; nothing tells when that is done.
        runtime.block_on(async { tokio::time::sleep(std::time::Duration::from_millis(100)).await });
        meanwhile();
        asked.join().unwrap()
    })
}
