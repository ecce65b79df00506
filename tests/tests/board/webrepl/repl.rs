//! The REPL through frames and the ring.

use std::time::Duration;

use boardwalk_tests::{Board, Variant, WebRepl};
use tokio::time::timeout;

use super::socket::Socket;
use crate::client::{Client, PATIENCE};

fn board(variant: Variant) -> Board {
    Board::unix().webrepl(WebRepl::new().variant(variant)).start().unwrap()
}

#[test]
fn serial_and_webrepl_share_one_repl() {
    let board = board(Variant::Esp32);
    let mut serial = Client::at_prompt(&board);
    let mut socket = Socket::logged_in(&board);
    socket.type_in(b"x = 6*7\r");
    socket.expect(b"x = 6*7\r\n>>> ");
    serial.send(b"x\r");
    serial.expect(b"42\r\n>>> ");
    socket.expect(b"x\r\n42\r\n>>> ");
}

#[test]
fn an_echo_is_a_frame_for_each_character() {
    let board = board(Variant::Esp32);
    let mut socket = Socket::logged_in(&board);
    let before = socket.frames.len();
    socket.type_in(b"12345");
    socket.expect(b"12345");
    assert_eq!(socket.frames[before..], [1, 1, 1, 1, 1]);
    socket.type_in(b"\r");
    socket.expect(b">>> ");
    let before = socket.frames.len();
    socket.type_in(b"print('ab', 'c')\r");
    socket.expect(b"\r\nab c\r\n>>> ");
    assert_eq!(socket.frames[before + 16..], [2, 2, 1, 1, 2, 4], "CRLF, ab, blank, c, CRLF, prompt");
}

#[test]
fn bytes_of_a_program_come_as_they_are() {
    let board = board(Variant::Esp32);
    let mut socket = Socket::in_raw(&board);
    let (out, _) = socket.exec("print('\u{4e2d}\u{6587}')");
    assert_eq!(out, "\u{4e2d}\u{6587}\r\n");
    socket.type_in(b"import sys\nfor b in '\xe4\xb8\xad'.encode(): _ = sys.stdout.buffer.write(bytes([b]))\n_ = sys.stdout.buffer.write(bytes(range(256)))\x04");
    socket.expect(b"OK");
    let all: Vec<u8> = (0..=255).collect();
    assert_eq!(socket.expect(&all), "\u{4e2d}".as_bytes());
    assert!(socket.frames.contains(&256));
}

#[test]
fn raw_paste_with_credit_loses_nothing() {
    for variant in [Variant::Esp32, Variant::Esp8266] {
        let board = Board::unix().unthrottled().webrepl(WebRepl::new().variant(variant)).start().unwrap();
        let mut socket = Socket::in_raw(&board);
        socket.type_in(b"\x05A\x01");
        assert_eq!(socket.expect(b"\x80\x00\x01"), b"R\x01");
        let code = format!("x = '{}'\nprint(len(x))\n", "y".repeat(3400));
        // One window in flight: two are 256 bytes, which an ESP8266 cannot hold.
        for (n, window) in code.as_bytes().chunks(128).enumerate() {
            if n > 0 {
                socket.expect(b"\x01");
            }
            socket.type_in(window);
        }
        socket.type_in(b"\x04");
        socket.expect(b"\x04");
        assert_eq!(socket.expect(b"\x04"), b"3400\r\n");
        assert_eq!(board.stats().dropped, 0);
    }
}

#[tokio::test]
async fn two_windows_in_flight_are_one_byte_too_many_for_an_esp8266() {
    for (variant, lost) in [(Variant::Esp32, 0), (Variant::Esp8266, 1)] {
        let board = board(variant);
        let mut socket = Socket::in_raw(&board);
        socket.type_in(b"\x05A\x01");
        socket.expect(b"\x80\x00\x01");
        socket.type_in(format!("#{}\n", "x".repeat(254)).as_bytes());
        socket.expect(b"\x01");
        timeout(PATIENCE, board.until(|s| s.dropped >= lost)).await.expect("lost bytes");
        assert_eq!(board.stats().dropped, lost);
    }
}

