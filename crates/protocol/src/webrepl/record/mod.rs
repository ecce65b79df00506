//! Files over WebREPL: records in binary frames (extmod/modwebrepl.c, `struct webrepl_file`).
//!
//! The board trusts us: a name that cannot be opened ends the session without an answer, a PUT empties its target at
//! once, and a byte too many becomes the next record's header. So look before a [`Get`], and let a [`Put`] write to a
//! name of its own.

mod get;
mod header;
mod put;
mod reply;
mod version;

pub use get::{CHUNK, Get, GetEvent, REQUEST};
pub use header::{HEADER_LEN, Header, MAX_NAME, NameRefused};
pub use put::{Put, PutEvent};
pub use reply::RecordError;
pub use version::{Version, read_version};

#[cfg(test)]
mod tests;
