//! The way to a board over a serial port, from its USB plug to its prompt.

mod classify;
mod listen;
mod open;
mod port;
mod usb;

use std::sync::Arc;

use crate::check::Check;
use crate::interpreter::{BothWays, Latency, Prompt, Storage};

pub(crate) use listen::trouble;
pub(crate) use open::Opened;

/// All of them, in the order in which they are told.
pub(crate) fn checks() -> Vec<Arc<dyn Check>> {
    vec![
        Arc::new(usb::UsbDevices),
        Arc::new(port::Port),
        Arc::new(open::Open),
        Arc::new(listen::Listen),
        Arc::new(Prompt),
        Arc::new(Latency),
        Arc::new(BothWays),
        Arc::new(Storage),
    ]
}
