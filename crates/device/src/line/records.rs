//! File records beside the REPL, on a WebREPL. Its raw prompt goes on reading and answering meanwhile; what is printed
//! there while records travel is dropped, as all that comes unasked at the raw prompt is.

use std::time::Duration;

use boardwalk_protocol::webrepl::record::{Header, read_version};
use boardwalk_transport::{LinkKind, Records as Arriving, TransportError};
use bytes::{Bytes, BytesMut};

use crate::error::DeviceError;

use super::{Deadline, Heard, Line, cancelled, sleep_until, within};

/// How long the answer may stay behind that of a script which was sent after the question.
const LATE: Duration = Duration::from_millis(500);
/// What is kept of the text that comes meanwhile.
const TEXT_MOST: usize = 64 * 1024;
/// What is kept of records that nobody takes. They are taken between any two pieces that are sent.
const RECORDS_MOST: usize = 1 << 20;

/// The records of a line.
#[derive(Debug)]
pub(crate) struct Records {
    arriving: Option<Arriving>,
    /// Received, not yet taken by the transfer at hand.
    pub(crate) inbox: BytesMut,
    known: Known,
}

/// Whether the board answers records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    Unasked,
    Yes,
    No,
}

/// What happened while a transfer waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meanwhile {
    Record,
    Other,
    Late,
}

impl Records {
    pub(super) fn new(mut arriving: Option<Arriving>) -> Self {
        let known = match &mut arriving {
            Some(arriving) => {
                arriving.end();
                Known::Unasked
            }
            None => Known::No,
        };
        Self { arriving, inbox: BytesMut::new(), known }
    }

    async fn next(&mut self) -> Result<(), TransportError> {
        match &mut self.arriving {
            Some(arriving) => {
                let piece = arriving.recv().await?;
                self.inbox.extend_from_slice(&piece);
                Ok(())
            }
            None => std::future::pending().await,
        }
    }
}

impl Line {
    /// Whether files can travel by records.
    pub(crate) fn carries_records(&self) -> bool {
        self.records.known == Known::Yes
    }

    /// Asks for the version of the board's WebREPL, once for each line, in front of a script that is sent anyway: a
    /// board that knows records has answered before it begins with the script.
    pub(crate) async fn ask_for_records(&mut self) -> Result<(), DeviceError> {
        if self.info().kind == LinkKind::WebRepl && self.records.known == Known::Unasked {
            self.begin_records();
            self.send_record(Header::version().bytes(), within(LATE), || {}).await?;
        }
        Ok(())
    }

    /// After that script: takes the answer.
    pub(crate) async fn note_records(&mut self) -> Result<(), DeviceError> {
        if self.info().kind != LinkKind::WebRepl || self.records.known != Known::Unasked {
            return Ok(());
        }
        let until = within(LATE);
        let version = loop {
            if let Some(version) = read_version(&mut self.records.inbox) {
                break Some(version);
            }
            if self.hear_record(until).await? == Heard::Timeout {
                break None;
            }
        };
        self.records.known = match version {
            Some(_) if self.records.inbox.is_empty() => Known::Yes,
            _ => Known::No,
        };
        if self.records.known == Known::No {
            tracing::info!("this WebREPL does not answer file records");
        }
        self.end_records();
        Ok(())
    }

    /// Keeps the records that arrive from now on.
    pub(crate) fn begin_records(&mut self) {
        self.records.inbox.clear();
        if let Some(arriving) = &mut self.records.arriving {
            arriving.begin();
        }
    }

    /// No transfer is under way any more.
    pub(crate) fn end_records(&mut self) {
        self.records.inbox = BytesMut::new();
        if let Some(arriving) = &mut self.records.arriving {
            arriving.end();
        }
    }

    /// Sends bytes of a record; resolves when the operating system has them, and fails as `late` when it takes longer.
    /// `queued` is called once they cannot be held back any more: an error before that means that none was sent.
    pub(crate) async fn send_record(
        &mut self,
        bytes: Bytes,
        until: Deadline,
        queued: impl FnOnce(),
    ) -> Result<Heard, DeviceError> {
        let sender = self.to_board.clone();
        if self.beside_records(sender.send_record(bytes), until).await? == Heard::Timeout {
            return Ok(Heard::Timeout);
        }
        queued();
        self.beside_records(sender.flush(), until).await
    }

    /// Waits for bytes of a record until the deadline.
    pub(crate) async fn hear_record(&mut self, until: Deadline) -> Result<Heard, DeviceError> {
        loop {
            match self.meanwhile(until).await? {
                Meanwhile::Record => return Ok(Heard::Bytes),
                Meanwhile::Late => return Ok(Heard::Timeout),
                Meanwhile::Other => {}
            }
        }
    }

    /// Ends the line, because the board waits for bytes that will not come, or owes some that nobody wants; the session
    /// opens it again.
    pub(crate) fn hang_up(&mut self) {
        self.hung_up = true;
        self.end_line();
    }

    /// `Bytes` when the sending is through. A board that is busy writing takes nothing until it is read.
    async fn beside_records(
        &mut self,
        sending: impl Future<Output = Result<(), TransportError>>,
        until: Deadline,
    ) -> Result<Heard, DeviceError> {
        tokio::pin!(sending);
        loop {
            tokio::select! {
                biased;
                sent = &mut sending => {
                    sent?;
                    return Ok(Heard::Bytes);
                }
                meanwhile = self.meanwhile(until) => if meanwhile? == Meanwhile::Late {
                    return Ok(Heard::Timeout);
                }
            }
        }
    }

    async fn meanwhile(&mut self, until: Deadline) -> Result<Meanwhile, DeviceError> {
        let hold_is_full = self.sharing.hold_is_full();
        let room = self.records.inbox.len() < RECORDS_MOST;
        tokio::select! {
            biased;
            () = cancelled(self.cancel.as_ref()) => Err(DeviceError::Cancelled),
            Some(stop) = self.io.stops.recv() => {
                self.begin_stop(stop).await?;
                Ok(Meanwhile::Other)
            }
            Some(typed) = self.io.input.recv(), if !hold_is_full => {
                self.typed_during_work(typed).await?;
                Ok(Meanwhile::Other)
            }
            // Before the bytes, so that a flood cannot keep a deadline from passing.
            () = sleep_until(until) => Ok(Meanwhile::Late),
            // Before the text: what had arrived before the end of the line is still taken.
            piece = self.records.next(), if room => {
                piece?;
                Ok(Meanwhile::Record)
            }
            text = self.link.recv() => {
                if self.inbox.len() > TEXT_MOST {
                    self.inbox.clear();
                }
                self.inbox.extend_from_slice(&text?);
                Ok(Meanwhile::Other)
            }
        }
    }
}
