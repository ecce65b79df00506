//! What goes wrong on lines goes wrong exactly where it was asked for.

use boardwalk_tests::{Board, Direction};
use tokio::time::timeout;

use crate::client::{Client, PATIENCE};

#[tokio::test]
async fn the_line_dies_after_the_nth_byte_from_the_host() {
    let board = Board::unix().start().unwrap();
    let mut client = Client::at_prompt(&board);
    let before = board.stats().to_board;
    board.cut_after(Direction::ToBoard, 7);
    client.send(b"x = 12345\r");
    client.until_hung_up();
    let stats = timeout(PATIENCE, board.until(|s| !s.plugged)).await.expect("unplugged");
    assert_eq!(stats.to_board - before, 7);
    // The board itself runs on with what it got.
    board.plug().unwrap();
    let mut client = Client::open(&board);
    client.send(b"\rx\r");
    client.expect(b"123\r\n>>> ");
}

#[test]
fn the_line_dies_after_the_nth_byte_from_the_board() {
    let board = Board::unix().running().cut_after_board_bytes(25).start().unwrap();
    let seen = Client::open(&board).until_hung_up();
    // What the client had not read when the port went is lost to it.
    assert!(seen.len() <= 25, "{seen:?}");
    assert_eq!(board.stats().from_board, 25);
}

#[tokio::test]
async fn a_cut_can_take_the_power() {
    let board = Board::unix().cut_takes_power().start().unwrap();
    let mut client = Client::at_prompt(&board);
    client.send(b"x = 5\r");
    client.expect(b">>> ");
    board.unplug();
    board.plug().unwrap();
    assert_eq!(board.stats().boots, 2);
    let mut client = Client::at_prompt(&board);
    client.send(b"x\r");
    client.expect(b"NameError");
}

#[test]
fn bytes_arrive_changed_or_not_at_all() {
    let board = Board::unix().start().unwrap();
    let mut client = Client::at_prompt(&board);
    board.corrupt_after(Direction::ToBoard, 4, 0x02); // "1 + 1" becomes "1 + 3"
    client.send(b"1 + 1\r");
    client.expect(b"1 + 3\r\n4\r\n>>> ");
    board.corrupt_after(Direction::ToBoard, 1, 0);
    client.send(b"123\r");
    client.expect(b"13\r\n13\r\n>>> ");
    board.corrupt_after(Direction::FromBoard, 3, 0x01);
    client.send(b"7\r"); // "7\r\n7" becomes "7\r\n6"
    client.expect(b"7\r\n6\r\n>>> ");
}

#[test]
fn noise_arrives_as_it_is() {
    let board = Board::unix().start().unwrap();
    let mut client = Client::at_prompt(&board);
    board.inject(b"\xff\x00\n\x1b[2J");
    client.expect(b"\xff\x00\n\x1b[2J");
    board.power_off();
    board.inject(b"even without a chip");
    client.expect(b"even without a chip");
}

#[tokio::test]
async fn a_silent_board_takes_everything_and_says_nothing() {
    let board = Board::silent().start().unwrap();
    let mut client = Client::open(&board);
    client.send(b"\r\x03hello?\r");
    let stats = timeout(PATIENCE, board.until(|s| s.to_board == 9)).await.expect("taken");
    assert_eq!(stats.from_board, 0);
}

#[test]
fn main_py_can_swallow_ctrl_c() {
    let board = Board::unix().swallow_ctrl_c().start().unwrap();
    let mut client = Client::open(&board);
    restart(&board, &mut client);
    for _ in 0..3 {
        client.send(b"\x03");
        client.expect(b"not now\r\n");
    }
    restart(&board, &mut client);
    client.send(b"\x03");
    client.expect(b"not now\r\n");
}

/// Returns when `main.py` runs again; what the board said before is out of the way.
fn restart(board: &Board, client: &mut Client) {
    board.power_off();
    board.inject(b"-- off --");
    client.expect(b"-- off --");
    board.power_on().unwrap();
    client.expect(b"running\r\n");
}
