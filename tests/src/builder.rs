use std::{path::PathBuf, time::Duration};

use crate::{Board, BoardError, Identity, PortsFile, WebRepl};

/// A way along the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the host's end to the board.
    ToBoard,
    /// From the board to the host's end.
    FromBoard,
}

/// What a board does that restarts when its port is opened, as an ESP32 does when the bridge moves DTR and RTS.
#[derive(Debug, Clone)]
pub struct ResetOnOpen {
    /// What the boot loader prints before MicroPython starts.
    pub text: Vec<u8>,
    /// How long after the open the bytes of the host are lost.
    pub deaf: Duration,
}

impl Default for ResetOnOpen {
    fn default() -> Self {
        let text =
            b"ets Jul 29 2019 12:21:46\r\n\r\nrst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n";
        Self { text: text.to_vec(), deaf: Duration::from_millis(300) }
    }
}

/// What is said to bytes that arrive.
pub type Answers = fn(&[u8]) -> Vec<u8>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Unix,
    Microbit,
    Silent,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The line dies when this byte has passed.
    Cut { after: u64 },
    /// The byte at this offset is changed by exclusive or; 0 takes it away.
    Change { at: u64, xor: u8 },
}

/// Describes a board before it is started. By default: 115200 baud, a ring of 260 bytes, 2 MB of flash, reset only when told.
#[derive(Debug, Clone)]
#[must_use]
pub struct Builder {
    pub(crate) kind: Kind,
    pub(crate) baud: Option<u32>,
    pub(crate) ring: Option<u32>,
    pub(crate) heap: Option<u64>,
    pub(crate) flash_kb: Option<u32>,
    pub(crate) files: Vec<(String, Vec<u8>)>,
    pub(crate) link: Option<PathBuf>,
    pub(crate) listing: Option<(PortsFile, Identity)>,
    pub(crate) unique_id: String,
    pub(crate) reset_on_open: Option<ResetOnOpen>,
    pub(crate) answers: Option<Answers>,
    pub(crate) leaves_on_reset: Option<Duration>,
    pub(crate) cut_takes_power: bool,
    pub(crate) faults: Vec<(Direction, Fault)>,
    pub(crate) webrepl: Option<WebRepl>,
}

impl Builder {
    pub(crate) fn new(kind: Kind) -> Self {
        Self {
            kind,
            baud: Some(115_200),
            ring: Some(260),
            heap: None,
            flash_kb: Some(2048),
            files: Vec::new(),
            link: None,
            listing: None,
            unique_id: "e6605481db318236".into(),
            reset_on_open: None,
            answers: None,
            leaves_on_reset: None,
            cut_takes_power: false,
            faults: Vec::new(),
            webrepl: None,
        }
    }

    /// Line rate in bits per second, both ways; ten bits carry a byte.
    pub fn baud(mut self, baud: u32) -> Self {
        self.baud = Some(baud.max(10));
        self
    }

    /// No byte rate and no ring that drops: flow controlled and as fast as it goes, like USB CDC.
    pub fn unthrottled(mut self) -> Self {
        self.baud = None;
        self.ring = None;
        self
    }

    /// Size of the receive ring in bytes; one less is usable, and what does not fit is dropped. At least 2.
    pub fn ring(mut self, bytes: u32) -> Self {
        self.ring = Some(bytes.max(2));
        self
    }

    /// No receive ring: the line waits until the board reads.
    pub fn no_ring(mut self) -> Self {
        self.ring = None;
        self
    }

    /// Heap of the interpreter in bytes. Its words are 64 bits, so a board with 100 kB compares to 200 kB here. Default 2 MB.
    pub fn heap(mut self, bytes: u64) -> Self {
        self.heap = Some(bytes);
        self
    }

    /// Size of the flash in kB (LittleFS, blocks of 4 kB, two of them taken by the file system). At least 16.
    pub fn flash_kb(mut self, kb: u32) -> Self {
        self.flash_kb = Some(kb.max(16));
        self
    }

    /// The board's files are a folder of this machine (`VfsPosix`): no limit, no sizes in `os.ilistdir`, changes from outside at once.
    pub fn folder(mut self) -> Self {
        self.flash_kb = None;
        self
    }

