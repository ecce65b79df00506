//! The open connection under the frames: TCP, or TLS on it.

use boardwalk_protocol::websocket::frame::{Opcode, encode};
use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use super::socket::QuickAck;

/// Bytes both ways.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl Stream for TcpStream {}
impl Stream for TlsStream<TcpStream> {}

/// A connection, plain or not.
pub(super) struct Wire {
    pub(super) stream: Box<dyn Stream>,
    pub(super) quick: QuickAck,
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
