//! The way to a board over a serial port, from its USB plug to its prompt.

mod answer;
mod classify;
mod foreign;
mod listen;
mod open;
mod port;
mod sandbox;
mod starts;
mod usb;
pub(crate) mod words;

use std::sync::Arc;

use crate::check::Check;
use crate::interpreter::{BothWays, Latency, Prompt, Storage};

pub(crate) use answer::{Answer, answer};
pub(crate) use open::{Opened, TAKES};
pub(crate) use words::trouble;

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
