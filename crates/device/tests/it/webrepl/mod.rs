//! The same over a WebREPL: what is different there, and what goes wrong only there.

mod cancel;
mod cuts;
mod files;
#[cfg(target_os = "linux")]
mod growth;
mod reset;
mod wrong;

use std::sync::Arc;

use boardwalk_device::{Attach, SessionOptions};
use boardwalk_tests::{Board, Builder, Generation, WebRepl};
use boardwalk_transport::{Secret, Target, WebReplDial, WebReplOptions};

use crate::desk::{Desk, soon};

const BOTH: [Generation; 2] = [Generation::Old, Generation::New];

fn dial(board: &Board) -> WebReplDial {
    dial_to(&board.webrepl_url())
}

fn dial_to(url: &str) -> WebReplDial {
    let target: Target = url.parse().unwrap();
    let password = Arc::new(Secret::new("secret"));
    WebReplDial::new(target, WebReplOptions { password, ..WebReplOptions::default() })
}

/// A gentle session over the network with a board at its prompt.
async fn ready(board: Builder, webrepl: WebRepl) -> Desk {
    with(board, webrepl, false).await
}

/// The same that reconnects.
async fn lasting(board: Builder, webrepl: WebRepl) -> Desk {
    with(board, webrepl, true).await
}

async fn with(board: Builder, webrepl: WebRepl, reconnect: bool) -> Desk {
    let board = board.unthrottled().webrepl(webrepl).start().unwrap();
    // A boot.py that starts WebREPL closes the connections of an earlier one.
    soon(board.watch().wait_for(|s| s.at_prompt)).await.unwrap();
    soon(board.webrepl().until(|s| s.listening)).await;
    let dial = dial(&board);
    let desk = Desk::with(board, dial, SessionOptions { attach: Attach::Gently, reconnect }).await;
    desk.is_ready().await;
    desk
}

fn noise(size: usize) -> Vec<u8> {
    (0..size).map(|i| (i.wrapping_mul(2_654_435_761) >> 13).to_le_bytes()[0]).collect()
}
