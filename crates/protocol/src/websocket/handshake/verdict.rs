//! What was wrong with an answer: a code, a sentence, what to do.

/// Why a handshake did not open a WebREPL. Texts that came from the other side are escaped and cut
/// ([`shown`](super::shown)).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Verdict {
    /// The board's own page: since 1.20 it answers so to a request whose headers are not byte for byte right.
    #[error("The board answered with its own web page{}.", altered(.altered_by))]
    BoardServedPage {
        /// A header of the reply that a board never sends.
        altered_by: Option<String>,
    },
    /// The board's own page, through a proxy that takes the upgrade headers away.
    #[error("A proxy on the way took the upgrade out of the request: its mark is “{mark}”.")]
    HandshakeStripped {
        /// The header that gives it away.
        mark: String,
    },
    /// 301, 302, 303, 307 or 308 to https: or wss:.
    #[error("The server redirected to an encrypted address: {location}")]
    RedirectedToTls {
        /// Where to.
        location: String,
    },
    /// Any other redirect.
    #[error("The server redirected (HTTP {status}) to {}.", .location.as_deref().unwrap_or("nowhere"))]
    Redirected {
        /// The status.
        status: u16,
        /// Where to.
        location: Option<String>,
    },
    /// 101 without `Sec-WebSocket-Accept`.
    #[error("The server switched protocols without Sec-WebSocket-Accept.")]
    AcceptMissing,
    /// 101 with the answer to another key.
    #[error("Sec-WebSocket-Accept was “{got}” and had to be “{expected}”.")]
    AcceptMismatch {
        /// What the key asked for.
        expected: String,
        /// What came; several values are joined by `, `.
        got: String,
    },
    /// 101 with `Upgrade` or `Connection` missing or wrong.
    #[error("The server switched protocols, but its {header} header {}.", was(.got))]
    UpgradeHeaderWrong {
        /// `Upgrade` or `Connection`.
        header: &'static str,
        /// Its value.
        got: Option<String>,
    },
    /// 101 with an extension or subprotocol that was not asked for.
    #[error("The server chose {header}: {value}, which was not asked for.")]
    NotAskedFor {
        /// The header.
        header: &'static str,
        /// Its value.
        value: String,
    },
    /// A web server, and no WebSocket there.
    #[error("A web server answered (HTTP {status}{}) and did not open a WebSocket.", after_blank(.reason))]
    NotWebrepl {
        /// The status.
        status: u16,
        /// The reason phrase.
        reason: String,
    },
    /// Headers without end: [`MAX_HEAD`](super::MAX_HEAD) bytes, or more lines than anybody sends.
    #[error("The server sent headers without end.")]
    HeadTooLong,
    /// The deadline passed in the middle of the headers.
    #[error("The server had not finished its headers when time was up; {bytes} bytes had come.")]
    HeadUnfinished {
        /// How much came.
        bytes: usize,
    },
    /// A login or block page: 511, or a page that is not the board's.
    #[error("A web page answered in the place of the board (HTTP {status}{}).", titled(.title))]
    CaptivePortal {
        /// The status.
        status: u16,
        /// Its `<title>`.
        title: Option<String>,
    },
    /// The first bytes are not those of HTTP.
    #[error("The reply is not HTTP; it begins with “{begins}”.")]
    NotHttp {
        /// The first bytes.
        begins: String,
    },
    /// A page without status line or headers.
    #[error("The reply is a page without HTTP headers (HTTP/0.9); it begins with “{begins}”.")]
    BarePage {
        /// The first bytes.
        begins: String,
    },
    /// HTTP that breaks its own rules: a header without a colon, control characters.
    #[error("The reply is not proper HTTP ({what}): “{line}”")]
    MalformedHttp {
        /// What is wrong.
        what: &'static str,
        /// The line in question.
        line: String,
    },
    /// `ws://` was spoken to a port that wants TLS.
    #[error("The port speaks TLS; it refused a plain request.")]
    TlsMismatch,
    /// 407: a proxy on the way wants credentials.
    #[error("A proxy on the way wants credentials (HTTP 407).")]
    ProxyAuthRequired,
    /// 502 or 504, which only a proxy says.
    #[error("A proxy on the way did not reach the board (HTTP {status}{}).", after_blank(.reason))]
    ProxyCannotReachBoard {
        /// The status.
        status: u16,
        /// The reason phrase.
        reason: String,
    },
    /// The deadline passed without a byte.
    #[error("The connection opened and the request went out, but no byte came back.")]
    SilentAfterRequest,
    /// The connection ended without a byte.
    #[error("The connection was {} before a byte came back.", if *.reset { "reset" } else { "closed" })]
    ClosedBeforeReply {
        /// Whether by RST.
        reset: bool,
    },
    /// The connection ended in the middle of the headers.
    #[error("The connection was {} in the middle of the reply, after {bytes} bytes.", if *.reset { "reset" } else { "closed" })]
    ClosedInReply {
        /// Whether by RST.
        reset: bool,
        /// How much came.
        bytes: usize,
    },
}

