//! Connections that end, or say nothing more, in the middle of work.

use std::{fs, time::Duration};

use boardwalk_tests::{Board, Network, WebRepl};
use rustix::process::Signal;
use tokio::time::timeout;

use crate::{
    board::{air, by_air, is_left_well, noise},
    child::{PATIENCE, on},
};

const SLEEPS: &str = "import time\nprint('go')\nwhile True: time.sleep(0.01)";

#[tokio::test]
async fn a_connection_that_ends_under_a_program_is_lost() {
    let ends: [fn(&Board); 2] = [|board| board.webrepl().rst(), |board| board.reset().unwrap()];
    for end in ends {
        let board = air(WebRepl::new());
        let mut running = on(&board, &["exec", SLEEPS]).start();
        running.out.expect("go").await;
        end(&board);
        let done = running.finish().await;
        assert_eq!((done.code(), &done.out[..]), (1, &b"go\r\n"[..]));
        assert!(done.err_text().contains("[lost]"), "{}", done.err_text());
        timeout(PATIENCE, board.webrepl().until(|s| s.listening && s.clients == 0)).await.unwrap();
        assert_eq!(on(&board, &["exec", "print(1)"]).ok().await, b"1\r\n");
    }
}

/// A put of so many bytes that are on their way, then something happens to the network.
async fn in_the_middle_of_a_put(happens: fn(&Network), limit: &str) -> (crate::board::Reached, String) {
    let board = by_air(Board::unix().file("file.bin", "old"), WebRepl::new());
    let folder = tempfile::tempdir().unwrap();
    let local = folder.path().join("local.bin");
    fs::write(&local, noise(1_000_000)).unwrap();
    let words = ["put", local.to_str().unwrap(), "/file.bin", "--json", "--timeout", limit];
    let running = on(&board, &words).start();
    timeout(PATIENCE, board.webrepl().until(|s| s.from_client > 50_000)).await.unwrap();
    happens(board.webrepl());
    let done = running.finish().await;
    assert_eq!(done.code(), 1);
    let document: serde_json::Value = serde_json::from_slice(&done.out).unwrap();
    assert_eq!(board.read_file("file.bin").unwrap().unwrap(), b"old");
    (board, document["code"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_reset_in_the_middle_of_a_put() {
    let (board, code) = in_the_middle_of_a_put(Network::rst, "60").await;
    assert_eq!(code, "lost");
    on(&board, &["put", "/etc/hostname", "/file.bin"]).ok().await;
    assert_eq!(
        board.files().unwrap().keys().collect::<Vec<_>>(),
        ["file.bin"],
        "what was left behind is gone"
    );
    is_left_well(&board).await;
}

#[tokio::test]
async fn a_reset_in_the_middle_of_a_get() {
    let board = by_air(Board::unix().file("file.bin", noise(1_500_000)), WebRepl::new());
    let folder = tempfile::tempdir().unwrap();
    let local = folder.path().join("file.bin");
    fs::write(&local, "old").unwrap();
    let running = on(&board, &["get", "/file.bin", "--json"]).folder(folder.path()).start();
    timeout(PATIENCE, board.webrepl().until(|s| s.to_client > 50_000)).await.unwrap();
    board.webrepl().rst();
    running.finish().await.failed("lost");
    assert_eq!(fs::read(&local).unwrap(), b"old");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no part of a file");
    assert_eq!(on(&board, &["exec", "print(1)"]).ok().await, b"1\r\n");
    is_left_well(&board).await;
}

#[tokio::test]
async fn silence_in_the_middle_of_a_put() {
    let happens: [fn(&Network); 2] = [Network::drop_network, Network::half_open];
    for happens in happens {
        let (board, code) = in_the_middle_of_a_put(happens, "2").await;
        assert_eq!(code, "timeout");
        board.webrepl().restore_network();
        board.webrepl().rst();
        timeout(PATIENCE, board.webrepl().until(|s| s.clients == 0)).await.unwrap();
        on(&board, &["put", "/etc/hostname", "/file.bin"]).ok().await;
        is_left_well(&board).await;
    }
}

#[tokio::test]
async fn silence_needs_no_limit_to_be_told() {
    let board = air(WebRepl::new());
    let words = ["put", "/etc/hostname", "/file.bin", "--json"];
    board.webrepl().delay(Some(Duration::from_millis(50)));
    let running = on(&board, &words).start();
    timeout(PATIENCE, board.webrepl().until(|s| s.logged_in)).await.unwrap();
    board.webrepl().half_open();
    let done = running.finish().await;
    let took = done.took;
    done.failed("no-response");
    // Said in 4 s; the rest is a loaded machine.
    assert!(took < Duration::from_secs(9), "{took:?}");
}

#[tokio::test]
async fn ctrl_c_in_the_middle_of_a_put() {
    let board = by_air(Board::unix().file("file.bin", "old"), WebRepl::new());
    let folder = tempfile::tempdir().unwrap();
    let local = folder.path().join("local.bin");
    fs::write(&local, noise(1_500_000)).unwrap();
    let running = on(&board, &["put", local.to_str().unwrap(), "/file.bin"]).start();
    timeout(PATIENCE, board.webrepl().until(|s| s.from_client > 50_000)).await.unwrap();
    running.signal(Signal::INT);
    let done = running.finish().await;
    assert_eq!(done.code(), 1);
    assert!(done.err_text().contains("[cancelled]"), "{}", done.err_text());
    let files = board.files().unwrap();
    assert_eq!(files.keys().collect::<Vec<_>>(), ["file.bin"], "no temporary file");
    assert_eq!(files["file.bin"], b"old");
    is_left_well(&board).await;
}

#[tokio::test]
async fn ctrl_c_in_the_middle_of_a_get() {
    let board = by_air(Board::unix().file("file.bin", noise(1_500_000)), WebRepl::new());
    let folder = tempfile::tempdir().unwrap();
    let running = on(&board, &["get", "/file.bin"]).folder(folder.path()).start();
    timeout(PATIENCE, board.webrepl().until(|s| s.to_client > 50_000)).await.unwrap();
    running.signal(Signal::INT);
    assert_eq!(running.finish().await.code(), 1);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    is_left_well(&board).await;
}

#[tokio::test]
async fn every_byte_in_a_segment_or_a_frame_of_its_own() {
    let text = "温度 23 °C 😀 ".repeat(20);
    let all: Vec<u8> = (0..=255).collect();
    for network in [WebRepl::new().split_every_byte(), WebRepl::new().byte_frames()] {
        let board = by_air(Board::unix().file("all.bin", all.clone()), network);
        assert_eq!(on(&board, &["exec", &format!("print('{text}', end='')")]).text().await, text);
        let one_by_one = "import sys\nfor b in '温度'.encode(): sys.stdout.buffer.write(bytes([b]))";
        assert_eq!(on(&board, &["exec", one_by_one]).text().await, "温度");
        assert_eq!(on(&board, &["cat", "all.bin"]).ok().await, all);
        on(&board, &["put", "/etc/hostname", "/温.txt"]).ok().await;
        let listing = on(&board, &["ls"]).text().await;
        assert!(listing.contains("温.txt"), "{listing}");
        is_left_well(&board).await;
    }
}