#[test]
fn an_esp8266_says_that_it_is_one() {
    for (variant, name) in [(Variant::Esp32, "linux"), (Variant::Esp8266, "esp8266")] {
        let board = board(variant);
        let mut socket = Socket::in_raw(&board);
        let code = "import sys\nfrom sys import stdin\nprint(sys.platform, sys.implementation.name)";
        assert_eq!(socket.exec(code), (format!("{name} micropython\r\n"), String::new()));
    }
}

#[tokio::test]
async fn the_ring_drops_what_it_cannot_hold() {
    for (variant, usable) in [(Variant::Esp32, 259), (Variant::Esp8266, 255)] {
        let board = board(variant);
        let mut socket = Socket::in_raw(&board);
        socket.type_in(b"import time, sys\nprint('go')\nwhile not len(sys.argv): time.sleep(0.01)\x04");
        socket.expect(b"OKgo\r\n");
        socket.type_in(&[b'x'; 300]);
        timeout(PATIENCE, board.until(|s| s.dropped == 300 - usable)).await.expect("dropped bytes");
        socket.type_in(b"\x03");
        socket.expect(b"KeyboardInterrupt");
    }
}

#[test]
fn ctrl_c_stops_a_sleep_everywhere() {
    for variant in [Variant::Esp32, Variant::Esp8266] {
        let board = board(variant);
        let mut socket = Socket::in_raw(&board);
        for code in ["time.sleep(50)", "while True: time.sleep(0.01)", "input()"] {
            socket.type_in(format!("import time\nprint('go')\n{code}\x04").as_bytes());
            socket.expect(b"OKgo\r\n");
            socket.type_in(b"\x03");
            socket.expect(b"KeyboardInterrupt");
            socket.expect(b"\x04>");
        }
    }
}

#[test]
fn ctrl_c_stops_a_tight_loop_on_an_esp8266_only() {
    for variant in [Variant::Esp32, Variant::Esp8266] {
        let board = board(variant);
        let mut serial = Client::at_prompt(&board);
        let mut socket = Socket::in_raw(&board);
        socket.type_in(b"print('go')\nwhile True: pass\x04");
        socket.expect(b"OKgo\r\n");
        socket.type_in(b"\x03");
        if variant == Variant::Esp32 {
            assert!(socket.is_silent(Duration::from_millis(700)));
            // The UART has an interrupt handler.
            serial.send(b"\x03");
        }
        socket.expect(b"KeyboardInterrupt");
        socket.expect(b"\x04>");
    }
}

#[tokio::test]
async fn a_soft_reset_says_so_and_ends_the_connection() {
    let board = board(Variant::Esp32);
    let mut socket = Socket::in_raw(&board);
    socket.type_in(b"\x04");
    socket.expect(b"OK\r\nMPY: soft reboot\r\n");
    assert_eq!(socket.until_end(), b"");
    timeout(PATIENCE, board.webrepl().until(|s| s.listening && s.clients == 0))
        .await
        .expect("boot.py starts it again");
    assert_eq!(Socket::logged_in(&board).exec("print(1)").0, "1\r\n");
}

#[tokio::test]
async fn after_a_reset_nobody_listens_unless_boot_py_says_so() {
    let board = Board::unix().webrepl(WebRepl::new().not_in_boot_py()).start().unwrap();
    let mut socket = Socket::in_raw(&board);
    socket.type_in(b"import machine; machine.reset()\x04");
    socket.until_end();
    timeout(PATIENCE, board.until(|s| s.boots == 2 && s.at_prompt)).await.expect("up again");
    assert!(!board.webrepl().stats().listening);
    assert!(std::net::TcpStream::connect(("127.0.0.1", board.webrepl().port())).is_err());
}
