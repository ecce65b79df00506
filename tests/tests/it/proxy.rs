//! `boardwalk proxy`: the way to a board and why, from the environment of the process.

use futures::StreamExt as _;
use serde_json::Value;

use crate::child::{Done, Program, boardwalk};

/// `boardwalk proxy …` with these variables and no others that count.
fn proxy(words: &[&str], variables: &[(&str, &str)]) -> Program {
    let program = boardwalk([&["proxy"], words].concat());
    variables.iter().fold(program, |program, (name, value)| program.env(name, value))
}

async fn json(words: &[&str], variables: &[(&str, &str)]) -> Value {
    let done = proxy(&[words, &["--json"]].concat(), variables).run().await;
    assert_eq!(done.code(), 0, "{words:?}: {}", done.err_text());
    serde_json::from_slice(&done.out).unwrap()
}

fn shown(document: &Value) -> String {
    match (document["route"].as_str().unwrap(), document["proxy"].as_str()) {
        ("direct", None) => "DIRECT".to_owned(),
        ("proxy", Some(proxy)) => format!("PROXY {proxy}"),
        other => panic!("{other:?}"),
    }
}

/// Rows whose board is on this computer or this link: what goes direct there is a part of the rule of the local
/// network, so they run without `--no-lan-bypass`. None of them is strict but E042, which says the same with it.
const NEAR: [&str; 7] = ["E033", "E034", "E036", "E037", "E038", "E039", "E041"];

#[tokio::test]
async fn the_shared_cases_have_their_answer_from_the_command_line() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/vectors/proxy-cases.json");
    let cases: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let rows: Vec<Value> =
        cases["cases"].as_array().unwrap().iter().filter(|case| case["kind"] == "env").cloned().collect();
    let strict = rows.iter().filter(|case| case["strict"] == true).count();
    // Those that look for a name of the local network wait two seconds for it.
    let answers: Vec<(String, String, String)> = futures::stream::iter(rows)
        .map(|case| async move {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let mut variables: Vec<(String, String)> = Vec::new();
            for (name, value) in case["settings"].as_object().unwrap() {
                variables.push((name.clone(), text(value)));
            }
            variables.push(("no_proxy".to_owned(), text(&case["no_proxy"])));
            let variables: Vec<(&str, &str)> =
                variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let (id, url) = (text(&case["id"]), text(&case["url"]));
            let near = NEAR.contains(&id.as_str());
            let words = if near { vec![url.as_str()] } else { vec![url.as_str(), "--no-lan-bypass"] };
            let document = json(&words, &variables).await;
            (id, shown(&document), text(&case["expected"]))
        })
        .buffer_unordered(6)
        .collect()
        .await;
    let wrong: Vec<_> = answers.iter().filter(|(_, answer, expected)| answer != expected).collect();
    println!("{file}: {} rows of the environment, {strict} strict", answers.len());
    assert!(wrong.is_empty(), "{wrong:?}");
    assert!(strict > 25 && answers.len() > strict, "the file has these rows");
}

const CLASH: &[(&str, &str)] =
    &[("http_proxy", "http://127.0.0.1:7890"), ("all_proxy", "socks5://127.0.0.1:7891")];

#[tokio::test]
async fn boards_on_the_local_network_go_direct_until_somebody_says_otherwise() {
    for board in ["ws://127.0.0.1:9000", "ws://localhost:9000", "ws://192.168.4.1", "ws://[fd00::42]"] {
        let near = json(&[board], CLASH).await;
        assert_eq!((shown(&near).as_str(), near["source"].as_str()), ("DIRECT", Some("lan")), "{near}");
        assert!(near["reason"].as_str().unwrap().ends_with("so no proxy is used."), "{near}");
        let through = json(&[board, "--no-lan-bypass"], CLASH).await;
        assert_eq!(shown(&through), "PROXY http://127.0.0.1:7890", "{board}");
        assert_eq!(
            (through["via"].as_str(), through["source"].as_str()),
            (Some("connect"), Some("environment"))
        );
    }
}

