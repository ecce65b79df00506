//! Rows, and the table they make.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use boardwalk_tests::proxies::ProxyError;
use libtest_mimic::{Failed, Trial};

use crate::ask::Answer;

/// Longer than this no diagnosis may take. Ten seconds are promised; a loaded machine that runs eight at once gets more.
const LONGEST: Duration = Duration::from_secs(25);

static SEEN: Mutex<Vec<Seen>> = Mutex::new(Vec::new());

struct Seen {
    name: String,
    expected: String,
    found: String,
    took: Duration,
}

/// One scenario.
pub(crate) struct Row {
    name: &'static str,
    expected: Expected,
    missing: Option<String>,
    run: Arc<dyn Fn() -> Answer + Send + Sync>,
}

/// What the doctor has to say.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Expected {
    /// blocked by this
    Cause(&'static str),
    /// it works, and this is said
    Warning(&'static str),
    /// all well
    Healthy,
    /// blocked by the first; the second is found as well
    Both(&'static str, &'static str),
}

impl Row {
    pub(crate) fn new(
        name: &'static str,
        expected: Expected,
        run: impl Fn() -> Answer + Send + Sync + 'static,
    ) -> Self {
        Self { name, expected, missing: None, run: Arc::new(run) }
    }

    /// Only where this program is.
    pub(crate) fn needs(mut self, available: Result<(), ProxyError>) -> Self {
        self.missing = self.missing.or(available.err().map(|missing| missing.to_string()));
        self
    }

    /// Only where this holds.
    pub(crate) fn only(mut self, holds: bool, because: &str) -> Self {
        self.missing = self.missing.or((!holds).then(|| because.to_owned()));
        self
    }

    pub(crate) fn trial(self) -> Trial {
        let Self { name, expected, missing, run } = self;
        match missing {
            Some(why) if std::env::var_os("CI").is_some() => {
                Trial::test(name, move || Err(Failed::from(why)))
            }
            Some(why) => {
                Trial::test(format!("{name} (did not run: {why})"), || Ok(())).with_ignored_flag(true)
            }
            None => Trial::test(name, move || {
                let answer = catch_unwind(AssertUnwindSafe(|| run())).map_err(|why| said(why.as_ref()))?;
                note(name, expected, &answer);
                judge(expected, &answer)
            }),
        }
    }
}

fn said(panic: &(dyn std::any::Any + Send)) -> Failed {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it panicked").into()
}

fn note(name: &str, expected: Expected, answer: &Answer) {
    let expected = match expected {
        Expected::Cause(code) => code.to_owned(),
        Expected::Warning(code) => format!("warning: {code}"),
        Expected::Healthy => "ok".to_owned(),
        Expected::Both(cause, other) => format!("{cause}, and {other}"),
    };
    let found = match (answer.verdict(), answer.cause()) {
        ("blocked", Some(cause)) => cause.to_owned(),
        (verdict, Some(cause)) => format!("{verdict}: {cause}"),
        (verdict, None) => verdict.to_owned(),
    };
    let seen = Seen { name: name.to_owned(), expected, found, took: answer.took };
    SEEN.lock().unwrap_or_else(PoisonError::into_inner).push(seen);
}

fn judge(expected: Expected, answer: &Answer) -> Result<(), Failed> {
    let got = (answer.verdict(), answer.cause());
    let right = match expected {
        Expected::Cause(code) => got == ("blocked", Some(code)),
        Expected::Warning(code) => got == ("warning", Some(code)),
        Expected::Healthy => got == ("ok", None),
        Expected::Both(cause, other) => got == ("blocked", Some(cause)) && answer.found(other),
    };
    if !right {
        return Err(
            format!("expected {expected:?}, got {got:?} with {:?}\n{}", answer.codes(), answer.text).into()
        );
    }
    if answer.status != Some(i32::from(got.0 == "blocked")) {
        return Err(format!("exit status {:?} for {got:?}", answer.status).into());
    }
    if answer.took > LONGEST {
        return Err(format!("it took {:?}", answer.took).into());
    }
    Ok(())
}

/// What was expected, what was found.
pub(crate) fn print() {
    let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    if seen.is_empty() {
        return;
    }
    seen.sort_by(|a, b| a.name.cmp(&b.name));
    println!("\n{:<58} {:<44} {:<34} {:>8}", "scenario", "expected", "found", "seconds");
    for Seen { name, expected, found, took } in seen.iter() {
        println!("{name:<58} {expected:<44} {found:<34} {:>8.2}", took.as_secs_f64());
    }
    let longest = seen.iter().map(|seen| seen.took).max().unwrap_or_default();
    println!("{} scenarios; the longest took {:.2} s", seen.len(), longest.as_secs_f64());
}
