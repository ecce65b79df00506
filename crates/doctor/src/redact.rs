//! A report that may be shown to anybody: without what names the person or what is theirs alone.
//!
//! Secrets need no redaction: no part of a report ever holds one.

use bytes::Bytes;

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

/// The report without them, and without hardware addresses and the names of Wi-Fis. Lengths and times stay as they are.
#[must_use]
pub fn redacted(report: &Report, private: &Private) -> Report {
    let hidden = Hidden::of(report, private);
    let hide = |text: &str| hidden.hide(text);
    let mut report = report.clone();
    for text in [&mut report.target, &mut report.summary, &mut report.explanation] {
        *text = hide(text);
    }
    for check in &mut report.checks {
        check.outcome.because = hide(&check.outcome.because);
        check.outcome.findings.iter_mut().for_each(|finding| clean(finding, &hide));
    }
    for path in &mut report.paths {
        path.message = hide(&path.message);
        path.help = hide(&path.help);
        if let Some((proxy, _)) = &mut path.through {
            proxy.host = hide(&proxy.host);
        }
        path.events.iter_mut().for_each(|event| event.bytes = in_bytes(&event.bytes, &hide));
        let headers = path.parsed.reply.iter_mut().flat_map(|reply| &mut reply.headers);
        headers.for_each(|(_, value)| *value = hide(value));
    }
    for echo in &mut report.echoes {
        echo.proxy.host = hide(&echo.proxy.host);
        echo.failure = echo.failure.as_deref().map(hide);
        echo.sent = in_bytes(&echo.sent, &hide);
        echo.arrived = in_bytes(&echo.arrived, &hide);
        let lines = echo.changes.iter_mut().flat_map(|change| [&mut change.sent, &mut change.arrived]);
        lines.flatten().for_each(|line| *line = hide(line));
    }
    if let Some(console) = &mut report.console {
        console.port = hide(&console.port);
        console.lines.iter_mut().for_each(|line| *line = hide(line));
    }
    report
}

fn clean(finding: &mut Finding, hide: &impl Fn(&str) -> String) {
    finding.saw = hide(&finding.saw);
    finding.why = hide(&finding.why);
    for (_, value) in &mut finding.with {
        *value = hide(value);
    }
    for Remedy { text, command, .. } in &mut finding.remedies {
        *text = hide(text);
        *command = command.as_deref().map(hide);
    }
}

/// Bytes that are text, with the names hidden; others hold none.
fn in_bytes(bytes: &Bytes, hide: &impl Fn(&str) -> String) -> Bytes {
    match std::str::from_utf8(bytes) {
        Ok(text) => hide(text).into(),
        Err(_) => bytes.clone(),
    }
}

/// What is replaced, and by what.
struct Hidden {
    /// the longest first: one may be a part of another
    words: Vec<(String, &'static str)>,
}

impl Hidden {
    fn of(report: &Report, private: &Private) -> Self {
        let known = [(&private.home, "~"), (&private.user, "USER"), (&private.computer, "COMPUTER")];
        let known = known.into_iter().filter_map(|(name, instead)| Some((name.clone()?, instead)));
        let with = report.findings().flat_map(|finding| &finding.with);
        let wifis = with.filter(|(name, _)| *name == "ssid").map(|(_, ssid)| (ssid.clone(), "WIFI"));
        let mut words: Vec<_> = known.chain(wifis).filter(|(name, _)| name.len() >= SHORTEST).collect();
        words.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        words.dedup();
        Self { words }
    }

