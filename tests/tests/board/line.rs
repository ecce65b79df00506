//! Byte rate, receive ring, and who is listening.

use std::{process::Command, time::Instant};

use boardwalk_tests::{Board, find_tool};
use tokio::time::timeout;

use crate::client::{Client, PATIENCE};

/// Slow, so that what a busy machine does to the clock is small against the whole: 6000 bytes take three seconds.
const BAUD: u32 = 19_200;
/// Ten bits carry a byte.
const RATE: f64 = BAUD as f64 / 10.0;

/// Bytes a second, from pairs of seconds and bytes that had arrived by then. A busy machine makes bytes look late, never early: so
/// the least late of the first third and of the last third count.
fn rate(arrivals: &[(f64, f64)]) -> f64 {
    let third = arrivals.len() / 3;
    let lateness = |(seconds, bytes): &&(f64, f64)| seconds - bytes / RATE;
    let best = |part: &[(f64, f64)]| *part.iter().min_by(|a, b| lateness(a).total_cmp(&lateness(b))).unwrap();
    let (first, last) = (best(&arrivals[..third]), best(&arrivals[arrivals.len() - third..]));
    (last.1 - first.1) / (last.0 - first.0)
}

#[test]
fn the_board_sends_at_the_byte_rate() {
    let board = Board::unix().baud(BAUD).start().unwrap();
    let mut client = Client::at_prompt(&board);
    // Put on the line at once: how often this machine lets the interpreter run is not measured.
    board.inject(&[b'x'; 6000]);
    let start = Instant::now();
    let mut arrivals = Vec::new();
    for n in 1..=200_u32 {
        client.take(30);
        arrivals.push((start.elapsed().as_secs_f64(), f64::from(n) * 30.0));
    }
    let rate = rate(&arrivals);
    assert!((rate / RATE - 1.0).abs() < 0.05, "{rate:.0} bytes a second");
}

#[test]
fn the_host_sends_at_the_byte_rate() {
    // Without a ring: a machine that lets the interpreter wait must not lose what it has not read.
    let board = Board::unix().baud(BAUD).no_ring().start().unwrap();
    let mut client = Client::in_raw(&board);
    // The board times it by its own clock.
    client.send(b"import sys, time\nf, ticks = sys.stdin.buffer, []\nprint('go')\nt = time.ticks_us()\n");
    client.send(b"for i in range(200):\n f.read(30)\n ticks.append(time.ticks_diff(time.ticks_us(), t))\nprint(ticks)\x04");
    client.expect(b"OKgo\r\n");
    client.send(&[b'x'; 6000]);
    client.expect(b"[");
    let ticks = String::from_utf8(client.expect(b"]")).unwrap();
    let seconds = ticks.split(", ").map(|us| us.parse::<f64>().unwrap() / 1e6);
    let arrivals: Vec<_> = seconds.zip(1_u32..).map(|(s, n)| (s, f64::from(n) * 30.0)).collect();
    let rate = rate(&arrivals);
    assert!((rate / RATE - 1.0).abs() < 0.05, "{rate:.0} bytes a second");
}

#[test]
fn a_usual_line_is_not_faster_than_its_rate() {
    let board = Board::unix().start().unwrap();
    let mut client = Client::in_raw(&board);
    let start = Instant::now();
    client.send(b"import sys; _ = sys.stdout.buffer.write(bytes(5000))\x04");
    client.expect(b"OK");
    client.take(5000);
    assert!(
        start.elapsed().as_secs_f64() > 5000.0 / 11_520.0 * 0.95,
        "5000 bytes took {:?}",
        start.elapsed()
    );
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

#[tokio::test]
async fn the_ring_holds_259_bytes_and_drops_the_rest() {
    let board = Board::unix().start().unwrap();
    let mut client = Client::in_raw(&board);
    client.send(b"import sys\nprint('go')\ntry:\n while True: pass\nexcept KeyboardInterrupt: pass\n");
    client.send(b"print(len(sys.stdin.buffer.read(259)))\x04");
    client.expect(b"OKgo\r\n");
    client.send(&[b'x'; 300]);
    timeout(PATIENCE, board.until(|s| s.dropped == 300 - 259)).await.expect("41 dropped bytes");
    // The ring is full, and an interrupt comes through all the same: it is no byte of the ring.
    client.send(b"\x03");
    client.expect(b"259\r\n\x04\x04>");
    assert_eq!(board.stats().dropped, 300 - 259);
}

#[tokio::test]
async fn a_command_longer_than_the_ring_is_lost_while_the_board_is_busy() {
    let board = Board::unix().start().unwrap();
    let mut client = Client::in_raw(&board);
    client.send(b"print('go')\nwhile True: pass\x04");
    client.expect(b"OKgo\r\n");
    client.send(format!("print({})\x04", "1".repeat(269)).as_bytes());
    // The command's end was dropped with the rest, so the board will wait for more of it.
    timeout(PATIENCE, board.until(|s| s.dropped == 277 - 259)).await.expect("18 dropped bytes");
    client.send(b"\x03");
    client.expect(b"KeyboardInterrupt");
    client.expect(b"\x04>");
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

#[cfg(target_os = "linux")]
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
