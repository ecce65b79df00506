//! WebSocket (RFC 6455) as a client of a MicroPython board needs it: [`handshake`], then [`frame`].
//!
//! Our own, because the usual libraries end the session on the bytes that a board sends in text frames, and lose the
//! reply that would explain why a handshake failed.

pub mod frame;
pub mod handshake;
