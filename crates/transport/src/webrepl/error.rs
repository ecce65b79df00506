//! What can go wrong between this computer and a WebREPL.

use std::io;

use boardwalk_protocol::proxy::ProxyServer;
use boardwalk_protocol::proxy::tunnel::Strange;
use boardwalk_protocol::webrepl::login::{LoginFailure, PasswordImpossible};
use boardwalk_protocol::websocket::frame::FrameError;
use boardwalk_protocol::websocket::handshake::Verdict;

use super::reach;
use super::trust::Fingerprint;
use crate::proxy::{ProxyError, ProxyProblem};
use crate::target::WebReplUrl;

/// Why a WebREPL could not be reached or entered, or why its line ended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NetworkError {
    /// The name resolves to nothing (also a `.local` name that nobody answers).
    #[error("No address was found for {host}.")]
    NameNotFound {
        /// the name
        host: String,
        /// the resolver's number, when there is one
        code: Option<i32>,
    },
    /// The host is up and nothing listens on the port (ECONNREFUSED).
    #[error("{host} answered, but nothing listens on its port {port}.")]
    PortRefused {
        /// name or address
        host: String,
        /// the TCP port
        port: u16,
    },
    /// Nothing at that address, or no way to it (EHOSTUNREACH, ENETUNREACH).
    #[error("There was no way to {host}.")]
    HostUnreachable {
        /// name or address
        host: String,
    },
    /// The connection was not taken up within the deadline.
    #[error("{host} did not answer within {seconds} s.")]
    NoAnswer {
        /// name or address
        host: String,
        /// the deadline in seconds
        seconds: u64,
    },
    /// There was no way through a proxy.
    #[error(transparent)]
    Proxy(#[from] Box<ProxyError>),
    /// A tunnel was open, and this happened behind it.
    #[error("{because} (Through the proxy {proxy}.)")]
    Through {
        /// which one
        proxy: ProxyServer,
        /// what happened
        because: Box<NetworkError>,
    },
    /// TLS did not come about.
    #[error("{}", tls_sentence(.host, *.because))]
    TlsMismatch {
        /// name or address
        host: String,
        /// the certificate that was shown, for a person to compare and to trust
        seen: Option<Fingerprint>,
        /// what was wrong
        because: TlsProblem,
    },
    /// The WebSocket handshake failed.
    #[error("{verdict}")]
    Handshake {
        /// how
        verdict: Verdict,
    },
    /// The handshake went well, the login did not.
    #[error("{failure}")]
    Login {
        /// how
        failure: LoginFailure,
    },
    /// No board can have that password: it was not sent.
    #[error("{because}")]
    PasswordImpossible {
        /// the rule it breaks
        because: PasswordImpossible,
    },
    /// The board asks for a password and nobody gave one.
    #[error("The board at {host} asks for its WebREPL password.")]
    PasswordNeeded {
        /// name or address
        host: String,
    },
    /// What arrived is no frame that a WebREPL sends.
    #[error("The connection to {host} was ended: {error}.")]
    BadFrame {
        /// name or address
        host: String,
        /// what was wrong with it
        error: FrameError,
    },
    /// Nothing is acknowledged any more (ETIMEDOUT): out of power, out of reach, asleep.
    #[error("{host} stopped answering; nothing came through for {seconds} s.")]
    LinkSilent {
        /// name or address
        host: String,
        /// after how much silence a line counts as dead, in seconds
        seconds: u64,
    },
    /// The connection was ended from the far side.
    #[error("{}", dropped_sentence(.host, *.cause))]
    Dropped {
        /// name or address
        host: String,
        /// how
        cause: DropCause,
    },
    /// The connection was closed without a word after a silence in both directions: a middlebox's idle timeout.
    #[error("The connection to {host} was closed after {seconds} s without a byte.")]
    IdleDrop {
        /// name or address
        host: String,
        /// the silence, measured, in whole seconds
        seconds: u64,
    },
    /// Anything else the operating system said.
    #[error("The system stopped {what} {host}.")]
    Io {
        /// name or address
        host: String,
        /// the operating system's number, when there is one
        code: Option<i32>,
        /// what we were doing: "connecting to", "talking to"
        what: &'static str,
    },
}

/// What was wrong with TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsProblem {
    /// What answers does not speak TLS, or none that we speak.
    NotTls,
    /// The system does not trust the certificate for this name.
    Untrusted(Distrust),
    /// Another certificate than the one that is trusted for this board.
    AnotherCertificate,
    /// The system has no certificates to judge by.
    NoSystemCertificates,
}

