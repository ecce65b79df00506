//! What goes wrong on networks goes wrong where it was asked for.

use std::{
    net::TcpStream,
    time::{Duration, Instant},
};

use boardwalk_tests::{Board, Direction, WebRepl};
use tokio::time::timeout;

use super::socket::Socket;
use crate::client::{Client, PATIENCE};

const QUIET: Duration = Duration::from_millis(300);

fn board(webrepl: WebRepl) -> Board {
    Board::unix().webrepl(webrepl).start().unwrap()
}

#[tokio::test]
async fn a_client_that_goes_is_noticed() {
    let board = board(WebRepl::new());
    for n in 1..=20 {
        let socket = Socket::logged_in(&board);
        assert_eq!((board.webrepl().clients(), board.webrepl().connections()), (1, n));
        drop(socket);
        timeout(PATIENCE, board.webrepl().until(|s| s.clients == 0 && !s.logged_in))
            .await
            .expect("nobody left");
    }
}

#[tokio::test]
async fn a_ghost_keeps_others_out_until_it_is_noticed() {
    let board = board(WebRepl::new().keeps_ghosts());
    drop(Socket::logged_in(&board));
    assert_eq!(Socket::upgraded(&board).until_end(), b"");
    assert!(board.webrepl().logged_in());
    board.webrepl().notice_ghosts();
    timeout(PATIENCE, board.webrepl().until(|s| !s.logged_in)).await.expect("noticed");
    drop(Socket::logged_in(&board));
    // Or by hand.
    assert_eq!(Socket::upgraded(&board).until_end(), b"");
    Client::in_raw(&board).exec("import webrepl; webrepl.stop(); webrepl.start(password='secret')");
    timeout(PATIENCE, board.webrepl().until(|s| !s.logged_in && s.listening)).await.expect("started anew");
    Socket::logged_in(&board);
}

#[tokio::test]
async fn a_reset_ends_every_connection() {
    let board = board(WebRepl::new());
    let socket = Socket::logged_in(&board);
    board.webrepl().rst();
    socket.until_end();
    timeout(PATIENCE, board.webrepl().until(|s| !s.logged_in)).await.expect("noticed");
    Socket::logged_in(&board);
}

#[test]
fn a_dropped_network_is_silent_and_loses_nothing() {
    let board = board(WebRepl::new());
    let mut socket = Socket::logged_in(&board);
    board.webrepl().drop_network();
    socket.type_in(b"6*7\r");
    assert!(socket.is_silent(QUIET));
    let address = ([127, 0, 0, 1], board.webrepl().port()).into();
    let start = Instant::now();
    let knock = (0..3).map(|_| TcpStream::connect_timeout(&address, QUIET)).find(Result::is_err);
    assert!(knock.is_some() && start.elapsed() >= QUIET, "no timeout but {knock:?}");
    board.webrepl().restore_network();
    socket.expect(b"42\r\n>>> ");
}

#[test]
fn half_open_takes_connections_and_never_answers() {
    let board = board(WebRepl::new());
    let mut socket = Socket::logged_in(&board);
    board.webrepl().half_open();
    socket.type_in(b"6*7\r");
    let mut other = Socket::connect(&board);
    other.send(b"GET");
    assert!(socket.is_silent(QUIET) && other.is_silent(QUIET));
}

#[test]
fn the_connection_closes_after_n_bytes() {
    let board = board(WebRepl::new().close_after(Direction::FromBoard, 20));
    let mut socket = Socket::connect(&board);
    socket.send(super::socket::REQUEST.as_bytes());
    assert_eq!(socket.until_end(), &super::socket::REPLY.as_bytes()[..20]);
    let mut serial = Client::at_prompt(&board);
    let mut socket = Socket::logged_in(&board);
    board.webrepl().close_after(Direction::ToBoard, 10);
    socket.type_in(b"12345678");
    socket.until_end();
    serial.expect(b"1234");
    serial.expect(b"deactivating");
}

#[test]
fn bytes_arrive_changed() {
    let board = board(WebRepl::new());
    let mut socket = Socket::logged_in(&board);
    // Header and mask are six bytes.
    board.webrepl().corrupt_after(Direction::ToBoard, 6 + 2, 0x02);
    socket.type_in(b"1+1\r");
    socket.expect(b"1+3\r\n4\r\n>>> ");
    board.webrepl().corrupt_after(Direction::FromBoard, 2, 0x01);
    socket.type_in(b"6");
    socket.expect(b"7");
}

#[test]
fn bytes_come_alone_and_late() {
    let board = board(WebRepl::new().split_every_byte().delay(Duration::from_millis(2)));
    let mut socket = Socket::logged_in(&board);
    socket.type_in(b"print(6*7)\r");
    socket.expect(b"42\r\n>>> ");
}

#[test]
fn every_byte_of_text_can_have_a_frame() {
    let board = board(WebRepl::new().byte_frames());
    let mut socket = Socket::in_raw(&board);
    let before = socket.frames.len();
    assert_eq!(socket.exec("print('\u{4e2d}\u{6587}')").0, "\u{4e2d}\u{6587}\r\n");
    assert!(socket.frames[before..].iter().all(|size| *size == 1));
}

#[test]
fn a_byte_that_comes_alone_can_be_lost_in_a_put() {
    let board = Board::unix().folder().webrepl(WebRepl::new().loses_lonely_bytes()).start().unwrap();
    let mut socket = Socket::logged_in(&board);
    let mut header = b"WA\x01".to_vec();
    header.resize(82, 0);
    header[12] = 2;
    header[18] = b'a';
    socket.frame(0x82, &header);
    assert_eq!(socket.record(4), b"WB\0\0");
    socket.frame(0x82, b"1");
    assert!(socket.is_silent(QUIET));
    socket.frame(0x82, b"2");
    assert_eq!(socket.record(4), b"WB\0\0");
    assert_eq!(board.read_file("a").unwrap().unwrap(), b"2");
}
