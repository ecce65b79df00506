//! The parts themselves: each proxy does what it was measured to do, and what Boardwalk is built against.

mod absolute;
mod auth;
mod bad;
mod connect;
mod digest;
mod faults;
mod namespace;
mod reverse;
mod socks;

use crate::rows::Row;

pub(crate) fn rows() -> Vec<Row> {
    [
        connect::rows(),
        socks::rows(),
        auth::rows(),
        absolute::rows(),
        reverse::rows(),
        faults::rows(),
        bad::rows(),
        namespace::rows(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
