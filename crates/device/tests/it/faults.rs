//! Noise, lost and changed bytes, and boards that start again by themselves.

use boardwalk_device::{Consent, DeviceError, State};
use boardwalk_tests::{Board, Direction};
use tokio::sync::mpsc;

use crate::desk::{Desk, no_cancel, soon};

#[tokio::test]
async fn a_board_that_restarts_in_the_middle_of_code() {
    let desk = Desk::ready(Board::unix().start().unwrap()).await;
    for times in 1..=2 {
        let (to, mut from) = mpsc::channel(16);
        let session = desk.session.clone();
        let run = tokio::spawn(async move {
            let code = "print('go')\nwhile True: pass";
            session.exec(code, to, None, Consent::MayInterrupt, no_cancel()).await
        });
        assert!(soon(from.recv()).await.is_some());
        desk.board.reset().unwrap();
        let end = soon(run).await.unwrap();
        assert!(matches!(end, Err(DeviceError::Restarted { .. })), "{end:?}");
        desk.is_ready().await;
        desk.works().await;
        assert_eq!(desk.board.stats().boots, 1 + times);
    }
}

/// A soft reset from code of the person's own, in the raw REPL.
#[tokio::test]
async fn a_board_that_restarts_into_a_program() {
    let main = "import time\nprint('main runs')\nfor i in range(20): time.sleep(0.05)\nprint('main ends')\n";
    let desk = Desk::attach(Board::unix().file("main.py", main).start().unwrap()).await;
    desk.screen.shows("main ends").await;
    desk.is_ready().await;
    desk.screen.clear();
    let (to, mut from) = mpsc::channel(16);
    let session = desk.session.clone();
    let run = tokio::spawn(async move {
        let code = "print('go')\nwhile True: pass";
        session.exec(code, to, None, Consent::MayInterrupt, no_cancel()).await
    });
    assert!(soon(from.recv()).await.is_some());
    desk.board.reset().unwrap();
    let end = soon(run).await.unwrap();
    assert!(matches!(end, Err(DeviceError::Restarted { .. })), "{end:?}");
    desk.is_ready().await;
    desk.works().await;
}

#[tokio::test]
async fn a_board_that_restarts_in_the_middle_of_a_write() {
    let desk = Desk::ready(Board::unix().file("a.bin", "old").start().unwrap()).await;
    let session = desk.session.clone();
    let write = tokio::spawn(async move { crate::desk::write(&session, "/a.bin", &[5; 60_000]).await });
    desk.is_busy().await;
    let before = desk.board.stats().to_board;
    soon(desk.board.until(|s| s.to_board > before + 15_000)).await;
    desk.board.reset().unwrap();
    let end = soon(write).await.unwrap().unwrap_err();
    assert!(["board-restarted", "garbled", "timeout"].contains(&end.code()), "{end:?}");
    desk.is_ready().await;
    assert_eq!(desk.board.read_file("a.bin").unwrap().unwrap(), b"old");
    desk.write("/a.bin", b"new").await.unwrap();
    let files = desk.board.files().unwrap();
    assert_eq!(files.len(), 1, "{:?}", files.keys());
    assert_eq!(files["a.bin"], b"new");
}

/// Noise at the prompt is shown, called a program after a while, and does not keep work from asking the board.
#[tokio::test]
async fn noise_at_the_prompt() {
    let desk = Desk::ready(Board::unix().start().unwrap()).await;
    for noise in [
        &b"\xff\xfe\x00\x80\x81"[..],
        b"tick\r\n",
        b"\x04\x04>",
        b"raw REPL; CTRL-B to exit\r\n>",
        b"\r\n... ",
    ] {
        let before = desk.screen.total();
        desk.board.inject(noise);
        desk.screen.until("the noise", |_| desk.screen.total() >= before + noise.len() as u64).await;
        let listed = soon(desk.session.list("/", Consent::MayInterrupt, no_cancel())).await;
        assert_eq!(listed.unwrap(), [], "{noise:?}");
        desk.works().await;
    }
    assert_eq!(desk.board.stats().soft_reboots, 0);
}

