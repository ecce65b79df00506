//! A transfer that is cancelled: the board takes no record back, so it goes to its end, or we hang up.

use boardwalk_device::{Attach, Consent, DeviceError, Progress, SessionOptions, State, Step};
use boardwalk_tests::{Board, Variant, WebRepl};
use tokio_util::sync::CancellationToken;

use super::{BOTH, lasting, noise, ready};
use crate::desk::{Desk, no_cancel, soon};

const LEAVE: Consent = Consent::LeaveRunning;

/// Cancels when the first bytes have moved.
fn cancelling() -> (Progress, CancellationToken) {
    let cancel = CancellationToken::new();
    let token = cancel.clone();
    let progress = Progress::new(move |step| {
        if matches!(step, Step::Moved { done: 1.., .. }) {
            token.cancel();
        }
    });
    (progress, cancel)
}

async fn write_cancelled(desk: &Desk, size: usize) {
    let (progress, cancel) = cancelling();
    let end = soon(desk.session.write("/a.bin", noise(size), progress, LEAVE, cancel)).await;
    assert_eq!(end.unwrap_err(), DeviceError::Cancelled);
}

async fn read_cancelled(desk: &Desk) {
    let (progress, cancel) = cancelling();
    let end = soon(desk.session.read("/big.bin", progress, LEAVE, cancel)).await;
    assert_eq!(end.unwrap_err(), DeviceError::Cancelled);
}

async fn is_as_before(desk: &Desk) {
    assert_eq!(desk.names("/").await, ["a.bin", "big.bin"]);
    assert_eq!(desk.read("/a.bin").await.unwrap(), b"old");
    desk.works().await;
}

fn board(size: usize) -> boardwalk_tests::Builder {
    Board::unix().flash_kb(4096).file("a.bin", "old").file("big.bin", noise(size))
}

#[tokio::test]
async fn a_fast_board_takes_the_rest_and_keeps_its_connection() {
    for generation in BOTH {
        let desk = ready(board(200_000), WebRepl::new().generation(generation)).await;
        write_cancelled(&desk, 200_000).await;
        is_as_before(&desk).await;
        read_cancelled(&desk).await;
        is_as_before(&desk).await;
        assert_eq!(desk.board.webrepl().stats().logins, 1);
    }
}

/// 20 ms for each piece: the rest would take many seconds.
#[tokio::test]
async fn a_slow_board_is_left_and_met_again() {
    // Also by a session that does not wait for boards.
    for reconnect in [true, false] {
        let webrepl = WebRepl::new().variant(Variant::Esp8266);
        let desk = super::with(board(80_000), webrepl, reconnect).await;
        if reconnect {
            write_cancelled(&desk, 80_000).await;
        } else {
            read_cancelled(&desk).await;
        }
        soon(desk.board.webrepl().until(|s| s.logins == 2)).await;
        desk.is("back", State::is_connected).await;
        desk.is_ready().await;
        is_as_before(&desk).await;
    }
}

#[tokio::test]
async fn stop_ends_a_transfer() {
    let desk = lasting(board(80_000), WebRepl::new().variant(Variant::Esp8266)).await;
    let session = desk.session.clone();
    let (progress, begun) = cancelling();
    let write = session.write("/a.bin", noise(80_000), progress, LEAVE, no_cancel());
    let stop = async {
        begun.cancelled().await;
        desk.session.stop().await
    };
    let (end, _) = soon(async { tokio::join!(write, stop) }).await;
    assert_eq!(end.unwrap_err(), DeviceError::Cancelled);
    soon(desk.board.webrepl().until(|s| s.logins == 2)).await;
    desk.is("back", State::is_connected).await;
    desk.is_ready().await;
    is_as_before(&desk).await;
}

/// Whoever closes the session leaves the board to the next client, in the middle of anything.
#[tokio::test]
async fn closing_in_the_middle_leaves_no_ghost() {
    for variant in [Variant::Esp32, Variant::Esp8266] {
        let desk = ready(board(400_000), WebRepl::new().variant(variant)).await;
        let session = desk.session.clone();
        let (progress, begun) = cancelling();
        let write = session.write("/a.bin", noise(400_000), progress, LEAVE, no_cancel());
        let close = async {
            begun.cancelled().await;
            desk.session.close().await;
        };
        let (end, ()) = soon(async { tokio::join!(write, close) }).await;
        assert!(end.is_err(), "{end:?}");
        soon(desk.board.webrepl().until(|s| s.clients == 0)).await;
        assert_eq!(desk.board.read_file("a.bin").unwrap().unwrap(), b"old");
        let next = super::dial(&desk.board);
        let options =
            boardwalk_device::SessionOptions { attach: boardwalk_device::Attach::ForWork, reconnect: false };
        let (next, _terminal) = soon(boardwalk_device::Session::open(next, options)).await.unwrap();
        crate::desk::write(&next, "/a.bin", b"new").await.unwrap();
        next.close().await;
        let files = desk.board.files().unwrap();
        assert_eq!(files.keys().collect::<Vec<_>>(), ["a.bin", "big.bin"]);
    }
}

/// A board that waits for ever for a byte that got lost: the file goes through the REPL after all.
#[tokio::test]
async fn a_put_that_stalls_is_done_again_through_the_repl() {
    let stalls = async |attach, reconnect| {
        let board = board(10).unthrottled().webrepl(WebRepl::new()).start().unwrap();
        let options = SessionOptions { attach, reconnect };
        let dial = super::dial(&board);
        let desk = Desk::with(board, dial, options).await;
        desk.write("/a.bin", b"old").await.unwrap();
        // The first bytes of the next PUT arrive, and then none.
        let net = desk.board.webrepl();
        let progress = Progress::none();
        let writing = desk.session.write("/a.bin", noise(20_000), progress, LEAVE, no_cancel());
        let stalling = async {
            net.until(|s| s.opened_files == 2).await;
            net.half_open();
            desk.is("lost", |s| matches!(s, State::Reconnecting { .. })).await;
            net.restore_network();
        };
        let (written, ()) = soon(async { tokio::join!(writing, stalling) }).await;
        written.unwrap();
        assert_eq!(net.stats().opened_files, 2, "not by records");
        let files = desk.board.files().unwrap();
        assert_eq!(files.keys().collect::<Vec<_>>(), ["a.bin", "big.bin"]);
        assert_eq!(files["a.bin"], noise(20_000));
    };
    tokio::join!(stalls(Attach::Gently, true), stalls(Attach::ForWork, false));
}
