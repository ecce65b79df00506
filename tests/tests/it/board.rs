//! Boards as the tests here want them, and what must be true of a board afterwards.

use boardwalk_tests::{Board, Builder};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::timeout,
};

use crate::{child::PATIENCE, port::Port};

/// Flow controlled and as fast as it goes, like USB CDC.
pub(crate) fn fast() -> Board {
    start(Board::unix().unthrottled())
}

/// 115200 baud with a ring of 260 bytes that drops, like a UART.
pub(crate) fn slow() -> Board {
    start(Board::unix())
}

pub(crate) fn start(builder: Builder) -> Board {
    builder.start().unwrap()
}

/// Both kinds of line, for what must not depend on it.
pub(crate) fn both() -> [Board; 2] {
    [fast(), slow()]
}

/// One emulator at a time: each takes a whole core.
pub(crate) async fn microbit() -> (Board, SemaphorePermit<'static>) {
    static ONE: Semaphore = Semaphore::const_new(1);
    let permit = ONE.acquire().await.unwrap();
    (start(Board::microbit()), permit)
}

/// Nobody has the port open any more.
pub(crate) async fn is_free(board: &Board) {
    let free = timeout(PATIENCE, board.until(|s| s.open == 0)).await;
    assert!(free.is_ok(), "somebody has the port open: {:?}", board.stats());
}

/// The board is as its next client wants it: the port free, the REPL for people at its prompt, without any interrupt.
pub(crate) async fn is_left_well(board: &Board) {
    is_free(board).await;
    let mut port = Port::open(board);
    port.send(b"\r");
    port.expect(b">>> ");
    port.send(b"'left' + 'well'\r");
    port.expect(b"'leftwell'\r\n>>> ");
    drop(port);
    is_free(board).await;
}

/// Bytes that nothing compresses and no line end hides in by chance, the same every time.
pub(crate) fn noise(len: u32) -> Vec<u8> {
    (0..len).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}
