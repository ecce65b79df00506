//! A `put` whose line is cut after any byte leaves the old file or the new one, never a part.

use std::fs;

use boardwalk_tests::{Board, Direction};

use crate::{
    board::{noise, start},
    child::on,
};

const SIZE: u32 = 9_000;

#[tokio::test]
async fn cut_anywhere_the_file_is_the_old_or_the_new() {
    let folder = tempfile::tempdir().unwrap();
    let local = folder.path().join("local.bin");
    fs::write(&local, noise(SIZE)).unwrap();
    for takes_power in [false, true] {
        for direction in [Direction::ToBoard, Direction::FromBoard] {
            cut(&local, takes_power, direction).await;
        }
    }
}

/// Cuts at some two dozen places over the whole transfer, more densely at its end, where the file is renamed.
async fn cut(local: &std::path::Path, takes_power: bool, direction: Direction) {
    let builder = || Board::unix().unthrottled().file("file.bin", "old");
    let count = |board: &Board| match direction {
        Direction::ToBoard => board.stats().to_board,
        Direction::FromBoard => board.stats().from_board,
    };
    let words = ["put", local.to_str().unwrap(), "/file.bin"];
    let whole = {
        let board = start(builder());
        on(&board, &words).ok().await;
        count(&board)
    };
    let (mut old, mut new) = (0, 0);
    let board = start(if takes_power { builder().cut_takes_power() } else { builder() });
    let places = (0..12).map(|i| whole * i / 12).chain((0..12).map(|i| whole - whole * i / 300));
    for n in places {
        board.cut_after(direction, n);
        let code = on(&board, &words).run().await.code();
        let file = board.read_file("file.bin").unwrap().unwrap_or_else(|| panic!("no file after {n} bytes"));
        match file == noise(SIZE) {
            true => new += 1,
            false => {
                assert_eq!(file, b"old", "cut after {n} of {whole} bytes {direction:?}");
                assert_eq!(code, 1, "cut after {n} of {whole} bytes {direction:?}");
                old += 1;
            }
        }
        if !board.stats().plugged {
            board.plug().unwrap();
        } else {
            // The transfer was shorter this time: the fault still waits for its byte.
            board.unplug();
            board.plug().unwrap();
        }
        let again = on(&board, &["exec", "open('file.bin','w').write('old').__class__"]).run().await;
        assert_eq!(
            again.code(),
            0,
            "after {n} of {whole} bytes {direction:?}, power {takes_power}: {} {:?}",
            again.err_text(),
            board.stats()
        );
    }
    on(&board, &words).ok().await;
    assert_eq!(board.read_file("file.bin").unwrap(), Some(noise(SIZE)), "one that was not cut");
    // How many bytes a transfer has differs a little from one to the next, so no cut is sure to fall behind the rename.
    assert!(old >= 8, "{old} old, {new} new");
}
