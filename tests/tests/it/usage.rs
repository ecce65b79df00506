//! Exit status 2 for a command line that is wrong, and help that helps.

use std::ffi::OsStr;

use crate::child::{Done, boardwalk};

async fn run<S: AsRef<OsStr>>(words: impl IntoIterator<Item = S>) -> Done {
    boardwalk(words).run().await
}

const SUBCOMMANDS: [&str; 15] = [
    "ports", "exec", "run", "repl", "ls", "tree", "cat", "put", "get", "rm", "mv", "mkdir", "df", "info",
    "reset",
];

#[tokio::test]
async fn wrong_usage_is_exit_status_2() {
    for words in [
        &[][..],
        &["no-such-subcommand"],
        &["exec"],
        &["exec", "/dev/ttyACM0"],
        &["ls", "/dev/ttyACM0", "a", "b"],
        &["ls", "--no-such-option", "/dev/ttyACM0"],
        &["ls", "/dev/ttyACM0", "--timeout", "0"],
        &["ls", "/dev/ttyACM0", "--timeout", "soon"],
        &["ls", "/dev/ttyACM0", "--progress", "loud"],
        &["rm", "/dev/ttyACM0"],
        &["put", "/dev/ttyACM0"],
    ] {
        let done = run(words).await;
        assert_eq!(done.code(), 2, "{words:?}");
        assert_eq!(done.out, b"", "{words:?}");
        assert!(!done.err.is_empty(), "{words:?}");
    }
}

#[tokio::test]
async fn a_target_that_is_none_is_wrong_usage_whatever_the_work() {
    for target in ["", "nonsense", "serial:", "http://192.168.4.1", "ws://", "ws://host:99999", "a\nb"] {
        for words in [
            &["exec", target, "1"][..],
            &["repl", target],
            &["ls", target],
            &["reset", target],
            &["df", target],
        ] {
            let done = run(words).await;
            assert_eq!(done.code(), 2, "{words:?}: {}", done.err_text());
            assert!(done.err_text().contains("[address-invalid]"), "{}", done.err_text());
        }
        // Before local files are looked at, too.
        for words in [&["put", target, "/no/such"][..], &["run", target, "/no/such"]] {
            assert_eq!(run(words).await.code(), 2, "{words:?}");
        }
    }
    let done = run(["ls", "nonsense", "--json"]).await;
    assert_eq!(done.code(), 2);
    let error: serde_json::Value = serde_json::from_slice(&done.out).unwrap();
    assert_eq!(error["code"], "address-invalid");
    assert!(error["help"].as_str().unwrap().contains("serial:/dev/ttyACM0"), "{error}");
}

#[tokio::test]
async fn help_names_every_subcommand_and_says_what_each_does() {
    let done = run(["--help"]).await;
    let text = String::from_utf8(done.ok()).unwrap();
    for subcommand in SUBCOMMANDS {
        assert!(
            text.lines().any(|line| line.trim_start().starts_with(&format!("{subcommand} "))),
            "{subcommand}"
        );
        let help = String::from_utf8(run([subcommand, "--help"]).await.ok()).unwrap();
        assert!(help.contains("Usage: boardwalk") && help.contains("--json"), "{help}");
        assert!(help.contains("Example"), "{subcommand} shows how it is used: {help}");
        if subcommand != "ports" {
            assert!(help.contains("/dev/ttyACM0"), "{subcommand} says what a target is: {help}");
        }
    }
}

#[tokio::test]
async fn the_version_is_printed() {
    let text = String::from_utf8(run(["--version"]).await.ok()).unwrap();
    assert!(text.starts_with("boardwalk 0."), "{text}");
}
