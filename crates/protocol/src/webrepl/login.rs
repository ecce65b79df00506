//! Logging in: `Password: `, the password and a carriage return, then one of two lines.

use bytes::{Bytes, BytesMut};

use crate::websocket::handshake::{End, shown};

const PROMPT: &[u8] = b"Password: ";
/// The `>>> ` belongs to the message and is no prompt: the REPL is in the mode that the last client left it in.
const CONNECTED: &[u8] = b"\r\nWebREPL connected\r\n";
const FAKE_PROMPT: &[u8] = b">>> ";
const DENIED: &[u8] = b"\r\nAccess denied\r\n";

/// The shortest password that `webrepl_setup` sets, in bytes.
pub const SHORTEST: usize = 4;
/// The longest that fits the board's buffer (`webrepl_passwd[10]`), in bytes.
pub const LONGEST: usize = 9;

/// A WebREPL password. It has no `Debug`, so that it stands in no log.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

/// No board can have this password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordImpossible {
    /// Under [`SHORTEST`] bytes.
    #[error("The password is shorter than {SHORTEST} characters.")]
    TooShort,
    /// Above [`LONGEST`] bytes, as they are typed: a letter beyond ASCII counts for two or more.
    #[error("The password is longer than {LONGEST} characters.")]
    TooLong,
    /// A line end, which ends the password, or a NUL, which ends the comparison.
    #[error("The password holds a line end or a NUL.")]
    Ends,
}

impl PasswordImpossible {
    /// The finding code.
    #[must_use]
    pub fn code(self) -> &'static str {
        "password-impossible"
    }

    /// What to do about it.
    #[must_use]
    pub fn help(self) -> &'static str {
        "A WebREPL password has 4 to 9 characters. It stands in webrepl_cfg.py on the board; set a new one over USB with import webrepl_setup."
    }
}

/// Whether a board can have this password, before it is sent.
///
/// # Errors
/// [`PasswordImpossible`] with the rule that it breaks.
pub fn check_password(password: &str) -> Result<(), PasswordImpossible> {
    match password.len() {
        ..SHORTEST => Err(PasswordImpossible::TooShort),
        _ if password.bytes().any(|byte| matches!(byte, b'\r' | b'\n' | 0)) => Err(PasswordImpossible::Ends),
        SHORTEST..=LONGEST => Ok(()),
        _ => Err(PasswordImpossible::TooLong),
    }
}

impl Password {
    /// A password that a board can have.
    ///
    /// # Errors
    /// [`PasswordImpossible`] as [`check_password`] says.
    pub fn new(password: &str) -> Result<Self, PasswordImpossible> {
        check_password(password)?;
        Ok(Self(password.to_owned()))
    }

    /// What to type: the password and a carriage return, for one text frame.
    #[must_use]
    pub fn line(&self) -> Bytes {
        Bytes::from(format!("{}\r", self.0))
    }

    /// The password itself, for the key store.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// How far the login is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Wait for the next text frame.
    NeedMore,
    /// The board asks: send [`Password::line`], then feed on.
    WantsPassword,
    /// The password is wrong. The board closes the connection.
    Denied,
    /// Logged in.
    In {
        /// Text behind the greeting. The fake prompt is not in it.
        leftover: Bytes,
    },
}

/// Why there is no login.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoginFailure {
    /// A WebSocket, and no `Password: `.
    #[error("The WebSocket opened, but no password prompt came.")]
    NoPasswordPrompt,
    /// Since 1.20 a board opens the WebSocket to a second client and closes it at once. (Until 1.19 it closes before a
    /// byte of the handshake.)
    #[error("The board opened the WebSocket and closed it at once.")]
    BusyOtherClient,
    /// The first text is not a board's.
    #[error("The server greeted with “{begins}” and not with a password prompt.")]
    NotWebrepl {
        /// How the text begins, escaped.
        begins: String,
    },
    /// `Access denied`.
    #[error("The board did not accept the password.")]
    WrongPassword,
    /// The password went out and no answer came: a proxy that relays one way only (privoxy), or a link that died.
    #[error("The board asked for the password and did not answer to it.")]
    NoAnswer,
    /// The connection ended between the password and its answer.
    #[error("The connection ended before the board answered to the password.")]
    Closed,
}