/// Why the system does not trust a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distrust {
    /// Nobody whom the system knows has signed it: a board's own, self-signed one.
    UnknownIssuer,
    /// Its time is over.
    Expired,
    /// Its time has not come; or this computer's clock is wrong.
    NotYetValid,
    /// It is for another name.
    WrongName,
    /// Something else.
    Other,
}

/// How a connection ended from the far side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DropCause {
    /// closed without a word, as a board does on a reset
    End,
    /// reset (RST)
    Reset,
    /// closed as WebSocket closes
    Goodbye,
}

impl NetworkError {
    /// A stable code in kebab case; the finding codes of the doctor wherever one fits.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NameNotFound { .. } => "name-not-found",
            Self::PortRefused { .. } => "port-refused",
            Self::HostUnreachable { .. } => "host-unreachable",
            Self::NoAnswer { .. } => "no-answer",
            Self::Proxy(error) => error.code(),
            Self::Through { because, .. } => because.code(),
            Self::TlsMismatch { .. } => "tls-mismatch",
            Self::Handshake { verdict } => verdict.code(),
            Self::Login { failure } => failure.code(),
            Self::PasswordImpossible { because } => because.code(),
            Self::PasswordNeeded { .. } => "password-needed",
            Self::BadFrame { error, .. } => error.code(),
            Self::LinkSilent { .. } => "link-silent",
            Self::Dropped { .. } => "lost",
            Self::IdleDrop { .. } => "idle-drop",
            Self::Io { .. } => "network-io",
        }
    }

    /// What to do about it, as one or two sentences.
    pub fn help(&self) -> String {
        match self {
            Self::NameNotFound { .. } => "Check the name, or give the board's IP address instead.",
            Self::PortRefused { .. } => {
                "Start the WebREPL on the board (import webrepl; webrepl.start()), for good in its boot.py."
            }
            Self::HostUnreachable { .. } => {
                "Check the address, and that this computer is in the same network as the board."
            }
            Self::NoAnswer { .. } => {
                "Check the address, that the board is on, and that this computer is in the same network."
            }
            Self::Proxy(error) => return error.help(),
            Self::Through { because, .. } => return because.help(),
            Self::TlsMismatch { because, .. } => tls_help(*because),
            Self::Handshake { verdict } => verdict.help(),
            Self::Login { failure } => failure.help(),
            Self::PasswordImpossible { because } => because.help(),
            Self::PasswordNeeded { .. } => {
                "Give it in BOARDWALK_PASSWORD, with --password-file, or when you are asked."
            }
            Self::BadFrame { error, .. } => error.help(),
            Self::LinkSilent { .. } => {
                "Check the board's power and its Wi-Fi; it is connected again by itself once it answers."
            }
            Self::Dropped { .. } => "It is connected again by itself once the board answers.",
            Self::IdleDrop { .. } => {
                "Something on the way ends silent connections: a proxy, a router, a firewall. It is connected again by itself, and kept awake more often from now on."
            }
            Self::Io { .. } => "Check this computer's network, then connect again.",
        }
        .into()
    }

    /// The number or the fingerprint behind it, for a log or a details line.
    pub fn detail(&self) -> Option<String> {
        match self {
            Self::Proxy(error) => error.detail(),
            Self::Through { because, .. } => because.detail(),
            Self::TlsMismatch { seen: Some(seen), .. } => Some(format!("SHA-256 {seen}")),
            Self::NameNotFound { code: Some(code), .. } | Self::Io { code: Some(code), .. } => {
                Some(if cfg!(windows) { format!("Windows {code}") } else { format!("errno {code}") })
            }
            _ => None,
        }
    }

    /// Whether the same target may work later without anybody changing a setting.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Login { failure } => return *failure != LoginFailure::WrongPassword,
            Self::Proxy(error) => return error.is_transient(),
            Self::Through { because, .. } => return because.is_transient(),
            _ => {}
        }
        matches!(
            self,
            Self::PortRefused { .. }
                | Self::NameNotFound { .. }
                | Self::HostUnreachable { .. }
                | Self::NoAnswer { .. }
                | Self::Handshake { .. }
                | Self::LinkSilent { .. }
                | Self::Dropped { .. }
                | Self::IdleDrop { .. }
                | Self::Io { .. }
        )
    }

    /// Whether it means that the board is away, rather than there and not to be entered.
    pub fn is_away(&self) -> bool {
        match self {
            Self::Proxy(error) => return error.is_away(),
            Self::Through { because, .. } => return because.is_away(),
            _ => {}
        }
        matches!(
            self,
            Self::NameNotFound { .. }
                | Self::PortRefused { .. }
                | Self::HostUnreachable { .. }
                | Self::NoAnswer { .. }
                | Self::LinkSilent { .. }
                | Self::Dropped { .. }
                | Self::IdleDrop { .. }
        )
    }

    /// The proxy that it happened at, or behind.
    pub fn proxy(&self) -> Option<&ProxyServer> {
        match self {
            Self::Proxy(error) => Some(&error.proxy),
            Self::Through { proxy, .. } => Some(proxy),
            _ => None,
        }
    }

    /// What happened, without the way on which it did.
    pub fn root(&self) -> &Self {
        if let Self::Through { because, .. } = self { because.root() } else { self }
    }

    /// The same, told of a connection through a proxy. `heard` says whether anything came out of the tunnel.
    pub(super) fn through(self, proxy: &ProxyServer, url: &WebReplUrl, heard: bool) -> Self {
        let at_proxy = |problem| {
            let board = reach::destination(url, &[]).to_string();
            Self::Proxy(Box::new(ProxyError { proxy: proxy.clone(), board, problem }))
        };
        match self {
            Self::Handshake { verdict: Verdict::ClosedBeforeReply { .. } } => {
                at_proxy(ProxyProblem::AnswersBeforeDialling)
            }
            Self::TlsMismatch { seen: None, because: TlsProblem::NotTls, .. } if !heard => {
                at_proxy(ProxyProblem::AnswersBeforeDialling)
            }
            // A page without a status line is what follows a yes that was none.
            Self::Handshake { verdict: Verdict::BarePage { begins } } => {
                at_proxy(ProxyProblem::NotAProxy(Strange::Begins(begins)))
            }
            // These are between the board and the person, whatever is in the way.
            Self::Login { failure: LoginFailure::WrongPassword }
            | Self::PasswordImpossible { .. }
            | Self::PasswordNeeded { .. } => self,
            other => Self::Through { proxy: proxy.clone(), because: Box::new(other) },
        }
    }

    pub(crate) fn io(host: &str, error: &io::Error) -> Self {
        Self::Io { host: host.to_owned(), code: error.raw_os_error(), what: "talking to" }
    }

    /// Of two failures of one name the one that says more: a refusal proves that the host is up.
    pub(super) fn more_telling(self, other: Self) -> Self {
        let rank = |error: &Self| match error {
            Self::PortRefused { .. } => 0,
            Self::NoAnswer { .. } => 1,
            Self::HostUnreachable { .. } => 2,
            _ => 3,
        };
        if rank(&other) < rank(&self) { other } else { self }
    }
}

