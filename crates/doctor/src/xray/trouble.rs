//! What went wrong with a conversation, whoever noticed it.

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
    /// it went wrong at the proxy, before there was a tunnel
    pub(crate) of_the_proxy: bool,
    /// a name and a password do not help: the proxy asks in a way that is not spoken here
    pub(crate) unspoken: bool,
}

impl Trouble {
    /// The code for reports, also of what is not on the list.
    pub(crate) fn code_text(&self) -> String {
        self.code.map_or_else(|| "network-io".to_owned(), |code| code.to_string())
    }
}

impl From<NetworkError> for Trouble {
    fn from(error: NetworkError) -> Self {
        let mark = match error.root() {
            NetworkError::Handshake {
                verdict:
                    Verdict::BoardServedPage { altered_by: Some(mark) } | Verdict::HandshakeStripped { mark },
            } => Some(mark.clone()),
            _ => None,
        };
        Self {
            code: Code::named(error.code()),
            message: error.to_string(),
            help: error.help(),
            detail: error.detail(),
            mark,
            of_the_proxy: false,
            unspoken: false,
        }
    }
}

impl From<NoWay> for Trouble {
    fn from(no_way: NoWay) -> Self {
        let NoWay { code, message, help, unspoken } = no_way;
        Self { code: Some(code), message, help, detail: None, mark: None, of_the_proxy: true, unspoken }
    }
}
