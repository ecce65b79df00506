//! What a board makes of frames.

use boardwalk_tests::{Board, WebRepl};

use super::socket::{REPLY, REQUEST, Socket};
use crate::client::Client;

fn board() -> Board {
    Board::unix().webrepl(WebRepl::new()).start().unwrap()
}

#[test]
fn a_ping_is_swallowed() {
    let board = board();
    let mut socket = Socket::logged_in(&board);
    socket.frame(0x89, b"");
    socket.type_in(b"");
    socket.type_in(b"1+1\r");
    // Only text frames come: next_frame refuses others.
    assert_eq!(socket.expect(b"\r\n2\r\n>>> "), b"1+1");
}

#[test]
fn a_close_frame_is_answered_and_ends_it() {
    let board = board();
    let mut serial = Client::at_prompt(&board);
    let mut socket = Socket::logged_in(&board);
    socket.frame(0x88, b"");
    assert_eq!(socket.until_end(), b"\x81\x02\x88\x00");
    serial.expect(b"dupterm: EOF received, deactivating\r\n");
}

#[test]
fn a_length_of_64_bits_ends_it() {
    let board = board();
    let mut serial = Client::at_prompt(&board);
    let mut socket = Socket::logged_in(&board);
    socket.send(b"\x82\xff\0\0\0\0\0\x01\0\0");
    socket.until_end();
    serial.expect(b"dupterm: Exception in read() method, deactivating: OSError: [Errno 5] EIO\r\n");
}

#[test]
fn a_frame_of_65535_bytes_is_taken() {
    let board = board();
    let mut socket = Socket::logged_in(&board);
    socket.frame(0x82, &[vec![b'W', b'A', 3], vec![0; 65_532]].concat());
    assert_eq!(socket.record(3).len(), 3);
}

#[test]
fn masks_are_optional_and_fragments_join() {
    let board = board();
    let mut socket = Socket::logged_in(&board);
    socket.send(b"\x01\x011\x00\x01+\x80\x021\r");
    socket.expect(b"\r\n2\r\n>>> ");
}

#[test]
fn too_much_said_at_once_ends_it() {
    let board = Board::unix().unthrottled().webrepl(WebRepl::new()).start().unwrap();
    let mut socket = Socket::in_raw(&board);
    socket.type_in(b"import sys; _ = sys.stdout.buffer.write(bytes(65536))\x04");
    assert!(socket.until_end().len() < 100);
    let mut socket = Socket::logged_in(&board);
    assert_eq!(socket.exec("print('x' * 65535)").0.len(), 65_537);
}

#[test]
fn what_follows_the_request_at_once_is_not_lost() {
    let board = board();
    let mut socket = Socket::connect(&board);
    socket.send(&[REQUEST.as_bytes(), b"\x81\x07secret\r"].concat());
    assert_eq!(socket.bytes(REPLY.len()), REPLY.as_bytes());
    socket.expect(b"Password: \r\nWebREPL connected\r\n>>> ");
}
