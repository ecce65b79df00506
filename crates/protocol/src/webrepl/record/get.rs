//! Reading a file.

use bytes::{Buf as _, Bytes, BytesMut};

use super::reply::take_ok;
use super::{Header, NameRefused, RecordError};

/// The board answers a request with at most so many bytes.
pub const CHUNK: usize = 256;

/// One request for a chunk. Several may go out in one binary frame.
pub const REQUEST: u8 = 0;

/// What the board says about a GET: `Opened`, any number of `Data`, `Ended`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GetEvent {
    /// The file is open: send requests, as many as [`Get::requests`] gives.
    Opened,
    /// The next bytes of the file.
    Data(Bytes),
    /// The file is over, and as long as expected.
    Ended,
}

/// One GET of a file whose length is known. When the connection ends before [`GetEvent::Opened`], the board did not
/// open the file.
#[derive(Debug)]
pub struct Get {
    header: Header,
    expected: u64,
    got: u64,
    requested: u64,
    answered: u64,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Opening,
    Reading,
    /// The length of a chunk has come, so many bytes of it are missing.
    Chunk(u16),
    /// The chunk of no length has come.
    Closing,
    Over,
}

impl Get {
    /// Reads `name`, which has `size` bytes as the REPL says.
    ///
    /// # Errors
    /// [`NameRefused`] for a name that no header carries.
    pub fn new(name: &str, size: u64) -> Result<Self, NameRefused> {
        let header = Header::get(name)?;
        Ok(Self { header, expected: size, got: 0, requested: 0, answered: 0, state: State::Opening })
    }

    /// What to send first.
    #[must_use]
    pub fn header(&self) -> Bytes {
        self.header.bytes()
    }

    /// How many requests are on their way.
    #[must_use]
    pub fn outstanding(&self) -> u64 {
        self.requested - self.answered
    }

    /// Bytes of the file so far.
    #[must_use]
    pub fn got(&self) -> u64 {
        self.got
    }

    /// How many requests to send now so that `window` are on their way, and counts them as sent. Never more than
    /// ceil(size / 256) + 1 in all: the board takes a surplus request for the beginning of the next record. The first
    /// ones may go out right behind the header: a file that does not open ends the connection anyway.
    pub fn requests(&mut self, window: u64) -> u64 {
        if matches!(self.state, State::Closing | State::Over) {
            return 0;
        }
        let useful = self.expected.div_ceil(CHUNK as u64) + 1;
        let outstanding = self.outstanding();
        let mut now = window.saturating_sub(outstanding).min(useful.saturating_sub(self.requested));
        // A board that answers with less than a whole chunk needs more requests. One alone is always safe: the end of
        // the file has not been asked for yet.
        if now == 0 && outstanding == 0 && window > 0 {
            now = 1;
        }
        self.requested += now;
        now
    }

    /// Takes bytes of binary frames off the front of `input` and gives the next event, or `None` when it needs more.
    ///
    /// # Errors
    /// [`RecordError`] when the answer is not the one that belongs here, or the file is not as long as expected.
    pub fn next(&mut self, input: &mut BytesMut) -> Result<Option<GetEvent>, RecordError> {
        loop {
            match self.state {
                State::Opening if take_ok(input)? => {
                    self.state = State::Reading;
                    return Ok(Some(GetEvent::Opened));
                }
                State::Closing if take_ok(input)? => {
                    self.state = State::Over;
                    return match self.got {
                        got if got < self.expected => {
                            Err(RecordError::Shorter { expected: self.expected, got })
                        }
                        _ => Ok(Some(GetEvent::Ended)),
                    };
                }
                State::Opening | State::Closing => return Ok(None),
                State::Over if input.is_empty() => return Ok(None),
                State::Over => return Err(RecordError::NotAskedFor),
                State::Reading => {
                    let [low, high, ..] = input[..] else { return Ok(None) };
                    input.advance(2);
                    self.begin_chunk(u16::from_le_bytes([low, high]))?;
                }
                State::Chunk(_) if input.is_empty() => return Ok(None),
                State::Chunk(missing) => {
                    let data = input.split_to(input.len().min(missing.into())).freeze();
                    let missing = missing - u16::try_from(data.len()).unwrap_or(missing);
                    self.state = if missing == 0 { State::Reading } else { State::Chunk(missing) };
                    self.got += data.len() as u64;
                    return Ok(Some(GetEvent::Data(data)));
                }
            }
        }
    }

    fn begin_chunk(&mut self, len: u16) -> Result<(), RecordError> {
        if self.answered == self.requested {
            return Err(RecordError::NotAskedFor);
        }
        if usize::from(len) > CHUNK {
            return Err(RecordError::ChunkTooLong { bytes: len });
        }
        if self.got + u64::from(len) > self.expected {
            return Err(RecordError::Longer { expected: self.expected });
        }
        self.answered += 1;
        self.state = if len == 0 { State::Closing } else { State::Chunk(len) };
        Ok(())
    }
}