/// A timer that prints at the prompt does not make the board unusable for work that may not interrupt.
#[tokio::test]
async fn unasked_output_at_the_prompt_is_no_refusal() {
    let desk = Desk::ready(Board::unix().start().unwrap()).await;
    desk.board.inject(b"tick\r\n");
    desk.is_running().await;
    let listed = soon(desk.session.list("/", Consent::LeaveRunning, no_cancel())).await;
    assert_eq!(listed.unwrap(), []);
    desk.is_ready().await;
}

/// One byte in a hundred places of a write arrives changed or not at all: the file is the new one, or the old one is
/// untouched and the error says why.
#[tokio::test]
async fn a_changed_byte_in_a_write() {
    let desk = Desk::ready(Board::unix().unthrottled().file("a.bin", "old").start().unwrap()).await;
    let data: Vec<u8> = (0..3000u32).map(|i| (i % 256) as u8).collect();
    desk.works().await;
    let start = desk.board.stats().to_board;
    desk.write("/b.bin", &data).await.unwrap();
    let length = desk.board.stats().to_board - start;
    let (mut good, mut bad) = (0, 0);
    for i in 0..12 {
        let at = length * i / 12 + i;
        desk.board.corrupt_after(Direction::ToBoard, at, [0x01, 0x40, 0][i as usize % 3]);
        let end = desk.write("/a.bin", &data).await;
        let stored = desk.board.read_file("a.bin").unwrap().unwrap();
        match end {
            Ok(()) => {
                good += 1;
                assert_eq!(stored, data, "{at}");
                desk.write("/a.bin", b"old").await.unwrap();
            }
            Err(error) => {
                bad += 1;
                assert_eq!(stored, b"old", "{at}: {error:?}");
            }
        }
        desk.works().await;
    }
    assert!(bad > 5, "{good} good, {bad} bad");
}

#[tokio::test]
async fn a_changed_byte_in_a_read_and_a_list() {
    let data: Vec<u8> = (0..3000u32).map(|i| (i % 253) as u8).collect();
    let desk = Desk::ready(Board::unix().unthrottled().file("a.bin", data.clone()).start().unwrap()).await;
    assert_eq!(desk.read("/a.bin").await.unwrap(), data);
    let start = desk.board.stats().from_board;
    assert_eq!(desk.read("/a.bin").await.unwrap(), data);
    let length = desk.board.stats().from_board - start;
    let mut bad = 0;
    for i in 0..10 {
        desk.board.corrupt_after(Direction::FromBoard, length * i / 10 + i, [0x02, 0x40, 0][i as usize % 3]);
        match desk.read("/a.bin").await {
            Ok(read) => assert_eq!(read, data),
            Err(_) => bad += 1,
        }
        desk.works().await;
    }
    assert!(bad > 5, "{bad} bad");
    assert_eq!(desk.names("/").await, ["a.bin"]);
    assert!(matches!(desk.state(), State::Ready | State::Busy { .. }));
}

/// Nothing we do in the normal course loses a byte in a ring of 260 at 115200 baud.
#[tokio::test]
async fn no_ring_overflows() {
    let desk = Desk::ready(Board::unix().file("main.py", "x = 1").start().unwrap()).await;
    let data: Vec<u8> = (0..20_000u32).map(|i| (i % 251) as u8).collect();
    desk.names("/").await;
    desk.write("/a.bin", &data).await.unwrap();
    assert_eq!(desk.read("/a.bin").await.unwrap(), data);
    let code = format!("s = '{}'\nprint(len(s))", "y".repeat(5000));
    assert_eq!(desk.prints(&code).await, "5000\r\n");
    soon(desk.session.info(Consent::LeaveRunning, no_cancel())).await.unwrap();
    soon(desk.session.remove("/a.bin", false, Consent::LeaveRunning, no_cancel())).await.unwrap();
    let end = soon(desk.session.run("r.py".into(), code, no_cancel())).await.unwrap();
    assert_eq!(end.exception, None);
    assert_eq!(desk.board.stats().dropped, 0);
}
