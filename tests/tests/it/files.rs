//! `ls`, `tree`, `cat`, `rm`, `mv`, `mkdir`, `df`, `info`.

use std::iter;

use boardwalk_tests::{Board, Builder};
use serde_json::{Value, json};

use crate::{
    board::{Reached, both_ways, by_air, every_way, is_left_well, networks, start},
    child::on,
};

fn furnished() -> [Reached; 2] {
    let board = Board::unix().unthrottled();
    both_ways(
        board.file("main.py", "print('main')\n").file("lib/a.py", "a = 1\n").file("lib/deep/b.txt", "b"),
    )
}

async fn document(board: &Reached, words: &[&str]) -> Value {
    serde_json::from_slice(&on(board, &[words, &["--json"]].concat()).ok().await).unwrap()
}

#[tokio::test]
async fn ls_lists_a_folder_folders_first() {
    for board in furnished() {
        let listing = "            lib/\n        14  main.py\n";
        for path in [&["ls"][..], &["ls", "/"], &["ls", "."], &["ls", "lib/.."]] {
            assert_eq!(on(&board, path).text().await, listing, "{path:?}");
        }
        assert_eq!(
            document(&board, &["ls", "/lib"]).await,
            json!({"path": "/lib", "entries": [
                {"name": "deep", "path": "/lib/deep", "folder": true, "size": null},
                {"name": "a.py", "path": "/lib/a.py", "folder": false, "size": 6},
            ]})
        );
        is_left_well(&board).await;
    }
}

#[tokio::test]
async fn ls_of_a_file_lists_the_file() {
    for board in furnished() {
        assert_eq!(on(&board, &["ls", "lib/a.py"]).text().await, "         6  lib/a.py\n");
        assert_eq!(
            document(&board, &["ls", "/lib/a.py"]).await,
            json!({"path": "/lib/a.py", "entries": [{"name": "a.py", "path": "/lib/a.py", "folder": false, "size": 6}]})
        );
        let error = on(&board, &["ls", "lib/none.py"]).fails("file-not-found").await;
        assert_eq!(error["message"], "There is no lib/none.py on the board.");
        on(&board, &["ls", "main.py/x"]).run().await.code();
    }
}

#[tokio::test]
async fn tree_shows_everything_below() {
    for board in furnished() {
        let tree = ".\n  lib/\n    deep/\n      b.txt  1 B\n    a.py  6 B\n  main.py  14 B\n";
        assert_eq!(on(&board, &["tree"]).text().await, tree);
        assert_eq!(on(&board, &["tree", "lib/deep"]).text().await, "lib/deep\n  b.txt  1 B\n");
        let paths: Vec<Value> = document(&board, &["tree", "/"]).await["entries"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["path"].clone())
            .collect();
        assert_eq!(paths, ["/lib", "/lib/deep", "/lib/deep/b.txt", "/lib/a.py", "/main.py"]);
        on(&board, &["tree", "nowhere"]).fails("file-not-found").await;
    }
}

#[tokio::test]
async fn cat_prints_bytes_as_they_are() {
    let all: Vec<u8> = (0..=255).cycle().take(3000).collect();
    let with_files =
        |board: Builder| board.file("all.bin", all.clone()).file("empty", "").file("a", "1").file("b", "2\n");
    let by_air = networks().map(|network| by_air(with_files(Board::unix()), network));
    for board in iter::once(start(with_files(Board::unix()))).chain(by_air) {
        assert!(on(&board, &["cat", "all.bin"]).ok().await == all, "the bytes differ");
        assert_eq!(on(&board, &["cat", "empty"]).ok().await, b"");
        assert_eq!(on(&board, &["cat", "a", "/b", "a"]).ok().await, b"12\n1");
        on(&board, &["cat", "none"]).fails("file-not-found").await;
        on(&board, &["cat", "/"]).fails("is-a-folder").await;
        let files = document(&board, &["cat", "a", "all.bin"]).await;
        let wanted = json!({"files": [
            {"path": "a", "size": 1, "text": "1"}, {"path": "all.bin", "size": 3000, "text": null},
        ]});
        assert_eq!(files, wanted);
        is_left_well(&board).await;
    }
}

#[tokio::test]
async fn rm_takes_files_and_folders_only_with_r() {
    for board in furnished() {
        let error = on(&board, &["rm", "lib"]).fails("is-a-folder").await;
        assert!(error["help"].as_str().unwrap().contains("-r"), "{error}");
        on(&board, &["rm", "main.py", "none"]).fails("file-not-found").await;
        assert_eq!(board.read_file("main.py").unwrap(), None, "what came first is done");
        on(&board, &["rm", "-r", "lib", "/"]).run().await;
        assert_eq!(board.files().unwrap().keys().collect::<Vec<_>>(), Vec::<&String>::new());
        is_left_well(&board).await;
    }
}

