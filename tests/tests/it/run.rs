//! `run`: a file of this computer.

use std::fs;

use boardwalk_tests::WebRepl;

use crate::{
    board::{air, fast, is_left_well, slow},
    child::on,
};

#[tokio::test]
async fn a_file_runs_and_its_tracebacks_name_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("温度 test.py");
    fs::write(&file, "import sys\nprint('runs')\ndef f():\n    1/0\nf()\n").unwrap();
    for board in [slow(), air(WebRepl::new())] {
        let done = on(&board, &["run", file.to_str().unwrap()]).run().await;
        assert_eq!((done.code(), &done.out[..]), (1, &b"runs\r\n"[..]));
        let err = done.err_text();
        assert!(err.contains("File \"温度 test.py\", line 5, in <module>"), "{err}");
        assert!(err.contains("File \"温度 test.py\", line 4, in f"), "{err}");
        assert!(!err.contains("<stdin>"), "{err}");
        is_left_well(&board).await;
    }
}

#[tokio::test]
async fn windows_line_ends_and_a_byte_order_mark_do_no_harm() {
    let board = fast();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("crlf.py");
    fs::write(&file, "\u{feff}if True:\r\n    print('a')\r\n\r\n    print(6 * 7)\r\n").unwrap();
    assert_eq!(on(&board, &["run", file.to_str().unwrap()]).text().await, "a\r\n42\r\n");
}

#[tokio::test]
async fn a_dash_is_standard_input() {
    let board = fast();
    assert_eq!(on(&board, &["run", "-"]).input("print(6 * 7)").ok().await, b"42\r\n");
}

#[tokio::test]
async fn a_file_that_is_not_there_is_told_before_the_board_is_touched() {
    let board = fast();
    let error = on(&board, &["run", "/no/such file.py"]).fails("file-not-found").await;
    assert!(error["message"].as_str().unwrap().contains("/no/such file.py"), "{error}");
    on(&board, &["run", "/"]).fails("is-a-folder").await;
    assert_eq!(board.stats().opened, 0);
}
