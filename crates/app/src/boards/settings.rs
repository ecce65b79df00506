//! What was chosen for one board and holds until the board is forgotten. No secrets: whether a password is kept, not
//! which.

use boardwalk_transport::{Fingerprint, TlsTrust};
use serde::{Deserialize, Serialize};

/// The settings of one board.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct BoardSettings {
    /// What the person calls it.
    pub(crate) name: Option<String>,
    /// SHA-256 of the certificate that is trusted for it.
    pub(crate) certificate: Option<String>,
    /// Whether its password is in the key store.
    pub(crate) password_kept: bool,
    /// `machine.unique_id()`, in hexadecimal: the same board by another cable.
    pub(crate) unique_id: Option<String>,
}

impl BoardSettings {
    /// The certificate a person trusts for this board, else what the system trusts.
    pub(crate) fn trust(&self) -> TlsTrust {
        let trusted = self.certificate.as_deref().and_then(|text| text.parse::<Fingerprint>().ok());
        trusted.map_or(TlsTrust::Platform, TlsTrust::Certificate)
    }
}
