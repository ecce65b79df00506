//! One open line: bytes both ways, two line signals, and over WebREPL file records beside the bytes. It is bounded, and
//! knows nothing of a REPL.
//!
//! A [`Link`] belongs to the session that talks to the board; its [`LinkPeer`] belongs to whatever carries the
//! bytes (the threads of a serial port, a socket, a test). Either side may go first:
//!
//! * the peer calls [`LinkFeed::fail`]: what was received before is still delivered, then every call of the
//!   session returns that error for ever;
//! * the session closes or drops the [`Link`]: the peer's `next` returns `None`, it closes what it has open, and
//!   dropping it completes [`Link::close`].

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::error::TransportError;
use crate::lines::LineSignals;
use crate::peer::{LinkPeer, Outgoing, Queued, Queues, Shared};
use crate::proxy::RouteTaken;
use crate::records::{self, Records};
use crate::target::Target;
use crate::usb::UsbIdentity;

/// Chunks that wait for the session. With chunks of at most 16 KiB that is 1 MiB; then the reader stops reading,
/// and the board feels it.
const INCOMING_CHUNKS: usize = 64;
/// Writes that wait for the port.
const OUTGOING_ITEMS: usize = 64;
/// How long [`Link::close`] lets queued bytes go out, and how long it then waits for the port to be closed.
const CLOSE_FLUSH: Duration = Duration::from_millis(400);
const CLOSE_WAIT: Duration = Duration::from_millis(600);

/// What is known about a line when it is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkInfo {
    /// the target as dialled; a board that came back under another name has that name here
    pub target: Target,
    /// what carries it
    pub kind: LinkKind,
    /// who the board is by USB, when the port is a USB device
    pub identity: Option<UsbIdentity>,
    /// bits per second, when the line has a speed of its own; a native USB port ignores it
    pub baud: Option<u32>,
    /// DTR and RTS are wired to the reset of the board or may be (a UART bridge): a pulse can reset it
    pub line_resets: bool,
    /// opening this port may have restarted the board, whatever we do: the kernel raises both lines on open
    pub may_reset_on_open: bool,
    /// how DTR and RTS were set at open
    pub lines: LineSignals,
    /// the board has just printed a `>>> ` that says nothing of its interpreter: WebREPL's greeting after the login. It
    /// is not delivered; ask the board what it is doing
    pub fake_prompt: bool,
    /// which way it takes, over a network
    pub route: Option<RouteTaken>,
}

/// What carries a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkKind {
    /// a serial port
    Serial,
    /// a WebREPL over a socket
    WebRepl,
}

impl LinkInfo {
    /// A line without USB identity, speed or resets, as a pseudo terminal or a socket is.
    pub fn plain(target: Target, kind: LinkKind) -> Self {
        Self {
            target,
            kind,
            identity: None,
            baud: None,
            line_resets: false,
            may_reset_on_open: false,
            lines: LineSignals::default(),
            fake_prompt: kind == LinkKind::WebRepl,
            route: None,
        }
    }
}

/// An open line, owned by one session. Dropping it closes the line in the background.
#[derive(Debug)]
pub struct Link {
    shared: Arc<Shared>,
    incoming: mpsc::Receiver<Bytes>,
    outgoing: mpsc::Sender<Queued>,
    records: Option<Records>,
    over: Option<TransportError>,
    gone: CancellationToken,
}

impl Link {
    /// A line and its far end. A WebREPL carries file records too.
    pub fn pair(info: LinkInfo) -> (Self, LinkPeer) {
        let (feed, incoming) = mpsc::channel(INCOMING_CHUNKS);
        let (outgoing, drain) = mpsc::channel(OUTGOING_ITEMS);
        let shared = Arc::new(Shared::new(info));
        let (record_feed, records) = match shared.info.kind {
            LinkKind::WebRepl => {
                let (feed, records) = records::channel(Arc::clone(&shared));
                (Some(feed), Some(records))
            }
            LinkKind::Serial => (None, None),
        };
        let gone = CancellationToken::new();
        let queues = Queues { feed, records: record_feed, drain };
        let peer = LinkPeer::new(Arc::clone(&shared), queues, gone.clone());
        (Self { shared, incoming, outgoing, records, over: None, gone }, peer)
    }

    /// What was known when it was opened.
    pub fn info(&self) -> &LinkInfo {
        &self.shared.info
    }

