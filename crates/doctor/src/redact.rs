//! A report that may be shown to anybody: without what names the person or what is theirs alone.
//!
//! Secrets need no redaction: no part of a report ever holds one.

use crate::finding::{Finding, Remedy};
use crate::report::Report;

/// What is nobody else's business.
#[derive(Debug, Clone, Default)]
pub struct Private {
    /// the login name
    pub user: Option<String>,
    /// the home folder
    pub home: Option<String>,
    /// this computer's name
    pub computer: Option<String>,
}

/// Shorter names are left alone: they are parts of too many words.
const SHORTEST: usize = 3;

/// The report without them. Bytes are kept as they are: request and reply hold no names but the board's address.
#[must_use]
pub fn redacted(report: &Report, private: &Private) -> Report {
    let hide = |text: &str| hide(text, private);
    let mut report = report.clone();
    report.target = hide(&report.target);
    report.summary = hide(&report.summary);
    report.explanation = hide(&report.explanation);
    for check in &mut report.checks {
        check.outcome.because = hide(&check.outcome.because);
        check.outcome.findings.iter_mut().for_each(|finding| clean(finding, &hide));
    }
    for path in &mut report.paths {
        path.message = hide(&path.message);
    }
    for echo in &mut report.echoes {
        echo.failure = echo.failure.as_deref().map(hide);
    }
    if let Some(console) = &mut report.console {
        console.lines.iter_mut().for_each(|line| *line = hide(line));
    }
    report
}

fn clean(finding: &mut Finding, hide: &impl Fn(&str) -> String) {
    finding.saw = hide(&finding.saw);
    for (_, value) in &mut finding.with {
        *value = hide(value);
    }
    for Remedy { text, command, .. } in &mut finding.remedies {
        *text = hide(text);
        *command = command.as_deref().map(hide);
    }
}

fn hide(text: &str, private: &Private) -> String {
    // The home folder holds the user's name: it goes first.
    let names = [(&private.home, "~"), (&private.user, "USER"), (&private.computer, "COMPUTER")];
    let mut text = text.to_owned();
    for (name, instead) in names {
        if let Some(name) = name.as_deref().filter(|name| name.len() >= SHORTEST) {
            text = replace_words(&text, name, instead);
        }
    }
    text
}

/// Replaces a name where it stands alone, in any case of its letters.
fn replace_words(text: &str, name: &str, instead: &str) -> String {
    let (lower, wanted) = (text.to_ascii_lowercase(), name.to_ascii_lowercase());
    let part = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    while let Some(at) = lower[from..].find(&wanted).map(|at| from + at) {
        let end = at + wanted.len();
        let alone = !part(text[..at].chars().next_back()) && !part(text[end..].chars().next());
        out.push_str(&text[from..at]);
        out.push_str(if alone { instead } else { &text[at..end] });
        from = end;
    }
    out.push_str(&text[from..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_hidden_where_they_stand_alone() {
        let private = Private {
            user: Some("ada".to_owned()),
            home: Some("/home/ada".to_owned()),
            computer: Some("lovelace".to_owned()),
        };
        for (text, hidden) in [
            ("sudo usermod -a -G dialout ada", "sudo usermod -a -G dialout USER"),
            ("/home/ada/board is read", "~/board is read"),
            ("ws://Lovelace.local:8266", "ws://COMPUTER.local:8266"),
            ("adaptor and Adafruit", "adaptor and Adafruit"),
            ("127.0.0.1 → ada…", "127.0.0.1 → USER…"),
        ] {
            assert_eq!(hide(text, &private), hidden);
        }
        let short = Private { user: Some("io".to_owned()), ..Private::default() };
        assert_eq!(hide("an io error", &short), "an io error");
    }
}
