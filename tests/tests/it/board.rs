//! Boards as the tests here want them, and what must be true of a board afterwards.

use std::ops::Deref;

use boardwalk_tests::{Board, Builder, Generation, Variant, WebRepl};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::timeout,
};

use crate::{child::PATIENCE, port::Port};

/// What a board on the network asks for.
pub(crate) const PASSWORD: &str = "secret";

/// A board, and the way on which the command line reaches it.
pub(crate) struct Reached {
    board: Board,
    way: Way,
}

#[derive(Clone, Copy, PartialEq)]
enum Way {
    Serial,
    WebRepl,
}

impl Deref for Reached {
    type Target = Board;

    fn deref(&self) -> &Board {
        &self.board
    }
}

impl Reached {
    /// What the command line calls it.
    pub(crate) fn target(&self) -> String {
        match self.way {
            Way::Serial => self.board.target(),
            Way::WebRepl => self.board.webrepl_url(),
        }
    }

    /// What it asks for.
    pub(crate) fn password(&self) -> Option<&'static str> {
        (self.way == Way::WebRepl).then_some(PASSWORD)
    }
}

/// Flow controlled and as fast as it goes, like USB CDC.
pub(crate) fn fast() -> Reached {
    start(Board::unix().unthrottled())
}

/// 115200 baud with a ring of 260 bytes that drops, like a UART.
pub(crate) fn slow() -> Reached {
    start(Board::unix())
}

/// By its port.
pub(crate) fn start(builder: Builder) -> Reached {
    Reached { board: builder.start().unwrap(), way: Way::Serial }
}

/// Over Wi-Fi.
pub(crate) fn air(webrepl: WebRepl) -> Reached {
    by_air(Board::unix(), webrepl)
}

/// This board over Wi-Fi.
pub(crate) fn by_air(builder: Builder, webrepl: WebRepl) -> Reached {
    Reached { board: builder.unthrottled().webrepl(webrepl).start().unwrap(), way: Way::WebRepl }
}

/// Firmware 1.19 and older, 1.20 and newer, and an ESP8266.
pub(crate) fn networks() -> [WebRepl; 3] {
    let old = WebRepl::new().generation(Generation::Old);
    [old, WebRepl::new(), WebRepl::new().variant(Variant::Esp8266)]
}

/// Both kinds of line, for what must not depend on it.
pub(crate) fn both() -> [Reached; 2] {
    [fast(), slow()]
}

/// Both kinds of line, and every kind of network.
pub(crate) fn every_way() -> Vec<Reached> {
    both().into_iter().chain(networks().map(air)).collect()
}

/// This board by its port and over Wi-Fi.
pub(crate) fn both_ways(builder: Builder) -> [Reached; 2] {
    [start(builder.clone()), by_air(builder, WebRepl::new())]
}

/// One emulator at a time: each takes a whole core.
pub(crate) async fn microbit() -> (Reached, SemaphorePermit<'static>) {
    static ONE: Semaphore = Semaphore::const_new(1);
    let permit = ONE.acquire().await.unwrap();
    (start(Board::microbit()), permit)
}

/// Nobody has the port open any more, nor a connection to its WebREPL.
pub(crate) async fn is_free(board: &Board) {
    let free = timeout(PATIENCE, board.until(|s| s.open == 0)).await;
    assert!(free.is_ok(), "somebody has the port open: {:?}", board.stats());
    let free = timeout(PATIENCE, board.webrepl().until(|s| s.clients == 0)).await;
    assert!(free.is_ok(), "somebody is connected: {:?}", board.webrepl().stats());
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