    /// A file on the board from the start; folders in `name` are made.
    pub fn file(mut self, name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        self.files.push((name.into(), bytes.into()));
        self
    }

    /// A program that is already running when anybody attaches: prints a counter every 100 ms.
    pub fn running(self) -> Self {
        self.file("main.py", RUNNING)
    }

    /// A `main.py` that prints `running`, catches every Ctrl-C, prints `not now` and goes on.
    pub fn swallow_ctrl_c(self) -> Self {
        self.file("main.py", SWALLOW)
    }

    /// A few small programs to try out.
    pub fn samples(self) -> Self {
        SAMPLES.iter().fold(self, |b, (name, text)| b.file(*name, *text))
    }

    /// A symbolic link that leads to the port while it is plugged; then `Board::path` gives the link.
    pub fn link(mut self, path: impl Into<PathBuf>) -> Self {
        self.link = Some(path.into());
        self
    }

    /// Lists the port in `file` under `identity` while it is plugged.
    pub fn listed(mut self, file: &PortsFile, identity: Identity) -> Self {
        self.listing = Some((file.clone(), identity));
        self
    }

    /// What `machine.unique_id()` answers, as hexadecimal digits.
    pub fn unique_id(mut self, hex: impl Into<String>) -> Self {
        self.unique_id = hex.into();
        self
    }

    /// The board restarts whenever its port is opened.
    pub fn reset_on_open(mut self, how: ResetOnOpen) -> Self {
        self.reset_on_open = Some(how);
        self
    }

    /// What a board without a chip ([`Board::silent`]) says to the bytes that arrive: other firmware, or a wire.
    pub fn answers(mut self, with: Answers) -> Self {
        self.answers = Some(with);
        self
    }

    /// `machine.reset()` takes the port away and brings it back after `away`, as native USB does.
    pub fn port_leaves_on_reset(mut self, away: Duration) -> Self {
        self.leaves_on_reset = Some(away);
        self
    }

    /// The line dies after the n-th byte from the host.
    pub fn cut_after_host_bytes(self, n: u64) -> Self {
        self.fault(Direction::ToBoard, Fault::Cut { after: n })
    }

    /// The line dies after the n-th byte from the board that somebody hears.
    pub fn cut_after_board_bytes(self, n: u64) -> Self {
        self.fault(Direction::FromBoard, Fault::Cut { after: n })
    }

    /// A cut or unplugged line takes the board's power with it, as a USB cable does. Without it the board runs on.
    pub fn cut_takes_power(mut self) -> Self {
        self.cut_takes_power = true;
        self
    }

    /// The byte at offset `at` (from 0) arrives changed: exclusive or with `xor`, which is not 0.
    pub fn corrupt(self, way: Direction, at: u64, xor: u8) -> Self {
        self.fault(way, Fault::Change { at, xor: xor.max(1) })
    }

    /// The byte at offset `at` (from 0) is lost.
    pub fn lose(self, way: Direction, at: u64) -> Self {
        self.fault(way, Fault::Change { at, xor: 0 })
    }

    /// The board is on a network as well, with a WebREPL server: see [`Board::webrepl`]. Only the unix port, on Linux.
    pub fn webrepl(mut self, webrepl: WebRepl) -> Self {
        self.webrepl = Some(webrepl);
        self
    }

    /// Starts the board and waits (at most 20 s) until its start-up is done, which is before `boot.py`;
    /// [`crate::Stats::at_prompt`] tells when `boot.py` and `main.py` have ended.
    pub fn start(self) -> Result<Board, BoardError> {
        Board::start(self)
    }

    fn fault(mut self, way: Direction, fault: Fault) -> Self {
        self.faults.push((way, fault));
        self
    }
}

const RUNNING: &str =
    "import time\nn = 0\nwhile True:\n    print('count', n)\n    n += 1\n    time.sleep(0.1)\n";

const SWALLOW: &str = "import time\nprint('running')\nwhile True:\n    try:\n        while True:\n            time.sleep(0.05)\n    \
                       except KeyboardInterrupt:\n        print('not now')\n";

const SAMPLES: [(&str, &str); 3] = [
    ("hello.py", include_str!("../board/samples/hello.py")),
    ("blink.py", include_str!("../board/samples/blink.py")),
    ("temperature.py", include_str!("../board/samples/temperature.py")),
];
