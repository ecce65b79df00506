//! Names as people give them: spaces, quotes, backslashes, 中文, emoji, and lengths at the limit.

use std::fs;

use boardwalk_tests::{Board, WebRepl};

use crate::{
    board::{air, both_ways, fast, is_left_well, slow, start},
    child::{mpremote, on},
};

const NAMES: [&str; 12] = [
    "with space.py",
    " leading and trailing ",
    "it's.py",
    "say \"hi\".txt",
    "back\\slash",
    "\\n.py",
    "温度.py",
    "😀🎉.txt",
    "ñandú é.md",
    "{x} %s $HOME `ls`",
    "-r",
    "...",
];

#[tokio::test]
async fn every_operation_takes_every_name() {
    for (board, names) in [(fast(), &NAMES[..]), (slow(), &NAMES[2..5]), (air(WebRepl::new()), &NAMES[2..8])]
    {
        let folder = tempfile::tempdir().unwrap();
        for &name in names {
            let local = folder.path().join(name);
            fs::write(&local, name).unwrap();
            let on_board = format!("/{name}");
            on(&board, &["put", local.to_str().unwrap(), &on_board]).ok().await;
            assert_eq!(board.read_file(name).unwrap().unwrap(), name.as_bytes());
            assert_eq!(on(&board, &["cat", &on_board]).text().await, name);
            let back = folder.path().join("back");
            on(&board, &["get", &on_board, back.to_str().unwrap()]).ok().await;
            assert_eq!(fs::read_to_string(&back).unwrap(), name);
        }
        let listing = on(&board, &["ls"]).text().await;
        for &name in names {
            assert!(listing.lines().any(|line| line.get(12..) == Some(name)), "{name:?} in {listing}");
        }
        for &name in names {
            on(&board, &["mkdir", "/d"]).ok().await;
            on(&board, &["mv", &format!("/{name}"), "/d"]).ok().await;
            on(&board, &["rm", &format!("/d/{name}")]).ok().await;
            on(&board, &["mv", "/d", &format!("/{name}")]).ok().await;
            on(&board, &["rm", "-r", &format!("/{name}")]).ok().await;
        }
        assert!(board.files().unwrap().is_empty(), "{:?}", board.files().unwrap().keys());
        is_left_well(&board).await;
    }
}

#[tokio::test]
async fn mpremote_finds_them_under_the_same_names() {
    let board = start(Board::unix().unthrottled());
    let folder = tempfile::tempdir().unwrap();
    let back = folder.path().join("back");
    for name in ["with space.py", "温度.py", "😀🎉.txt", "say \"hi\".txt"] {
        on(&board, &["put", "/etc/hostname", &format!("/{name}")]).ok().await;
        mpremote(&board, &["fs", "cp", &format!(":/{name}"), back.to_str().unwrap()]).ok().await;
        assert_eq!(fs::read(&back).unwrap(), fs::read("/etc/hostname").unwrap(), "{name}");
    }
}

#[tokio::test]
async fn names_at_the_limit_of_the_file_system_work_and_longer_ones_are_told() {
    for board in both_ways(Board::unix().unthrottled()) {
        let longest = "n".repeat(255);
        on(&board, &["put", "/etc/hostname", &format!("/{longest}")]).ok().await;
        assert_eq!(on(&board, &["cat", &longest]).ok().await, fs::read("/etc/hostname").unwrap());
        let chinese = "温".repeat(85);
        on(&board, &["put", "/etc/hostname", &chinese]).ok().await;
        assert_eq!(board.files().unwrap().into_keys().collect::<Vec<_>>(), [longest, chinese]);
        on(&board, &["put", "/etc/hostname", &"n".repeat(256)]).fails("bad-name").await;
        on(&board, &["mkdir", &"n".repeat(256)]).fails("bad-name").await;
    }
}