#[tokio::test]
async fn the_board_itself_cannot_be_removed() {
    for board in furnished() {
        for path in ["/", ".", "", "lib/.."] {
            on(&board, &["rm", "-r", path]).fails("bad-name").await;
        }
        assert_eq!(board.files().unwrap().len(), 5);
    }
}

#[tokio::test]
async fn mv_renames_and_moves_and_replaces_only_by_force() {
    for board in furnished() {
        on(&board, &["mv", "main.py", "first.py"]).ok().await;
        on(&board, &["mv", "first.py", "lib"]).ok().await;
        assert_eq!(board.read_file("lib/first.py").unwrap().unwrap(), b"print('main')\n");
        on(&board, &["mv", "lib/first.py", "/"]).ok().await;
        on(&board, &["mv", "first.py", "lib/a.py"]).fails("file-exists").await;
        assert_eq!(board.read_file("lib/a.py").unwrap().unwrap(), b"a = 1\n");
        on(&board, &["mv", "--force", "first.py", "lib/a.py"]).ok().await;
        assert_eq!(board.read_file("lib/a.py").unwrap().unwrap(), b"print('main')\n");
        on(&board, &["mv", "lib", "library"]).ok().await;
        assert_eq!(board.read_file("library/deep/b.txt").unwrap().unwrap(), b"b");
        on(&board, &["mv", "none", "other"]).fails("file-not-found").await;
        on(&board, &["mv", "library/a.py", "none/"]).fails("file-not-found").await;
        assert_eq!(
            document(&board, &["mv", "library/a.py", "/"]).await,
            json!({"from": "library/a.py", "to": "/a.py"})
        );
        is_left_well(&board).await;
    }
}

#[tokio::test]
async fn a_folder_cannot_move_into_itself() {
    for board in furnished() {
        assert_eq!(on(&board, &["mv", "lib", "lib/deep"]).run().await.code(), 1);
        assert_eq!(board.read_file("lib/deep/b.txt").unwrap().unwrap(), b"b");
        assert_eq!(on(&board, &["mv", "lib", "lib"]).run().await.code(), 1, "it would land in itself");
        assert_eq!(board.files().unwrap().len(), 5);
    }
}

#[tokio::test]
async fn mkdir_makes_folders() {
    for board in every_way() {
        on(&board, &["mkdir", "a", "/b c"]).ok().await;
        on(&board, &["mkdir", "a"]).fails("file-exists").await;
        let error = on(&board, &["mkdir", "x/y"]).fails("file-not-found").await;
        assert!(error["message"].as_str().unwrap().contains('x'), "{error}");
        on(&board, &["mkdir", "-p", "x/y/z", "a"]).ok().await;
        let names: Vec<String> = board.files().unwrap().into_keys().collect();
        assert_eq!(names, ["a/", "b c/", "x/", "x/y/", "x/y/z/"]);
        is_left_well(&board).await;
    }
}

#[tokio::test]
async fn df_and_info_say_what_the_board_is() {
    for board in both_ways(Board::unix().unthrottled().flash_kb(400).unique_id("0123456789abcdef")) {
        let space = document(&board, &["df"]).await;
        assert_eq!(space["total"], 400 * 1024);
        assert_eq!(space["free"], 398 * 1024 - 6 * 1024, "two blocks of 4 kB belong to the file system");
        assert_eq!(on(&board, &["df"]).text().await, "401.4 kB free of 409.6 kB\n");

        let info = document(&board, &["info"]).await;
        assert_eq!(
            (&info["implementation"], &info["uniqueId"]),
            (&json!("micropython"), &json!("0123456789abcdef"))
        );
        assert_eq!((&info["rawPaste"], &info["space"]["total"]), (&json!(true), &json!(400 * 1024)));
        assert!(info["version"].as_str().unwrap().starts_with("1.2"), "{info}");
        let text = on(&board, &["info"]).text().await;
        assert!(
            text.contains("unique id   0123456789abcdef\n") && text.contains("raw-paste   yes\n"),
            "{text}"
        );
        is_left_well(&board).await;
    }
}

#[tokio::test]
async fn nothing_is_printed_where_nothing_is_to_say() {
    for board in both_ways(Board::unix().unthrottled()) {
        assert_eq!(on(&board, &["ls"]).text().await, "");
        for words in
            [&["mkdir", "d"][..], &["put", "/etc/hostname", "d/h"], &["mv", "d/h", "h"], &["rm", "h"]]
        {
            let done = on(&board, words).run().await;
            assert_eq!(done.err_text(), "", "{words:?}");
            assert_eq!(done.ok(), b"", "{words:?}");
        }
    }
}
