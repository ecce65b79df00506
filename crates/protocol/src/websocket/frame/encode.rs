//! Frames that a client sends: always whole, always masked, never large.

use bytes::{BufMut as _, Bytes, BytesMut};

/// The most payload that goes into one frame, in bytes. A board takes 512 at a time and closes the connection on a
/// 64-bit length (extmod/modwebsocket.c).
pub const MAX_SENT: usize = 4096;

/// What a frame is for, among those a client sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opcode {
    /// What is typed into the REPL, and the password.
    Text,
    /// File records.
    Binary,
    /// Keeps a tunnel open. A board answers nothing.
    Ping,
    /// Ends the session.
    Close,
}

impl Opcode {
    fn bits(self) -> u8 {
        match self {
            Self::Text => 0x1,
            Self::Binary => 0x2,
            Self::Close => 0x8,
            Self::Ping => 0x9,
        }
    }

    fn is_control(self) -> bool {
        matches!(self, Self::Ping | Self::Close)
    }
}

/// A frame that would break the session of a board.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotSendable {
    /// Send several frames instead: [`frames`].
    #[error("{bytes} bytes do not go into one frame; the most is {MAX_SENT}.")]
    TooLong {
        /// Payload bytes.
        bytes: usize,
    },
    /// The payload of a control frame leaks into the board's file-record parser (modwebsocket.c skips only one byte
    /// of it), and the next PUT or GET goes wrong.
    #[error("A ping or close frame with a payload would disturb the board.")]
    ControlPayload,
}

/// One whole frame, masked with `mask`. Write it in one piece: a board that reads a header alone blocks on the rest.
///
/// # Errors
/// [`NotSendable`] for a payload above [`MAX_SENT`], or any payload of a ping or close.
pub fn encode(opcode: Opcode, payload: &[u8], mask: [u8; 4]) -> Result<Bytes, NotSendable> {
    if payload.len() > MAX_SENT {
        return Err(NotSendable::TooLong { bytes: payload.len() });
    }
    if opcode.is_control() && !payload.is_empty() {
        return Err(NotSendable::ControlPayload);
    }
    Ok(masked(opcode, payload, mask))
}

/// `payload` as as many frames as it needs, each to be written in one piece. They are whole messages, not fragments:
/// firmware around 1.11 restarted on a frame without FIN (micropython#4885). Gives nothing for an empty payload.
pub fn frames<'a>(
    opcode: Opcode,
    payload: &'a [u8],
    mut mask: impl FnMut() -> [u8; 4] + 'a,
) -> impl Iterator<Item = Bytes> + 'a {
    let payload = if opcode.is_control() { &[] } else { payload };
    payload.chunks(MAX_SENT).map(move |piece| masked(opcode, piece, mask()))
}

fn masked(opcode: Opcode, payload: &[u8], mask: [u8; 4]) -> Bytes {
    let mut frame = BytesMut::with_capacity(8 + payload.len());
    frame.put_u8(0x80 | opcode.bits());
    match u8::try_from(payload.len()) {
        Ok(len) if len < 126 => frame.put_u8(0x80 | len),
        _ => {
            frame.put_u8(0x80 | 126);
            frame.put_u16(u16::try_from(payload.len()).unwrap_or(u16::MAX));
        }
    }
    frame.put_slice(&mask);
    frame.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame.freeze()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn exact_bytes() {
        let key = [1, 2, 3, 4];
        assert_eq!(&encode(Opcode::Text, b"a\r", key).unwrap()[..], b"\x81\x82\x01\x02\x03\x04\x60\x0f");
        assert_eq!(&encode(Opcode::Ping, b"", key).unwrap()[..], b"\x89\x80\x01\x02\x03\x04");
        assert_eq!(&encode(Opcode::Close, b"", key).unwrap()[..], b"\x88\x80\x01\x02\x03\x04");
        assert_eq!(&encode(Opcode::Binary, &[0; 125], [0; 4]).unwrap()[..2], b"\x82\xfd");
        assert_eq!(&encode(Opcode::Binary, &[0; 126], [0; 4]).unwrap()[..4], b"\x82\xfe\x00\x7e");
        assert_eq!(&encode(Opcode::Binary, &[0; 4096], [0; 4]).unwrap()[..4], b"\x82\xfe\x10\x00");
    }

    #[test]
    fn what_would_break_a_board_is_not_sent() {
        assert_eq!(encode(Opcode::Text, &[0; 4097], [0; 4]), Err(NotSendable::TooLong { bytes: 4097 }));
        assert_eq!(encode(Opcode::Ping, b"x", [0; 4]), Err(NotSendable::ControlPayload));
        assert_eq!(encode(Opcode::Close, b"\x03\xe8", [0; 4]), Err(NotSendable::ControlPayload));
    }

    proptest! {
        #[test]
        fn a_long_message_goes_in_small_whole_frames(
            payload in proptest::collection::vec(any::<u8>(), 0..20_000),
            key in any::<[u8; 4]>(),
        ) {
            let mut got = Vec::new();
            for frame in frames(Opcode::Binary, &payload, || key) {
                prop_assert_eq!(frame[0], 0x82);
                prop_assert!(frame[1] & 0x80 != 0);
                let at = if frame[1] & 0x7f == 126 { 4 } else { 2 };
                prop_assert!(frame.len() - at - 4 <= MAX_SENT);
                prop_assert_eq!(&frame[at..at + 4], &key);
                got.extend(frame[at + 4..].iter().zip(key.iter().cycle()).map(|(b, k)| b ^ k));
            }
            prop_assert_eq!(got, payload);
        }
    }
}
