//! Frames (RFC 6455 section 5): [`encode()`] for what we send, [`Decoder`] for what a server sends.
//!
//! Text is bytes here, never validated: a board writes raw program output and binary raw-paste windows into text
//! frames, and splits a character anywhere (extmod/modwebsocket.c `websocket_write`).

mod decode;
mod encode;

pub use decode::{Decoder, Frame, FrameError};
pub use encode::{MAX_SENT, NotSendable, Opcode, encode, frames};

/// The most payload that a server may put into one frame, in bytes. A board never sends above 65535
/// (modwebsocket.c refuses to write them).
pub const MAX_PAYLOAD: usize = 64 * 1024;

/// The most that the fragments of one message may come to, in bytes, their headers counted.
pub const MAX_MESSAGE: usize = 1024 * 1024;