    fn hide(&self, text: &str) -> String {
        let named = |text: String, (name, instead): &(String, &str)| replace_words(&text, name, instead);
        without_hardware(&self.words.iter().fold(text.to_owned(), named))
    }
}

/// Six bytes in hexadecimal with colons or hyphens are an address of hardware; more of them are a fingerprint.
fn without_hardware(text: &str) -> String {
    const LENGTH: usize = 17;
    let bytes = text.as_bytes();
    let pair = |at: usize| bytes.get(at..at + 2).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit));
    let sign = |at: usize| matches!(bytes.get(at), Some(b':' | b'-'));
    let alone = |at: usize| {
        let before = at.checked_sub(1).and_then(|at| bytes.get(at));
        let after = bytes.get(at + LENGTH);
        let part = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
        let goes_on = sign(at + LENGTH) && pair(at + LENGTH + 1);
        let came = at >= 3 && sign(at - 1) && pair(at - 3);
        !part(before) && !part(after) && !goes_on && !came
    };
    let address =
        |at: usize| (0..6).all(|n| pair(at + 3 * n)) && (0..5).all(|n| sign(at + 3 * n + 2)) && alone(at);
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for at in 0..bytes.len() {
        if at >= from && address(at) {
            out.push_str(&text[from..at]);
            out.push_str("xx:xx:xx:xx:xx:xx");
            from = at + LENGTH;
        }
    }
    out.push_str(&text[from..]);
    out
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
    use std::time::Duration;

    use boardwalk_protocol::proxy::{ProxyScheme, ProxyServer, Via};

    use super::*;
    use crate::check::Outcome;
    use crate::code::Code;
    use crate::evidence::{
        Change, ChangeKind, Console, Echo, EchoWay, Generations, Parsed, ParsedReply, Part, Passage, Path,
    };
    use crate::report::{CheckReport, Verdict};

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

    #[test]
    fn hardware_addresses_are_hidden_and_fingerprints_are_not() {
        let hide = |text: &str| hide(text, &Private::default());
        assert_eq!(hide("sta mac=24:6F:28:aa:bb:0c up"), "sta mac=xx:xx:xx:xx:xx:xx up");
        assert_eq!(hide("24-6f-28-aa-bb-0c"), "xx:xx:xx:xx:xx:xx");
        for kept in ["77:14:32:21:93:8B:92:40", "fe80::fc:ff:fe00:1", "12:30:45", "é 24:6f:28:aa:bb"] {
            assert_eq!(hide(kept), kept);
        }
    }

    #[test]
    fn names_are_hidden_everywhere_in_a_report() {
        let private = Private {
            user: Some("grace".to_owned()),
            home: Some("/home/grace".to_owned()),
            computer: Some("hopper".to_owned()),
        };
        let text = "grace on hopper reads /home/grace in Villa Kunterbunt 24:6f:28:aa:bb:0c";
        let proxy = ProxyServer { scheme: ProxyScheme::Http, host: "hopper.local".to_owned(), port: 3128 };
        let line = || Some(format!("Host: {text}"));
        let finding = Finding::blocks(Code::PortRefused, text, text)
            .with("ssid", "Villa Kunterbunt")
            .remedy(Remedy::text(text).command(text));
        let check = CheckReport {
            id: "a",
            title: "A",
            outcome: Outcome { because: text.to_owned(), ..Outcome::found(finding) },
            took: Duration::ZERO,
        };
        let change = Change {
            kind: ChangeKind::Changed,
            header: "Host".to_owned(),
            sent: line(),
            arrived: line(),
            breaks: true,
        };
        let bytes = Bytes::from_static(text.as_bytes());
        let report = Report {
            target: text.to_owned(),
            verdict: Verdict::Blocked,
            cause: Some(Code::PortRefused),
            summary: text.to_owned(),
            explanation: text.to_owned(),
            checks: vec![check],
            paths: vec![Path {
                through: Some((proxy.clone(), Via::Connect)),
                code: "not-http".to_owned(),
                message: text.to_owned(),
                help: text.to_owned(),
                events: vec![Passage {
                    at: Duration::ZERO,
                    sent: true,
                    what: Part::Http,
                    bytes: bytes.clone(),
                }],
                parsed: Parsed {
                    reply: Some(ParsedReply {
                        status: 200,
                        reason: String::new(),
                        headers: vec![("Via".to_owned(), text.to_owned())],
                    }),
                    ..Parsed::default()
                },
            }],
            echoes: vec![Echo {
                way: EchoWay::Plain,
                proxy,
                sent: bytes.clone(),
                arrived: bytes,
                changes: vec![change],
                taken_by: Generations::default(),
                relays: None,
                failure: Some(text.to_owned()),
            }],
            console: Some(Console { port: text.to_owned(), lines: vec![text.to_owned()] }),
        };
        // Debug prints every text there is, also those that no view shows yet.
        let shown = format!("{:?}", redacted(&report, &private));
        for name in ["grace", "hopper", "Villa", "24:6f"] {
            assert!(!shown.contains(name), "{name}: {shown}");
        }
        assert!(shown.contains("USER on COMPUTER reads ~ in WIFI xx:xx:xx:xx:xx:xx"), "{shown}");
    }

    fn hide(text: &str, private: &Private) -> String {
        let words = [(&private.home, "~"), (&private.user, "USER"), (&private.computer, "COMPUTER")];
        let words = words.into_iter().filter_map(|(name, instead)| Some((name.clone()?, instead)));
        Hidden { words: words.filter(|(name, _)| name.len() >= SHORTEST).collect() }.hide(text)
    }
}
