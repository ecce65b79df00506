//! `reset`: the board has started again when the command ends.

use std::time::Duration;

use boardwalk_tests::{Board, Builder, Identity, PortsFile};
use futures::future::join_all;

use crate::{
    board::{both, fast, is_free, is_left_well, start},
    child::on,
    port::Port,
};

#[tokio::test]
async fn a_soft_reset_clears_memory_and_ends_at_the_prompt() {
    for board in both() {
        on(&board, &["exec", "kept = 1"]).ok().await;
        let before = board.stats();
        on(&board, &["reset"]).ok().await;
        let after = board.stats();
        assert_eq!((after.soft_reboots, after.boots), (before.soft_reboots + 1, before.boots));
        assert!(on(&board, &["exec", "kept"]).run().await.err_text().contains("NameError"));
        is_left_well(&board).await;
    }
}

#[tokio::test]
async fn a_hard_reset_starts_the_chip() {
    for board in both() {
        on(&board, &["exec", "kept = 1"]).ok().await;
        on(&board, &["reset", "--hard"]).ok().await;
        assert_eq!(board.stats().boots, 2);
        is_left_well(&board).await;
        assert!(on(&board, &["exec", "kept"]).run().await.err_text().contains("NameError"));
    }
}

#[tokio::test]
async fn main_py_runs_again_and_that_is_what_is_said() {
    let ways = [&["reset", "--json"][..], &["reset", "--hard", "--json"]];
    join_all(ways.map(async |how| {
        let board = start(Board::unix().unthrottled().running());
        let text = on(&board, how).text().await;
        let document: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(document["state"], "running", "{text}");
        is_free(&board).await;
        Port::open(&board).expect(b"count ");
    }))
    .await;
    let board = fast();
    let document: serde_json::Value =
        serde_json::from_slice(&on(&board, &["reset", "--json"]).ok().await).unwrap();
    assert_eq!(document, serde_json::json!({"reset": "soft", "state": "ready"}));
}

#[tokio::test]
async fn a_board_whose_usb_disappears_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let ports = PortsFile::create(folder.path().join("ports.json")).unwrap();
    let leaves = |board: Builder| board.port_leaves_on_reset(Duration::from_millis(700));
    let board = Board::unix().unthrottled().listed(&ports, Identity::pico("E660"));
    let board = start(leaves(board));
    let text =
        on(&board, &["reset", "--hard", "--json"]).env("BOARDWALK_EXTRA_PORTS", ports.path()).text().await;
    assert!(text.contains("\"ready\""), "{text}");
    assert!(board.stats().plugged && board.stats().boots == 2);
    is_left_well(&board).await;

    let board = start(leaves(Board::unix().unthrottled().link(folder.path().join("board"))));
    on(&board, &["reset", "--hard"]).ok().await;
    assert!(board.stats().plugged);
    is_left_well(&board).await;
}

#[tokio::test]
async fn a_board_that_does_not_come_back_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let board = Board::unix().unthrottled().port_leaves_on_reset(Duration::from_secs(3600));
    let board = start(board.link(folder.path().join("board")));
    let done = on(&board, &["reset", "--hard", "--json", "--timeout", "2"]).run().await;
    let took = done.took;
    done.failed("timeout");
    assert!(took < Duration::from_secs(20), "{took:?}");
}
