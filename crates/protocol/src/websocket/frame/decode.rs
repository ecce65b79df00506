//! Frames from a server, split anywhere on their way.

use bytes::{Buf as _, Bytes, BytesMut};

use super::{MAX_MESSAGE, MAX_PAYLOAD};

/// What a server sent, fragments joined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// Bytes of the REPL. Not necessarily UTF-8, and a character may continue in the next one.
    Text(Bytes),
    /// Bytes of a file record.
    Binary(Bytes),
    /// A ping, its payload dropped: a board neither sends pings nor expects pongs.
    Ping,
    /// A pong, its payload dropped.
    Pong,
    /// The server ends the session; nothing follows. A board does so only as the answer to our own close.
    Close {
        /// The status code, when one was given.
        code: Option<u16>,
    },
}

/// Bytes that no WebREPL sends. The connection is of no more use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// RFC 6455 5.1: "A server MUST NOT mask any frames that it sends to the client."
    #[error("the server masked a frame, which only clients may do")]
    Masked,
    /// RSV bits without a negotiated extension (5.2), in practice a compressed frame nobody asked for.
    #[error("the server used an extension that was not agreed on, such as compression")]
    ReservedBits,
    /// An opcode that RFC 6455 reserves.
    #[error("the server sent a frame of the unknown type {opcode:#x}")]
    UnknownOpcode {
        /// 3–7 or 11–15.
        opcode: u8,
    },
    /// A payload above [`MAX_PAYLOAD`].
    #[error("the server announced a frame of {bytes} bytes; the most is {MAX_PAYLOAD}")]
    TooLong {
        /// As the header has it.
        bytes: u64,
    },
    /// Fragments above [`MAX_MESSAGE`] together.
    #[error("the server sent a message in fragments that come to more than {MAX_MESSAGE} bytes")]
    MessageTooLong,
    /// A continuation without a beginning.
    #[error("the server continued a message that it had not begun")]
    NothingToContinue,
    /// A new message inside a fragmented one.
    #[error("the server began a message inside another")]
    Interleaved,
    /// RFC 6455 5.5: control frames are at most 125 bytes long and not fragmented.
    #[error("the server sent a control frame that is fragmented or too long")]
    BadControl,
}

impl FrameError {
    /// The finding code: whoever sends this speaks WebSocket, if that, but is no WebREPL.
    #[must_use]
    pub fn code(&self) -> &'static str {
        "not-webrepl"
    }

    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        "Check the address and the port: what answers there is not a MicroPython board's WebREPL, or something on the way changes its bytes."
    }
}

/// Takes frames off a stream. Holds only the fragments of an unfinished message, at most [`MAX_MESSAGE`] bytes.
#[derive(Debug, Default)]
pub struct Decoder {
    fragments: Option<Fragments>,
    closed: bool,
}

#[derive(Debug)]
struct Fragments {
    text: bool,
    payload: BytesMut,
    /// Payload and headers, so that fragments of no length come to an end, too.
    total: usize,
}

/// The first bytes of a frame.
struct Header {
    fin: bool,
    opcode: u8,
    /// Bytes before the payload.
    len: usize,
    payload: usize,
}

impl Decoder {
    /// At the start of a connection, or after the handshake's leftover.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes bytes off the front of `input` and gives the next frame, or `None` when it needs more. `input` never has
    /// to hold more than one frame: 10 bytes of header and [`MAX_PAYLOAD`]. After a close there are no more frames.
    ///
    /// # Errors
    /// [`FrameError`] as soon as the header shows it; the stream cannot be read on.
    pub fn next(&mut self, input: &mut BytesMut) -> Result<Option<Frame>, FrameError> {
        while !self.closed {
            let Some(header) = Header::read(input)? else { return Ok(None) };
            self.check(&header)?;
            if input.len() < header.len + header.payload {
                return Ok(None);
            }
            input.advance(header.len);
            let payload = input.split_to(header.payload).freeze();
            if let Some(frame) = self.take(&header, payload) {
                return Ok(Some(frame));
            }
        }
        input.clear();
        Ok(None)
    }

    /// What the header forbids, before its payload has come.
    fn check(&self, header: &Header) -> Result<(), FrameError> {
        let begun = self.fragments.as_ref();
        match header.opcode {
            0x0 => {
                let begun = begun.ok_or(FrameError::NothingToContinue)?;
                if begun.total + header.len + header.payload > MAX_MESSAGE {
                    return Err(FrameError::MessageTooLong);
                }
            }
            0x1 | 0x2 if begun.is_some() => return Err(FrameError::Interleaved),
            0x8..=0xa if !header.fin || header.payload > 125 => return Err(FrameError::BadControl),
            _ => {}
        }
        Ok(())
    }

    fn take(&mut self, header: &Header, payload: Bytes) -> Option<Frame> {
        match header.opcode {
            0x8 => {
                self.closed = true;
                let code = payload.get(..2).map(|code| u16::from_be_bytes([code[0], code[1]]));
                return Some(Frame::Close { code });
            }
            0x9 => return Some(Frame::Ping),
            0xa => return Some(Frame::Pong),
            0x1 | 0x2 if header.fin => return Some(data(header.opcode == 0x1, payload)),
            0x1 | 0x2 => {
                let total = header.len + payload.len();
                self.fragments =
                    Some(Fragments { text: header.opcode == 0x1, payload: payload.as_ref().into(), total });
            }
            _ => {
                let mut begun = self.fragments.take()?;
                begun.payload.extend_from_slice(&payload);
                begun.total += header.len + payload.len();
                if header.fin {
                    return Some(data(begun.text, begun.payload.freeze()));
                }
                self.fragments = Some(begun);
            }
        }
        None
    }
}

fn data(text: bool, payload: Bytes) -> Frame {
    if text { Frame::Text(payload) } else { Frame::Binary(payload) }
}

impl Header {
    fn read(input: &BytesMut) -> Result<Option<Self>, FrameError> {
        let Some(&first) = input.first() else { return Ok(None) };
        if first & 0x70 != 0 {
            return Err(FrameError::ReservedBits);
        }
        let opcode = first & 0x0f;
        if !matches!(opcode, 0x0..=0x2 | 0x8..=0xa) {
            return Err(FrameError::UnknownOpcode { opcode });
        }
        let Some(&second) = input.get(1) else { return Ok(None) };
        if second & 0x80 != 0 {
            return Err(FrameError::Masked);
        }
        let (len, payload) = match second {
            126 => match input.get(2..4) {
                Some(n) => (4, n.iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte))),
                None => return Ok(None),
            },
            127 => match input.get(2..10) {
                Some(n) => (10, n.iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte))),
                None => return Ok(None),
            },
            short => (2, u64::from(short)),
        };
        match usize::try_from(payload) {
            Ok(payload) if payload <= MAX_PAYLOAD => {
                Ok(Some(Self { fin: first & 0x80 != 0, opcode, len, payload }))
            }
            _ => Err(FrameError::TooLong { bytes: payload }),
        }
    }
}

#[cfg(test)]
#[path = "decode_tests.rs"]
mod tests;
