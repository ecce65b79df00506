//! The network side is what webrepl.py, modwebrepl.c and modwebsocket.c make of a board.

mod faults;
mod frames;
mod handshake;
mod login;
mod records;
mod repl;
mod scripted;
mod socket;
