//! `server_handshake` of both generations.

use boardwalk_tests::{Board, Generation, Variant, WebRepl};
use tokio::time::timeout;

use super::socket::{REPLY, REQUEST, Socket};
use crate::client::{Client, PATIENCE};

const PAGE: &str = "HTTP/1.0 200 OK\r\n\r\n<base href=\"https://micropython.org/webrepl/\"></base>\r\n\
    <script src=\"webrepl_content.js\"></script>\r\n";
const QUIET: std::time::Duration = std::time::Duration::from_millis(300);

fn board(generation: Generation) -> Board {
    Board::unix().webrepl(WebRepl::new().generation(generation)).start().unwrap()
}

#[test]
fn both_generations_upgrade_and_ask_for_the_password() {
    for generation in [Generation::Old, Generation::New] {
        let board = board(generation);
        assert!(board.webrepl_url().starts_with("ws://127.0.0.1:"));
        let mut socket = Socket::upgraded(&board);
        assert_eq!(socket.bytes(12), b"\x81\x0aPassword: ");
    }
}

#[test]
fn a_key_is_not_checked_and_the_first_line_is_not_read() {
    let board = board(Generation::New);
    let mut socket = Socket::connect(&board);
    socket.send(
        b"nonsense\r\nSec-WebSocket-Key:foo\r\nConnection: keep-alive, Upgrade\r\nUpgrade:websocket\r\n\r\n",
    );
    let reply = socket.bytes(REPLY.len());
    assert!(String::from_utf8_lossy(&reply).contains("Accept: BM0S0+ghftShuFVHQATK/DBiJq8="), "{reply:?}");
}

#[test]
fn new_firmware_serves_its_page_when_a_name_is_not_exact() {
    let board = board(Generation::New);
    let mangled = [
        REQUEST.to_lowercase(),
        REQUEST.replace("Sec-WebSocket", "Sec-Websocket"),
        REQUEST.replace("Connection: Upgrade", "Connection: upgrade"),
        REQUEST.replace("Upgrade: websocket", "Upgrade: WebSocket"),
        REQUEST.replace("Upgrade: websocket\r\n", ""),
        REQUEST.replace("Connection: Upgrade\r\n", ""),
        "GET / HTTP/1.1\r\n\r\n".into(),
    ];
    for request in mangled {
        let mut socket = Socket::connect(&board);
        socket.send(request.as_bytes());
        assert_eq!(String::from_utf8(socket.until_end()).unwrap(), PAGE, "{request}");
    }
}

#[test]
fn old_firmware_is_silent_and_serial_says_why() {
    let board = board(Generation::Old);
    let mut serial = Client::at_prompt(&board);
    let mut socket = Socket::connect(&board);
    socket.send(REQUEST.replace("Sec-WebSocket", "Sec-Websocket").as_bytes());
    serial.expect(b"OSError: Not a websocket request\r\n");
    assert!(socket.is_silent(QUIET));
    // It does not look at the other headers.
    let mut socket = Socket::connect(&board);
    socket.send(b"GET\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    assert_eq!(socket.bytes(REPLY.len()), REPLY.as_bytes());
}

#[test]
fn a_line_without_a_colon_raises() {
    for generation in [Generation::Old, Generation::New] {
        let board = board(generation);
        let mut serial = Client::at_prompt(&board);
        let mut socket = Socket::connect(&board);
        socket.send(REQUEST.replace("Host: ", "Host ").as_bytes());
        serial.expect(b"ValueError: need more than 1 values to unpack\r\n");
        match generation {
            Generation::New => assert_eq!(socket.until_end(), b""),
            Generation::Old => assert!(socket.is_silent(QUIET)),
        }
    }
}

#[tokio::test]
async fn a_client_that_sends_nothing_stalls_the_board() {
    let board = board(Generation::New);
    let mut serial = Client::at_prompt(&board);
    let mut socket = Socket::connect(&board);
    timeout(PATIENCE, board.webrepl().until(|s| s.in_handshake)).await.expect("the board reads");
    serial.send(b"6*7\r");
    assert!(serial.is_silent(QUIET), "{}", serial.log());
    socket.send(b"GET / HTTP/1.1\r\nHost");
    assert!(serial.is_silent(QUIET), "{}", serial.log());
    socket.send(&REQUEST.as_bytes()[20..]);
    serial.expect(b"42\r\n>>> ");
    assert_eq!(socket.bytes(REPLY.len()), REPLY.as_bytes());
}

#[test]
fn a_program_in_a_loop_keeps_an_esp32_from_answering() {
    for variant in [Variant::Esp32, Variant::Esp8266] {
        let webrepl = WebRepl::new().variant(variant);
        let board = Board::unix().file("main.py", "while True: pass").webrepl(webrepl).start().unwrap();
        let mut socket = Socket::connect(&board);
        socket.send(REQUEST.as_bytes());
        if variant == Variant::Esp32 {
            assert!(socket.is_silent(QUIET));
            Client::open(&board).send(b"\x03");
        }
        assert_eq!(socket.bytes(REPLY.len()), REPLY.as_bytes());
    }
}

#[tokio::test]
async fn a_second_client_is_sent_away() {
    for generation in [Generation::Old, Generation::New] {
        let board = board(generation);
        let mut serial = Client::at_prompt(&board);
        let first = Socket::logged_in(&board);
        let mut second = Socket::connect(&board);
        second.send(REQUEST.as_bytes());
        let expected = if generation == Generation::New { REPLY } else { "" };
        assert_eq!(String::from_utf8(second.until_end()).unwrap(), expected);
        serial.expect(b"\r\nConcurrent WebREPL connection from ('127.0.0.1', ");
        serial.expect(b") rejected\r\n");
        drop(first);
        serial.expect(b"deactivating");
        serial.expect(b"\r\n");
        Socket::logged_in(&board);
        assert_eq!(board.webrepl().stats().rejected, 1);
    }
}

#[test]
fn the_end_before_the_end_of_the_headers() {
    let board = board(Generation::Old);
    let mut serial = Client::at_prompt(&board);
    drop(Socket::connect(&board));
    serial.expect(b"OSError: EOF in headers\r\n");
    Socket::logged_in(&board);
}
