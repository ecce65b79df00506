//! File records, which trust the client.

use boardwalk_tests::{Board, Generation, Variant, WebRepl};

use tokio::time::timeout;

use super::socket::Socket;
use crate::client::{Client, PATIENCE};

const OK: &[u8] = b"WB\0\0";

fn board() -> Board {
    Board::unix().unthrottled().webrepl(WebRepl::new()).start().unwrap()
}

fn header(kind: u8, name: &str, size: usize) -> Vec<u8> {
    let mut header = b"WA".to_vec();
    header.extend([kind, 0]);
    header.extend([0; 8]);
    header.extend(u32::try_from(size).unwrap().to_le_bytes());
    header.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
    header.extend(name.as_bytes());
    header.resize(82, 0);
    header
}

fn put(socket: &mut Socket, name: &str, data: &[u8], frame: usize) {
    socket.frame(0x82, &header(1, name, data.len()));
    assert_eq!(socket.record(4), OK);
    for part in data.chunks(frame) {
        socket.frame(0x82, part);
    }
    assert_eq!(socket.record(4), OK);
}

fn get(socket: &mut Socket, name: &str, in_flight: usize) -> Vec<u8> {
    socket.frame(0x82, &header(2, name, 0));
    assert_eq!(socket.record(4), OK);
    for _ in 0..in_flight {
        socket.frame(0x82, b"\0");
    }
    let mut data = Vec::new();
    loop {
        let size = socket.record(2);
        let size = usize::from(u16::from_le_bytes([size[0], size[1]]));
        if size == 0 {
            assert_eq!(socket.record(4), OK);
            return data;
        }
        data.extend(socket.record(size));
        if in_flight == 1 {
            socket.frame(0x82, b"\0");
        }
    }
}

fn noise(size: usize) -> Vec<u8> {
    (0..size).map(|n| (n.wrapping_mul(2_654_435_761) >> 7).to_le_bytes()[0]).collect()
}

#[test]
fn a_file_comes_back_as_it_went() {
    for generation in [Generation::Old, Generation::New] {
        let board = Board::unix().webrepl(WebRepl::new().generation(generation)).start().unwrap();
        let mut socket = Socket::logged_in(&board);
        let data = noise(5000);
        put(&mut socket, "a b'\u{4e2d}.bin", &data, 1000);
        assert_eq!(board.read_file("a b'\u{4e2d}.bin").unwrap().unwrap(), data);
        assert_eq!(get(&mut socket, "/a b'\u{4e2d}.bin", 1), data);
        assert_eq!(get(&mut socket, "a b'\u{4e2d}.bin", 5000_usize.div_ceil(256) + 1), data);
        put(&mut socket, "empty", b"", 1);
        assert_eq!(get(&mut socket, "empty", 1), b"");
        socket.type_in(b"6*7\r");
        socket.expect(b"42\r\n>>> ");
    }
}

#[test]
fn the_header_may_be_split_and_is_hardly_looked_at() {
    let board = Board::unix().file("a", "12345").webrepl(WebRepl::new()).start().unwrap();
    let mut socket = Socket::logged_in(&board);
    let mut head = header(2, "a", 7);
    head[..2].copy_from_slice(b"??");
    head[16] = 99;
    for byte in head {
        socket.frame(0x82, &[byte]);
    }
    assert_eq!(socket.record(4), OK);
    socket.frame(0x82, b"\0\0");
    assert_eq!(socket.record(7), b"\x05\x0012345");
    assert_eq!(socket.record(6), b"\0\0WB\0\0");
    socket.frame(0x82, &header(3, "", 0));
    assert_eq!(socket.record(3), [1, 29, 0]);
    let (version, _) = Client::in_raw(&board).exec("import sys; print(sys.implementation.version[:3])");
    assert_eq!(version, "(1, 29, 0)\r\n");
}

#[test]
fn a_name_is_cut_after_64_bytes() {
    let board = board();
    let mut socket = Socket::logged_in(&board);
    let mut head = header(1, "", 0);
    head[18..].fill(b'n');
    socket.frame(0x82, &head);
    assert_eq!(socket.record(8), b"WB\0\0WB\0\0");
    assert_eq!(board.files().unwrap().into_keys().collect::<Vec<_>>(), ["n".repeat(64)]);
}

#[test]
fn surplus_bytes_begin_the_next_header() {
    let board = board();
    let mut socket = Socket::logged_in(&board);
    socket.frame(0x82, &header(1, "a", 3));
    assert_eq!(socket.record(4), OK);
    socket.frame(0x82, b"123WA\x03");
    assert_eq!(socket.record(4), OK);
    socket.frame(0x82, &header(3, "", 0)[3..]);
    assert_eq!(socket.record(3).len(), 3);
    assert_eq!(board.read_file("a").unwrap().unwrap(), b"123");
}

