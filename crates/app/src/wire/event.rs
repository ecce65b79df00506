use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::AppError;

use super::{Board, Diagnosis, Place};

/// What the app tells a front end without being asked. Each event says the whole truth of its subject, so a lost
/// or late one does no harm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "kind")]
#[ts(export)]
pub enum AppEvent {
    /// Something in the list of boards changed. The whole list.
    Boards {
        /// All boards, in the order to show them.
        boards: Vec<Board>,
    },
    /// An operation moved on.
    Progress {
        /// Where it stands.
        progress: Progress,
    },
    /// Files changed on one side (by us, or as far as we can see by others): list again what is shown.
    FilesChanged {
        /// Which side.
        place: Place,
    },
    /// Something worth a line in the status bar happened to a board.
    Notice {
        /// `Board::id`.
        board: String,
        /// What, with a code the UI translates.
        notice: AppError,
    },
    /// A diagnosis moved on. The whole of it.
    Doctor {
        /// As far as it has come.
        diagnosis: Box<Diagnosis>,
    },
    /// The person wants to close the window: ask about unsaved work, then call `window_close`.
    CloseRequested,
}

/// Where an operation stands. Order: any number with `phase` `transferring`, then `verifying`, then one last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Progress {
    /// The id its caller chose.
    pub op: String,
    /// What is worked on: a path.
    pub name: String,
    /// Bytes that the other side has acknowledged.
    #[ts(type = "number")]
    pub done: u64,
    /// Bytes in all, where known.
    #[ts(type = "number | null")]
    pub total: Option<u64>,
    /// What is going on.
    pub phase: Phase,
}

/// The phases of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum Phase {
    /// Bytes move.
    Transferring,
    /// The board writes its flash, or both sides compare hashes.
    Verifying,
    /// It is done.
    Done,
    /// It failed or was cancelled; the answer of the command says why.
    Failed,
}
