//! Ports that cannot be opened, and lines that end in the middle: a typed error, exit status 1, no part of a file anywhere.

use std::fs;

use boardwalk_tests::{Board, Builder, Direction};
use rustix::process::Signal;
use tokio::time::timeout;

use crate::{
    board::{Reached, fast, is_free, is_left_well, noise, slow, start},
    child::{PATIENCE, boardwalk, on},
};

#[tokio::test]
async fn a_port_that_is_not_there() {
    for words in
        [&["exec", "serial:/dev/no-such-port", "1"][..], &["ls", "/dev/no-such-port"], &["repl", "/dev/no"]]
    {
        let error = boardwalk(words).fails("no-port").await;
        assert!(error["message"].as_str().unwrap().contains("/dev/no"), "{error}");
        assert!(!error["help"].as_str().unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_path_that_is_no_port() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "x").unwrap();
    for path in [file.as_path(), folder.path(), "/dev/null".as_ref()] {
        boardwalk(["ls", path.to_str().unwrap()]).fails("address-invalid").await;
    }
}

#[tokio::test]
async fn a_port_that_another_process_holds_names_it() {
    let board = fast();
    let holder = board.hold().unwrap();
    let error = on(&board, &["exec", "print(1)"]).fails("port-busy").await;
    assert!(error["message"].as_str().unwrap().contains(&holder.pid().to_string()), "{error}");
    assert!(error["message"].as_str().unwrap().contains("python"), "{error}");
    assert!(error["detail"].as_str().unwrap().contains(&format!("pid {}", holder.pid())), "{error}");
    drop(holder);
    is_free(&board).await;
    assert_eq!(on(&board, &["exec", "print(1)"]).ok().await, b"1\r\n");
}

#[tokio::test]
async fn two_of_us_do_not_share_a_port() {
    let board = fast();
    let mut first = on(&board, &["exec", "import time\nprint('go')\nwhile True: time.sleep(0.01)"]).start();
    first.out.expect("go").await;
    let error = on(&board, &["ls"]).fails("port-busy").await;
    assert!(error["message"].as_str().unwrap().contains("boardwalk"), "{error}");
    first.signal(Signal::INT);
    assert_eq!(first.finish().await.code(), 1);
    is_left_well(&board).await;
}

#[tokio::test]
async fn unplugged_while_a_program_runs() {
    let board = fast();
    let mut running = on(&board, &["exec", "import time\nprint('go')\nwhile True: time.sleep(0.01)"]).start();
    running.out.expect("go").await;
    board.unplug();
    let done = running.finish().await;
    assert_eq!((done.code(), &done.out[..]), (1, &b"go\r\n"[..]));
    assert!(done.err_text().contains("[lost]"), "{}", done.err_text());
    board.plug().unwrap();
    assert_eq!(on(&board, &["exec", "print(1)"]).ok().await, b"1\r\n");
    is_left_well(&board).await;
}

#[tokio::test]
async fn unplugged_while_a_program_floods() {
    let board = fast();
    let mut running = on(&board, &["exec", "while True: print('flood')"]).start();
    running.out.expect("flood").await;
    board.unplug();
    let done = running.finish().await;
    assert_eq!(done.code(), 1);
    assert!(done.err_text().contains("[lost]"), "{}", done.err_text());
}

#[tokio::test]
async fn unplugged_before_the_first_word() {
    for n in [0, 1, 10, 30] {
        let board = start(Board::unix().cut_after_board_bytes(n));
        let code = on(&board, &["exec", "print(1)", "--json"]).run().await;
        assert_eq!(code.code(), 1, "after {n} bytes");
        let error: serde_json::Value = serde_json::from_slice(&code.out).unwrap();
        assert_eq!(error["code"], "lost", "after {n} bytes: {error}");
    }
}

/// A board with `old` as its file, for a line that is cut.
fn with_old(board: Builder) -> Reached {
    start(board.file("file.bin", "old"))
}

#[tokio::test]
async fn unplugged_in_the_middle_of_a_put() {
    for board in [Board::unix().unthrottled(), Board::unix()] {
        let board = with_old(board);
        let folder = tempfile::tempdir().unwrap();
        let local = folder.path().join("local.bin");
        fs::write(&local, noise(20_000)).unwrap();
        board.cut_after(Direction::ToBoard, 9_000);
        on(&board, &["put", local.to_str().unwrap(), "/file.bin"]).fails("lost").await;
        board.plug().unwrap();
        assert_eq!(board.read_file("file.bin").unwrap().unwrap(), b"old");
        // The next one works, and takes what the last one left behind.
        on(&board, &["put", local.to_str().unwrap(), "/file.bin"]).ok().await;
        let files = board.files().unwrap();
        assert_eq!(files.keys().collect::<Vec<_>>(), ["file.bin"]);
        assert!(files["file.bin"] == noise(20_000), "the bytes differ");
        is_left_well(&board).await;
    }
}

#[tokio::test]
async fn unplugged_in_the_middle_of_a_get() {
    let board = start(Board::unix().file("file.bin", noise(20_000)));
    let folder = tempfile::tempdir().unwrap();
    let local = folder.path().join("local.bin");
    for old in [None, Some("old")] {
        if let Some(old) = old {
            fs::write(&local, old).unwrap();
        }
        board.cut_after(Direction::FromBoard, 9_000);
        on(&board, &["get", "/file.bin", local.to_str().unwrap()]).fails("lost").await;
        board.plug().unwrap();
        assert_eq!(fs::read_to_string(&local).ok().as_deref(), old);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), old.iter().count(), "no part of a file");
    }
    assert_eq!(on(&board, &["exec", "print(1)"]).ok().await, b"1\r\n");
    is_left_well(&board).await;
}

