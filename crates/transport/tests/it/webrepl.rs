//! WebREPL lines against servers that do exactly what a script says, and against the test board.

#[cfg(target_os = "linux")]
mod board;
mod end;
mod frames;
mod login;
mod reach;
pub(crate) mod script;
pub(crate) mod tls;
