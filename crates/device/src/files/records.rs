//! The bytes of a file by the records of a WebREPL.
//!
//! They are the faster way on every board that has them, so they are always taken where they can be:
//!
//! * What the REPL prints goes out over the UART as well, at 115200 baud, before the network gets it
//!   (ports/esp32/mphalport.c, `mp_hal_stdout_tx_strn`; ports/esp8266 likewise): 11.5 kB/s, in base64 8.6 kB/s. A GET is
//!   written to the socket alone: 12.8 kB/s on an ESP8266, which rests 20 ms after each 256 bytes, and on an ESP32 what
//!   the Wi-Fi carries.
//! * What the REPL is sent must fit its ring: raw-paste grants 256 bytes for each round trip, 128 on an ESP8266. With 20
//!   to 100 ms of Wi-Fi that is 2 to 10 kB/s. A PUT is held back by TCP alone: 25 kB/s on an ESP8266, the speed of the
//!   flash on an ESP32.
//! * On a test WebREPL, which has no UART, 100 kB go out in 0.03 s instead of 0.7 s and come in as fast either way; with
//!   20 ms of round trip 20 kB go out in 0.6 s instead of 8.4 s, with 100 ms in 1 s instead of 13 s, and they come in in
//!   three quarters of the time. A file of 100 bytes takes half as long, since records need fewer scripts.
//!
//! The board trusts us in all this, so the REPL looks first: see [`super::write`] and [`super::read`].

use std::time::Duration;

use boardwalk_protocol::webrepl::record::{Get, GetEvent, MAX_NAME, Put, PutEvent, REQUEST};
use bytes::Bytes;
use tokio::time::Instant;

use crate::error::DeviceError;
use crate::line::{Deadline, Heard, Line, within};

use super::{Progress, Step};

/// So much is handed over, or asked for, at a time, and the board has so long to take or send it. It is a multiple of
/// what a board takes from a frame at a time (512 bytes), and of what it sends (256).
const STRETCH: usize = 28 * 512;
const STRETCH_LIMIT: Duration = Duration::from_secs(10);
/// What may be on its way when we have handed all over: 10 kB/s is a board far away from its access point.
const UNDER_WAY: usize = 256 * 1024;
const UNDER_WAY_PER_BYTE: Duration = Duration::from_micros(100);
/// Requests on their way: 32 kB, which keeps a board busy over round trips of 100 ms and more.
const WINDOW: u64 = 128;
/// How long a transfer that was cancelled may take to its end; else we hang up. A session that is closed waits 3 s.
const FINISH: Duration = Duration::from_millis(1500);

/// Whether a header can carry this name. A longer one would be cut by the board.
pub(super) fn carry(name: &str) -> bool {
    (1..=MAX_NAME).contains(&name.len()) && !name.contains('\0')
}

/// Writes `data` to `name`, which the board can open and has room for. Whether it is there afterwards its hash shows.
///
/// # Errors
/// `Cancelled`, `Timeout`, `Records`, or the end of the line. After each of them the records are in step, or the line
/// is over.
pub(super) async fn put(
    line: &mut Line,
    name: &str,
    data: &Bytes,
    path: &str,
    progress: &Progress,
) -> Result<(), DeviceError> {
    let bad_name = || DeviceError::BadName { path: path.to_owned() };
    let size = u32::try_from(data.len()).map_err(|_| bad_name())?;
    let put = Put::new(name, size).map_err(|_| bad_name())?;
    let result = conduct(line, &mut Putting { put, data, begun: false, taken: false }, progress).await;
    // A board forgets a byte that arrives alone in front of others (extmod/modwebrepl.c), and waits for it for ever. We
    // send none so, but a tunnel or a full window may cut where it likes.
    line.io.put_stalls |= matches!(result, Err(DeviceError::Timeout { .. }));
    result
}

/// The bytes of `name`, a file that the board can open and of which it says that it has `size` bytes.
///
/// # Errors
/// As [`put`]; a file of another length is `Records`.
pub(super) async fn get(
    line: &mut Line,
    name: &str,
    size: u64,
    progress: &Progress,
) -> Result<Vec<u8>, DeviceError> {
    let get = Get::new(name, size).map_err(|_| DeviceError::BadName { path: name.to_owned() })?;
    let mut getting = Getting { get, size, data: Vec::new(), begun: false, unsent: 0 };
    conduct(line, &mut getting, progress).await?;
    Ok(getting.data)
}

/// One record, from its header to the board's last word on it.
trait Transfer {
    /// Goes on until its end, from where it was cancelled.
    async fn run(&mut self, line: &mut Line, limit: Deadline, progress: &Progress)
    -> Result<(), DeviceError>;

    /// Whether the board may have heard of it.
    fn has_begun(&self) -> bool;
}

async fn conduct(
    line: &mut Line,
    transfer: &mut impl Transfer,
    progress: &Progress,
) -> Result<(), DeviceError> {
    line.begin_records();
    let result = transfer.run(line, None, progress).await;
    let in_step = match &result {
        Ok(()) => true,
        Err(DeviceError::Cancelled) if !transfer.has_begun() => true,
        // The board takes no record back. Who cancelled waits this moment.
        Err(DeviceError::Cancelled) => {
            line.cancel = None;
            transfer.run(line, within(FINISH), &Progress::none()).await.is_ok()
        }
        Err(_) => false,
    };
    if !in_step && !line.is_over() {
        line.hang_up();
    }
    line.end_records();
    result
}

struct Putting<'a> {
    put: Put,
    data: &'a Bytes,
    begun: bool,
    taken: bool,
}

