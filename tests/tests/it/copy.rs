//! `put` and `get` of files.

use std::{fs, iter};

use boardwalk_tests::Board;
use serde_json::{Value, json};

use crate::{
    board::{air, both_ways, by_air, fast, is_left_well, networks, noise, slow, start},
    child::on,
};

#[tokio::test]
async fn files_of_every_size_go_there_and_back() {
    let folder = tempfile::tempdir().unwrap();
    let (local, back) = (folder.path().join("local.bin"), folder.path().join("back.bin"));
    let sizes = &[0, 1, 255, 256, 6144, 6145, 50_000][..];
    let few = &[0, 1, 300, 7000][..];
    let [old, new, esp8266] = networks().map(air);
    for (board, sizes) in [(fast(), sizes), (slow(), few), (old, sizes), (new, sizes), (esp8266, few)] {
        for &size in sizes {
            fs::write(&local, noise(size)).unwrap();
            on(&board, &["put", local.to_str().unwrap(), "/file.bin"]).ok().await;
            assert!(
                board.read_file("file.bin").unwrap().unwrap() == noise(size),
                "{size} bytes differ there"
            );
            on(&board, &["get", "/file.bin", back.to_str().unwrap()]).ok().await;
            assert!(fs::read(&back).unwrap() == noise(size), "{size} bytes differ here");
        }
        assert_eq!(board.files().unwrap().into_keys().collect::<Vec<_>>(), ["file.bin"], "no temporary file");
        is_left_well(&board).await;
    }
}

#[tokio::test]
async fn a_megabyte_goes_there_and_back() {
    for board in both_ways(Board::unix().unthrottled()) {
        let folder = tempfile::tempdir().unwrap();
        let (local, back) = (folder.path().join("local.bin"), folder.path().join("back.bin"));
        fs::write(&local, noise(1_000_000)).unwrap();
        let words = ["put", local.to_str().unwrap(), "/file.bin", "--json"];
        let document: Value = serde_json::from_slice(&on(&board, &words).ok().await).unwrap();
        assert_eq!(document, json!({"files": ["/file.bin"], "bytes": 1_000_000}));
        on(&board, &["get", "/file.bin", back.to_str().unwrap()]).ok().await;
        assert!(fs::read(&back).unwrap() == noise(1_000_000), "the bytes differ");
    }
}

#[tokio::test]
async fn where_a_single_file_goes() {
    for board in both_ways(Board::unix().unthrottled().file("lib/old.py", "old")) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.py"), "a").unwrap();
        // Its own name; another name; into a folder that is there; into one that a slash says is meant.
        for (words, file) in [
            (&["put", "a.py"][..], "a.py"),
            (&["put", "a.py", "/b.py"], "b.py"),
            (&["put", "./a.py", "lib"], "lib/a.py"),
            (&["put", "a.py", "new/"], "new/a.py"),
            (&["put", "a.py", "lib/old.py"], "lib/old.py"),
            (&["put", "a.py", "/"], "a.py"),
            (&["put", "a.py", "."], "a.py"),
        ] {
            on(&board, words).folder(folder.path()).ok().await;
            assert_eq!(board.read_file(file).unwrap().as_deref(), Some(&b"a"[..]), "{words:?}");
            on(&board, &["rm", file]).ok().await;
        }
        let error =
            on(&board, &["put", "a.py", "none/a.py"]).folder(folder.path()).fails("file-not-found").await;
        assert_eq!(error["message"], "There is no none on the board.", "it is the folder that is missing");
        is_left_well(&board).await;
    }
}

#[tokio::test]
async fn where_a_single_file_lands_here() {
    for board in both_ways(Board::unix().unthrottled().file("lib/a.py", "a")) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        fs::create_dir(path.join("there")).unwrap();
        for (words, file) in [
            (&["get", "lib/a.py"][..], "a.py"),
            (&["get", "/lib/a.py", "b.py"], "b.py"),
            (&["get", "lib/a.py", "there"], "there/a.py"),
            (&["get", "lib/a.py", "new/"], "new/a.py"),
            (&["get", "lib/a.py", "."], "a.py"),
            (&["get", "lib/a.py", path.join("absolute.py").to_str().unwrap()], "absolute.py"),
        ] {
            on(&board, words).folder(path).ok().await;
            assert_eq!(fs::read(path.join(file)).unwrap(), b"a", "{words:?}");
            fs::remove_file(path.join(file)).unwrap();
        }
        on(&board, &["get", "lib/a.py", "none/a.py"]).folder(path).fails("file-not-found").await;
        on(&board, &["get", "none.py"]).folder(path).fails("file-not-found").await;
        assert_eq!(fs::read_dir(path).unwrap().count(), 2, "nothing but the two folders");
    }
}

