//! The open connection under the frames: TCP, or TLS on it.

use boardwalk_protocol::websocket::frame::{Opcode, encode};
use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite};

use super::socket::QuickAck;
use crate::proxy::Heard;

/// Bytes both ways.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A connection, plain or not.
pub(crate) struct Wire {
    pub(crate) stream: Box<dyn Stream>,
    pub(crate) quick: QuickAck,
    /// through a tunnel: whether anything has come
    pub(crate) heard: Option<Heard>,
}

/// The key of one frame. RFC 6455, 5.3, wants it unpredictable; where the system has no randomness to give, zeros are
/// still a valid mask.
pub(super) fn mask() -> [u8; 4] {
    getrandom::u32().unwrap_or_default().to_ne_bytes()
}

/// Keeps what is between us and the board from forgetting the connection; the board answers nothing.
pub(super) fn ping() -> Bytes {
    encode(Opcode::Ping, &[], mask()).unwrap_or_default()
}

/// Ends the session.
pub(super) fn close() -> Bytes {
    encode(Opcode::Close, &[], mask()).unwrap_or_default()
}
