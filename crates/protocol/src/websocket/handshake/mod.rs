//! The opening handshake (RFC 6455 section 4), as an instrument: whatever answers gets a [`Verdict`] that names it.
//!
//! Write [`Request::bytes`] in one piece, feed the answer to a [`ReplyReader`], and tell it when the connection ended
//! or the deadline passed.

mod escape;
mod head;
mod judge;
mod reply;
mod request;
mod verdict;

pub use escape::shown;
pub use head::Head;
pub use reply::{End, MAX_BODY, MAX_HEAD, Outcome, ReplyReader};
pub use request::Request;
pub use verdict::Verdict;
