//! Byte rate, receive ring, and who is listening.

use std::{process::Command, time::Instant};

use boardwalk_tests::{Board, find_tool};
use tokio::time::timeout;

use crate::client::{Client, PATIENCE};

/// Bytes a second on a line of 115200 baud.
const RATE: f64 = 11_520.0;

#[test]
fn the_board_sends_at_the_byte_rate() {
    let board = Board::unix().start().unwrap();
    let mut client = Client::in_raw(&board);
    client.send(b"import sys; _ = sys.stdout.buffer.write(bytes(7000))\x04");
    client.expect(b"OK");
    client.take(500);
    let start = Instant::now();
    client.take(6000);
    let rate = 6000.0 / start.elapsed().as_secs_f64();
    assert!((rate / RATE - 1.0).abs() < 0.05, "{rate:.0} bytes a second");
}

#[test]
fn the_host_sends_at_the_byte_rate() {
    let board = Board::unix().start().unwrap();
    let mut client = Client::in_raw(&board);
    // The board times it: by its clock, from the first byte to the last.
    client.send(b"import sys, time\nf = sys.stdin.buffer\nprint('go')\n_ = f.read(1)\nt = time.ticks_us()\n");
    client.send(b"for i in range(60): f.read(100)\nprint(time.ticks_diff(time.ticks_us(), t))\x04");
    client.expect(b"OKgo\r\n");
    client.send(&[b'x'; 6001]);
    let us: f64 = String::from_utf8(client.expect(b"\r\n")).unwrap().parse().unwrap();
    let rate = 6000.0 / us * 1e6;
    assert!((rate / RATE - 1.0).abs() < 0.05, "{rate:.0} bytes a second");
}

#[test]
fn without_a_rate_it_is_fast() {
    let board = Board::unix().unthrottled().start().unwrap();
    let mut client = Client::in_raw(&board);
    client.send(b"for i in range(1000): print('x' * 1022)\x04");
    client.expect(b"OK");
    let start = Instant::now();
    client.take(1_000_000);
    assert!(start.elapsed().as_secs_f64() < 10.0, "a megabyte took {:?}", start.elapsed());
}

#[test]
fn the_ring_holds_259_bytes_and_drops_the_rest() {
    let board = Board::unix().start().unwrap();
    let mut client = Client::in_raw(&board);
    client
        .send(b"import time, sys; print('go'); time.sleep(0.3); print(len(sys.stdin.buffer.read(259)))\x04");
    client.expect(b"OKgo\r\n");
    client.send(&[b'x'; 300]);
    client.expect(b"259\r\n\x04\x04>");
    assert_eq!(board.stats().dropped, 300 - 259);
}

#[tokio::test]
async fn a_command_longer_than_the_ring_is_lost_while_the_board_is_busy() {
    let board = Board::unix().start().unwrap();
    let mut client = Client::in_raw(&board);
    client.send(b"import time; print('go'); time.sleep(0.3)\x04");
    client.expect(b"OKgo\r\n");
    client.send(format!("print({})\x04", "1".repeat(269)).as_bytes());
    client.expect(b"\x04\x04>");
    // The command's end was dropped with the rest, so the board waits for more of it.
    timeout(PATIENCE, board.until(|s| s.dropped == 277 - 259)).await.expect("18 dropped bytes");
    client.send(b"\x03print('still there')\x04");
    client.expect(b"OKstill there\r\n\x04\x04>");
}

#[test]
fn without_a_ring_nothing_is_dropped() {
    let board = Board::unix().unthrottled().start().unwrap();
    let mut client = Client::in_raw(&board);
    client.send(
        b"import time, sys; print('go'); time.sleep(0.2); print(len(sys.stdin.buffer.read(50000)))\x04",
    );
    client.expect(b"OKgo\r\n");
    client.send(&[b'x'; 50_000]);
    client.expect(b"50000\r\n\x04\x04>");
    assert_eq!(board.stats().dropped, 0);
}

#[tokio::test]
async fn what_nobody_hears_is_gone() {
    let board = Board::unix().running().start().unwrap();
    let mut client = Client::open(&board);
    client.expect(b"count 3\r\n");
    drop(client);
    let heard = board.stats().unheard;
    timeout(PATIENCE, board.until(|s| s.open == 0 && s.unheard > heard + 30))
        .await
        .expect("words into the void");
    let mut client = Client::open(&board);
    client.expect(b"count ");
    let n: u32 = String::from_utf8(client.expect(b"\r\n")).unwrap().parse().unwrap();
    assert!(n > 5, "{n} was said before the port was opened");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_next_client_is_let_in_after_an_exclusive_one() {
    let board = Board::unix().start().unwrap();
    let client = Client::at_prompt(&board);
    client.claim();
    drop(client);
    timeout(PATIENCE, board.until(|s| s.open == 0)).await.expect("the port is left");
    // Root may open a claimed port, so ask for the claim itself (TIOCGEXCL).
    let program = "import fcntl, os, struct, sys
fd = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
print(struct.unpack('i', fcntl.ioctl(fd, 0x80045440, bytes(4)))[0])";
    let output = Command::new(find_tool("python3")).args(["-c", program, &board.path()]).output().unwrap();
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "0\n",
        "TIOCEXCL outlived the client that asked for it"
    );
    Client::at_prompt(&board);
}
