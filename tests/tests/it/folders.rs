//! `put` and `get` of whole folders.

use boardwalk_tests::Board;
use std::{collections::BTreeMap, fs, path::Path};

use crate::{
    board::{both_ways, is_left_well},
    child::on,
};

/// Every file below a folder, and empty folders with a slash.
fn below(folder: &Path, prefix: &str, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let name = format!("{prefix}{}", entry.file_name().to_str().unwrap());
        if entry.path().is_dir() {
            found.insert(format!("{name}/"), Vec::new());
            below(&entry.path(), &format!("{name}/"), found);
        } else {
            found.insert(name, fs::read(entry.path()).unwrap());
        }
    }
}

fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    below(folder, "", &mut found);
    found
}

fn furnish(folder: &Path) {
    fs::create_dir_all(folder.join("lib/deep/温 度")).unwrap();
    fs::create_dir(folder.join("empty")).unwrap();
    for (name, text) in
        [("main.py", "m"), ("lib/a.py", ""), ("lib/deep/温 度/b.bin", "\u{0}\r\n"), ("lib/c d", "c")]
    {
        fs::write(folder.join(name), text).unwrap();
    }
}

#[tokio::test]
async fn a_tree_goes_there_and_back() {
    for board in both_ways(Board::unix().unthrottled()) {
        let local = tempfile::tempdir().unwrap();
        let project = local.path().join("project");
        furnish(&project);
        on(&board, &["put", "project"]).folder(local.path()).ok().await;
        let on_board = board.files().unwrap();
        assert_eq!(on_board["project/lib/deep/温 度/b.bin"], b"\0\r\n");
        on(&board, &["get", "project", "back"]).folder(local.path()).ok().await;
        assert_eq!(tree(&project), tree(&local.path().join("back")));
        is_left_well(&board).await;
    }
}

#[tokio::test]
async fn a_folder_goes_into_a_folder_that_is_there_and_takes_its_name_where_not() {
    for board in both_ways(Board::unix().unthrottled()) {
        let local = tempfile::tempdir().unwrap();
        let project = local.path().join("project");
        furnish(&project);
        on(&board, &["put", "project", "app"]).folder(local.path()).ok().await;
        assert_eq!(board.read_file("app/main.py").unwrap().unwrap(), b"m");
        on(&board, &["put", "project", "app"]).folder(local.path()).ok().await;
        assert_eq!(board.read_file("app/project/main.py").unwrap().unwrap(), b"m");
        // What is in the folder, onto the board itself.
        on(&board, &["put", ".", "/"]).folder(&project).ok().await;
        assert_eq!(board.read_file("project/main.py").unwrap().unwrap(), b"m");
    }
}

#[tokio::test]
async fn the_whole_board_comes_here() {
    for board in both_ways(Board::unix().unthrottled()) {
        let local = tempfile::tempdir().unwrap();
        let project = local.path().join("project");
        furnish(&project);
        on(&board, &["put", "main.py", "lib", "empty", "/"]).folder(&project).ok().await;
        for (number, words) in
            [&["get", "/", "copy0"][..], &["get", ".", "copy1"], &["get", "/", "copy2/"]].iter().enumerate()
        {
            on(&board, words).folder(local.path()).ok().await;
            assert_eq!(tree(&project), tree(&local.path().join(format!("copy{number}"))), "{words:?}");
        }
    }
}

#[tokio::test]
async fn a_second_copy_replaces_files_and_keeps_what_else_is_there() {
    for board in both_ways(Board::unix().unthrottled()) {
        let local = tempfile::tempdir().unwrap();
        let project = local.path().join("project");
        furnish(&project);
        on(&board, &["put", "lib", "/"]).folder(&project).ok().await;
        on(&board, &["exec", "open('lib/mine','w').write('x').__class__"]).ok().await;
        fs::write(project.join("lib/a.py"), "changed").unwrap();
        on(&board, &["put", "lib", "/"]).folder(&project).ok().await;
        assert_eq!(board.read_file("lib/a.py").unwrap().unwrap(), b"changed");
        assert_eq!(board.read_file("lib/mine").unwrap().unwrap(), b"x");
    }
}
