//! What a MicroPython board can do. One [`Session`] is one task that owns one line; it knows what the board is doing,
//! gives the terminal its bytes, and does one piece of work after the other.
//!
//! Start reading at [`session`], then `line/`.

mod error;
mod files;
mod info;
mod line;
mod reset;
mod run;
mod session;
mod state;
mod work;

pub use error::{DeviceError, Missing};
pub use files::{Entry, Progress, Stat, Step, WriteOutcome, child, normal};
pub use info::{Capabilities, Info, Space};
pub use reset::{NotStarted, Reset, ResetOptions};
pub use run::{Output, RunEnd};
pub use session::{Attach, Session, SessionOptions, Terminal};
pub use state::{State, Waiting};
pub use work::{Consent, Work};

pub use boardwalk_protocol::exception::Exception;
