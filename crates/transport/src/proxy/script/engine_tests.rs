use std::time::Duration;

use super::*;

fn run_for(script: &str, limit: Duration) -> Result<String, ScriptError> {
    let resolve = |name: &str| match name {
        "board.test" => Some("10.1.2.3".parse().unwrap()),
        _ => None,
    };
    let questions = Questions { resolve: Box::new(resolve), own: "192.168.1.10".parse().unwrap() };
    run(script, "ws://board.test:8266/", "board.test", questions, Instant::now() + limit)
}

fn result(script: &str) -> Result<String, ScriptError> {
    // Far longer than anything here takes, on any machine.
    run_for(script, Duration::from_secs(60))
}

/// What an expression is, as text.
fn value(expression: &str) -> String {
    result(&format!("function FindProxyForURL(url, host) {{ return String({expression}); }}")).unwrap()
}

#[test]
fn the_functions_of_scripts_do_as_they_are_documented() {
    for (expression, expected) in [
        ("url + ' ' + host", "ws://board.test:8266/ board.test"),
        ("isPlainHostName('board')", "true"),
        ("isPlainHostName('a.b')", "false"),
        ("isPlainHostName('::1')", "false"),
        ("dnsDomainIs('www.a.test', '.a.test')", "true"),
        ("dnsDomainIs('www', '.a.test')", "false"),
        ("localHostOrDomainIs('www.a.test', 'www.a.test')", "true"),
        ("localHostOrDomainIs('www', 'www.a.test')", "true"),
        ("localHostOrDomainIs('www.b', 'www.b.test')", "false"),
        ("isResolvable('board.test')", "true"),
        ("isResolvable('other.test')", "false"),
        ("dnsResolve('board.test')", "10.1.2.3"),
        ("dnsResolve('other.test')", "null"),
        ("isInNet(host, '10.0.0.0', '255.0.0.0')", "true"),
        ("isInNet('192.168.4.1', '192.168.0.0', '255.255.0.0')", "true"),
        ("isInNet('other.test', '10.0.0.0', '255.0.0.0')", "false"),
        ("isInNet('255.255.255.255', '128.0.0.0', '128.0.0.0')", "true"),
        ("myIpAddress()", "192.168.1.10"),
        ("dnsDomainLevels('a.b.c')", "2"),
        ("shExpMatch('http://a.b/x', '*/x')", "true"),
        ("shExpMatch('a.b', 'a?b')", "true"),
        ("shExpMatch('axb', 'a.b')", "false"),
        ("shExpMatch('a(b)|c', '*(b)|?')", "true"),
        ("alert('x')", "undefined"),
        ("weekdayRange('SUN', 'SAT')", "true"),
        ("weekdayRange('SUN', 'SAT', 'GMT')", "true"),
        ("weekdayRange('XXX')", "false"),
        ("dateRange(1, 31) && dateRange('JAN', 'DEC') && dateRange(2020, 2999)", "true"),
        ("dateRange(1, 'JAN', 2020, 31, 'DEC', 2999)", "true"),
        ("dateRange(1, 'JAN', 2999, 31, 'DEC', 2020)", "false"),
        ("dateRange(2020) || dateRange(1, 2, 3)", "false"),
        ("timeRange(0, 23) && timeRange(0, 0, 23, 59) && timeRange(0, 0, 0, 23, 59, 59)", "true"),
        ("timeRange(25) || timeRange()", "false"),
        (
            "[typeof require, typeof std, typeof os, typeof fetch, typeof setTimeout]",
            "undefined,undefined,undefined,undefined,undefined",
        ),
    ] {
        assert_eq!(value(expression), expected, "{expression}");
    }
    assert_eq!(
        value("weekdayRange(['SUN','MON','TUE','WED','THU','FRI','SAT'][new Date().getUTCDay()], 'GMT')"),
        "true"
    );
}

#[test]
fn a_script_that_cannot_be_used_says_why() {
    let failed = |script: &str| result(script).unwrap_err().to_string();
    assert!(failed("function FindProxyForURL( {").starts_with("it failed: "));
    assert_eq!(failed("function FindProxyForURL() { throw new Error(); }"), "it failed: it said nothing");
    assert_eq!(failed("function FindProxyForURL() { throw new Error('no\\nway'); }"), "it failed: no way");
    assert_eq!(failed("function FindProxyForURL() { throw 'this'; }"), "it failed: this");
    assert_eq!(failed("function FindProxyForURL() { return nobody(); }"), "it failed: nobody is not defined");
    assert_eq!(result("var x = 1;"), Err(ScriptError::NoFunction));
    assert_eq!(result("var FindProxyForURL = 7;"), Err(ScriptError::NoFunction));
    assert_eq!(result("function FindProxyForURL() {}"), Err(ScriptError::NoFunction));
    assert_eq!(result("function FindProxyForURL() { return {}; }"), Err(ScriptError::NoFunction));
    // Not strict: a variable of nobody's is made.
    assert_eq!(result("function FindProxyForURL() { x = 'DIRECT'; return x; }").unwrap(), "DIRECT");
}

#[test]
fn a_script_that_takes_too_much_is_stopped() {
    let soon = Duration::from_millis(50);
    for endless in [
        "while (true) {}",
        "function FindProxyForURL() { for (;;) {} }",
        "function FindProxyForURL() { try { for (;;) {} } catch (e) { for (;;) {} } }",
        "function FindProxyForURL() { return /^(a+)+$/.test('a'.repeat(64) + 'b') ? 'DIRECT' : 'x'; }",
        "function FindProxyForURL() { return shExpMatch('a'.repeat(200), '*a*a*a*a*a*a*a*a*a*b') ? 'x' : 'y'; }",
    ] {
        assert_eq!(run_for(endless, soon), Err(ScriptError::TooLong), "{endless}");
    }
    let greedy =
        "function FindProxyForURL() { var a = []; for (;;) { a.push('x'.repeat(1000) + a.length); } }";
    assert_eq!(result(greedy), Err(ScriptError::TooMuchMemory));
    let deep = "function f() { return f() + 1; } function FindProxyForURL() { return f(); }";
    assert!(matches!(result(deep), Err(ScriptError::Failed { .. })));
}
