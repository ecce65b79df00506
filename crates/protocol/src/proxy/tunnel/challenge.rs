//! `Proxy-Authenticate`: what a proxy asks for, and what to answer (RFC 9110, 11; RFC 7617; RFC 7616).

mod answer;
mod parse;

pub use answer::{Unanswerable, answer};
pub(super) use parse::parse_all;

/// One way in which a proxy lets itself be told who we are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// as it came: `Basic`, `digest`; a token
    pub scheme: String,
    /// names in lower case, values without their quotes
    pub params: Vec<(String, String)>,
}

/// A way that we know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scheme {
    /// Name and password, as good as readable.
    Basic,
    /// A hash of them.
    Digest,
}

impl Challenge {
    /// The first parameter of that name.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// What the proxy calls itself; empty when it says nothing (the Clash family sends a bare `Basic`). Not escaped.
    #[must_use]
    pub fn realm(&self) -> &str {
        self.param("realm").unwrap_or_default()
    }

    /// The way, when we know it: a Digest with a hash that we have, and not for the body alone.
    #[must_use]
    pub fn known(&self) -> Option<Scheme> {
        if self.scheme.eq_ignore_ascii_case("basic") {
            return Some(Scheme::Basic);
        }
        let digest = self.scheme.eq_ignore_ascii_case("digest") && answer::can_digest(self);
        digest.then_some(Scheme::Digest)
    }

    /// RFC 7616, 3.3: the name and the password were right, the nonce was too old.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.param("stale").is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }
}

/// The best of them that we know: a Digest before Basic; the first of its kind.
#[must_use]
pub fn best(challenges: &[Challenge]) -> Option<&Challenge> {
    let rank = |challenge: &&Challenge| challenge.known();
    let best = challenges.iter().filter_map(|challenge| challenge.known()).max()?;
    challenges.iter().find(|challenge| rank(challenge) == Some(best))
}

#[cfg(test)]
#[path = "challenge_tests.rs"]
mod tests;