#[tokio::test]
async fn an_option_is_obeyed_whatever_the_board_and_the_environment() {
    let chosen = json(&["--proxy", "socks5://me@s.test", "ws://127.0.0.1:9000"], CLASH).await;
    assert_eq!(shown(&chosen), "PROXY socks5://s.test:1080");
    assert_eq!((chosen["via"].as_str(), chosen["source"].as_str()), (Some("socks5"), Some("option")));
    assert!(!chosen.to_string().contains("me@"));
    let direct = json(&["--proxy", "direct", "ws://203.0.113.5"], CLASH).await;
    assert_eq!(
        (shown(&direct).as_str(), direct["via"].as_str(), direct["source"].as_str()),
        ("DIRECT", None, Some("option"))
    );
    assert_eq!(direct["url"], "ws://203.0.113.5:8266");
}

#[tokio::test]
async fn all_sources_are_told_also_those_that_cannot_be_read() {
    let variables = [("http_proxy", "http://me:secret@p.test:1"), ("no_proxy", "<x>, b.test")];
    let document = json(&["--all", "ws://203.0.113.5"], &variables).await;
    let all = document["all"].as_array().unwrap();
    assert_eq!(all[0]["source"], "environment");
    assert_eq!(all[0]["says"][0], "http_proxy in the environment is http://p.test:1.");
    assert!(all[0]["says"][1].as_str().unwrap().contains("<x>"), "{document}");
    assert_eq!(all[1]["says"][0], "not read: this is no desktop session");
    assert!(!document.to_string().contains("secret"));
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("kioslaverc")).unwrap();
    let kde = [("XDG_CURRENT_DESKTOP", "KDE"), ("XDG_CONFIG_HOME", folder.path().to_str().unwrap())];
    let done = proxy(&["--all", "ws://203.0.113.5"], &kde).run().await;
    let text = String::from_utf8(done.ok()).unwrap();
    assert!(text.starts_with("ws://203.0.113.5:8266 goes directly.\n"), "{text}");
    assert!(text.contains("The settings (kde) could not be read") && text.contains("not readable"), "{text}");
}

#[tokio::test]
async fn a_setting_that_cannot_be_used_is_told() {
    for (value, because) in [
        ("http://me:secret@p.test:99999", "a port that is not between 1 and 65535"),
        ("gopher://me:secret@p.test", "a scheme that Boardwalk does not speak"),
        ("http://me:secret@:1", "names no host"),
    ] {
        let document = json(&["ws://203.0.113.5"], &[("http_proxy", value)]).await;
        let reason = document["reason"].as_str().unwrap();
        assert!(reason.contains("http_proxy in the environment cannot be used"), "{reason}");
        assert!(reason.contains(because) && !reason.contains("secret"), "{reason}");
    }
}

#[tokio::test]
async fn what_makes_no_sense_is_wrong_usage() {
    let fails = |done: Done| {
        assert_eq!(done.code(), 2, "{}", done.err_text());
        assert!(
            !done.err_text().contains("secret") && !String::from_utf8_lossy(&done.out).contains("secret")
        );
        done.err_text()
    };
    for words in [&["ws://"][..], &["/dev/ttyACM0"], &["http://192.168.4.1"]] {
        assert!(fails(proxy(words, &[]).run().await).contains("[address-invalid]"), "{words:?}");
    }
    let board = "ws://192.168.4.1";
    for value in ["http://me:secret@p.test:1", "http://p.test:x", "ftp://me:secret@p.test", ""] {
        let told = fails(proxy(&[board, "--proxy", value], &[]).run().await);
        assert!(told.contains("[address-invalid]"), "{told}");
        // Whatever the work is.
        fails(boardwalk(["ls", board, "--proxy", value]).run().await);
    }
    let told = fails(proxy(&[board, "--proxy", "http://me:secret@p.test:1"], &[]).run().await);
    assert!(told.contains("BOARDWALK_PROXY_PASSWORD"), "{told}");
}
