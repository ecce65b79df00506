use std::time::Duration;

use crate::{Direction, builder::Fault};

/// Which firmware answers the handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Generation {
    /// 1.19 and older: only the key is looked at; a request that is not a WebSocket's gets silence.
    Old,
    /// 1.20 and newer: `Connection` and `Upgrade` count as well; anything else gets the HTML page.
    New,
}

/// Which port of MicroPython the network side behaves like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variant {
    /// Polls its sockets only while it waits (so no Ctrl-C in a tight loop), ring of 260 bytes, a full disk ends in a panic.
    Esp32,
    /// Polls its sockets between any two byte codes, ring of 256 bytes, 20 ms for each piece of a file, a full disk is not noticed;
    /// and `sys.platform` is `esp8266`, because a client has to know (one window of raw-paste in flight).
    Esp8266,
}

/// Describes the WebREPL of a board before it is started. By default: firmware 1.20 or newer on an ESP32, password `secret`, a free
/// port, started by `boot.py` after every reset.
#[derive(Debug, Clone)]
#[must_use]
pub struct WebRepl {
    pub(crate) generation: Generation,
    pub(crate) variant: Variant,
    pub(crate) password: String,
    pub(crate) port: u16,
    pub(crate) start: Start,
    pub(crate) tls: bool,
    pub(crate) ghosts: bool,
    pub(crate) lonely: bool,
    pub(crate) byte_frames: bool,
    pub(crate) split: bool,
    pub(crate) delay: Option<Duration>,
    pub(crate) faults: Vec<(Direction, Fault)>,
}

/// Who starts the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    EveryBoot,
    Once,
    Program,
}

impl Default for WebRepl {
    fn default() -> Self {
        Self::new()
    }
}

impl WebRepl {
    /// A WebREPL as described at the type.
    pub fn new() -> Self {
        Self {
            generation: Generation::New,
            variant: Variant::Esp32,
            password: "secret".into(),
            port: 0,
            start: Start::EveryBoot,
            tls: false,
            ghosts: false,
            lonely: false,
            byte_frames: false,
            split: false,
            delay: None,
            faults: Vec::new(),
        }
    }

    /// Which firmware.
    pub fn generation(mut self, generation: Generation) -> Self {
        self.generation = generation;
        self
    }

    /// Which port of MicroPython.
    pub fn variant(mut self, variant: Variant) -> Self {
        self.variant = variant;
        self
    }

    /// The password; a board takes at most 9 bytes, and so does this one: what is longer is cut.
    pub fn password(mut self, password: impl Into<String>) -> Self {
        self.password = password.into();
        self
    }

    /// TCP port on 127.0.0.1; 0 takes a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Started once by hand: after the first soft or hard reset nobody listens, until a program says `webrepl.start()`.
    pub fn not_in_boot_py(mut self) -> Self {
        self.start = Start::Once;
        self
    }

    /// Nobody listens until a program on the board says `import webrepl; webrepl.start()` (with `webrepl_cfg.PASS` or a password).
    pub fn started_by_program(mut self) -> Self {
        self.start = Start::Program;
        self
    }

    /// A TLS server with a certificate of its own stands in front: see [`super::TlsFront`].
    pub fn tls(mut self) -> Self {
        self.tls = true;
        self
    }

    /// A client that goes without a close frame stays connected for the board, until [`super::Network::notice_ghosts`], a reset or
    /// `webrepl.stop()`.
    pub fn keeps_ghosts(mut self) -> Self {
        self.ghosts = true;
        self
    }

    /// As `modwebrepl.c` does it: the byte of a PUT that arrives alone (the rest of its piece is not there yet, or the frame's length
    /// is 1 more than a multiple of 512) is lost. Off by default: it depends on how TCP cuts the stream.
    pub fn loses_lonely_bytes(mut self) -> Self {
        self.lonely = true;
        self
    }

    /// Every byte of text from the board comes in a frame of its own.
    pub fn byte_frames(mut self) -> Self {
        self.byte_frames = true;
        self
    }

    /// Every byte from the board comes in a TCP segment of its own.
    pub fn split_every_byte(mut self) -> Self {
        self.split = true;
        self
    }

    /// Every piece from the board comes so much later.
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = Some(delay);
        self
    }

    /// The connection closes after the n-th byte in this direction, counted over all connections.
    pub fn close_after(self, way: Direction, n: u64) -> Self {
        self.fault(way, Fault::Cut { after: n })
    }

    /// The byte at offset `at` (from 0, over all connections) arrives changed: exclusive or with `xor`, which is not 0.
    pub fn corrupt(self, way: Direction, at: u64, xor: u8) -> Self {
        self.fault(way, Fault::Change { at, xor: xor.max(1) })
    }

    /// The byte at offset `at` (from 0, over all connections) is lost.
    pub fn lose(self, way: Direction, at: u64) -> Self {
        self.fault(way, Fault::Change { at, xor: 0 })
    }

    pub(crate) fn ring(&self) -> u32 {
        match self.variant {
            Variant::Esp32 => 260,
            Variant::Esp8266 => 256,
        }
    }

    fn fault(mut self, way: Direction, fault: Fault) -> Self {
        self.faults.push((way, fault));
        self
    }
}
