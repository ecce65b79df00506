//! The product through the proxies, from outside: every proxy that can carry a board does, byte for byte, and of every other one is
//! said what it does.

mod actions;
mod command;
mod environment;
mod failures;
mod life;
mod networks;
mod reverse;
mod ways;

use crate::rows::Row;

pub(crate) fn rows() -> Vec<Row> {
    // Those that wait longest first.
    [life::rows(), failures::rows(), actions::rows(), environment::rows(), reverse::rows(), networks::rows()]
        .into_iter()
        .flatten()
        .collect()
}