#[tokio::test]
async fn ctrl_c_in_the_middle_of_a_put() {
    for board in [Board::unix().unthrottled().file("file.bin", "old"), Board::unix().file("file.bin", "old")]
    {
        let board = start(board);
        let folder = tempfile::tempdir().unwrap();
        let local = folder.path().join("local.bin");
        fs::write(&local, noise(1_000_000)).unwrap();
        let running = on(&board, &["put", local.to_str().unwrap(), "/file.bin"]).start();
        timeout(PATIENCE, board.until(|s| s.to_board > 8_000)).await.unwrap();
        running.signal(Signal::INT);
        let done = running.finish().await;
        assert_eq!(done.code(), 1);
        assert!(done.err_text().contains("[cancelled]"), "{}", done.err_text());
        let files = board.files().unwrap();
        assert_eq!(files.keys().collect::<Vec<_>>(), ["file.bin"], "no temporary file");
        assert_eq!(files["file.bin"], b"old");
        is_left_well(&board).await;
    }
}

#[tokio::test]
async fn ctrl_c_in_the_middle_of_a_get() {
    let board = start(Board::unix().file("file.bin", noise(100_000)));
    let folder = tempfile::tempdir().unwrap();
    let running = on(&board, &["get", "/file.bin"]).folder(folder.path()).start();
    timeout(PATIENCE, board.until(|s| s.from_board > 8_000)).await.unwrap();
    running.signal(Signal::INT);
    let done = running.finish().await;
    assert_eq!(done.code(), 1);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    is_left_well(&board).await;
}

#[tokio::test]
async fn a_deadline_in_the_middle_of_a_put() {
    let board = slow();
    let folder = tempfile::tempdir().unwrap();
    let local = folder.path().join("local.bin");
    fs::write(&local, noise(60_000)).unwrap();
    on(&board, &["put", local.to_str().unwrap(), "/file.bin", "--timeout", "1.5"]).fails("timeout").await;
    assert!(board.files().unwrap().is_empty());
    is_left_well(&board).await;
}

#[tokio::test]
async fn bytes_that_change_on_the_way_are_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let local = folder.path().join("local.bin");
    fs::write(&local, noise(3_000)).unwrap();
    for at in [2_000, 2_500, 3_000] {
        let board = with_old(Board::unix().corrupt(Direction::ToBoard, at, 0x01));
        let done = on(&board, &["put", local.to_str().unwrap(), "/file.bin"]).run().await;
        let file = board.read_file("file.bin").unwrap().unwrap();
        match done.code() {
            0 => assert!(file == noise(3_000), "it said that all is well, at {at}"),
            _ => assert_eq!(file, b"old", "at {at}: {}", done.err_text()),
        }
        assert_eq!(on(&board, &["exec", "print(1)"]).ok().await, b"1\r\n");
    }
    let board =
        start(Board::unix().file("file.bin", noise(3_000)).corrupt(Direction::FromBoard, 2_500, 0x01));
    let back = folder.path().join("back.bin");
    let done = on(&board, &["get", "/file.bin", back.to_str().unwrap()]).run().await;
    assert_eq!(done.code() == 0, back.exists(), "{}", done.err_text());
    if back.exists() {
        assert!(fs::read(&back).unwrap() == noise(3_000), "it said that all is well");
    }
}
