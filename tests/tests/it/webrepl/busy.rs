//! One board, two clients; and a board whose program lets nobody in.

use boardwalk_tests::{Board, Generation, WebRepl};

use crate::{
    board::{air, by_air, is_free, is_left_well},
    child::{boardwalk, on},
    port::Port,
};

const SLEEPS: &str = "import time\nprint('go')\nwhile True: time.sleep(0.01)";

/// Firmware from 1.20 on shakes hands first and then hangs up; older firmware hangs up at once.
const SIGNATURES: [(Generation, &str); 2] =
    [(Generation::New, "busy-other-client"), (Generation::Old, "closed-before-reply")];

#[tokio::test]
async fn a_second_client_is_told_and_the_first_goes_on() {
    for (generation, code) in SIGNATURES {
        let board = air(WebRepl::new().generation(generation));
        let mut first = on(&board, &["exec", SLEEPS, "--timeout", "60"]).start();
        first.out.expect("go").await;
        let error = on(&board, &["ls"]).fails(code).await;
        assert!(error["help"].as_str().unwrap().contains("other"), "{error}");
        let document = boardwalk(["handshake", &board.target(), "--json"]).run().await;
        assert!(String::from_utf8_lossy(&document.out).contains(&format!("\"{code}\"")));
        assert!(board.webrepl().logged_in(), "the first is still there");
        first.signal(rustix::process::Signal::INT);
        assert_eq!(first.finish().await.code(), 1);
        assert_eq!(on(&board, &["exec", "print(1)"]).ok().await, b"1\r\n");
        is_left_well(&board).await;
    }
}

#[tokio::test]
async fn a_client_that_was_killed_is_no_ghost_where_the_network_says_so() {
    let board = air(WebRepl::new());
    let mut first = on(&board, &["exec", SLEEPS]).start();
    first.out.expect("go").await;
    first.kill().await;
    tokio::time::timeout(crate::child::PATIENCE, board.webrepl().until(|s| s.clients == 0)).await.unwrap();
    assert_eq!(on(&board, &["exec", "print(1)"]).ok().await, b"1\r\n");
    is_left_well(&board).await;
}

#[tokio::test]
async fn a_ghost_keeps_everybody_out_until_the_board_notices() {
    for (generation, code) in SIGNATURES {
        let board = air(WebRepl::new().generation(generation).keeps_ghosts());
        let mut first = on(&board, &["exec", SLEEPS]).start();
        first.out.expect("go").await;
        first.kill().await;
        on(&board, &["ls"]).fails(code).await;
        board.webrepl().notice_ghosts();
        tokio::time::timeout(crate::child::PATIENCE, board.webrepl().until(|s| s.clients == 0))
            .await
            .unwrap();
        assert_eq!(on(&board, &["exec", "print(1)"]).ok().await, b"1\r\n");
    }
}

#[tokio::test]
async fn we_leave_no_ghost_where_the_board_would_keep_one() {
    let board = air(WebRepl::new().keeps_ghosts());
    for words in [&["exec", "print(1)"][..], &["exec", "1/0"], &["cat", "none"], &["ls"]] {
        on(&board, words).run().await.code();
        is_left_well(&board).await;
    }
    on(&board, &["exec", SLEEPS, "--timeout", "1"]).fails("timeout").await;
    is_left_well(&board).await;
}

#[tokio::test]
async fn a_board_in_a_tight_loop_answers_nobody() {
    let board = by_air(Board::unix().file("main.py", "while True: pass"), WebRepl::new());
    let done = on(&board, &["exec", "print(1)", "--json"]).run().await;
    let took = done.took;
    let error = done.failed("silent-after-request");
    assert!(!error["help"].as_str().unwrap().is_empty(), "{error}");
    // Said in 5 s; the rest is a loaded machine.
    assert!(took.as_secs() < 10, "{took:?}");
}

#[tokio::test]
async fn a_tight_loop_of_ours_cannot_be_stopped_and_that_is_told() {
    let board = air(WebRepl::new());
    let done = on(&board, &["exec", "while True: pass", "--timeout", "1", "--json"]).run().await;
    let took = done.took;
    done.failed("timeout");
    assert!(took.as_secs() < 12, "{took:?}");
    // By its port it can.
    let mut port = Port::open(&board);
    port.send(b"\x03");
    // Only now the board finds out that its client has gone, and says so.
    port.expect(b"deactivating");
    port.expect(b"\r\n");
    drop(port);
    is_free(&board).await;
    let by_port = boardwalk(["exec", &Board::target(&board), "print(1)"]).ok().await;
    assert_eq!(by_port, b"1\r\n");
    is_left_well(&board).await;
}
