//! A board is not trusted: what its file system says cannot touch this computer.

use std::fs;

use boardwalk_tests::Board;

use crate::{
    board::{Reached, both_ways, start},
    child::on,
};

/// The board's files are a folder of this machine, so that any name can be there.
fn with_names(names: &[&str]) -> Reached {
    let board = start(Board::unix().unthrottled().folder());
    let folder = board.folder().unwrap();
    fs::create_dir(folder.join("d")).unwrap();
    for name in names {
        fs::write(folder.join("d").join(name), "x").unwrap();
    }
    board
}

#[tokio::test]
async fn a_listing_shows_control_characters_and_does_not_obey_them() {
    let board = with_names(&["a\x1b[2Jb", "line\nbreak", "bell\x07", "right\u{202e}left"]);
    for words in [&["ls", "d"][..], &["tree", "d"]] {
        let text = on(&board, words).text().await;
        assert!(text.contains("a\\u{1b}[2Jb") && text.contains("line\\nbreak"), "{text:?}");
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
        assert!(!text.contains('\u{202e}'), "{text:?}");
    }
    // A script gets the names as they are.
    let document: serde_json::Value =
        serde_json::from_slice(&on(&board, &["ls", "d", "--json"]).ok().await).unwrap();
    assert!(document["entries"].as_array().unwrap().iter().any(|e| e["name"] == "line\nbreak"), "{document}");
}

#[tokio::test]
async fn names_that_this_computer_should_not_hold_are_refused() {
    for bad in ["line\nbreak", "esc\x1b[0m", "bell\x07"] {
        let board = with_names(&["good.txt", bad]);
        let folder = tempfile::tempdir().unwrap();
        let to = folder.path().join("to");
        let error = on(&board, &["get", "d", to.to_str().unwrap()]).fails("bad-name").await;
        assert!(!error["message"].as_str().unwrap().contains(char::is_control), "{error}");
        assert!(!to.exists(), "nothing is copied when something must not be");
    }
}

#[tokio::test]
async fn a_board_that_lies_about_names_cannot_leave_the_folder() {
    // What runs on the board is the board's: it may say anything.
    let lie = "import os\nreal = os.ilistdir\ndef ilistdir(*a):\n    for e in real(*a): yield e\n    \
               for n in ('../escaped', '/tmp/escaped', '..'): yield (n, 0x8000, 0, 1)\nos.ilistdir = ilistdir\n";
    for board in both_ways(Board::unix().unthrottled().file("d/good.txt", "x")) {
        on(&board, &["exec", lie]).run().await;
        let folder = tempfile::tempdir().unwrap();
        let to = folder.path().join("inner/to");
        let done = on(&board, &["get", "d", to.to_str().unwrap()]).run().await;
        // `os` may be read-only on this firmware; then the lie was not told.
        assert!([0, 1].contains(&done.code()));
        assert!(!folder.path().join("inner/escaped").exists() && !folder.path().join("escaped").exists());
    }
}

#[tokio::test]
async fn a_path_that_climbs_does_not_climb_here() {
    let board = start(Board::unix().unthrottled().file("d/good.txt", "x"));
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("inner");
    fs::create_dir(&inner).unwrap();
    on(&board, &["get", "d/.."]).folder(&inner).ok().await;
    on(&board, &["get", "d/../d/", "."]).folder(&inner).ok().await;
    on(&board, &["get", ".."]).folder(&inner).ok().await;
    let outside: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(outside, ["inner"]);
    assert_eq!(fs::read(inner.join("d/good.txt")).unwrap(), b"x");
}

#[tokio::test]
async fn a_loop_of_folders_ends() {
    let board = with_names(&["a"]);
    let folder = board.folder().unwrap();
    std::os::unix::fs::symlink("..", folder.join("d/loop")).unwrap();
    let to = tempfile::tempdir().unwrap();
    let done = on(&board, &["get", "d", to.path().to_str().unwrap()]).run().await;
    assert_eq!(done.code(), 1);
    assert!(done.err_text().contains("[too-many-files]"), "{}", done.err_text());
    on(&board, &["tree"]).ok().await;
}

#[tokio::test]
async fn errors_escape_what_the_board_printed() {
    let board = with_names(&[]);
    let done = on(&board, &["cat", "no\x1b[2J\n.txt"]).run().await;
    assert_eq!(done.code(), 1);
    assert!(!done.err_text().contains('\x1b'), "{:?}", done.err_text());
}
