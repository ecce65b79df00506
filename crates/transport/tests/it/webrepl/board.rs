//! Against the test board: a real MicroPython behind a WebREPL of either generation.

use std::sync::Arc;
use std::time::Duration;

use boardwalk_tests::{Board, Generation, WebRepl};
use boardwalk_transport::{Dial, Link, Secret, TransportError, WebReplDial, WebReplOptions};
use bytes::Bytes;

use super::script::PATIENCE;

const BOTH: [Generation; 2] = [Generation::Old, Generation::New];

fn start(webrepl: WebRepl) -> Board {
    Board::unix().webrepl(webrepl).start().unwrap()
}

fn dial(board: &Board, password: &str) -> WebReplDial {
    let password = Arc::new(Secret::new(password));
    WebReplDial::new(
        board.webrepl_url().parse().unwrap(),
        WebReplOptions { password, ..WebReplOptions::default() },
    )
}

async fn open(board: &Board) -> Link {
    dial(board, "secret").dial().await.unwrap()
}

/// Types a line and reads until the board says this.
async fn says(link: &mut Link, line: &str, expected: &[u8]) -> Vec<u8> {
    link.sender().send(Bytes::from(format!("{line}\r"))).await.unwrap();
    let mut all = Vec::new();
    while !all.windows(expected.len()).any(|w| w == expected) {
        let next = tokio::time::timeout(PATIENCE, link.recv()).await;
        let next = next.unwrap_or_else(|_| panic!("only {:?}", String::from_utf8_lossy(&all)));
        all.extend(next.unwrap());
    }
    all
}

async fn free(board: &Board) {
    tokio::time::timeout(PATIENCE, board.webrepl().until(|s| s.clients == 0 && !s.logged_in))
        .await
        .expect("a ghost");
}

#[tokio::test]
async fn connects_works_and_leaves() {
    for generation in BOTH {
        let board = start(WebRepl::new().generation(generation));
        let mut link = open(&board).await;
        says(&mut link, "print(6 * 7)", b"\r\n42\r\n>>> ").await;
        link.close().await;
        free(&board).await;
    }
}

#[tokio::test]
async fn wrong_passwords_and_second_clients() {
    for (generation, busy) in
        [(Generation::Old, "closed-before-reply"), (Generation::New, "busy-other-client")]
    {
        let board = start(WebRepl::new().generation(generation));
        let code = |outcome: Result<Link, TransportError>| outcome.err().map(|error| error.code());
        assert_eq!(code(dial(&board, "wrong").dial().await), Some("wrong-password"));
        free(&board).await;
        let mut first = open(&board).await;
        assert_eq!(code(dial(&board, "secret").dial().await), Some(busy));
        says(&mut first, "print('still', 'here')", b"still here").await;
        drop(first);
        free(&board).await;
        open(&board).await;
    }
}

#[tokio::test]
async fn every_byte_and_every_character_in_frames_of_one_byte() {
    for generation in BOTH {
        let board = start(WebRepl::new().generation(generation).byte_frames());
        let mut link = open(&board).await;
        let every: Vec<u8> = (0..=255).collect();
        says(&mut link, "import sys; _ = sys.stdout.buffer.write(bytes(range(256)))", &every).await;
        says(&mut link, r"print('\u4e2d\u6587 \xb0C')", "中文 °C\r\n".as_bytes()).await;
    }
}

#[tokio::test]
async fn a_flood_in_segments_of_one_byte() {
    let board = start(WebRepl::new());
    let mut link = open(&board).await;
    // One write of 64 KiB or more is the end of a board's WebREPL.
    let flood = vec![b'x'; 64 * 1024];
    says(&mut link, "for _ in range(4): print('x' * 16384, end='')\r", &flood).await;
    board.webrepl().split_every_byte(true);
    says(&mut link, "print('y' * 1000)", &vec![b'y'; 1000]).await;
}

#[tokio::test]
async fn records_pass_beside_the_repl() {
    for generation in BOTH {
        let board = start(WebRepl::new().generation(generation));
        let mut link = open(&board).await;
        let mut records = link.take_records().unwrap();
        // GET_VER
        let mut header = b"WA\x03".to_vec();
        header.resize(82, 0);
        link.sender().send_record(header.into()).await.unwrap();
        let version = tokio::time::timeout(PATIENCE, records.recv()).await.unwrap().unwrap();
        assert_eq!(version.len(), 3, "{version:?}");
        says(&mut link, "print(6 * 7)", b"42\r\n").await;
    }
}

#[tokio::test]
async fn a_cut_network_and_a_soft_reset_end_in_a_new_line() {
    for generation in BOTH {
        let board = start(WebRepl::new().generation(generation));
        let mut dial = dial(&board, "secret");
        let mut link = dial.dial().await.unwrap();
        for cut in [true, false] {
            says(&mut link, "print(6 * 7)", b"42\r\n>>> ").await;
            if cut {
                board.webrepl().rst();
            } else {
                link.sender().send("\x04".into()).await.unwrap();
            }
            let lost = async {
                loop {
                    if let Err(error) = link.recv().await {
                        return error;
                    }
                }
            };
            let lost = tokio::time::timeout(PATIENCE, lost).await.expect("never noticed");
            assert!(lost.is_away(), "{lost:?}");
            let back = async {
                loop {
                    dial.wait_until_present().await;
                    if let Ok(link) = dial.dial().await {
                        return link;
                    }
                }
            };
            link = tokio::time::timeout(PATIENCE, back).await.expect("never back");
        }
    }
}

/// The board notices a client's end before it lets the next one in, so that no connect is refused.
#[tokio::test]
async fn a_thousand_connects_in_a_row() {
    for (generation, count) in [(Generation::Old, 100), (Generation::New, 1000)] {
        let board = start(WebRepl::new().generation(generation));
        let mut dial = dial(&board, "secret");
        let started = std::time::Instant::now();
        for _ in 0..count {
            dial.dial().await.unwrap().close().await;
        }
        assert!(started.elapsed() < Duration::from_secs(120), "{:?}", started.elapsed());
        free(&board).await;
        let stats = board.webrepl().stats();
        assert_eq!((stats.logins, stats.rejected), (count, 0));
    }
}
