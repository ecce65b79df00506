use boardwalk_device::DeviceError;
use boardwalk_transport::{TargetError, TransportError};
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

impl AppError {
    /// An error of this layer.
    pub(crate) fn new(code: &str, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into(), help: help.into(), detail: String::new() }
    }

    /// What this computer's system says about a path of its own.
    #[must_use]
    pub fn local(error: &std::io::Error, path: &std::path::Path) -> Self {
        crate::local::io_error(error, path)
    }

    /// With evidence.
    pub(crate) fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }
}

impl From<DeviceError> for AppError {
    fn from(error: DeviceError) -> Self {
        let detail = match &error {
            DeviceError::Transport(transport) => transport_detail(transport),
            other => other.detail(),
        };
        Self::new(error.code(), error.to_string(), error.help()).with_detail(detail)
    }
}

impl From<TransportError> for AppError {
    fn from(error: TransportError) -> Self {
        let detail = transport_detail(&error);
        Self::new(error.code(), error.to_string(), error.help()).with_detail(detail)
    }
}

impl From<TargetError> for AppError {
    fn from(error: TargetError) -> Self {
        Self::new(error.code(), error.to_string(), error.help())
    }
}

fn transport_detail(error: &TransportError) -> String {
    match error {
        TransportError::PortBusy { holder: Some(holder), .. } => {
            format!("pid {} ({})", holder.pid, holder.name)
        }
        other => other.detail().unwrap_or_default(),
    }
}
