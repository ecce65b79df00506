//! What the threads need of an open port, so that they can be tested on one of our own making.

use std::io;
use std::time::Duration;

use super::line_policy::{Step, steps};
use crate::lines::LineSignals;

/// An open port. One thread reads, another does everything else; dropping it closes it.
pub(crate) trait RawPort: Send + Sync + 'static {
    /// Waits for bytes and returns as soon as there are some. `Ok(0)` is the end of the line.
    /// `WouldBlock`, `TimedOut` and `Interrupted` mean nothing came or [`wake_reader`](Self::wake_reader) was called.
    fn read(&self, buf: &mut [u8]) -> io::Result<usize>;

    /// Hands over what the port takes, at most waiting this long; `TimedOut` or `Ok(0)` when it took nothing.
    fn write(&self, bytes: &[u8], patience: Duration) -> io::Result<usize>;

    /// Sets data terminal ready. A port without the line does nothing.
    fn set_dtr(&self, up: bool) -> io::Result<()>;

    /// Sets request to send. A port without the line does nothing.
    fn set_rts(&self, up: bool) -> io::Result<()>;

    /// Bytes the system has taken and not sent yet; 0 when it does not tell.
    fn unsent(&self) -> usize;

    /// Forgets the unsent bytes, on which a close would otherwise wait for as long as 30 s.
    fn drop_unsent(&self);

    /// Puts back what was changed for the time it was open; the last call before the drop.
    fn restore(&self);

    /// Lets a waiting or the next `read` return.
    fn wake_reader(&self);
}

/// Changes the lines in the safe order.
pub(crate) fn set_lines(port: &dyn RawPort, wanted: LineSignals) -> io::Result<()> {
    steps(wanted).try_for_each(|step| match step {
        Step::Dtr(up) => port.set_dtr(up),
        Step::Rts(up) => port.set_rts(up),
    })
}

/// Leaves the lines as the next program expects them: RTS falls first. Windows would drop DTR first by itself, which
/// resets ESP boards; and a native port must see DTR fall, or its program blocks on output that nobody reads.
pub(crate) fn release(port: &dyn RawPort) {
    let _ = set_lines(port, LineSignals::RELEASED);
    port.restore();
}
