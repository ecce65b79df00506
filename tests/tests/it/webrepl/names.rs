//! Names and places that end a session of the WebREPL's own file protocol: longer than its 63 bytes, missing, a folder. Here they
//! end nothing.

use std::fs;

use boardwalk_tests::Board;

use crate::{
    board::{by_air, is_left_well, networks, noise},
    child::on,
};

/// At the 63 bytes of a record, and beyond: as they are, in a folder, and in 3 bytes a character.
fn long_names() -> Vec<String> {
    let mut names: Vec<String> = [62, 63, 64, 65, 200].map(|n| "n".repeat(n)).to_vec();
    names.extend([
        "温".repeat(21),
        "温".repeat(22),
        format!("d/{}", "m".repeat(100)),
        "d/it's \"温\" %s.txt".into(),
    ]);
    names
}

#[tokio::test]
async fn every_length_of_a_name_goes_there_and_back() {
    let folder = tempfile::tempdir().unwrap();
    let (local, back) = (folder.path().join("local"), folder.path().join("back"));
    fs::write(&local, noise(3000)).unwrap();
    for network in networks() {
        let board = by_air(Board::unix().file("d/x", "x"), network);
        for name in long_names() {
            let path = format!("/{name}");
            on(&board, &["put", local.to_str().unwrap(), &path]).ok().await;
            assert!(board.read_file(&name).unwrap().unwrap() == noise(3000), "{name}");
            on(&board, &["get", &path, back.to_str().unwrap()]).ok().await;
            assert!(fs::read(&back).unwrap() == noise(3000), "{name}");
        }
        assert_eq!(board.files().unwrap().len(), long_names().len() + 2, "no temporary file");
        assert_eq!(board.webrepl().stats().rejected, 0);
        is_left_well(&board).await;
    }
}

#[tokio::test]
async fn what_is_missing_or_a_folder_ends_no_session() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a"), "a").unwrap();
    for network in networks() {
        let board = by_air(Board::unix().file("d/x", "x"), network);
        for (words, code) in [
            (&["get", "none"][..], "file-not-found"),
            (&["get", "none/none"], "file-not-found"),
            (&["cat", "d"], "is-a-folder"),
            (&["cat", "d/x/y"], "not-a-folder"),
            (&["put", "a", "none/a"], "file-not-found"),
            (&["put", "a", "d/x/y"], "not-a-folder"),
            (&["ls", "none"], "file-not-found"),
            (&["rm", "none"], "file-not-found"),
            (&["mv", "none", "other"], "file-not-found"),
            (&["mkdir", "none/none"], "file-not-found"),
        ] {
            let logins = board.webrepl().stats().logins;
            on(&board, words).folder(folder.path()).fails(code).await;
            assert_eq!(board.webrepl().stats().logins, logins + 1, "{words:?} in one session");
        }
        // In one session after the failure: the second path works.
        let done = on(&board, &["rm", "none", "d/x"]).run().await;
        assert_eq!(done.code(), 1);
        is_left_well(&board).await;
        assert_eq!(board.files().unwrap().keys().collect::<Vec<_>>(), ["d/", "d/x"]);
    }
}
