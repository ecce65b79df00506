//! What a check is: one question to the world, with an answer whatever happens.

use std::time::Duration;

use futures::future::BoxFuture;

use crate::case::Case;
use crate::finding::{Finding, Weight};

/// One question. It neither fails nor hangs: a panic and a deadline become results, too.
pub trait Check: Send + Sync + 'static {
    /// Stable, in kebab case: `proxy-route`.
    fn id(&self) -> &'static str;

    /// The question in a few words, for people: `Route`.
    fn title(&self) -> &'static str;

    /// What has to come first.
    fn needs(&self) -> &'static [Need] {
        &[]
    }

    /// After so long the answer is that there was none.
    fn deadline(&self) -> Duration;

    /// Asks. Dropped when its deadline passes or somebody cancels: what it has open closes by that.
    fn run<'a>(&'a self, case: &'a Case) -> BoxFuture<'a, Outcome>;
}

/// What a check waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// That check has passed, perhaps with a warning; otherwise this one is not run.
    Passed(&'static str),
    /// That check is over, whatever came of it.
    Over(&'static str),
}

impl Need {
    /// Which check.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Passed(id) | Self::Over(id) => id,
        }
    }
}

/// What came of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// in one word
    pub status: Status,
    /// in one sentence: what was seen, or why it was not run
    pub because: String,
    /// what can be told about causes
    pub findings: Vec<Finding>,
}

/// What came of a check, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// All well.
    Pass,
    /// It works, and there is something to know.
    Warn,
    /// It does not work.
    Fail,
    /// Not run.
    Skipped,
    /// It gave no answer: it panicked, or its deadline passed.
    Crashed,
}

impl Outcome {
    /// All well; what was seen.
    #[must_use]
    pub fn pass(saw: impl Into<String>) -> Self {
        Self { status: Status::Pass, because: saw.into(), findings: Vec::new() }
    }

    /// Not run, and why.
    #[must_use]
    pub fn skipped(because: impl Into<String>) -> Self {
        Self { status: Status::Skipped, because: because.into(), findings: Vec::new() }
    }

    /// No answer, and why.
    #[must_use]
    pub fn crashed(because: impl Into<String>) -> Self {
        Self { status: Status::Crashed, because: because.into(), findings: Vec::new() }
    }

    /// What the finding says.
    #[must_use]
    pub fn found(finding: Finding) -> Self {
        let because = finding.saw.clone();
        Self::pass(because).and(finding)
    }

    /// With a finding, which decides the status.
    #[must_use]
    pub fn and(mut self, finding: Finding) -> Self {
        self.status = match (finding.weight, self.status) {
            (Weight::Blocks, _) => Status::Fail,
            (Weight::Warns | Weight::Suspect, Status::Pass) => Status::Warn,
            (_, status) => status,
        };
        self.findings.push(finding);
        self
    }
}

impl Status {
    /// As reports name it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::Skipped => "skipped",
            Self::Crashed => "crashed",
        }
    }

    /// Whether what builds on it can go ahead.
    #[must_use]
    pub fn went_well(self) -> bool {
        matches!(self, Self::Pass | Self::Warn)
    }
}
