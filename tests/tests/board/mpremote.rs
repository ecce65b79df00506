//! mpremote, the other client, works with the board as with any.

use std::{fs, process::Command};

use boardwalk_tests::{Board, find_tool};

fn mpremote(board: &Board, words: &[&str]) -> String {
    let path = board.path();
    let output = Command::new(find_tool("mpremote")).args(["connect", &path]).args(words).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{words:?}: {text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

#[test]
fn exec_answers_one_client_after_the_other() {
    let board = Board::unix().start().unwrap();
    for n in 1..4 {
        assert_eq!(mpremote(&board, &["exec", &format!("print({n})")]).trim(), n.to_string());
    }
}

#[test]
fn a_copy_there_and_back_is_the_same() {
    let board = Board::unix().unthrottled().start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (there, back) = (folder.path().join("there.bin"), folder.path().join("back.bin"));
    let bytes: Vec<u8> = (0..50_000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    fs::write(&there, &bytes).unwrap();
    mpremote(&board, &["fs", "cp", there.to_str().unwrap(), ":file.bin"]);
    assert!(board.read_file("file.bin").unwrap().unwrap() == bytes, "the file on the board differs");
    mpremote(&board, &["fs", "cp", ":file.bin", back.to_str().unwrap()]);
    assert!(fs::read(back).unwrap() == bytes, "the file that came back differs");
    assert!(mpremote(&board, &["fs", "ls"]).contains("50000 file.bin"));
}
