/// What a board's line has seen since the board was started. Counts are bytes unless they say otherwise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Stats {
    /// Bytes that left the host and reached the board's end of the line.
    pub to_board: u64,
    /// Bytes that left the board and reached the host's end of the line.
    pub from_board: u64,
    /// Bytes the receive ring dropped because it was full.
    pub dropped: u64,
    /// Bytes the board sent while no program had the port open; they are gone, as on a real line.
    pub unheard: u64,
    /// Bytes the host sent while the board was deaf after a reset on open.
    pub deaf: u64,
    /// How many programs have the port open.
    pub open: u32,
    /// How often the port was opened.
    pub opened: u32,
    /// How often the chip started from power-up or a hard reset.
    pub boots: u32,
    /// How often MicroPython soft rebooted.
    pub soft_reboots: u32,
    /// How often the interpreter ended by itself in another way, and was started again.
    pub crashes: u32,
    /// The chip is running user code or its prompt: its start-up is done.
    pub up: bool,
    /// `boot.py` and `main.py` have ended, the first prompt follows. Only the unix port says so.
    pub at_prompt: bool,
    /// The port exists.
    pub plugged: bool,
}
