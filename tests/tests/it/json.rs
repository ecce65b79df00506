//! What scripts rely on: error documents, and lines of progress in their order.

use std::fs;

use boardwalk_tests::Board;
use serde_json::Value;

use crate::{
    board::{both_ways, noise, start},
    child::{Done, boardwalk, on},
};

#[tokio::test]
async fn an_error_is_one_document_with_four_texts() {
    let done = boardwalk(["exec", "/dev/no-such-port", "1", "--json"]).run().await;
    assert_eq!((done.code(), done.err_text()), (1, String::new()));
    let error: Value = serde_json::from_slice(&done.out).unwrap();
    let mut names: Vec<_> = error.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["code", "detail", "help", "message"]);
    assert!(error.as_object().unwrap().values().all(Value::is_string), "{error}");
    // For a person the same words, and nothing on standard output.
    let done = boardwalk(["exec", "/dev/no-such-port", "1"]).run().await;
    assert_eq!((done.code(), &done.out[..]), (1, &b""[..]));
    assert!(done.err_text().contains(error["message"].as_str().unwrap()), "{}", done.err_text());
    assert!(done.err_text().contains(error["help"].as_str().unwrap()), "{}", done.err_text());
}

/// The lines of progress; the last file's name, bytes and phase of each.
fn lines(done: &Done) -> Vec<(String, u64, u64, String)> {
    let line = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
        let text = |name: &str| line[name].as_str().unwrap().to_owned();
        assert_eq!(line["op"], "copy");
        (text("name"), line["done"].as_u64().unwrap(), line["total"].as_u64().unwrap(), text("phase"))
    };
    done.err_text().lines().map(line).collect()
}

#[tokio::test]
async fn progress_comes_in_the_documented_order() {
    for board in both_ways(Board::unix().unthrottled()) {
        let folder = tempfile::tempdir().unwrap();
        for (name, size) in [("a.bin", 20_000), ("b.bin", 0), ("c.bin", 7_000)] {
            fs::write(folder.path().join(name), noise(size)).unwrap();
        }
        for words in [
            &["put", "a.bin", "b.bin", "c.bin", "/d"][..],
            &["get", "/d/a.bin", "/d/b.bin", "/d/c.bin", "back"],
            &["get", "/d", "whole"],
        ] {
            let words = [words, &["--progress=json"]].concat();
            let done = on(&board, &words).folder(folder.path()).run().await;
            let lines = lines(&done);
            done.ok();
            // Every file: transferring, with bytes that only grow; verifying. At the end of all: done, once.
            let (last, files) = lines.split_last().unwrap();
            assert_eq!((last.1, last.2, last.3.as_str()), (27_000, 27_000, "done"), "{words:?}");
            let mut order: Vec<(String, String)> = files
                .iter()
                .map(|(name, _, _, phase)| (name.rsplit('/').next().unwrap().to_owned(), phase.clone()))
                .collect();
            order.dedup();
            let wanted = ["a.bin", "b.bin", "c.bin"].iter().flat_map(|name| {
                ["transferring", "verifying"].map(|phase| ((*name).to_owned(), phase.to_owned()))
            });
            assert_eq!(order, wanted.collect::<Vec<_>>(), "{words:?}");
            assert!(lines.windows(2).all(|pair| pair[0].1 <= pair[1].1), "bytes only grow: {lines:?}");
            assert!(
                lines.iter().all(|line| line.2 == 27_000),
                "the total is known from the start: {lines:?}"
            );
            assert!(files.iter().filter(|line| line.3 == "transferring").count() > 5, "{lines:?}");
        }
    }
}

#[tokio::test]
async fn progress_of_what_fails_ends_in_failed() {
    for board in both_ways(Board::unix().unthrottled().flash_kb(64)) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.bin"), noise(2_000)).unwrap();
        fs::write(folder.path().join("big.bin"), noise(90_000)).unwrap();
        let words = ["put", "a.bin", "big.bin", "/", "--progress=json", "--json"];
        let done = on(&board, &words).folder(folder.path()).run().await;
        let phases: Vec<String> = lines(&done).into_iter().map(|line| line.3).collect();
        assert_eq!(phases.iter().filter(|phase| *phase == "failed").count(), 1, "{phases:?}");
        assert_eq!(phases.last().unwrap(), "failed");
        done.failed("disk-full");
    }
}

#[tokio::test]
async fn without_a_terminal_there_is_no_bar() {
    let board = start(Board::unix().unthrottled());
    let done = on(&board, &["put", "/etc/hostname", "/h"]).run().await;
    assert_eq!(done.err_text(), "");
}

#[tokio::test]
async fn a_diagnosis_that_is_cut_short_tells_what_it_knows() {
    let silent = boardwalk_tests::ScriptedServer::start(boardwalk_tests::Script::silent()).unwrap();
    let done = boardwalk(["doctor", &silent.url(), "--json", "--timeout", "1"]).run().await;
    assert_eq!(done.code(), 1);
    assert!(done.err_text().contains("--timeout"), "{}", done.err_text());
    let report: Value = serde_json::from_slice(&done.out).unwrap();
    let status = |id: &str| {
        let checks = report["checks"].as_array().unwrap();
        checks.iter().find(|check| check["id"] == id).unwrap()["status"].clone()
    };
    assert_eq!((&report["verdict"], &report["cause"]), (&Value::from("unknown"), &Value::Null));
    assert_eq!((status("address"), status("direct")), ("pass".into(), "skipped".into()));
}
