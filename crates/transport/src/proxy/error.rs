//! What can go wrong at a proxy: always told with its address and with what it answered.

use boardwalk_protocol::proxy::tunnel::{Refusal, Strange};
use boardwalk_protocol::proxy::{ProxyServer, Via};

use crate::webrepl::{Fingerprint, NetworkError, TlsProblem};

/// Why there was no way through a proxy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct ProxyError {
    /// which one; no credentials in it
    pub proxy: ProxyServer,
    /// where it was to lead, as `host:port`
    pub board: String,
    /// what was wrong
    pub problem: ProxyProblem,
}

/// What was wrong. Texts of the proxy are escaped and cut.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProxyProblem {
    /// It takes no connections.
    Unreachable {
        /// the name, the refusal, the silence
        because: Box<NetworkError>,
    },
    /// An `https://` proxy without TLS, or with a certificate that is not trusted.
    Tls {
        /// what was wrong
        because: TlsProblem,
        /// the certificate, for a person to compare and to trust
        seen: Option<Fingerprint>,
    },
    /// What answers there is none, or speaks something else.
    NotAProxy(Strange),
    /// It wants to know who we are.
    AuthRequired {
        /// what it answered
        answer: String,
        /// the ways it offers, when we speak none of them: `NTLM`, `Negotiate`
        unknown: Vec<String>,
    },
    /// It did not take the credentials.
    AuthRejected {
        /// what it answered
        answer: String,
    },
    /// There is no way to say these credentials: longer than 255 bytes, a colon in the name, a line end.
    CredentialsImpossible,
    /// It does not lead there.
    Forbids {
        /// what it answered
        answer: String,
    },
    /// It did not get there.
    CannotReach {
        /// what it answered
        answer: String,
    },
    /// It says nothing.
    Silent {
        /// the deadline in seconds
        seconds: u64,
    },
    /// It said yes, and hung up before a byte of the board came: it had not tried yet.
    AnswersBeforeDialling,
    /// SOCKS has room for 255 bytes.
    NameTooLong,
}

impl ProxyError {
    /// A stable code in kebab case, one of the doctor's.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match &self.problem {
            ProxyProblem::Unreachable { .. } => "proxy-unreachable",
            ProxyProblem::Tls { because: TlsProblem::NotTls, .. } | ProxyProblem::NotAProxy(_) => {
                "proxy-not-a-proxy"
            }
            ProxyProblem::Tls { .. } => "tls-mismatch",
            ProxyProblem::AuthRequired { .. } => "proxy-auth-required",
            ProxyProblem::AuthRejected { .. } | ProxyProblem::CredentialsImpossible => "proxy-auth-rejected",
            ProxyProblem::Forbids { .. } => "proxy-forbids-connect",
            ProxyProblem::CannotReach { .. } | ProxyProblem::Silent { .. } => "proxy-cannot-reach-board",
            ProxyProblem::AnswersBeforeDialling => "proxy-answers-before-dialling",
            ProxyProblem::NameTooLong => "address-invalid",
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> String {
        match &self.problem {
            ProxyProblem::Unreachable { .. } => {
                "Start the proxy, correct its address, or connect to the board directly."
            }
            ProxyProblem::Tls { because: TlsProblem::NotTls, .. } => {
                "Write http:// instead of https:// before the proxy's address: most proxies for https do not speak TLS themselves. Or connect to the board directly."
            }
            ProxyProblem::Tls { .. } => {
                "Trust the proxy's certificate if it is yours, or connect to the board directly."
            }
            ProxyProblem::NotAProxy(_) => {
                "Check the proxy's port and its scheme (http, https, socks5), or connect to the board directly."
            }
            ProxyProblem::AuthRequired { unknown, .. } if !unknown.is_empty() => {
                "Connect to the board directly, or through a proxy on this computer that logs in for you (px, cntlm)."
            }
            ProxyProblem::AuthRequired { .. } => {
                "Give the proxy's user name and password: the name in its address, the password when you are asked or in BOARDWALK_PROXY_PASSWORD. Or connect to the board directly."
            }
            ProxyProblem::AuthRejected { .. } => {
                "Check the proxy's user name and password, or connect to the board directly. A few proxies answer the same when they do not lead to the port."
            }
            ProxyProblem::CredentialsImpossible => {
                "A proxy's name and password have at most 255 bytes and no line ends, and the name has no colon."
            }
            ProxyProblem::Forbids { .. } => {
                "Connect to the board directly. If only the proxy leads there, let the board listen on a port that proxies allow, with webrepl.start(port=443), and connect to its port 443."
            }
            ProxyProblem::CannotReach { .. } | ProxyProblem::Silent { .. } => {
                "Check that the board is on, and connect to it directly: the proxy may be in another network."
            }
            ProxyProblem::AnswersBeforeDialling => {
                "Check that the board is on, and connect to it directly: the proxy may be in another network. With firmware up to 1.19, another program that holds the board's WebREPL looks the same."
            }
            ProxyProblem::NameTooLong => "Give the board's IP address instead of its name.",
        }
        .into()
    }

