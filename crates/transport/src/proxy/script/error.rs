//! Why a script gave no route.

use boardwalk_protocol::proxy::ScriptAnswerError;

/// What was wrong with a PAC script. The sentences end one that names the script. Texts of others are cut and escaped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScriptError {
    /// Its place is no http, https or file URL and no path.
    #[error("its address is not one of http, https or file")]
    Place,
    /// It was not there, or not in time.
    #[error("it could not be read: {because}")]
    NotRead {
        /// the cause, for a person
        because: String,
    },
    /// More than 1 MiB.
    #[error("it is larger than 1 MiB")]
    TooLarge,
    /// Not UTF-8.
    #[error("it is no text")]
    NotText,
    /// It does not compile, or throws.
    #[error("it failed: {because}")]
    Failed {
        /// what the engine said
        because: String,
    },
    /// It defines no `FindProxyForURL`, or that returns no string.
    #[error("it has no function FindProxyForURL that gives a text")]
    NoFunction,
    /// It was stopped.
    #[error("it did not end in time")]
    TooLong,
    /// It took more memory than a script may have, 32 MiB.
    #[error("it took more than 32 MiB of memory")]
    TooMuchMemory,
    /// Its answer names no proxy.
    #[error(transparent)]
    Answer(#[from] ScriptAnswerError),
    /// So many that were stopped have not ended yet.
    #[error("earlier ones have not ended yet")]
    Busy,
}
