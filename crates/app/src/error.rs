use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// An error as it crosses to a front end. `code` is for branching and translating, the rest is for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[serde(rename_all = "camelCase")]
#[error("{message}")]
#[ts(export)]
pub struct AppError {
    /// A closed list, kebab-case: `port-busy`, `file-not-found`, `program-running`, …
    pub code: String,
    /// What happened, one sentence.
    pub message: String,
    /// What to do.
    pub help: String,
    /// Evidence: an errno, a traceback, the last bytes that came. Empty when there is none.
    pub detail: String,
}
