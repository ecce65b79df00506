//! Programs that run: stopped when they may be, left alone when not, and told when they cannot be stopped.

use std::time::Duration;

use boardwalk_tests::{Board, ResetOnOpen, Variant, WebRepl};
use rustix::process::Signal;

use crate::{
    board::{air, both_ways, by_air, fast, is_free, is_left_well, networks, slow, start},
    child::{PATIENCE, mpremote, on},
    port::Port,
};

/// It sleeps because an ESP32 hears a client on the network only then.
const FOR_EVER: &str = "import time\nwhile True:\n    print('for ever')\n    time.sleep(0.001)";
const LOOP: &str = "import time\nprint('go')\nwhile True: time.sleep(0.01)";

#[tokio::test]
async fn a_deadline_stops_the_program_and_the_board_is_usable_at_once() {
    // Over Wi-Fi only an ESP8266 can be stopped there.
    let esp8266 = WebRepl::new().variant(Variant::Esp8266);
    for board in [fast(), slow(), air(esp8266)] {
        let error = on(&board, &["exec", "while True: pass", "--timeout", "0.5"]).fails("timeout").await;
        assert!(error["message"].as_str().unwrap().contains("0.5 s"), "{error}");
        is_left_well(&board).await;
        assert_eq!(on(&board, &["exec", "print(1)"]).ok().await, b"1\r\n");
    }
}

#[tokio::test]
async fn a_deadline_stops_a_program_that_prints_for_ever() {
    for board in [slow(), air(WebRepl::new())] {
        let done = on(&board, &["exec", FOR_EVER, "--timeout", "0.5"]).run().await;
        assert_eq!(done.code(), 1);
        assert!(done.err_text().contains("[timeout]"), "{}", done.err_text());
        assert!(done.out.starts_with(b"for ever\r\nfor ever\r\n"));
        is_left_well(&board).await;
    }
}

#[tokio::test]
async fn ctrl_c_stops_the_program_and_frees_the_port() {
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        for board in both_ways(Board::unix().unthrottled()) {
            let mut running = on(&board, &["exec", LOOP]).start();
            running.out.expect("go\r\n").await;
            running.signal(signal);
            let done = running.finish().await;
            assert_eq!(done.code(), 1, "{signal:?}");
            assert!(done.err_text().contains("[cancelled]"), "{}", done.err_text());
            is_left_well(&board).await;
        }
    }
}

#[tokio::test]
async fn a_reader_that_has_seen_enough_stops_the_program() {
    for board in both_ways(Board::unix().unthrottled()) {
        let mut running = on(&board, &["exec", FOR_EVER]).start();
        running.out.expect("for ever").await;
        running.out.close();
        let done = running.finish().await;
        assert_eq!((done.code(), done.err_text()), (1, String::new()), "as quietly as any filter");
        is_left_well(&board).await;
    }
}

#[tokio::test]
async fn a_running_program_is_stopped_for_work() {
    let by_usb = [Board::unix().unthrottled().running(), Board::unix().running()].map(start);
    for board in by_usb.into_iter().chain(networks().map(|network| by_air(Board::unix().running(), network)))
    {
        assert_eq!(on(&board, &["exec", "print('mine')"]).ok().await, b"mine\r\n");
        is_left_well(&board).await;
    }
}

#[tokio::test]
async fn no_interrupt_leaves_a_running_program_alone() {
    for board in both_ways(Board::unix().unthrottled().running()) {
        for words in [&["exec", "print(1)"][..], &["ls"], &["put", "/etc/hostname", "x"], &["rm", "main.py"]]
        {
            let words = [words, &["--no-interrupt"]].concat();
            on(&board, &words).fails("program-running").await;
        }
        is_free(&board).await;
        let mut port = Port::open(&board);
        port.expect(b"count ");
        port.expect(b"count ");
        assert_eq!(board.stats().soft_reboots, 0);
    }
}

#[tokio::test]
async fn no_interrupt_works_at_the_prompt() {
    for board in [slow(), air(WebRepl::new())] {
        assert_eq!(on(&board, &["exec", "print(1)", "--no-interrupt"]).ok().await, b"1\r\n");
        is_left_well(&board).await;
    }
}

