use proptest::prelude::*;

use super::*;

fn to(url: &str) -> Endpoint {
    let (secure, rest) = match url.strip_prefix("wss://") {
        Some(rest) => (true, rest),
        None => (false, url.strip_prefix("ws://").unwrap_or(url)),
    };
    let (host, port) = crate::proxy::url::split_port(rest).unwrap();
    Endpoint { host: Host::parse(host), port: port.map_or(8266, |p| p.parse().unwrap()), secure }
}

fn rule(list: &str, dialect: Dialect, url: &str) -> Option<String> {
    Bypass::parse(list, dialect).rule_for(&to(url)).map(str::to_owned)
}

/// What the shared cases do not say.
#[test]
fn each_dialect_reads_its_own() {
    use Dialect::{Chromium, Environment, Gnome, Kde, Windows};
    for (dialect, list, url, expected) in [
        (Environment, "*", "192.168.4.1", Some("*")),
        (Environment, ".example.com", "example.com", Some(".example.com")),
        (Environment, "*.example.com", "a.example.com", Some("*.example.com")),
        (Environment, "EXAMPLE.com:8266", "example.com", Some("EXAMPLE.com:8266")),
        (Environment, "example.com:80", "example.com", None),
        (Environment, "", "127.0.0.1", None),
        (Windows, "<-loopback>", "127.0.0.1", None),
        (Windows, "", "127.0.0.1", Some("127.0.0.0/8")),
        (Windows, "10.0.0.0/8", "10.1.2.3", None),
        (Windows, "<local>", "localhost", Some("<local>")),
        (Windows, "http://board", "board", Some("http://board")),
        (Windows, "https://board", "board", None),
        (Windows, "a b;c", "b", Some("b")),
        (Chromium, "<-loopback>;127.*", "127.0.0.1", Some("127.*")),
        (Chromium, "127.*;<-loopback>", "127.0.0.1", None),
        (Chromium, "ftp://board", "board", None),
        (Gnome, "example.com", "a.example.com", Some("example.com")),
        (Gnome, "*.example.com", "example.com", Some("*.example.com")),
        (Gnome, "[fd00::42]:8266", "[fd00::42]", Some("[fd00::42]:8266")),
        (Kde, "localhost, .lan  10.0.0.0/8,<local>", "esp32", Some("<local>")),
        (Kde, "localhost, .lan", "esp32.lan", Some(".lan")),
    ] {
        assert_eq!(rule(list, dialect, url).as_deref(), expected, "{dialect:?} {list} {url}");
    }
}

#[test]
fn a_reversed_list_names_what_uses_the_proxy() {
    let list = Bypass::parse("example.com", Dialect::Kde).reversed(true);
    assert_eq!(list.rule_for(&to("www.example.com")), None);
    assert!(list.rule_for(&to("192.168.4.1")).is_some());
}

#[test]
fn nonsense_is_told_and_matches_nothing() {
    let text = "http://a, <x>, 10.0.0.0/99, a:b, [::1, .., **, %, a b, a:99999, \u{7f}x, 192.168.*";
    let list = Bypass::parse(text, Dialect::Environment);
    assert_eq!(list.nonsense().count(), 11, "{:?}", list.nonsense().collect::<Vec<_>>());
    assert_eq!(list.rule_for(&to("192.168.4.1")), None);
    let long = Bypass::parse(&"x".repeat(100_000), Dialect::Chromium);
    assert!(long.nonsense().all(|entry| entry.len() < 100) && long.nonsense().count() == 1);
}

proptest! {
    #[test]
    fn any_list_is_read(list in "[ -~\\s]{0,60}", host in "[a-z0-9.:*-]{0,20}") {
        for dialect in [Dialect::Environment, Dialect::Chromium, Dialect::Windows, Dialect::Gnome, Dialect::Kde] {
            let destination = Endpoint { host: Host::parse(&host), port: 8266, secure: false };
            let _ = Bypass::parse(&list, dialect).rule_for(&destination);
        }
    }
}