    /// The next bytes, never empty. Cancel-safe. After the end of the line: what had arrived before, then the
    /// error that ended it, every time.
    pub async fn recv(&mut self) -> Result<Bytes, TransportError> {
        if let Some(over) = &self.over {
            return Err(over.clone());
        }
        let chunk = tokio::select! {
            biased;
            chunk = self.incoming.recv() => chunk,
            () = self.shared.stop.cancelled() => self.incoming.try_recv().ok(),
        };
        chunk.ok_or_else(|| {
            let over = self.shared.reason();
            self.over = Some(over.clone());
            over
        })
    }

    /// The file records of a WebREPL, once; `None` on other lines. Until they are taken, and after they were dropped,
    /// arriving records are thrown away; in between both they and the bytes of [`recv`](Self::recv) must be read, or the
    /// line stops: whoever waits for one goes on reading the other.
    pub fn take_records(&mut self) -> Option<Records> {
        let mut records = self.records.take()?;
        records.begin();
        Some(records)
    }

    /// A handle to write with; it may be cloned and moved.
    pub fn sender(&self) -> LinkSender {
        LinkSender { shared: Arc::clone(&self.shared), outgoing: self.outgoing.clone() }
    }

    /// Lets what is queued go out, closes the line and resolves when the port is really closed. At most 1 s.
    pub async fn close(self) {
        let sender = self.sender();
        let _ = tokio::time::timeout(CLOSE_FLUSH, sender.flush()).await;
        self.shared.finish(TransportError::Closed);
        let _ = tokio::time::timeout(CLOSE_WAIT, self.gone.cancelled()).await;
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.shared.finish(TransportError::Closed);
    }
}

/// The writing side of a [`Link`]. What one handle sends arrives in order; every method ends with the error of
/// the line once that is over.
#[derive(Debug, Clone)]
pub struct LinkSender {
    shared: Arc<Shared>,
    outgoing: mpsc::Sender<Queued>,
}

impl LinkSender {
    /// Resolves when the queue took the bytes. Dropped before that, nothing is sent.
    pub async fn send(&self, bytes: Bytes) -> Result<(), TransportError> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.queue(Outgoing::Data(bytes)).await
    }

    /// Sends bytes of the file protocol, among what [`send`](Self::send) sends. Resolves when the queue took them.
    /// A discard leaves them alone: the board would wait for the rest of a record for ever.
    ///
    /// # Errors
    /// [`TransportError::NoRecords`] on a line that carries none.
    pub async fn send_record(&self, bytes: Bytes) -> Result<(), TransportError> {
        if self.shared.info.kind != LinkKind::WebRepl {
            return Err(TransportError::NoRecords);
        }
        if bytes.is_empty() {
            return Ok(());
        }
        self.queue(Outgoing::Record(bytes)).await
    }

    /// Resolves when everything sent before was handed to the operating system.
    pub async fn flush(&self) -> Result<(), TransportError> {
        let (done, flushed) = oneshot::channel();
        self.queue(Outgoing::Flush(done)).await?;
        flushed.await.map_err(|_| self.shared.reason())
    }

    /// Sets DTR and RTS, after everything sent before; resolves when they are set. A line without these pins (a
    /// pseudo terminal, a socket) takes it and does nothing.
    pub async fn signals(&self, signals: LineSignals) -> Result<(), TransportError> {
        let (done, set) = oneshot::channel();
        self.queue(Outgoing::Signals(signals, done)).await?;
        set.await.map_err(|_| self.shared.reason())?
    }

    /// Drops what is queued and not yet written, so that what is sent next overtakes it. Bytes the operating
    /// system already has still go out.
    #[expect(clippy::unused_async, reason = "a socket will have to wait here")]
    pub async fn discard_queued(&self) {
        self.shared.discard();
    }

    /// Ends the line at once, from this side: what is queued is not sent any more, and every call ends with
    /// [`TransportError::Closed`].
    pub fn hang_up(&self) {
        self.shared.finish(TransportError::Closed);
    }

    /// Whether the line is over.
    pub fn is_closed(&self) -> bool {
        self.shared.stop.is_cancelled()
    }

    async fn queue(&self, what: Outgoing) -> Result<(), TransportError> {
        tokio::select! {
            biased;
            () = self.shared.stop.cancelled() => Err(self.shared.reason()),
            room = self.outgoing.reserve() => match room {
                Ok(room) => {
                    room.send(Queued { number: self.shared.next_number(), what });
                    Ok(())
                }
                Err(_) => Err(self.shared.reason()),
            },
        }
    }
}

#[cfg(test)]
#[path = "link_tests.rs"]
mod tests;
