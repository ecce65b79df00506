use std::{io, path::PathBuf};

/// Why the test board could not do it.
#[derive(Debug, thiserror::Error)]
pub enum BoardError {
    /// The packaged interpreter is not installed.
    #[error(
        "no MicroPython at {}: run `cargo xtask setup`, or name the packaged `micropython` in BOARDWALK_MICROPYTHON",
        .0.display()
    )]
    NoInterpreter(PathBuf),
    /// QEMU or the micro:bit firmware is not installed.
    #[error(
        "{0} is missing: run `cargo xtask setup` (Debian: apt-get install qemu-system-arm firmware-microbit-micropython)"
    )]
    NoEmulator(PathBuf),
    /// It started but never said that it is up.
    #[error("the board did not come up within 20 s; it said: {0}")]
    NotUp(String),
    /// The operation needs another kind of board, or another state.
    #[error("not possible on this board: {0}")]
    NotPossible(&'static str),
    /// A tool beside the board (packing its flash, holding its port) failed.
    #[error("{what} failed: {detail}")]
    Tool {
        /// What was tried.
        what: &'static str,
        /// What it said.
        detail: String,
    },
    /// The operating system refused.
    #[error("{what}: {source}")]
    Io {
        /// What was tried.
        what: &'static str,
        /// What it said.
        source: io::Error,
    },
}

/// Names what was tried when the operating system refuses.
pub(crate) trait Context<T> {
    fn context(self, what: &'static str) -> Result<T, BoardError>;
}

impl<T, E: Into<io::Error>> Context<T> for Result<T, E> {
    fn context(self, what: &'static str) -> Result<T, BoardError> {
        self.map_err(|e| BoardError::Io { what, source: e.into() })
    }
}
