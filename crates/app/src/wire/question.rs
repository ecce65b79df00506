use boardwalk_transport::Secret;
use serde::{Deserialize, Deserializer, Serialize};
use ts_rs::TS;

use crate::AppError;

/// What only a person can answer before a board can be opened. To decline is to close the board.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "kind")]
#[ts(export)]
pub enum Question {
    /// The password of its WebREPL: `password_answer`.
    Password {
        /// The number of the question; each has its own.
        #[ts(type = "number")]
        id: u64,
        /// Why it is asked for.
        reason: PasswordReason,
        /// Whether the key store holds one for this board.
        kept: bool,
        /// Why it cannot be kept; none where it can.
        no_key_store: Option<AppError>,
    },
    /// Our name and password at a proxy on the way: `proxy_answer`, or `proxy_decline` to leave the board as it is.
    Proxy {
        /// The number of the question.
        #[ts(type = "number")]
        id: u64,
        /// Its address, `http://192.168.1.1:3128`. What is answered is told to it alone.
        proxy: String,
        /// What it calls itself; bounded and escaped, and empty where it says nothing.
        realm: String,
        /// Why it is asked for.
        reason: PasswordReason,
        /// The name, where one is known.
        user: Option<String>,
        /// Whether the key store holds something for this proxy.
        kept: bool,
        /// Why it cannot be kept; none where it can.
        no_key_store: Option<AppError>,
    },
    /// Whether to believe a certificate that this computer does not: `certificate_trust`.
    Certificate {
        /// The number of the question.
        #[ts(type = "number")]
        id: u64,
        /// Who showed it.
        host: String,
        /// Its SHA-256, `AB:CD:…`, 32 pairs.
        fingerprint: String,
        /// SHA-256 of the one that was trusted before. Then somebody may stand between us and the board.
        trusted: Option<String>,
        /// Why this computer does not believe it.
        distrust: CertificateFault,
    },
}

impl Question {
    pub(crate) fn id(&self) -> u64 {
        match self {
            Self::Password { id, .. } | Self::Proxy { id, .. } | Self::Certificate { id, .. } => *id,
        }
    }
}

/// Why a password is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum PasswordReason {
    /// The board asks for one.
    Needed,
    /// The board refused the one before.
    Rejected,
    /// The one before was none that a board can have.
    Impossible,
}

/// Why this computer does not believe a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum CertificateFault {
    /// Nobody it knows has signed it.
    UnknownIssuer,
    /// Its time is over.
    Expired,
    /// Its time has not come.
    NotYetValid,
    /// It is for another name.
    WrongName,
    /// Another one was trusted.
    Changed,
    /// Something else.
    Other,
}

/// Answers a question for a password. It has no `Debug`: what it holds is a secret.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct AnswerPassword {
    /// `Board::id`.
    pub board: String,
    /// `Question::id`.
    #[ts(type = "number")]
    pub question: u64,
    /// What the person typed.
    #[ts(type = "string")]
    pub password: TypedPassword,
    /// Whether to keep it in the system's key store once the board has taken it.
    pub remember: bool,
}

/// Answers a proxy's question. It has no `Debug`: what it holds is a secret.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct AnswerProxy {
    /// `Board::id`.
    pub board: String,
    /// `Question::id`.
    #[ts(type = "number")]
    pub question: u64,
    /// Our name at the proxy.
    pub user: String,
    /// What the person typed.
    #[ts(type = "string")]
    pub password: TypedPassword,
    /// Whether to keep both in the system's key store once the proxy has taken them.
    pub remember: bool,
}

/// Names a question of a board.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct QuestionRef {
    /// `Board::id`.
    pub board: String,
    /// `Question::id`.
    #[ts(type = "number")]
    pub question: u64,
}

/// Names a proxy.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct ProxyRef {
    /// Its address; a name in it does not count.
    pub proxy: String,
}

/// A secret that comes from the page and never goes back.
pub struct TypedPassword(pub(crate) Secret);

impl<'de> Deserialize<'de> for TypedPassword {
    fn deserialize<D: Deserializer<'de>>(text: D) -> Result<Self, D::Error> {
        String::deserialize(text).map(|text| Self(Secret::new(text)))
    }
}
