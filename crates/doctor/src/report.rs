//! The whole answer, as data. Every view of it is a pure function.

use std::time::Duration;

use crate::check::{Outcome, Status};
use crate::code::Code;
use crate::evidence::{Console, Echo, Path};
use crate::finding::Finding;

/// What a diagnosis comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// the address as it was given
    pub target: String,
    /// in one word
    pub verdict: Verdict,
    /// the one root cause; with a warning, what it warns of
    pub cause: Option<Code>,
    /// one sentence: the cause, or what was ruled out
    pub summary: String,
    /// why that one and not another, when there are several; or what was ruled out
    pub explanation: String,
    /// in the order in which they are declared
    pub checks: Vec<CheckReport>,
    /// the handshake with the board by each way that was tried
    pub paths: Vec<Path>,
    /// the same request as it arrived at a listener of our own behind the proxy
    pub echoes: Vec<Echo>,
    /// what the board printed over USB meanwhile
    pub console: Option<Console>,
}

/// One check.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckReport {
    /// stable
    pub id: &'static str,
    /// for people
    pub title: &'static str,
    /// what came of it
    pub outcome: Outcome,
    /// how long it took; zero when it was not run
    pub took: Duration,
}

/// A diagnosis in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The board connects.
    Ok,
    /// It connects, and will give trouble.
    Warning,
    /// It does not connect, and the cause is known.
    Blocked,
    /// Neither could be proved.
    Unknown,
}

/// What happens while the checks run.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// These checks come, in this order.
    Planned {
        /// id and title
        checks: Vec<(&'static str, &'static str)>,
    },
    /// A check has begun. Several may be under way.
    Started {
        /// which
        id: &'static str,
    },
    /// What a check is waiting for.
    Waiting {
        /// which
        id: &'static str,
        /// `an answer from 192.168.4.1`
        what: String,
    },
    /// A check is over. These come in the declared order.
    Finished {
        /// what came of it
        check: CheckReport,
    },
}

impl Report {
    /// The findings of all checks, in order.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.checks.iter().flat_map(|check| &check.outcome.findings)
    }

    /// The finding that is the cause.
    #[must_use]
    pub fn root(&self) -> Option<&Finding> {
        let cause = self.cause?;
        let of_cause = || self.findings().filter(|finding| finding.code == cause);
        let heaviest = of_cause().map(|finding| finding.weight).max()?;
        of_cause().find(|finding| finding.weight == heaviest)
    }
}

impl CheckReport {
    /// In one word.
    #[must_use]
    pub fn status(&self) -> Status {
        self.outcome.status
    }
}

impl Verdict {
    /// As reports name it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Blocked => "blocked",
            Self::Unknown => "unknown",
        }
    }
}
