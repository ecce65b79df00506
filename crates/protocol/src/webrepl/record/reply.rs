//! `WB` and a code: how the board answers, and what is wrong with other answers.

use bytes::{Buf as _, BytesMut};

use crate::websocket::handshake::shown;

/// A record that went wrong. The byte stream is out of step: close the connection.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// Not `WB`.
    #[error("The board answered a file record with “{got}”.")]
    WrongSignature {
        /// What came, escaped.
        got: String,
    },
    /// A code other than 0. No firmware sends one.
    #[error("The board refused a file record with code {code}.")]
    Refused {
        /// As the board gave it.
        code: u16,
    },
    /// The end of a PUT before all of it was sent.
    #[error("The board ended the file after {sent} of {size} bytes.")]
    EarlyEnd {
        /// Bytes sent.
        sent: u32,
        /// Bytes announced.
        size: u32,
    },
    /// Above [`CHUNK`](super::CHUNK) bytes in one answer.
    #[error("The board answered with {bytes} bytes where at most 256 belong.")]
    ChunkTooLong {
        /// As its length field has it.
        bytes: u16,
    },
    /// More than the file had when it was looked at.
    #[error("The file is longer than the {expected} bytes it had a moment ago.")]
    Longer {
        /// Bytes expected.
        expected: u64,
    },
    /// Less than the file had when it was looked at.
    #[error("The file ended after {got} of the {expected} bytes it had a moment ago.")]
    Shorter {
        /// Bytes expected.
        expected: u64,
        /// Bytes that came.
        got: u64,
    },
    /// An answer to nothing.
    #[error("The board sent file bytes that nobody had asked for.")]
    NotAskedFor,
}

impl RecordError {
    /// The code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Longer { .. } | Self::Shorter { .. } => "changed-while-read",
            Self::Refused { .. } => "record-refused",
            _ => "record-out-of-step",
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::Longer { .. } | Self::Shorter { .. } => {
                "A program on the board writes to the file. Stop it and copy again."
            }
            _ => "Connect again and copy once more; nothing was replaced.",
        }
    }
}

/// Takes `WB` and its code off `input`; `false` when more is needed.
pub(super) fn take_ok(input: &mut BytesMut) -> Result<bool, RecordError> {
    if !b"WB".starts_with(&input[..input.len().min(2)]) {
        return Err(RecordError::WrongSignature { got: shown(&input[..input.len().min(16)]) });
    }
    let [_, _, low, high, ..] = input[..] else { return Ok(false) };
    input.advance(4);
    match u16::from_le_bytes([low, high]) {
        0 => Ok(true),
        code => Err(RecordError::Refused { code }),
    }
}
