//! The micro:bit firmware in QEMU: what every fallback path is tested against.

use boardwalk_tests::{Board, BoardError};
use tokio::time::timeout;

use crate::client::{Client, PATIENCE};

#[test]
fn it_boots_and_answers() {
    let board = Board::microbit().start().unwrap();
    let mut client = Client::at_prompt(&board);
    client.send(b"1+1\r");
    client.expect(b"1+1\r\n2\r\n>>> ");
    client.send(b"import sys; sys.version\r");
    client.expect(b"3.4.0");
}

#[test]
fn it_knows_raw_but_not_raw_paste() {
    let board = Board::microbit().start().unwrap();
    let mut client = Client::in_raw(&board);
    assert_eq!(client.exec("print(6*7)"), ("42\r\n".into(), String::new()));
    client.send(b"\x05A\x01");
    client.expect(b"raw REPL; CTRL-B to exit\r\n>");
}

#[tokio::test]
async fn a_reset_starts_it_anew() {
    let board = Board::microbit().start().unwrap();
    let mut client = Client::at_prompt(&board);
    client.send(b"while True: pass\r\r");
    client.expect(b"... ");
    board.reset().unwrap();
    timeout(PATIENCE, board.until(|s| s.boots == 2 && s.up)).await.expect("up again");
    client.expect(b">>> ");
    client.send(b"2+2\r");
    client.expect(b"4\r\n");
}

#[test]
fn its_files_cannot_be_seen_from_outside() {
    let board = Board::microbit().start().unwrap();
    assert!(matches!(board.files(), Err(BoardError::NotPossible(_))));
}
