//! A `put` whose connection is cut after any byte leaves the old file or the new one, never a part.

use std::fs;

use boardwalk_tests::{Board, Direction, WebRepl};
use futures::future::join_all;

use crate::{
    board::{Reached, by_air, noise},
    child::{PATIENCE, on},
};

const SIZE: u32 = 9_000;

#[tokio::test]
async fn cut_anywhere_the_file_is_the_old_or_the_new() {
    let folder = tempfile::tempdir().unwrap();
    let local = folder.path().join("local.bin");
    fs::write(&local, noise(SIZE)).unwrap();
    let words = ["put", local.to_str().unwrap(), "/file.bin"];
    join_all([Direction::ToBoard, Direction::FromBoard].map(|direction| cut(&words, direction))).await;
}

/// Cuts at some two dozen places over the whole transfer, more densely at its end, where the file is renamed.
async fn cut(words: &[&str], direction: Direction) {
    let board = by_air(Board::unix().file("file.bin", "old"), WebRepl::new());
    let passed = |board: &Reached| match direction {
        Direction::ToBoard => board.webrepl().stats().from_client,
        Direction::FromBoard => board.webrepl().stats().to_client,
    };
    on(&board, words).ok().await;
    let whole = passed(&board);
    let (mut old, mut new) = (0, 0);
    for n in (0..12).map(|i| whole * i / 12).chain((0..12).map(|i| whole - whole * i / 300)) {
        put_back(&board).await;
        board.webrepl().close_after(direction, n);
        let done = on(&board, words).run().await;
        let file = board.read_file("file.bin").unwrap().unwrap_or_else(|| panic!("no file after {n} bytes"));
        if file == noise(SIZE) {
            new += 1;
        } else {
            assert_eq!(file, b"old", "cut after {n} of {whole} bytes {direction:?}");
            assert_eq!(done.code(), 1, "cut after {n} of {whole} bytes {direction:?}");
            old += 1;
        }
        // A transfer that was shorter this time leaves the fault in wait.
        let free = tokio::time::timeout(PATIENCE, board.webrepl().until(|s| s.clients == 0)).await;
        assert!(free.is_ok(), "after {n} of {whole} bytes {direction:?}");
    }
    // Some faults may still wait for their byte.
    let mut waiting = old + new;
    while on(&board, words).run().await.code() != 0 {
        waiting -= 1;
        assert!(waiting > 0, "it never works again");
    }
    // How many bytes a transfer has differs a little from one to the next, so no cut is sure to fall behind the rename.
    assert!(old >= 8, "{old} old, {new} new");
    assert_eq!(board.read_file("file.bin").unwrap(), Some(noise(SIZE)), "the last one was not cut");
    assert_eq!(
        board.files().unwrap().keys().collect::<Vec<_>>(),
        ["file.bin"],
        "what was left behind is gone"
    );
}

/// By the board's port, past the faults of its network.
async fn put_back(board: &Reached) {
    let words = ["exec", &Board::target(board), "f=open('file.bin','w'); f.write('old'); f.close()"];
    crate::child::boardwalk(words).ok().await;
}