    /// The certificate's fingerprint, or the number of the system.
    #[must_use]
    pub fn detail(&self) -> Option<String> {
        match &self.problem {
            ProxyProblem::Tls { seen: Some(seen), .. } => Some(format!("SHA-256 {seen}")),
            ProxyProblem::Unreachable { because } => because.detail(),
            _ => None,
        }
    }

    /// Whether the same may work later without anybody changing a setting.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        self.is_away() || matches!(self.problem, ProxyProblem::Unreachable { .. })
    }

    /// Whether it means that the board is away.
    #[must_use]
    pub fn is_away(&self) -> bool {
        matches!(
            self.problem,
            ProxyProblem::CannotReach { .. }
                | ProxyProblem::Silent { .. }
                | ProxyProblem::AnswersBeforeDialling
        )
    }

    /// Whether the next proxy of a list may be tried: this one could not be reached. It may never be after an answer.
    pub(crate) fn goes_on(&self) -> bool {
        matches!(self.problem, ProxyProblem::Unreachable { .. })
    }

    fn sentence(&self) -> String {
        let Self { proxy, board, problem } = self;
        match problem {
            ProxyProblem::Unreachable { because } => match &**because {
                NetworkError::NameNotFound { .. } => format!("No address was found for the proxy {proxy}."),
                NetworkError::NoAnswer { seconds, .. } => {
                    format!("The proxy {proxy} did not answer within {seconds} s.")
                }
                NetworkError::HostUnreachable { .. } => format!("There was no way to the proxy {proxy}."),
                _ => format!("The proxy {proxy} does not accept connections."),
            },
            ProxyProblem::Tls { because: TlsProblem::NotTls, .. } => {
                format!("The proxy {proxy} does not speak TLS on this port.")
            }
            ProxyProblem::Tls { .. } => {
                format!("This computer does not trust the certificate of the proxy {proxy}.")
            }
            ProxyProblem::NotAProxy(strange) => {
                let kind = match Via::of(proxy.scheme) {
                    Via::Connect => "an HTTP proxy",
                    Via::Socks5 => "a SOCKS5 proxy",
                    Via::Socks4 => "a SOCKS4 proxy",
                };
                format!("What answers at {proxy} is not {kind}: {}.", strange_sentence(strange))
            }
            ProxyProblem::AuthRequired { unknown, answer } => match &unknown[..] {
                [] => format!("The proxy {proxy} wants a user name and a password; it answered “{answer}”."),
                ways => {
                    let ways: Vec<_> =
                        ways.iter().map(|way| way.chars().take(40).collect::<String>()).collect();
                    format!(
                        "The proxy {proxy} accepts only {}, which Boardwalk does not speak.",
                        ways.join(", ")
                    )
                }
            },
            ProxyProblem::AuthRejected { answer } => {
                format!("The proxy {proxy} refused the user name and the password; it answered “{answer}”.")
            }
            ProxyProblem::CredentialsImpossible => {
                format!("The proxy {proxy} cannot be told this user name and password.")
            }
            ProxyProblem::Forbids { answer } => {
                format!("The proxy {proxy} does not lead to {board}; it answered “{answer}”.")
            }
            ProxyProblem::CannotReach { answer } => {
                format!("The proxy {proxy} could not reach {board}; it answered “{answer}”.")
            }
            ProxyProblem::Silent { seconds } => {
                format!("The proxy {proxy} did not say within {seconds} s whether it reaches {board}.")
            }
            ProxyProblem::AnswersBeforeDialling => {
                format!("The proxy {proxy} said yes and then hung up: it did not reach {board}.")
            }
            ProxyProblem::NameTooLong => format!("The name of the board is too long for the proxy {proxy}."),
        }
    }
}

impl From<Refusal> for ProxyProblem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::WantsCredentials { answer, .. } => Self::AuthRequired { answer, unknown: Vec::new() },
            Refusal::RejectsCredentials { answer, .. } => Self::AuthRejected { answer },
            Refusal::Forbids { answer } => Self::Forbids { answer },
            Refusal::CannotReach { answer } => Self::CannotReach { answer },
            Refusal::Silent => Self::Silent { seconds: 0 },
            Refusal::NotAProxy(strange) => Self::NotAProxy(strange),
        }
    }
}

fn strange_sentence(strange: &Strange) -> String {
    match strange {
        Strange::Begins(begins) => format!("it says “{begins}”"),
        Strange::Endless => "it sends headers without end".to_owned(),
        Strange::Unfinished => "it stopped in the middle of its answer".to_owned(),
        Strange::HungUp => "it hung up without a word".to_owned(),
    }
}
