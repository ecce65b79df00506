//! What the bytes on a MicroPython line mean. Pure values and state machines: no sockets, no tasks, no clock, no
//! environment. Parsers take bytes and give bytes; "need more" and "left over" are in their types.
//!
//! Start reading at [`raw_repl`], then [`raw_paste`] and [`prompt`]; for Wi-Fi at [`websocket`], then [`webrepl`].

pub mod banner;
pub mod control;
pub mod errno;
pub mod exception;
pub mod literal;
pub mod prompt;
pub mod proxy;
pub mod raw_paste;
pub mod raw_repl;
pub mod search;
pub mod webrepl;
pub mod websocket;
