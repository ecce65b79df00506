//! WebREPL, inside the WebSocket: [`login`] in text frames, [`record`] (files) in binary frames
//! (extmod/modwebrepl.c).

pub mod login;
pub mod record;