fn tls_sentence(host: &str, because: TlsProblem) -> String {
    match because {
        TlsProblem::NotTls => format!("{host} does not speak TLS on this port."),
        TlsProblem::Untrusted(why) => {
            format!("This computer does not trust the certificate of {host}{}.", distrust(why))
        }
        TlsProblem::AnotherCertificate => format!("{host} showed another certificate than the trusted one."),
        TlsProblem::NoSystemCertificates => {
            format!("This computer has no certificates by which to judge that of {host}.")
        }
    }
}

fn distrust(why: Distrust) -> &'static str {
    match why {
        Distrust::UnknownIssuer => ": nobody it knows has signed it",
        Distrust::Expired => ": it has expired",
        Distrust::NotYetValid => ": it is not valid yet",
        Distrust::WrongName => ": it is for another name",
        Distrust::Other => "",
    }
}

fn tls_help(because: TlsProblem) -> &'static str {
    match because {
        TlsProblem::NotTls => "Use ws:// instead of wss://, or the port on which TLS is spoken.",
        TlsProblem::Untrusted(_) => {
            "If the board is yours, compare the fingerprint with that of its certificate and trust that one."
        }
        TlsProblem::AnotherCertificate => {
            "Trust the new one only if you know why it changed: somebody may stand between you and the board."
        }
        TlsProblem::NoSystemCertificates => "Install the package ca-certificates.",
    }
}

fn dropped_sentence(host: &str, cause: DropCause) -> String {
    match cause {
        DropCause::End | DropCause::Goodbye => format!("{host} closed the connection."),
        DropCause::Reset => format!("{host} cut the connection."),
    }
}
