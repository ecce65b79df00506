//! What went wrong with a conversation, whoever noticed it.

use std::io;

use boardwalk_protocol::webrepl::login::LoginFailure;
use boardwalk_protocol::websocket::frame::FrameError;
use boardwalk_protocol::websocket::handshake::Verdict;
use boardwalk_transport::NetworkError;

use crate::code::Code;
use crate::world::NoWay;

/// What went wrong, in words of the layer that noticed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trouble {
    /// `None`: nothing of the closed list, such as an error number that nobody knows
    pub(crate) code: Option<Code>,
    pub(crate) message: String,
    pub(crate) help: String,
    /// something a person compares or looks up: a fingerprint, a number
    pub(crate) detail: Option<String>,
    /// a reply that came through a proxy bears its mark: `Via: 1.1 squid`
    pub(crate) mark: Option<String>,
    /// not one byte of an answer came
    pub(crate) nothing_came: bool,
}

impl Trouble {
    fn new(code: &str, message: String, help: impl Into<String>) -> Self {
        Self {
            code: Code::named(code),
            message,
            help: help.into(),
            detail: None,
            mark: None,
            nothing_came: false,
        }
    }

    /// The code for reports, also of what is not on the list.
    pub(crate) fn code_text(&self) -> String {
        self.code.map_or_else(|| "network-io".to_owned(), |code| code.to_string())
    }
}

impl From<Verdict> for Trouble {
    fn from(verdict: Verdict) -> Self {
        let mark = match &verdict {
            Verdict::BoardServedPage { altered_by: Some(mark) } | Verdict::HandshakeStripped { mark } => {
                Some(mark.clone())
            }
            _ => None,
        };
        let nothing_came = matches!(verdict, Verdict::ClosedBeforeReply { .. } | Verdict::SilentAfterRequest);
        Self { mark, nothing_came, ..Self::new(verdict.code(), verdict.to_string(), verdict.help()) }
    }
}

impl From<LoginFailure> for Trouble {
    fn from(failure: LoginFailure) -> Self {
        Self::new(failure.code(), failure.to_string(), failure.help())
    }
}

impl From<FrameError> for Trouble {
    fn from(error: FrameError) -> Self {
        let message = format!("What followed the handshake was no frame of a WebREPL: {error}.");
        Self::new(error.code(), message, error.help())
    }
}

impl From<NetworkError> for Trouble {
    fn from(error: NetworkError) -> Self {
        Self { detail: error.detail(), ..Self::new(error.code(), error.to_string(), error.help()) }
    }
}

impl From<NoWay> for Trouble {
    fn from(no_way: NoWay) -> Self {
        let NoWay { code, message, help } = no_way;
        Self { code: Some(code), message, help, detail: None, mark: None, nothing_came: true }
    }
}

/// Why TCP did not open. `host` and `port` are for the sentence.
pub(crate) fn of_connect(error: &io::Error, host: &str, port: u16) -> Trouble {
    let host = host.to_owned();
    match error.kind() {
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionReset => {
            NetworkError::PortRefused { host, port }
        }
        io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::AddrNotAvailable => NetworkError::HostUnreachable { host },
        io::ErrorKind::TimedOut => NetworkError::NoAnswer { host, seconds: 0 },
        _ => NetworkError::Io { host, code: error.raw_os_error(), what: "connecting to" },
    }
    .into()
}
