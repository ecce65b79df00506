use std::{io, path::PathBuf};

/// Why there is no such proxy here.
#[derive(Debug, thiserror::Error)]
pub enum ProxyError {
    /// The program, or a file of it, is not on this machine.
    #[error("{0} is not installed: run `cargo xtask setup test`, or install the package that has it")]
    Missing(String),
    /// It started and never took a connection.
    #[error("{program} did not come up; it said: {said}")]
    NotUp {
        /// The program.
        program: PathBuf,
        /// The end of what it wrote.
        said: String,
    },
    /// This proxy has no such setting.
    #[error("{program} cannot do that: {what}")]
    NotPossible {
        /// The program.
        program: &'static str,
        /// What was asked of it.
        what: &'static str,
    },
    /// This machine does not let us make network namespaces.
    #[error("no network namespaces on this machine: {0}")]
    NoNamespaces(String),
    /// A tool failed.
    #[error("{what} failed: {detail}")]
    Tool {
        /// What was tried.
        what: String,
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

impl ProxyError {
    /// Whether another machine, or another set-up of this one, could do it: the reason for a row that did not run.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Missing(_) | Self::NoNamespaces(_))
    }
}

/// Names what was tried when the operating system refuses.
pub(super) trait Context<T> {
    fn context(self, what: &'static str) -> Result<T, ProxyError>;
}

impl<T, E: Into<io::Error>> Context<T> for Result<T, E> {
    fn context(self, what: &'static str) -> Result<T, ProxyError> {
        self.map_err(|e| ProxyError::Io { what, source: e.into() })
    }
}
