//! Raw-paste: sending code with flow control (shared/runtime/pyexec.c `do_reader_stdin`; docs/reference/repl.rst
//! "Raw-paste mode").

use bytes::{Buf, Bytes, BytesMut};

use crate::control::END;
use crate::raw_repl::BANNER;
use crate::search::find;

/// Asks for raw-paste, in the raw REPL.
pub const REQUEST: &[u8] = b"\x05A\x01";

/// What the board said to [`REQUEST`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Not decided yet.
    NeedMore,
    /// `R\x01` and a window size: go on with [`Sender::new`].
    Granted {
        /// Bytes that each further 0x01 allows.
        window: u16,
    },
    /// `R\x00`: it knows the request and does not do it.
    Refused,
    /// The banner came again: a firmware from before raw-paste.
    Unknown,
    /// Something that no raw REPL says.
    Unexpected,
}

/// Reads the answer to [`REQUEST`] and takes it off `input` once it is decided.
///
/// What a timer or a thread printed before the answer is dropped.
pub fn read_answer(input: &mut BytesMut) -> Answer {
    if let Some(at) = find(input, b"R\x01").or_else(|| find(input, b"R\x00")) {
        input.advance(at);
    }
    match input.as_ref() {
        [b'R', 0x01, low, high, ..] => {
            let window = u16::from_le_bytes([*low, *high]);
            input.advance(4);
            if window == 0 { Answer::Unexpected } else { Answer::Granted { window } }
        }
        // The C code prints a prompt after R\x00, other firmware does not; `raw_repl::Reply` skips it.
        [b'R', 0x00, ..] => {
            input.advance(2);
            Answer::Refused
        }
        [] | [b'R'] | [b'R', 0x01] | [b'R', 0x01, _] => Answer::NeedMore,
        _ => {
            // Old firmware ignores 0x05, takes the `A` as code and answers 0x01 with its banner.
            if let Some(at) = find(input, BANNER) {
                input.advance(at + BANNER.len());
                return Answer::Unknown;
            }
            if input.len() > 256 { Answer::Unexpected } else { Answer::NeedMore }
        }
    }
}

/// Sends code within the window that the board grants.
#[derive(Debug)]
pub struct Sender {
    code: Bytes,
    window: usize,
    credit: usize,
    one_window: bool,
    begun: bool,
}

/// What came from the board while code was being sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// Nothing, or more credit.
    GoOn,
    /// The board has ended the paste by itself (0x04): send 0x04 and read the reply.
    Ended,
    /// A byte that does not belong here.
    Unexpected(u8),
}

impl Sender {
    /// Sends `code` by windows of `window` bytes. The board's answer has granted the first one; the increment that
    /// follows it at once comes as 0x01 like all others (MICROPY_REPL_STDIN_BUFFER_MAX is two windows).
    #[must_use]
    pub fn new(code: Bytes, window: u16) -> Self {
        Self { code, window: window.into(), credit: window.into(), one_window: false, begun: false }
    }

    /// Never has more than one window on the way, for boards whose ring is smaller than two (255 bytes over WebREPL on an
    /// ESP8266): the increment that comes with the answer is not used. It is told from later ones by coming before
    /// anything was sent; over a WebSocket it is in the same frame as the window.
    #[must_use]
    pub fn one_window(mut self) -> Self {
        self.one_window = true;
        self
    }

    /// The next piece that may be sent now.
    pub fn next_piece(&mut self) -> Option<Bytes> {
        let n = self.credit.min(self.code.len());
        if n == 0 {
            return None;
        }
        self.begun = true;
        self.credit -= n;
        Some(self.code.split_to(n))
    }

    /// Whether all code has been handed out, so that 0x04 is to be sent.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.code.is_empty()
    }

    /// Takes what the board sent off the front of `input`.
    pub fn hear(&mut self, input: &mut BytesMut) -> Heard {
        while let Some(&byte) = input.first() {
            match byte {
                0x01 => {
                    input.advance(1);
                    if self.begun || !self.one_window {
                        self.credit = self.credit.saturating_add(self.window);
                    }
                }
                END => {
                    input.advance(1);
                    return Heard::Ended;
                }
                other => return Heard::Unexpected(other),
            }
        }
        Heard::GoOn
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn answer(bytes: &[u8]) -> (Answer, Vec<u8>) {
        let mut input = BytesMut::from(bytes);
        let answer = read_answer(&mut input);
        (answer, input.to_vec())
    }

    #[test]
    fn every_answer() {
        assert_eq!(answer(b""), (Answer::NeedMore, vec![]));
        assert_eq!(answer(b"R\x01\x80"), (Answer::NeedMore, b"R\x01\x80".to_vec()));
        assert_eq!(answer(b"R\x01\x80\x00\x01"), (Answer::Granted { window: 128 }, vec![1]));
        assert_eq!(answer(b"R\x00>"), (Answer::Refused, b">".to_vec()));
        assert_eq!(answer(b"raw REPL; CTRL-B to exit\r\n>"), (Answer::Unknown, vec![]));
        assert_eq!(answer(b"raw REPL; CTRL-"), (Answer::NeedMore, b"raw REPL; CTRL-".to_vec()));
        assert_eq!(answer(b"tick\r\nR\x01\x80\x00").0, Answer::Granted { window: 128 });
        assert_eq!(answer(b"R\x01\x00\x00").0, Answer::Unexpected);
        assert_eq!(answer(&[b'x'; 300]).0, Answer::Unexpected);
    }

    proptest! {
        /// A board with a ring of two windows never overflows, and gets every byte in order.
        #[test]
        fn the_window_is_kept(len in 0usize..3000, window in 1u16..200, drain in 1usize..300, one in any::<bool>()) {
            let code: Vec<u8> = (0..len).map(|i| (i % 251) as u8).collect();
            let mut sender = Sender::new(Bytes::from(code.clone()), window);
            if one {
                sender = sender.one_window();
            }
            let mut input = BytesMut::from(&[1u8][..]);
            let (mut ring, mut got, mut until_credit) = (0usize, Vec::new(), usize::from(window));
            while !sender.is_done() || ring > 0 {
                prop_assert_eq!(sender.hear(&mut input), Heard::GoOn);
                while let Some(piece) = sender.next_piece() {
                    ring += piece.len();
                    got.extend_from_slice(&piece);
                }
                let windows = if one { 1 } else { 2 };
                prop_assert!(ring <= windows * usize::from(window));
                for _ in 0..drain.min(ring) {
                    ring -= 1;
                    until_credit -= 1;
                    if until_credit == 0 {
                        until_credit = window.into();
                        input.extend_from_slice(&[1]);
                    }
                }
            }
            prop_assert_eq!(got, code);
        }
    }
}
