//! Why work on a board failed.

use std::time::Duration;

use boardwalk_protocol::errno::Errno;
use boardwalk_protocol::exception::Exception;
use boardwalk_protocol::webrepl::record::RecordError;
use boardwalk_transport::TransportError;

use crate::reset::NotStarted;

/// One variant per cause; each has a code, a sentence (`Display`) and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeviceError {
    /// The line could not be opened, or ended.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The session is not connected right now.
    #[error("The board is not connected.")]
    NotConnected,
    /// A program runs and the caller did not allow to stop it.
    #[error("A program is running on the board.")]
    ProgramRunning,
    /// Bytes were sent, none came back.
    #[error("The board did not answer within {} s.", seconds(*waited))]
    NoResponse {
        /// How long.
        waited: Duration,
    },
    /// Something answers, and no prompt came after all interrupts.
    #[error("The board went on after Ctrl-C: no prompt came within {} s.", seconds(*waited))]
    InterruptSwallowed {
        /// How long.
        waited: Duration,
        /// The last bytes that came.
        got: Vec<u8>,
    },
    /// A step took longer than its deadline.
    #[error("The board did not finish {what} within {} s.", seconds(*waited))]
    Timeout {
        /// The step.
        what: &'static str,
        /// The deadline.
        waited: Duration,
        /// The last bytes that came.
        got: Vec<u8>,
    },
    /// The caller cancelled.
    #[error("The work was cancelled.")]
    Cancelled,
    /// Somebody wants the line opened anew: another way to the board was chosen.
    #[error("The connection is being opened anew.")]
    Redialled,
    /// The board started again in the middle of the work.
    #[error("The board restarted in the middle of the work.")]
    Restarted {
        /// What it printed last.
        got: Vec<u8>,
    },
    /// The bytes make no sense: noise, a wrong speed, or another program on the line.
    #[error("What came over the line was not what a MicroPython board says.")]
    Garbled {
        /// What should have come.
        expected: &'static str,
        /// What came.
        got: Vec<u8>,
    },
    /// Code of ours raised on the board.
    #[error("The board reported {}: {}.", .0.kind, .0.message)]
    Raised(Box<Exception>),
    /// The heap is too small for the work.
    #[error("The board ran out of memory.")]
    OutOfMemory,
    /// More output than the caller can hold.
    #[error("The program printed more than {limit} bytes.")]
    OutputTooLong {
        /// Bytes.
        limit: usize,
    },
    /// Something the firmware lacks.
    #[error("The firmware of this board {}.", .0.sentence())]
    Unsupported(Missing),
    /// No such file or folder.
    #[error("There is no {path} on the board.")]
    NotFound {
        /// The path.
        path: String,
    },
    /// The name is taken.
    #[error("{path} is on the board already.")]
    Exists {
        /// The path.
        path: String,
    },
    /// A file was wanted.
    #[error("{path} is a folder.")]
    IsAFolder {
        /// The path.
        path: String,
    },
    /// A folder was wanted.
    #[error("{path} is not a folder.")]
    NotAFolder {
        /// The path.
        path: String,
    },
    /// The folder has files in it.
    #[error("The folder {path} is not empty.")]
    NotEmpty {
        /// The path.
        path: String,
    },
    /// Not enough space.
    #[error("{}", full_sentence(path, *needed, *free))]
    DiskFull {
        /// The file that did not fit.
        path: String,
        /// Bytes it needs.
        needed: u64,
        /// Bytes there are, where the board says.
        free: Option<u64>,
    },
    /// The file system cannot be written to.
    #[error("The board's file system is read-only.")]
    ReadOnly,
    /// A name that cannot be used: empty, NUL, too long.
    #[error("{} is not a name for a file on a board.", shown(path))]
    BadName {
        /// The name.
        path: String,
    },
    /// The file system reports something else.
    #[error("The board's file system reported {code:?} for {path}.")]
    FileSystem {
        /// The path.
        path: String,
        /// What it reported.
        code: Errno,
    },
    /// After writing, the board's copy was not what was sent.
    #[error("{path} arrived changed on the board; the old file is untouched.")]
    VerifyFailed {
        /// The path.
        path: String,
    },
    /// A reset would end the WebREPL, and nothing would start it again.
    #[error("After a reset nobody could reach this board over the network: {}.", .0.sentence())]
    WouldLoseWebRepl(NotStarted),
    /// A WebREPL's file record went wrong, or the file changed while it was read. The line was ended.
    #[error(transparent)]
    Records(#[from] RecordError),
    /// While reading, the bytes did not match the board's own hash.
    #[error("{path} arrived changed from the board.")]
    ReadDamaged {
        /// The path.
        path: String,
    },
}

