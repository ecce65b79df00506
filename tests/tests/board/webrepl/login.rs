//! The password, and who may go on.

use boardwalk_tests::{Board, Generation, WebRepl};
use tokio::time::timeout;

use super::socket::Socket;
use crate::client::{Client, PATIENCE};

fn board() -> Board {
    Board::unix().webrepl(WebRepl::new()).start().unwrap()
}

#[tokio::test]
async fn cr_or_lf_ends_the_password_in_any_frames() {
    let board = board();
    for end in [b"\r", b"\n"] {
        let mut socket = Socket::upgraded(&board);
        socket.expect(b"Password: ");
        socket.frame(0x82, b"sec");
        socket.frame(0x01, b"r");
        socket.frame(0x80, b"et");
        socket.type_in(end);
        socket.expect(b"\r\nWebREPL connected\r\n>>> ");
        assert!(board.webrepl().logged_in());
        drop(socket);
        timeout(PATIENCE, board.webrepl().until(|s| s.clients == 0)).await.expect("free again");
    }
    assert_eq!(board.webrepl().stats().logins, 2);
}

#[test]
fn a_wrong_password_is_denied_and_the_socket_closed() {
    let board = board();
    let mut serial = Client::at_prompt(&board);
    for wrong in ["Secret", "secre", "secrets", "", "secret----------"] {
        let mut socket = Socket::upgraded(&board);
        socket.expect(b"Password: ");
        socket.type_in(format!("{wrong}\r").as_bytes());
        assert_eq!(socket.until_end(), b"\x81\x11\r\nAccess denied\r\n", "{wrong}");
        serial.expect(b"dupterm: EOF received, deactivating\r\n");
    }
}

#[test]
fn ten_bytes_of_password_are_kept() {
    let board = Board::unix().webrepl(WebRepl::new().password("123456789")).start().unwrap();
    let mut socket = Socket::upgraded(&board);
    socket.expect(b"Password: ");
    socket.type_in(b"1234567890\r");
    assert_eq!(socket.until_end(), b"\x81\x11\r\nAccess denied\r\n");
    let mut socket = Socket::upgraded(&board);
    socket.expect(b"Password: ");
    socket.type_in(b"123456789\r");
    socket.expect(b"connected\r\n>>> ");
}

#[test]
fn the_output_of_a_program_does_not_reach_a_client_without_the_password() {
    let board = Board::unix().running().webrepl(WebRepl::new()).start().unwrap();
    let mut socket = Socket::upgraded(&board);
    let mut serial = Client::open(&board);
    serial.expect(b"count ");
    serial.expect(b"count ");
    assert_eq!(socket.expect(b"Password: "), b"");
    socket.type_in(b"secret\r");
    assert_eq!(socket.expect(b"\r\nWebREPL connected\r\n>>> "), b"");
    socket.expect(b"count ");
}

#[test]
fn the_mode_of_the_last_client_is_still_there() {
    for generation in [Generation::Old, Generation::New] {
        let board = Board::unix().webrepl(WebRepl::new().generation(generation)).start().unwrap();
        let mut serial = Client::at_prompt(&board);
        drop(Socket::in_raw(&board));
        serial.expect(b"deactivating\r\n");
        let mut socket = Socket::logged_in(&board);
        assert_eq!(socket.exec("print(6*7)"), ("42\r\n".into(), String::new()));
    }
}

#[tokio::test]
async fn a_program_starts_and_stops_the_server() {
    let board = Board::unix().webrepl(WebRepl::new().started_by_program()).start().unwrap();
    assert!(!board.webrepl().stats().listening);
    let mut serial = Client::in_raw(&board);
    let (out, _) = serial.exec("import webrepl; webrepl.start()");
    assert_eq!(out, "WebREPL is not configured, run 'import webrepl_setup'\r\n");
    serial.exec("webrepl.start(password='secret')");
    timeout(PATIENCE, board.webrepl().until(|s| s.listening)).await.expect("a server");
    let socket = Socket::logged_in(&board);
    serial.exec("webrepl.stop()");
    socket.until_end();
    timeout(PATIENCE, board.webrepl().until(|s| !s.listening)).await.expect("no server");
}