impl Verdict {
    /// The finding code, one of a closed list that a code never leaves nor changes its meaning in.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::BoardServedPage { .. } => "board-served-page",
            Self::HandshakeStripped { .. } => "handshake-stripped",
            Self::RedirectedToTls { .. } => "redirected-to-tls",
            Self::Redirected { .. } => "redirected",
            Self::AcceptMissing => "accept-missing",
            Self::AcceptMismatch { .. } => "accept-mismatch",
            Self::UpgradeHeaderWrong { .. } => "upgrade-header-wrong",
            Self::NotAskedFor { .. } | Self::NotWebrepl { .. } => "not-webrepl",
            Self::HeadTooLong | Self::HeadUnfinished { .. } => "not-webrepl",
            Self::CaptivePortal { .. } => "captive-portal",
            Self::NotHttp { .. } | Self::BarePage { .. } | Self::MalformedHttp { .. } => "not-http",
            Self::TlsMismatch => "tls-mismatch",
            Self::ProxyAuthRequired => "proxy-auth-required",
            Self::ProxyCannotReachBoard { .. } => "proxy-cannot-reach-board",
            Self::SilentAfterRequest => "silent-after-request",
            Self::ClosedBeforeReply { .. } | Self::ClosedInReply { .. } => "closed-before-reply",
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::BoardServedPage { .. } => {
                "Something between this computer and the board changed the request: a proxy, a VPN or a security program. Connect directly, or let it leave the board's address alone."
            }
            Self::HandshakeStripped { .. } => {
                "Connect to the board directly. If the proxy is yours, let it pass the board's address by, or let it tunnel with CONNECT."
            }
            Self::RedirectedToTls { .. } => {
                "Connect with wss:// to the address that it names, if that is your board."
            }
            Self::Redirected { .. } => {
                "A board never redirects. Check the address and the port; on a guest network, open a web page and log in first."
            }
            Self::AcceptMissing | Self::AcceptMismatch { .. } => {
                "No board answers so: a cache or a proxy replied in its place, or this is another server. Connect directly and check the address."
            }
            Self::UpgradeHeaderWrong { .. } => {
                "A proxy on the way does not pass WebSocket connections on. Connect to the board directly."
            }
            Self::NotAskedFor { .. } => {
                "No board chooses one: this is another WebSocket server, or something on the way added it. Check the address and the port, and connect to the board directly."
            }
            Self::NotWebrepl { .. } => {
                "Check the address and the port: WebREPL listens on 8266 unless the board was told otherwise."
            }
            Self::HeadTooLong | Self::HeadUnfinished { .. } => {
                "A board answers at once. Check the address and the port; over a slow or bad link, try once more from nearer."
            }
            Self::CaptivePortal { .. } => {
                "Open a web page in the browser and log in to the network, or join the network that the board is in. Then check the address."
            }
            Self::NotHttp { .. } | Self::BarePage { .. } | Self::MalformedHttp { .. } => {
                "Another service listens there. Check the address and the port: WebREPL listens on 8266 unless the board was told otherwise."
            }
            Self::TlsMismatch => "Connect with wss:// instead of ws://.",
            Self::ProxyAuthRequired => {
                "Give the proxy's user name and password, or connect to the board directly."
            }
            Self::ProxyCannotReachBoard { .. } => {
                "Connect to the board directly, or check that the proxy is in a network from which the board can be reached."
            }
            Self::SilentAfterRequest => {
                "The board may be stuck in a program: reset it. With firmware up to 1.19, a proxy that changes the request looks like this too: connect directly."
            }
            Self::ClosedBeforeReply { .. } => {
                "With firmware up to 1.19 this means that another program holds the board's WebREPL: close it there, or reset the board. Otherwise check the port."
            }
            Self::ClosedInReply { .. } => {
                "Try once more. If it happens again, the board restarts while it answers, or something on the way cuts the connection."
            }
        }
    }
}

fn altered(by: &Option<String>) -> String {
    by.as_ref().map_or_else(
        || ": the request did not reach it as it was sent".to_owned(),
        |header| format!(", and something on the way added “{header}”"),
    )
}

fn was(got: &Option<String>) -> String {
    got.as_ref().map_or_else(|| "is missing".to_owned(), |value| format!("is “{value}”"))
}

fn after_blank(reason: &str) -> String {
    if reason.is_empty() { String::new() } else { format!(" {reason}") }
}

fn titled(title: &Option<String>) -> String {
    title.as_ref().map_or_else(String::new, |title| format!(", “{title}”"))
}
