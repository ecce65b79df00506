use std::{fs, path::PathBuf, time::Duration};

use boardwalk_tests::{
    Board, BoardError, Builder, Generation, Identity, PortsFile, ResetOnOpen, Variant, WebRepl,
};
use clap::{Parser, ValueEnum};

/// A real MicroPython behind a pseudo terminal, with the line of a real board, and on request a WebREPL. Prints its target (with
/// `--webrepl` two, on two lines), then obeys commands on stdin: `unplug`, `plug [elsewhere]`, `reset`, `power on|off`, `inject HEX`,
/// `garbage N`, `cut N [host|board]`, `hold`, `release`, `stats`, `network drop|restore|half-open|rst`, `clients`, `quit`. Every
/// command is answered by one line.
#[derive(Debug, Parser)]
#[command(name = "testboard", version)]
pub(crate) struct Args {
    /// Which board
    #[arg(long, value_enum, default_value_t = Kind::Unix)]
    board: Kind,
    /// Bits per second, or `none`
    #[arg(long, default_value = "115200")]
    baud: Limit,
    /// Bytes of the receive ring that drops what overflows, or `none`
    #[arg(long, default_value = "260")]
    ring: Limit,
    /// A file on the board; may be given several times
    #[arg(long = "file", value_name = "NAME=PATH")]
    files: Vec<String>,
    /// Heap of the interpreter in bytes
    #[arg(long)]
    heap: Option<u64>,
    /// Kilobytes of flash, or `none` for a folder of this machine
    #[arg(long, default_value = "2048")]
    flash: Limit,
    /// What `machine.unique_id()` answers, in hexadecimal
    #[arg(long)]
    unique_id: Option<String>,
    /// Restart when the port is opened, as an ESP32 does
    #[arg(long)]
    reset_on_open: bool,
    /// `machine.reset()` takes the port away for so many milliseconds
    #[arg(long, value_name = "MS")]
    leave_on_reset: Option<u64>,
    /// A main.py that catches every Ctrl-C
    #[arg(long, conflicts_with = "running")]
    swallow_ctrl_c: bool,
    /// A main.py that is running and printing
    #[arg(long)]
    running: bool,
    /// A few small programs to try out
    #[arg(long)]
    sample: bool,
    /// A WebREPL on this TCP port of 127.0.0.1; without a number on a free one
    #[arg(long, value_name = "PORT", num_args = 0..=1, default_missing_value = "0")]
    pub(crate) webrepl: Option<u16>,
    /// Its password, at most 9 bytes
    #[arg(long, value_name = "PW", default_value = "secret")]
    webrepl_password: String,
    /// Its firmware: `old` is 1.19 and before
    #[arg(long, value_enum, default_value_t = Firmware::New)]
    generation: Firmware,
    /// Its network is an ESP8266's, not an ESP32's
    #[arg(long)]
    esp8266: bool,
    /// A symbolic link that leads to the port
    #[arg(long)]
    link: Option<PathBuf>,
    /// The line dies after so many bytes from the host
    #[arg(long, value_name = "N")]
    cut_host: Option<u64>,
    /// The line dies after so many bytes from the board
    #[arg(long, value_name = "N")]
    cut_board: Option<u64>,
    /// An unplugged or cut line takes the board's power with it
    #[arg(long)]
    cut_takes_power: bool,
    /// A file of extra ports (BOARDWALK_EXTRA_PORTS) to write
    #[arg(long)]
    ports_file: Option<PathBuf>,
    /// USB serial number in the ports file
    #[arg(long, default_value = "e6605481db318236")]
    serial: String,
    /// USB product name in the ports file
    #[arg(long, default_value = "Board in FS mode")]
    product: String,
    /// Mark it as a demo board in the ports file
    #[arg(long)]
    demo: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Go on when stdin ends
    #[arg(long)]
    pub(crate) stay: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    Unix,
    Microbit,
    Silent,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Firmware {
    Old,
    New,
}

/// A number, or `none`.
#[derive(Debug, Clone, Copy)]
struct Limit(Option<u32>);

impl std::str::FromStr for Limit {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "none" { Ok(Self(None)) } else { text.parse().map(|n| Self(Some(n))) }
    }
}

impl Args {
    pub(crate) fn builder(&self) -> Result<Builder, Box<dyn std::error::Error>> {
        let mut builder = match self.board {
            Kind::Unix => Board::unix(),
            Kind::Microbit => Board::microbit(),
            Kind::Silent => Board::silent(),
        };
        builder = builder.unthrottled();
        if let Limit(Some(baud)) = self.baud {
            builder = builder.baud(baud);
        }
        if let Limit(Some(ring)) = self.ring {
            builder = builder.ring(ring);
        }
        builder = match self.flash.0 {
            Some(kb) => builder.flash_kb(kb),
            None => builder.folder(),
        };
        builder = self.files(builder)?;
        builder = self.faults(builder);
        if let Some(heap) = self.heap {
            builder = builder.heap(heap);
        }
        if let Some(id) = &self.unique_id {
            builder = builder.unique_id(id);
        }
        if let Some(link) = &self.link {
            builder = builder.link(link);
        }
        if let Some(port) = self.webrepl {
            builder = builder.webrepl(self.network(port));
        }
        Ok(self.listed(builder)?)
    }

    fn network(&self, port: u16) -> WebRepl {
        let generation = match self.generation {
            Firmware::Old => Generation::Old,
            Firmware::New => Generation::New,
        };
        let variant = if self.esp8266 { Variant::Esp8266 } else { Variant::Esp32 };
        let webrepl = WebRepl::new().port(port).password(&self.webrepl_password);
        webrepl.generation(generation).variant(variant)
    }

    fn files(&self, mut builder: Builder) -> Result<Builder, Box<dyn std::error::Error>> {
        if self.sample {
            builder = builder.samples();
        }
        if self.running {
            builder = builder.running();
        }
        if self.swallow_ctrl_c {
            builder = builder.swallow_ctrl_c();
        }
        for file in &self.files {
            let (name, path) =
                file.split_once('=').ok_or_else(|| format!("--file {file}: expected NAME=PATH"))?;
            builder = builder.file(name, fs::read(path).map_err(|e| format!("--file {path}: {e}"))?);
        }
        Ok(builder)
    }

    fn faults(&self, mut builder: Builder) -> Builder {
        if self.reset_on_open {
            builder = builder.reset_on_open(ResetOnOpen::default());
        }
        if let Some(ms) = self.leave_on_reset {
            builder = builder.port_leaves_on_reset(Duration::from_millis(ms));
        }
        if let Some(n) = self.cut_host {
            builder = builder.cut_after_host_bytes(n);
        }
        if let Some(n) = self.cut_board {
            builder = builder.cut_after_board_bytes(n);
        }
        if self.cut_takes_power { builder.cut_takes_power() } else { builder }
    }

    fn listed(&self, builder: Builder) -> Result<Builder, BoardError> {
        let Some(path) = &self.ports_file else { return Ok(builder) };
        let identity = Identity::pico(&self.serial).named(&self.product);
        let identity = if self.demo { identity.demo() } else { identity };
        Ok(builder.listed(&PortsFile::create(path)?, identity))
    }
}
