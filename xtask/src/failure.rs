//! Why a task stopped: one sentence for the person who started it.

use std::fmt;
use std::path::Path;

/// The result of every task.
pub(crate) type Result<T> = std::result::Result<T, Failure>;

/// A reason to stop, and whether asking differently would help (exit status 2).
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) sentence: String,
    pub(crate) usage: bool,
}

impl Failure {
    /// The work failed.
    pub(crate) fn new(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), usage: false }
    }

    /// The work failed, and the person knows already.
    pub(crate) fn said() -> Self {
        Self::new("")
    }

    /// The command line cannot be understood.
    pub(crate) fn usage(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), usage: true }
    }

    /// A file operation failed.
    pub(crate) fn file(doing: &str, path: &Path, error: &std::io::Error) -> Self {
        Self::new(format!("{doing} {}: {error}", path.display()))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}
