//! The password of a WebREPL: where it comes from, and that it goes nowhere else.

use futures::future::{BoxFuture, FutureExt};
use zeroize::Zeroizing;

use crate::target::Target;

/// What somebody gave as a password, possible or not. It has no `Debug`, and its memory is wiped when it is dropped.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

/// Why a password is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskReason {
    /// the board asks for one and none is known
    Needed,
    /// the board refused the one it was given
    Rejected,
    /// the one given cannot be right: a board's password has 4 to 9 characters
    Impossible,
}

/// Gives passwords: from a key store, the environment, a file, a person. Asked again only after a refusal; a session
/// that reconnects uses the password it has.
pub trait AskPassword: Send + Sync + 'static {
    /// The password for this board, or `None` when there is none (any more). It may take as long as a person takes:
    /// the board shows its prompt meanwhile. Dropping the future is the end of the question.
    fn ask<'a>(&'a self, target: &'a Target, why: AskReason) -> BoxFuture<'a, Option<Secret>>;

    /// The board took this password: the moment to remember it, if the user wants that. Must not block.
    fn accepted(&self, target: &Target, password: &Secret) {
        let _ = (target, password);
    }
}

/// Nobody to ask.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoPassword;

impl Secret {
    /// Takes the text over.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text, to be sent or stored.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl AskPassword for NoPassword {
    fn ask<'a>(&'a self, _: &'a Target, _: AskReason) -> BoxFuture<'a, Option<Secret>> {
        std::future::ready(None).boxed()
    }
}

/// A password known beforehand, as from an environment variable: once refused it is no answer any more.
impl AskPassword for Secret {
    fn ask<'a>(&'a self, _: &'a Target, why: AskReason) -> BoxFuture<'a, Option<Self>> {
        std::future::ready((why == AskReason::Needed).then(|| self.clone())).boxed()
    }
}