#[tokio::test]
async fn several_paths_go_into_a_folder() {
    for board in both_ways(Board::unix().unthrottled()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        for name in ["a", "b", "c"] {
            fs::write(path.join(name), name).unwrap();
        }
        on(&board, &["put", "a", "b", "c", "new/deep"]).folder(path).ok().await;
        assert_eq!(board.read_file("new/deep/c").unwrap().unwrap(), b"c");
        on(&board, &["put", "a", "b", "new/deep/a"]).folder(path).fails("not-a-folder").await;
        on(&board, &["put", "a", "none", "new"]).folder(path).fails("file-not-found").await;
        assert_eq!(board.read_file("new/a").unwrap(), None, "nothing is copied when something is missing");

        on(&board, &["get", "new/deep/a", "new/deep/b", "back"]).folder(path).ok().await;
        assert_eq!(fs::read(path.join("back/b")).unwrap(), b"b");
        on(&board, &["get", "new/deep/a", "new/deep/b", "c"]).folder(path).run().await.code();
        assert_eq!(fs::read(path.join("c")).unwrap(), b"c", "a file is not taken for a folder");
    }
}

#[tokio::test]
async fn a_folder_where_a_file_is_expected_and_the_reverse() {
    for board in both_ways(Board::unix().unthrottled().file("file", "f").file("folder/x", "x")) {
        let local = tempfile::tempdir().unwrap();
        let path = local.path();
        fs::create_dir(path.join("folder")).unwrap();
        fs::write(path.join("folder/y"), "y").unwrap();
        fs::write(path.join("file"), "new").unwrap();
        // A folder onto a file, and a file into a file as if that were a folder.
        on(&board, &["put", "folder", "/file/"]).folder(path).fails("not-a-folder").await;
        on(&board, &["put", "file", "/file/below"]).folder(path).fails("not-a-folder").await;
        assert_eq!(board.read_file("file").unwrap().unwrap(), b"f");
        on(&board, &["get", "folder", "file"]).folder(path).fails("not-a-folder").await;
        assert_eq!(fs::read(path.join("file")).unwrap(), b"new");
        on(&board, &["get", "file/below"]).folder(path).run().await.code();
        assert_eq!(fs::read(path.join("folder/y")).unwrap(), b"y");
        is_left_well(&board).await;
    }
}

#[tokio::test]
async fn a_full_disk_keeps_the_old_file_and_leaves_nothing() {
    let small = || Board::unix().unthrottled().flash_kb(64).file("file.bin", "old");
    for board in iter::once(start(small())).chain(networks().map(|network| by_air(small(), network))) {
        let folder = tempfile::tempdir().unwrap();
        let local = folder.path().join("local.bin");
        fs::write(&local, noise(100_000)).unwrap();
        let error = on(&board, &["put", local.to_str().unwrap(), "/file.bin"]).fails("disk-full").await;
        assert!(error["message"].as_str().unwrap().contains("100000"), "{error}");
        assert!(error["help"].as_str().unwrap().contains("room for both"), "{error}");
        // Space is counted in blocks: this is less than what is free and does not fit all the same.
        let free: Value = serde_json::from_slice(&on(&board, &["df", "--json"]).ok().await).unwrap();
        let free = u32::try_from(free["free"].as_u64().unwrap()).unwrap();
        fs::write(&local, noise(free)).unwrap();
        on(&board, &["put", local.to_str().unwrap(), "/file.bin"]).fails("disk-full").await;
        let files = board.files().unwrap();
        assert_eq!(files.keys().collect::<Vec<_>>(), ["file.bin"]);
        assert_eq!(files["file.bin"], b"old");
        is_left_well(&board).await;
    }
}

#[tokio::test]
async fn a_file_here_keeps_its_permissions() {
    use std::os::unix::fs::PermissionsExt as _;
    let board = start(Board::unix().unthrottled().file("tool.py", "new"));
    let folder = tempfile::tempdir().unwrap();
    let local = folder.path().join("tool.py");
    fs::write(&local, "old").unwrap();
    fs::set_permissions(&local, fs::Permissions::from_mode(0o750)).unwrap();
    on(&board, &["get", "tool.py", local.to_str().unwrap()]).ok().await;
    assert_eq!(fs::read(&local).unwrap(), b"new");
    assert_eq!(fs::metadata(&local).unwrap().permissions().mode() & 0o777, 0o750);
}
