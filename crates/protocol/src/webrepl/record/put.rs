//! Writing a file.

use bytes::BytesMut;

use super::reply::take_ok;
use super::{Header, NameRefused, RecordError};

/// What the board says about a PUT, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PutEvent {
    /// The file is open, and empty: send exactly the announced bytes in binary frames.
    Opened,
    /// The board has taken all of them. It says so on a full disk, too: look at the file's size afterwards.
    Taken,
}

/// One PUT. When the connection ends before [`PutEvent::Opened`], the board did not open the file: a folder is
/// missing, or the name is one.
#[derive(Debug)]
pub struct Put {
    header: Header,
    size: u32,
    sent: u32,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Opening,
    Sending,
    Over,
}

impl Put {
    /// Writes `size` bytes to `name`.
    ///
    /// # Errors
    /// [`NameRefused`] for a name that no header carries.
    pub fn new(name: &str, size: u32) -> Result<Self, NameRefused> {
        Ok(Self { header: Header::put(name, size)?, size, sent: 0, state: State::Opening })
    }

    /// What to send first.
    #[must_use]
    pub fn header(&self) -> bytes::Bytes {
        self.header.bytes()
    }

    /// How many bytes the board still expects. One more would begin the next record.
    #[must_use]
    pub fn to_send(&self) -> u32 {
        self.size - self.sent
    }

    /// Notes that `bytes` more bytes of the file were handed to the connection.
    pub fn sent(&mut self, bytes: usize) {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        self.sent = self.sent.saturating_add(bytes).min(self.size);
    }

    /// Takes bytes of binary frames off the front of `input` and gives the next event, or `None` when it needs more.
    ///
    /// # Errors
    /// [`RecordError`] when the answer is not the one that belongs here.
    pub fn next(&mut self, input: &mut BytesMut) -> Result<Option<PutEvent>, RecordError> {
        match self.state {
            State::Over if input.is_empty() => Ok(None),
            State::Over => Err(RecordError::NotAskedFor),
            State::Opening if take_ok(input)? => {
                self.state = State::Sending;
                Ok(Some(PutEvent::Opened))
            }
            State::Sending if take_ok(input)? => {
                if self.sent < self.size {
                    return Err(RecordError::EarlyEnd { sent: self.sent, size: self.size });
                }
                self.state = State::Over;
                Ok(Some(PutEvent::Taken))
            }
            State::Opening | State::Sending => Ok(None),
        }
    }
}