#[tokio::test]
async fn a_program_that_swallows_ctrl_c_is_told() {
    let deaf = "import micropython, time\nmicropython.kbd_intr(-1)\nwhile True:\n    print('not now')\n    time.sleep(0.1)\n";
    let board = start(Board::unix().unthrottled().file("main.py", deaf));
    tokio::time::timeout(PATIENCE, board.until(|s| s.unheard > 0)).await.expect("it runs");
    let done = on(&board, &["exec", "print(1)", "--json"]).run().await;
    let took = done.took;
    let error = done.failed("interrupt-swallowed");
    assert!(error["detail"].as_str().unwrap().contains("not now"), "{error}");
    assert!(took < Duration::from_secs(16), "{took:?}");
    is_free(&board).await;
    let error = on(&board, &["ls", "--timeout", "1"]).fails("timeout").await;
    assert!(error["help"].as_str().is_some_and(|help| !help.is_empty()), "{error}");
    is_free(&board).await;
}

#[tokio::test]
async fn a_board_that_never_answers_is_told_within_seconds() {
    tokio::join!(is_silent(&["exec", "print(1)"]), is_silent(&["ls"]), is_silent(&["info"]));
}

async fn is_silent(words: &[&str]) {
    let board = start(Board::silent());
    let done = on(&board, &[words, &["--json"]].concat()).run().await;
    let took = done.took;
    let error = done.failed("no-response");
    // Said in 4 s; the rest is a loaded machine.
    assert!(took < Duration::from_secs(8), "{took:?}");
    assert!(!error["help"].as_str().unwrap().is_empty());
    is_free(&board).await;
}

#[tokio::test]
async fn a_board_that_says_nonsense_is_told() {
    let board = start(Board::silent());
    board.inject(&[0xf8, 0x00, 0x80, 0x1e].repeat(10));
    let noise: Vec<u8> = (0..400_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let running = on(&board, &["exec", "print(1)", "--json"]).start();
    tokio::time::timeout(PATIENCE, board.until(|s| s.to_board > 0)).await.unwrap();
    board.inject(&noise);
    let error = running.finish().await;
    assert_eq!(error.code(), 1);
    let document: serde_json::Value = serde_json::from_slice(&error.out).unwrap();
    let code = document["code"].as_str().unwrap();
    assert!(["interrupt-swallowed", "garbled", "wrong-baud"].contains(&code), "{document}");
    assert!(!document["detail"].as_str().unwrap().contains('\u{1e}'), "what a board sent is escaped");
    is_free(&board).await;
}

#[tokio::test]
async fn a_board_that_restarts_when_its_port_opens_works_at_the_first_try() {
    tokio::join!(works_at_the_first_try(300), works_at_the_first_try(1500));
}

async fn works_at_the_first_try(deaf: u64) {
    let how = ResetOnOpen { deaf: Duration::from_millis(deaf), ..ResetOnOpen::default() };
    let board = start(Board::unix().reset_on_open(how));
    assert_eq!(on(&board, &["exec", "print(1)"]).ok().await, b"1\r\n");
    assert_eq!(on(&board, &["exec", "print(2)"]).ok().await, b"2\r\n");
    if deaf < 1000 {
        // Nobody interrupts here, so a Ctrl-A that the boot swallowed has to be pressed again.
        assert_eq!(on(&board, &["exec", "print(3)", "--no-interrupt"]).ok().await, b"3\r\n");
    }
}

#[tokio::test]
async fn a_board_that_mpremote_left_in_its_raw_repl_is_taken_over() {
    let board = fast();
    // As mpremote does when it is killed between two steps.
    let mut port = Port::open(&board);
    port.send(b"\r\x03\x01");
    port.expect(b"raw REPL; CTRL-B to exit\r\n>");
    port.send(b"print(");
    drop(port);
    is_free(&board).await;
    assert_eq!(on(&board, &["exec", "print(1)"]).ok().await, b"1\r\n");
    is_left_well(&board).await;
    assert_eq!(mpremote(&board, &["exec", "print(2)"]).ok().await, b"2\r\n");
}