impl Transfer for Putting<'_> {
    async fn run(
        &mut self,
        line: &mut Line,
        limit: Deadline,
        progress: &Progress,
    ) -> Result<(), DeviceError> {
        if !self.begun {
            let header = self.put.header();
            send(line, header, limit, || self.begun = true).await?;
        }
        // The first bytes follow the header at once: a name that does not open ends the connection anyway.
        while self.put.to_send() > 0 {
            let done = self.data.len() - self.put.to_send() as usize;
            let piece = self.data.slice(done..done + stretch(self.data.len() - done));
            let length = piece.len();
            let sent = send(line, piece, limit, || self.put.sent(length)).await;
            // What the board says tells more than that it takes no more.
            self.listen(line)?;
            sent?;
            progress.tell(moved(done + length, self.data.len() as u64));
        }
        let under_way = u32::try_from(self.data.len().min(UNDER_WAY)).unwrap_or(u32::MAX);
        let until = Until::new(limit, STRETCH_LIMIT + UNDER_WAY_PER_BYTE * under_way);
        // The board's word may have come while we were still sending; nothing follows it.
        self.listen(line)?;
        while !self.taken {
            hear(line, &until, "taking the file").await?;
            self.listen(line)?;
        }
        Ok(())
    }

    fn has_begun(&self) -> bool {
        self.begun
    }
}

impl Putting<'_> {
    fn listen(&mut self, line: &mut Line) -> Result<(), DeviceError> {
        while let Some(event) = self.put.next(&mut line.records.inbox)? {
            self.taken = event == PutEvent::Taken;
        }
        Ok(())
    }
}

struct Getting {
    get: Get,
    size: u64,
    data: Vec<u8>,
    begun: bool,
    /// Requests that are counted and not sent.
    unsent: usize,
}

impl Transfer for Getting {
    async fn run(
        &mut self,
        line: &mut Line,
        limit: Deadline,
        progress: &Progress,
    ) -> Result<(), DeviceError> {
        if !self.begun {
            let header = self.get.header();
            send(line, header, limit, || self.begun = true).await?;
        }
        let mut until = Until::new(limit, STRETCH_LIMIT);
        let mut told = self.data.len();
        loop {
            // Few frames with many requests in them.
            if self.unsent == 0 && self.get.outstanding() <= WINDOW / 2 {
                self.unsent = usize::try_from(self.get.requests(WINDOW)).unwrap_or_default();
            }
            if self.unsent > 0 {
                let requests = vec![REQUEST; self.unsent];
                send(line, requests.into(), limit, || self.unsent = 0).await?;
            }
            // All of it may have come while we were still sending; nothing follows the end.
            match self.listen(line)? {
                Some(GetEvent::Ended) => {
                    progress.tell(moved(self.data.len(), self.size));
                    return Ok(());
                }
                Some(_) => {}
                None => hear(line, &until, "sending the file").await?,
            }
            if self.data.len() - told >= STRETCH {
                told = self.data.len();
                until = Until::new(limit, STRETCH_LIMIT);
                progress.tell(moved(told, self.size));
            }
        }
    }

    fn has_begun(&self) -> bool {
        self.begun
    }
}

impl Getting {
    /// Takes what has come; the last event of it.
    fn listen(&mut self, line: &mut Line) -> Result<Option<GetEvent>, DeviceError> {
        let mut last = None;
        while let Some(event) = self.get.next(&mut line.records.inbox)? {
            if let GetEvent::Data(data) = &event {
                self.data.extend_from_slice(data);
            }
            let ended = event == GetEvent::Ended;
            last = Some(event);
            if ended {
                break;
            }
        }
        Ok(last)
    }
}

/// How much of so many bytes is sent at a time. A board loses a byte that comes alone where more is to follow, so no
/// stretch leaves a single one.
fn stretch(left: usize) -> usize {
    match left {
        _ if left <= STRETCH => left,
        _ if left == STRETCH + 1 => STRETCH - 2,
        _ => STRETCH,
    }
}

async fn send(
    line: &mut Line,
    bytes: Bytes,
    limit: Deadline,
    queued: impl FnOnce(),
) -> Result<(), DeviceError> {
    let until = Until::new(limit, STRETCH_LIMIT);
    match line.send_record(bytes, until.deadline, queued).await? {
        Heard::Bytes => Ok(()),
        Heard::Timeout => Err(until.passed("taking the file", line)),
    }
}

async fn hear(line: &mut Line, until: &Until, what: &'static str) -> Result<(), DeviceError> {
    match line.hear_record(until.deadline).await? {
        Heard::Bytes => Ok(()),
        Heard::Timeout => Err(until.passed(what, line)),
    }
}

/// A deadline that knows when it was set.
struct Until {
    set: Instant,
    deadline: Deadline,
}

impl Until {
    fn new(limit: Deadline, after: Duration) -> Self {
        let deadline = [limit, within(after)].into_iter().flatten().min();
        Self { set: Instant::now(), deadline }
    }

    fn passed(&self, what: &'static str, line: &Line) -> DeviceError {
        DeviceError::Timeout { what, waited: self.set.elapsed(), got: line.evidence(&line.records.inbox) }
    }
}

fn moved(done: usize, total: u64) -> Step {
    Step::Moved { done: done as u64, total: Some(total) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_stretch_is_or_leaves_a_single_byte() {
        for length in 2..4 * STRETCH {
            let mut left = length;
            while left > 0 {
                assert!(stretch(left) > 1, "{length}: {left}");
                left -= stretch(left);
            }
        }
    }

    #[test]
    fn names_that_a_header_carries() {
        assert!(carry("/main.py") && carry(&"温".repeat(21)));
        assert!(!carry("") && !carry("a\0b") && !carry(&"n".repeat(64)));
    }
}
