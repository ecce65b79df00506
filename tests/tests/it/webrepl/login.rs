//! Passwords: from where, which, and that nobody reads them.

use std::fs;

use boardwalk_tests::WebRepl;

use crate::{
    board::{PASSWORD, air, is_free, is_left_well, networks},
    child::{Program, boardwalk, on},
};

/// Without a password in the environment, and without a key store.
fn bare(words: &[&str]) -> Program {
    boardwalk(words).env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
}

#[tokio::test]
async fn a_wrong_password_is_told_once_and_the_board_is_free() {
    for board in networks().map(air) {
        let error = on(&board, &["ls"]).env("BOARDWALK_PASSWORD", "wrong").fails("wrong-password").await;
        assert!(!error["help"].as_str().unwrap().is_empty(), "{error}");
        let seen = board.webrepl().until(|s| s.clients == 0).await;
        assert_eq!((seen.connections, seen.denied, seen.logins), (1, 1, 0), "nobody guesses");
        assert_eq!(on(&board, &["exec", "print(1)"]).ok().await, b"1\r\n");
        is_left_well(&board).await;
    }
}

#[tokio::test]
async fn a_password_that_no_board_can_have_is_not_sent() {
    let board = air(WebRepl::new());
    for password in ["abc", "0123456789", "温度计表"] {
        let words = &["exec", "print(1)"];
        on(&board, words).env("BOARDWALK_PASSWORD", password).fails("password-impossible").await;
    }
    is_free(&board).await;
    assert_eq!(board.webrepl().stats().denied, 0);
    assert_eq!(on(&board, &["exec", "print(1)"]).ok().await, b"1\r\n");
}

#[tokio::test]
async fn without_a_password_it_says_where_one_can_come_from() {
    let board = air(WebRepl::new());
    let error = bare(&["ls", &board.target()]).fails("password-needed").await;
    assert!(error["help"].as_str().unwrap().contains("password"), "{error}");
    is_left_well(&board).await;
}

#[tokio::test]
async fn a_file_has_the_password_unless_the_environment_has_it() {
    let board = air(WebRepl::new());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("password");
    let words = ["exec", &board.target(), "print(1)", "--password-file", file.to_str().unwrap()];
    let missing = bare(&words).run().await;
    assert_eq!(missing.code(), 2, "{}", missing.err_text());
    fs::write(&file, format!("{PASSWORD}\r\nand a remark\n")).unwrap();
    assert_eq!(bare(&words).ok().await, b"1\r\n");
    fs::write(&file, "wrong one").unwrap();
    bare(&words).fails("wrong-password").await;
    assert_eq!(bare(&words).env("BOARDWALK_PASSWORD", PASSWORD).ok().await, b"1\r\n");
    is_left_well(&board).await;
}

#[tokio::test]
async fn the_password_is_in_no_log_and_no_message() {
    let board = air(WebRepl::new().password("uncommon"));
    for (password, code) in [("uncommon", 0), ("unlikely", 1), ("uncommonly-long", 1)] {
        let words = &["exec", "print('out')", "--json"];
        let program = on(&board, words).env("BOARDWALK_PASSWORD", password).env("BOARDWALK_LOG", "trace");
        let done = program.run().await;
        assert_eq!(done.code(), code, "{}", done.err_text());
        let told = String::from_utf8_lossy(&done.out).into_owned() + &done.err_text();
        assert!(!told.contains("uncommon") && !told.contains("unlikely"), "{told}");
    }
}
