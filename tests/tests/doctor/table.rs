//! Rows, and the table they make.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use boardwalk_tests::proxies::ProxyError;
use libtest_mimic::{Failed, Trial};

use crate::ask::{Answer, Front};

/// Longer than this no diagnosis may take. Ten seconds are promised; a loaded machine that runs eight at once gets more.
const LONGEST: Duration = Duration::from_secs(25);

static SEEN: Mutex<BTreeMap<&'static str, Seen>> = Mutex::new(BTreeMap::new());

/// What came of a row, asked from the command line and by the app.
struct Seen {
    expected: Expected,
    by: [Option<Found>; 2],
}

struct Found {
    what: String,
    codes: BTreeSet<String>,
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
    /// blocked by one of these, or nobody can tell
    OneOf(&'static [&'static str]),
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

    /// One for each front end, on a situation of its own.
    pub(crate) fn trials(self) -> [Trial; 2] {
        let Self { name, expected, missing, run } = self;
        Front::ALL.map(|front| {
            let title = format!("{name}{}", if front == Front::App { " · app" } else { "" });
            let run = Arc::clone(&run);
            match &missing {
                Some(why) if std::env::var_os("CI").is_some() => {
                    let why = why.clone();
                    Trial::test(title, move || Err(Failed::from(why)))
                }
                Some(why) => {
                    Trial::test(format!("{title} (did not run: {why})"), || Ok(())).with_ignored_flag(true)
                }
                None => Trial::test(title, move || {
                    let answer = catch_unwind(AssertUnwindSafe(|| front.asks(|| run())));
                    let answer = answer.map_err(|why| said(why.as_ref()))?;
                    note(name, expected, front, &answer);
                    judge(expected, &answer)
                }),
            }
        })
    }
}

/// How long a row takes when nothing else runs.
pub(crate) struct Timed {
    pub(crate) name: &'static str,
    pub(crate) took: Duration,
    /// a board on the network with which all is well
    pub(crate) healthy: bool,
    pub(crate) right: bool,
    /// the checks that took longest
    pub(crate) most: String,
}

impl Row {
    pub(crate) fn is_called(&self, word: &str) -> bool {
        self.name.contains(word)
    }

    /// Asks once, from the command line; `None` for a row that cannot be made here.
    pub(crate) fn timed(self) -> Option<Timed> {
        let Self { name, expected, missing, run } = self;
        if missing.is_some() {
            return None;
        }
        let answer = catch_unwind(AssertUnwindSafe(|| Front::CommandLine.asks(|| run()))).ok()?;
        let network = answer.document["target"].as_str().is_some_and(|target| target.starts_with("ws"));
        let healthy = matches!(expected, Expected::Healthy) && network;
        let right = judge(expected, &answer).is_ok();
        Some(Timed { name, took: answer.took, healthy, right, most: answer.most() })
    }
}

fn said(panic: &(dyn std::any::Any + Send)) -> Failed {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it panicked").into()
}

fn note(name: &'static str, expected: Expected, front: Front, answer: &Answer) {
    let what = match (answer.verdict(), answer.cause()) {
        ("blocked", Some(cause)) => cause.to_owned(),
        (verdict, Some(cause)) => format!("{verdict}: {cause}"),
        (verdict, None) => verdict.to_owned(),
    };
    let codes = answer.codes().into_iter().map(str::to_owned).collect();
    let found = Found { what, codes, took: answer.took };
    let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    let row = seen.entry(name).or_insert(Seen { expected, by: [None, None] });
    row.by[front as usize] = Some(found);
}

fn judge(expected: Expected, answer: &Answer) -> Result<(), Failed> {
    let got = (answer.verdict(), answer.cause());
    let right = match expected {
        Expected::Cause(code) => got == ("blocked", Some(code)),
        Expected::Warning(code) => got == ("warning", Some(code)),
        Expected::Healthy => got == ("ok", None),
        Expected::Both(cause, other) => got == ("blocked", Some(cause)) && answer.found(other),
        Expected::OneOf(causes) => match got {
            ("blocked", Some(cause)) => causes.contains(&cause),
            (verdict, _) => verdict == "unknown",
        },
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

/// What was expected, what was found by whom. `false`: the two front ends do not say the same.
pub(crate) fn print() -> bool {
    let seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    if seen.is_empty() {
        return true;
    }
    println!(
        "\n{:<64} {:<44} {:<34} {:>6} {:<34} {:>6}",
        "scenario", "expected", "command line", "s", "app", "s"
    );
    for (name, Seen { expected, by }) in seen.iter() {
        let [line, app] = by.each_ref().map(|found| match found {
            Some(found) => format!("{:<34} {:>6.2}", found.what, found.took.as_secs_f64()),
            None => format!("{:<41}", "-"),
        });
        println!("{name:<64} {:<44} {line} {app}", expected.to_string());
    }
    let all = || seen.values().flat_map(|seen| &seen.by).flatten();
    let longest = all().map(|found| found.took).max().unwrap_or_default();
    println!("{} diagnoses; the longest took {:.2} s", all().count(), longest.as_secs_f64());
    let mut agree = true;
    for (name, Seen { by, expected }) in seen.iter() {
        let [Some(line), Some(app)] = by else { continue };
        if line.codes != app.codes {
            println!("{name}: the command line found {:?}, the app {:?}", line.codes, app.codes);
        }
        agree &= line.what == app.what || matches!(expected, Expected::OneOf(_));
    }
    agree
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cause(code) => write!(f, "{code}"),
            Self::Warning(code) => write!(f, "warning: {code}"),
            Self::Healthy => write!(f, "ok"),
            Self::Both(cause, other) => write!(f, "{cause}, and {other}"),
            Self::OneOf(causes) => write!(f, "{}, or another", causes[0]),
        }
    }
}