#[test]
fn a_file_is_empty_from_the_moment_a_put_begins() {
    let board = Board::unix().folder().file("a", "old").webrepl(WebRepl::new()).start().unwrap();
    let mut socket = Socket::logged_in(&board);
    socket.frame(0x82, &header(1, "a", 3));
    assert_eq!(socket.record(4), OK);
    assert_eq!(board.read_file("a").unwrap().unwrap(), b"");
    // The REPL goes on in between.
    socket.type_in(b"6*7\r");
    socket.expect(b"42\r\n>>> ");
    socket.frame(0x82, b"new");
    assert_eq!(socket.record(4), OK);
    assert_eq!(board.read_file("a").unwrap().unwrap(), b"new");
}

#[test]
fn a_file_that_does_not_open_ends_the_session() {
    let board = Board::unix().file("d/x", "").webrepl(WebRepl::new()).start().unwrap();
    let mut serial = Client::at_prompt(&board);
    for (kind, name, error) in
        [(2, "none", "[Errno 2] ENOENT"), (1, "no/where", "[Errno 2] ENOENT"), (1, "d", "[Errno 21] EISDIR")]
    {
        let mut socket = Socket::logged_in(&board);
        socket.frame(0x82, &header(kind, name, 1));
        let rest = socket.until_end();
        assert!(!rest.windows(2).any(|w| w == b"WB"), "{rest:?}");
        let line = format!("dupterm: Exception in read() method, deactivating: OSError: {error}\r\n");
        serial.expect(line.as_bytes());
    }
}

#[test]
fn a_ping_with_bytes_breaks_the_next_record() {
    let board = board();
    let mut socket = Socket::logged_in(&board);
    socket.frame(0x89, b"");
    socket.frame(0x89, b"x");
    socket.frame(0x82, &header(3, "", 0));
    assert_eq!(socket.record(3).len(), 3);
    // One byte leaks, so that the last of the header is one too many.
    socket.frame(0x89, b"xy");
    socket.frame(0x82, &header(3, "", 0)[..81]);
    let mut serial = Client::open(&board);
    serial.expect(b"dupterm: Exception in read() method, deactivating: OSError: ");
    socket.until_end();
}

#[test]
fn an_unknown_type_gets_one_answer_and_never_another() {
    let board = Board::unix().file("a", "").webrepl(WebRepl::new()).start().unwrap();
    let mut socket = Socket::logged_in(&board);
    socket.frame(0x82, &header(9, "a", 0));
    assert_eq!(socket.record(4), OK);
    socket.frame(0x82, &header(3, "", 0));
    socket.type_in(b"6*7\r");
    socket.expect(b"42\r\n>>> ");
    assert!(socket.is_silent(std::time::Duration::from_millis(200)));
}

#[tokio::test]
async fn a_full_disk_ends_in_a_panic_or_in_ok() {
    let panics = Board::unix().flash_kb(64).webrepl(WebRepl::new()).start().unwrap();
    let mut socket = Socket::logged_in(&panics);
    socket.frame(0x82, &header(1, "big", 100_000));
    assert_eq!(socket.record(4), OK);
    socket.frame(0x82, &noise(60_000));
    socket.until_end();
    timeout(PATIENCE, panics.until(|s| s.boots == 2 && s.at_prompt)).await.expect("it starts again");
    assert_eq!(panics.stats().crashes, 0);

    let lies = WebRepl::new().variant(Variant::Esp8266);
    let lies = Board::unix().flash_kb(64).webrepl(lies).start().unwrap();
    let mut socket = Socket::logged_in(&lies);
    put(&mut socket, "big", &noise(60_000), 4096);
    assert!(lies.read_file("big").unwrap().unwrap_or_default().len() < 60_000);
}

#[test]
fn files_wait_while_a_program_does_not_poll() {
    let board = board();
    let mut serial = Client::at_prompt(&board);
    let mut socket = Socket::in_raw(&board);
    socket.type_in(b"print('go')\nwhile True: pass\x04");
    socket.expect(b"OKgo\r\n");
    socket.frame(0x82, &header(3, "", 0));
    assert!(socket.is_silent(std::time::Duration::from_millis(500)));
    serial.send(b"\x03");
    assert_eq!(socket.record(3).len(), 3);
}

#[test]
fn requests_in_flight_make_a_get_fast() {
    let board = board();
    let mut socket = Socket::logged_in(&board);
    let data = noise(100_000);
    put(&mut socket, "big", &data, 4096);
    let start = std::time::Instant::now();
    assert_eq!(get(&mut socket, "big", 100_000_usize.div_ceil(256) + 1), data);
    // One request in flight takes 17 s: header and payload are two writes, and Nagle waits for the client's delayed ACK.
    assert!(start.elapsed().as_secs_f64() < 5.0, "{:?}", start.elapsed());
}