impl LoginFailure {
    /// The finding code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoPasswordPrompt => "no-password-prompt",
            Self::BusyOtherClient => "busy-other-client",
            Self::NotWebrepl { .. } => "not-webrepl",
            Self::WrongPassword => "wrong-password",
            Self::NoAnswer => "proxy-half-relay",
            Self::Closed => "link-silent",
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::NoPasswordPrompt => {
                "Check the address and the port. If this is the board, reset it: its WebREPL is stuck."
            }
            Self::BusyOtherClient => {
                "Another program holds the board's WebREPL: close it there. A connection that died without a word holds it too; reset the board, or over USB: import webrepl; webrepl.stop(); webrepl.start()"
            }
            Self::NotWebrepl { .. } => {
                "This is a WebSocket server, but not a MicroPython board. Check the address and the port."
            }
            Self::WrongPassword => {
                "The password stands in webrepl_cfg.py on the board; over USB, import webrepl_setup sets a new one."
            }
            Self::NoAnswer => {
                "Connect to the board directly: a proxy on the way passes on what the board says and not what you say. Without a proxy, the link died; try again."
            }
            Self::Closed => {
                "Try again. If it happens each time, look at the board's serial port for what it says."
            }
        }
    }
}

/// Reads the login's side of the text frames, split anywhere.
#[derive(Debug)]
pub struct Login {
    state: State,
    text: BytesMut,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Prompt,
    Answer,
    /// Connected; the fake prompt is on its way.
    Greeted,
    Over,
}

impl Default for Login {
    fn default() -> Self {
        Self::new()
    }
}

impl Login {
    /// Right after the handshake.
    #[must_use]
    pub fn new() -> Self {
        Self { state: State::Prompt, text: BytesMut::new() }
    }

    /// Takes the payload of the next text frame. [`Step::WantsPassword`] comes once; after [`Step::Denied`] or
    /// [`Step::In`] the value is spent.
    ///
    /// # Errors
    /// [`LoginFailure::NotWebrepl`] as soon as a byte comes that a board would not send.
    pub fn feed(&mut self, payload: &[u8]) -> Result<Step, LoginFailure> {
        self.text.extend_from_slice(payload);
        loop {
            let state = self.state;
            match state {
                State::Prompt if self.takes(PROMPT) => {
                    self.state = State::Answer;
                    return Ok(Step::WantsPassword);
                }
                State::Prompt if self.may_become(PROMPT) => return Ok(Step::NeedMore),
                State::Answer if self.takes(CONNECTED) => self.state = State::Greeted,
                State::Answer if self.takes(DENIED) => {
                    self.state = State::Over;
                    return Ok(Step::Denied);
                }
                State::Answer if self.may_become(CONNECTED) || self.may_become(DENIED) => {
                    return Ok(Step::NeedMore);
                }
                State::Prompt | State::Answer => {
                    return Err(LoginFailure::NotWebrepl { begins: shown(&self.text) });
                }
                // The board writes the greeting and the fake prompt in one piece.
                State::Greeted if self.may_become(FAKE_PROMPT) => return Ok(Step::NeedMore),
                State::Greeted => {
                    self.takes(FAKE_PROMPT);
                    self.state = State::Over;
                    return Ok(Step::In { leftover: self.text.split().freeze() });
                }
                State::Over => return Ok(Step::NeedMore),
            }
        }
    }

    /// What it means that nothing more comes.
    #[must_use]
    pub fn finish(&self, end: End) -> LoginFailure {
        match (self.state, end) {
            (State::Prompt, End::Timeout) => LoginFailure::NoPasswordPrompt,
            (State::Prompt, End::Eof | End::Reset) if self.text.is_empty() => LoginFailure::BusyOtherClient,
            (State::Prompt, _) => LoginFailure::NoPasswordPrompt,
            (_, End::Timeout) => LoginFailure::NoAnswer,
            (_, End::Eof | End::Reset) => LoginFailure::Closed,
        }
    }

    fn takes(&mut self, expected: &[u8]) -> bool {
        let there = self.text.starts_with(expected);
        if there {
            let _ = self.text.split_to(expected.len());
        }
        there
    }

    fn may_become(&self, expected: &[u8]) -> bool {
        self.text.len() < expected.len() && expected.starts_with(&self.text)
    }
}

#[cfg(test)]
#[path = "login_tests.rs"]
mod tests;
