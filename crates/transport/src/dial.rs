//! How a session gets its line, and gets it back. The world is an argument: tests bring their own.

use futures::future::BoxFuture;

use crate::error::TransportError;
use crate::link::Link;
use crate::target::Target;

/// Opens lines to one board.
pub trait Dial: Send + 'static {
    /// What is dialled; follows the board to a new port name.
    fn target(&self) -> &Target;

    /// Opens the line. Bounded by the dialler's own deadline; dropping the future gives the port up.
    fn dial(&mut self) -> BoxFuture<'_, Result<Link, TransportError>>;

    /// Resolves when it is worth dialling again: at once when the board is there, otherwise within 300 ms of its
    /// coming back; over a network, where only an answer tells, after a rest that grows to 5 s. After a dial that failed although the board was there it waits a moment before it resolves,
    /// so that a loop of both never spins.
    fn wait_until_present(&mut self) -> BoxFuture<'_, ()>;

    /// Whether the board is visible right now.
    fn is_present(&mut self) -> BoxFuture<'_, bool>;

    /// Chooses the other DTR/RTS policy for the next dial, once; false when there is no other to try. Called when
    /// the board stays silent.
    fn try_other_line_policy(&mut self) -> bool {
        false
    }

    /// The line policy of the last dial worked (the board answered): remember it for this board.
    fn line_policy_worked(&mut self) {}
}

impl<D: Dial + ?Sized> Dial for Box<D> {
    fn target(&self) -> &Target {
        (**self).target()
    }

    fn dial(&mut self) -> BoxFuture<'_, Result<Link, TransportError>> {
        (**self).dial()
    }

    fn wait_until_present(&mut self) -> BoxFuture<'_, ()> {
        (**self).wait_until_present()
    }

    fn is_present(&mut self) -> BoxFuture<'_, bool> {
        (**self).is_present()
    }

    fn try_other_line_policy(&mut self) -> bool {
        (**self).try_other_line_policy()
    }

    fn line_policy_worked(&mut self) {
        (**self).line_policy_worked();
    }
}
