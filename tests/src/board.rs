use std::{collections::BTreeMap, path::PathBuf, sync::Arc, thread::JoinHandle};

use tokio::sync::watch;

use crate::{
    BoardError, Direction, Holder, Network, Stats,
    builder::{Builder, Fault, Kind},
    chip::{Microbit, Recipe, Unix},
    files,
    line::Shared,
};

/// A running board. Dropping it ends its processes and removes its files.
///
/// No method waits longer than its own work takes (20 s at most); what takes the board's time is awaited with [`Board::until`].
#[derive(Debug)]
pub struct Board {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
    network: Network,
}

impl Board {
    /// The packaged unix port of MicroPython.
    pub fn unix() -> Builder {
        Builder::new(Kind::Unix)
    }

    /// The micro:bit v1 firmware (MicroPython 1.9.2, no raw-paste) in QEMU. It takes no files, heap or flash size, and its receive
    /// ring is its own (64 bytes).
    pub fn microbit() -> Builder {
        Builder::new(Kind::Microbit)
    }

    /// A port behind which nobody answers.
    pub fn silent() -> Builder {
        Builder::new(Kind::Silent)
    }

    pub(crate) fn start(builder: Builder) -> Result<Self, BoardError> {
        let recipe = match builder.kind {
            Kind::Unix => Recipe::Unix(Unix::new(&builder)?),
            Kind::Microbit if !builder.files.is_empty() => {
                return Err(BoardError::NotPossible("the micro:bit starts with an empty flash"));
            }
            Kind::Microbit => Recipe::Microbit(Microbit::new()?),
            Kind::Silent => Recipe::Silent,
        };
        // The chip calls at the network's door when it starts.
        let network = match (&builder.webrepl, &recipe) {
            (None, _) => Network::none(),
            (Some(webrepl), Recipe::Unix(unix)) => Network::start(webrepl.clone(), &unix.door())?,
            _ => return Err(BoardError::NotPossible("only the unix port has a WebREPL")),
        };
        let (shared, threads) = Shared::start(builder, recipe)?;
        let mut board = Self { shared, threads, network };
        board.shared.wait_up()?;
        board.network.wait_ready()?;
        Ok(board)
    }

    /// Path of the port: the link if there is one. While unplugged, where it was last.
    pub fn path(&self) -> String {
        self.shared.path()
    }

    /// The same as a target: `serial:PATH`.
    pub fn target(&self) -> String {
        format!("serial:{}", self.path())
    }

    /// The network side: what its WebREPL sees, and what goes wrong on the way to it.
    pub fn webrepl(&self) -> &Network {
        &self.network
    }

    /// Where the WebREPL is: `ws://127.0.0.1:PORT`.
    pub fn webrepl_url(&self) -> String {
        self.network.url()
    }

    /// Takes the port away; clients see a hang-up. The board runs on unless [`Builder::cut_takes_power`].
    pub fn unplug(&self) {
        self.shared.unplug_by_hand();
    }

    /// Brings the port back, and the power if it was off. The kernel gives the lowest free number, often the same.
    pub fn plug(&self) -> Result<(), BoardError> {
        self.shared.plug(false)
    }

    /// Brings the port back under another path than before. (A link keeps its path.)
    pub fn plug_elsewhere(&self) -> Result<(), BoardError> {
        self.shared.plug(true)
    }

    /// Takes the power away; the port stays, and nobody answers.
    pub fn power_off(&self) {
        self.shared.power_off();
    }

    /// Gives the power back; the chip boots.
    pub fn power_on(&self) -> Result<(), BoardError> {
        self.shared.power_on()
    }

    /// The reset button.
    pub fn reset(&self) -> Result<(), BoardError> {
        self.shared.hard_reset()
    }

    /// Puts bytes on the line to the host, as noise or as a board that says something by itself.
    pub fn inject(&self, bytes: &[u8]) {
        self.shared.inject(bytes);
    }

    /// The line dies when `n` more bytes have passed in this direction.
    pub fn cut_after(&self, way: Direction, n: u64) {
        self.shared.add_fault(way, Fault::Cut { after: n });
    }

    /// The byte after the next `n` arrives changed by exclusive or with `xor`, or not at all if `xor` is 0.
    pub fn corrupt_after(&self, way: Direction, n: u64, xor: u8) {
        self.shared.add_fault(way, Fault::Change { at: n, xor });
    }

    /// Another process opens the port and claims it (TIOCEXCL and flock), until the holder is dropped.
    pub fn hold(&self) -> Result<Holder, BoardError> {
        Holder::of(&self.path())
    }

    /// What the line has seen until now.
    pub fn stats(&self) -> Stats {
        *self.shared.stats.borrow()
    }

    /// Waits until `reached` holds for the line's counters, and gives them. Put a deadline around it.
    pub async fn until(&self, reached: impl FnMut(&Stats) -> bool) -> Stats {
        match self.watch().wait_for(reached).await {
            Ok(stats) => *stats,
            // The sender lives as long as the board.
            Err(_) => self.stats(),
        }
    }

    /// The line's counters as they change.
    pub fn watch(&self) -> watch::Receiver<Stats> {
        self.shared.stats.subscribe()
    }

    /// Every file on the board as a power failure now would leave it, read past the REPL; folders are names that end in `/`.
    pub fn files(&self) -> Result<BTreeMap<String, Vec<u8>>, BoardError> {
        files::all(&self.shared, self.unix_chip()?)
    }

    /// One file of [`Board::files`].
    pub fn read_file(&self, name: &str) -> Result<Option<Vec<u8>>, BoardError> {
        Ok(self.files()?.remove(name.trim_start_matches('/')))
    }

    /// Writes a file past the REPL: at any time on a board made with [`Builder::folder`], else only while the power is off.
    pub fn write_file(&self, name: &str, bytes: &[u8]) -> Result<(), BoardError> {
        files::write(&self.shared, self.unix_chip()?, name, bytes)
    }

    /// Overwrites blocks of the flash behind the chip's back, as a flash that lost its power in the middle or is worn has them.
    pub fn spoil_flash(&self, blocks: std::ops::Range<u32>) -> Result<(), BoardError> {
        files::spoil(&self.shared, self.unix_chip()?, blocks)
    }

    /// The folder that is the board's file system, for a board made with [`Builder::folder`].
    pub fn folder(&self) -> Option<PathBuf> {
        self.unix_chip().ok().filter(|u| !u.has_flash()).map(Unix::root)
    }

    fn unix_chip(&self) -> Result<&Unix, BoardError> {
        match &self.shared.recipe {
            Recipe::Unix(unix) => Ok(unix),
            _ => Err(BoardError::NotPossible("only the unix port's files can be read past the REPL")),
        }
    }
}

impl Drop for Board {
    fn drop(&mut self) {
        self.shared.close();
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
        self.network.stop();
    }
}