/// What a firmware may lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Missing {
    /// No folders (micro:bit).
    Folders,
    /// No `os.rename`.
    Rename,
    /// No way to learn the free space.
    Space,
    /// No file system at all.
    Files,
    /// Neither `machine.reset` nor a reset line.
    HardReset,
}

impl Missing {
    /// `no-folders`, …
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Folders => "no-folders",
            Self::Rename => "no-rename",
            Self::Space => "no-space",
            Self::Files => "no-files",
            Self::HardReset => "no-hard-reset",
        }
    }

    fn sentence(self) -> &'static str {
        match self {
            Self::Folders => "has no folders",
            Self::Rename => "cannot rename files",
            Self::Space => "does not say how much space is free",
            Self::Files => "has no file system",
            Self::HardReset => "has no way to reset itself",
        }
    }
}

impl DeviceError {
    /// A stable code in kebab case.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Transport(error) => error.code(),
            Self::NotConnected => "not-connected",
            Self::ProgramRunning => "program-running",
            Self::NoResponse { .. } => "no-response",
            Self::InterruptSwallowed { .. } => "interrupt-swallowed",
            Self::Timeout { .. } => "timeout",
            Self::Cancelled => "cancelled",
            Self::Redialled => "redialled",
            Self::Restarted { .. } => "board-restarted",
            Self::Garbled { .. } => "garbled",
            Self::Raised(_) => "exception",
            Self::OutOfMemory => "out-of-memory",
            Self::OutputTooLong { .. } => "output-too-long",
            Self::Unsupported(missing) => missing.code(),
            Self::NotFound { .. } => "file-not-found",
            Self::Exists { .. } => "file-exists",
            Self::IsAFolder { .. } => "is-a-folder",
            Self::NotAFolder { .. } => "not-a-folder",
            Self::NotEmpty { .. } => "folder-not-empty",
            Self::DiskFull { .. } => "disk-full",
            Self::ReadOnly => "read-only",
            Self::BadName { .. } => "bad-name",
            Self::FileSystem { .. } => "file-system",
            Self::WouldLoseWebRepl(_) => "would-lose-webrepl",
            Self::Records(error) => error.code(),
            Self::VerifyFailed { .. } => "verify-failed",
            Self::ReadDamaged { .. } => "read-damaged",
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Transport(error) => return error.help(),
            Self::NotConnected => "Connect the board, then try again.",
            Self::ProgramRunning => "Stop the program first, or wait until it ends.",
            Self::NoResponse { .. } => {
                "Press the board's reset button, check that the cable carries data, and that MicroPython is on the board."
            }
            Self::InterruptSwallowed { .. } => {
                "The program catches Ctrl-C. Reset the board; if it starts the same program again, hold the boot button or rename main.py right after a reset."
            }
            Self::Timeout { .. } => "Try again; if it happens again, reset the board.",
            Self::Redialled => "It is back in a moment.",
            Self::Cancelled => "Nothing was left half done. Start it again when you like.",
            Self::Restarted { .. } => {
                "Try again. If it keeps restarting, check the supply and look for a watchdog in main.py."
            }
            Self::Garbled { .. } => "Check the speed of the line and that no other program uses the port, then try again.",
            Self::Raised(_) => "Read the traceback; the board itself is fine.",
            Self::OutOfMemory => "Reset the board to free its memory, or make the file smaller.",
            Self::OutputTooLong { .. } => "Let the program print less, or run it in the terminal.",
            Self::Unsupported(Missing::HardReset) => "Press the reset button on the board, or unplug it and plug it in again.",
            Self::Unsupported(_) => "A newer MicroPython can do it, where there is one for this board.",
            Self::NotFound { .. } => "Check the name; capitals count. Refresh the list to see what is there.",
            Self::Exists { .. } => "Choose another name, or delete it first.",
            Self::IsAFolder { .. } => "Name a file inside it.",
            Self::NotAFolder { .. } => "Name a folder.",
            Self::NotEmpty { .. } => "Delete what is in it first.",
            Self::DiskFull { .. } => {
                "Delete files on the board. Until the new file is whole, the old one stays, so there must be room for both."
            }
            Self::ReadOnly => "Remount it writable, or use the drive that the board shows on this computer.",
            Self::BadName { .. } => "Use a name without NUL, not empty, and at most 255 bytes long.",
            Self::FileSystem { .. } => "Try again; if it happens again, the file system may be damaged: save what you can.",
            Self::WouldLoseWebRepl(because) => because.help(),
            Self::Records(error) => error.help(),
            Self::VerifyFailed { .. } | Self::ReadDamaged { .. } => "Try again; a long or damaged cable loses bytes.",
        }
        .to_owned()
    }

    /// Evidence: the last bytes that came, or a traceback. Empty when there is none.
    #[must_use]
    pub fn detail(&self) -> String {
        match self {
            Self::InterruptSwallowed { got, .. }
            | Self::Timeout { got, .. }
            | Self::Restarted { got }
            | Self::Garbled { got, .. } => got.escape_ascii().to_string(),
            Self::Raised(exception) => exception.traceback.clone(),
            _ => String::new(),
        }
    }

    /// Reads what our code raised on the board while it worked on `path`.
    pub(crate) fn from_exception(exception: Exception, path: &str) -> Self {
        let path = path.to_owned();
        match (exception.errno(), exception.kind.as_str()) {
            (Some(Errno::NotFound), _) => Self::NotFound { path },
            (Some(Errno::Exists), _) => Self::Exists { path },
            (Some(Errno::IsADirectory), _) => Self::IsAFolder { path },
            (Some(Errno::NotADirectory), _) => Self::NotAFolder { path },
            (Some(Errno::NotEmpty), _) => Self::NotEmpty { path },
            (Some(Errno::NoSpace), _) => Self::DiskFull { path, needed: 0, free: None },
            (Some(Errno::ReadOnly), _) => Self::ReadOnly,
            (Some(Errno::NameTooLong), _) => Self::BadName { path },
            (Some(Errno::NoMemory), _) | (_, "MemoryError") => Self::OutOfMemory,
            (Some(code), _) => Self::FileSystem { path, code },
            // The micro:bit's file system has words and no numbers (source/microbit/filesystem.c).
            (None, "OSError") if exception.message == "file not found" => Self::NotFound { path },
            (None, _) => Self::Raised(Box::new(exception)),
        }
    }
}

fn seconds(duration: Duration) -> String {
    let tenths = (duration.as_millis() + 50) / 100;
    if tenths.is_multiple_of(10) {
        format!("{}", tenths / 10)
    } else {
        format!("{}.{}", tenths / 10, tenths % 10)
    }
}

fn full_sentence(path: &str, needed: u64, free: Option<u64>) -> String {
    match free {
        Some(free) if needed > 0 => format!("{path} needs {needed} bytes, and the board has {free} free."),
        _ => format!("The board has no space left for {path}."),
    }
}

fn shown(path: &str) -> String {
    format!("“{}”", path.chars().take(80).flat_map(char::escape_debug).collect::<String>())
}
