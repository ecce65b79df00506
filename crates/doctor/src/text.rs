//! The report for people, in a terminal and in an issue.

use std::fmt::Write as _;

use crate::check::Status;
use crate::evidence::{Console, Echo, Part, Path};
use crate::finding::{Finding, Weight};
use crate::report::{CheckReport, Report, Verdict};

/// Lines of at most so many characters, where they can be broken.
const WIDE: usize = 80;

/// The whole report: the cause and what helps, the checks, and the bytes that prove it.
#[must_use]
pub fn text(report: &Report) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{}\n", report.target);
    for check in &report.checks {
        push_check(&mut out, check);
    }
    out.push('\n');
    push_bytes(&mut out, report);
    push_verdict(&mut out, report);
    out
}

fn push_check(out: &mut String, check: &CheckReport) {
    // A word beside the sign: signs alone say nothing to a screen reader or in a pasted report.
    let sign = match check.status() {
        Status::Pass => "ok     ",
        Status::Warn => "note   ",
        Status::Fail => "FAILED ",
        Status::Skipped => "-      ",
        Status::Crashed => "?      ",
    };
    let head = format!("{sign} {}: ", check.title);
    push_wrapped(out, &head, 8, &check.outcome.because);
    for finding in check.outcome.findings.iter().filter(|f| f.saw != check.outcome.because) {
        push_wrapped(out, "        ", 8, &finding.saw);
    }
}

fn push_verdict(out: &mut String, report: &Report) {
    let word = match report.verdict {
        Verdict::Ok if report.checks.iter().any(|check| check.status() == Status::Fail) => "Result",
        Verdict::Ok => "All well",
        Verdict::Warning => "Note",
        Verdict::Blocked => "Cause",
        Verdict::Unknown => "Not found",
    };
    let code = report.cause.map(|code| format!(" [{code}]")).unwrap_or_default();
    push_wrapped(out, &format!("{word}: "), 2, &format!("{}{code}", report.summary));
    if let Some(root) = report.root() {
        push_wrapped(out, "  ", 2, &root.why);
        push_remedies(out, root);
    }
    push_wrapped(out, "  ", 2, &report.explanation);
    let root = report.cause;
    let others =
        report.findings().filter(|finding| finding.weight >= Weight::Warns && Some(finding.code) != root);
    let mut told = Vec::new();
    for finding in others {
        if !told.contains(&finding.code) {
            told.push(finding.code);
            push_wrapped(out, "Also: ", 2, &format!("{} [{}]", finding.saw, finding.code));
        }
    }
}

fn push_remedies(out: &mut String, finding: &Finding) {
    for remedy in &finding.remedies {
        push_wrapped(out, "  -> ", 5, &remedy.text);
        if let Some(command) = &remedy.command {
            let _ = writeln!(out, "       {command}");
        }
        if let Some(link) = remedy.link {
            let _ = writeln!(out, "       {link}");
        }
    }
}

/// The bytes are shown where something was wrong with them.
fn push_bytes(out: &mut String, report: &Report) {
    for path in report.paths.iter().filter(|path| !path.is_ok()) {
        push_path(out, path);
    }
    if let Some(console) = &report.console {
        push_console(out, console);
    }
    for echo in report.echoes.iter().filter(|echo| echo.changes.iter().any(|change| change.breaks)) {
        push_echo(out, echo);
    }
}

fn push_path(out: &mut String, path: &Path) {
    if path.events.iter().all(|event| event.bytes.is_empty()) {
        return;
    }
    let way = path.through.as_ref().map(|(proxy, _)| format!(" through {proxy}")).unwrap_or_default();
    let _ = writeln!(out, "Bytes ({}{way}), [{}]", path.name(), path.code);
    for event in path.events.iter().filter(|event| !event.bytes.is_empty()) {
        let arrow = if event.sent { '>' } else { '<' };
        if event.what == Part::Tls {
            let (at, len) = (event.at.as_secs_f64() * 1e3, event.bytes.len());
            let _ = writeln!(out, "  {at:7.1} ms {arrow} {len} bytes of TLS");
            continue;
        }
        for line in event.bytes.split_inclusive(|&byte| byte == b'\n').take(20) {
            let _ = writeln!(out, "  {:7.1} ms {arrow} {}", event.at.as_secs_f64() * 1e3, escaped(line));
        }
    }
    out.push('\n');
}

fn push_console(out: &mut String, console: &Console) {
    let _ = writeln!(out, "The board's console at {}", console.port);
    for line in &console.lines {
        let _ = writeln!(out, "  {line}");
    }
    out.push('\n');
}

fn push_echo(out: &mut String, echo: &Echo) {
    let _ = writeln!(out, "Our own request through {} ({})", echo.proxy, echo.way.as_str());
    for change in &echo.changes {
        let mark = if change.breaks { " (a board does not take this)" } else { "" };
        let _ = writeln!(out, "  {}{mark}", change.kind.as_str());
        for (arrow, line) in [('>', &change.sent), ('<', &change.arrived)] {
            if let Some(line) = line {
                let _ = writeln!(out, "    {arrow} {line}");
            }
        }
    }
    out.push('\n');
}

fn escaped(bytes: &[u8]) -> String {
    let text: String =
        bytes.iter().take(160).flat_map(|byte| std::ascii::escape_default(*byte)).map(char::from).collect();
    text.replace("\\\"", "\"").replace("\\'", "'")
}

/// Words in lines; the first begins with `head`, the others with `indent` blanks. Nothing for no words.
fn push_wrapped(out: &mut String, head: &str, indent: usize, text: &str) {
    if text.trim().is_empty() {
        return;
    }
    let mut line = head.to_owned();
    let mut empty = true;
    for word in text.split_whitespace() {
        if !empty && line.chars().count() + 1 + word.chars().count() > WIDE {
            let _ = writeln!(out, "{}", line.trim_end());
            line = " ".repeat(indent);
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    let _ = writeln!(out, "{line}");
}
