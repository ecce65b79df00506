//! `websocket_read` of modwebsocket.c: a stream of payload bytes, and the type of the last frame.

/// A client's frames as a board takes them apart.
#[derive(Debug)]
pub(crate) struct Frames {
    input: Vec<u8>,
    at: usize,
    end: Option<End>,
    state: State,
    first: u8,
    /// Flags of the frame whose payload was read last. A control frame changes them, too.
    flags: u8,
    left: usize,
    mask: [u8; 4],
    mask_at: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Header,
    Length { masked: bool },
    Mask,
    Payload,
}

/// Why no more bytes come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Eof,
    Errno(i32, &'static str),
}

/// What one call of read gives.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Read {
    Data(Vec<u8>),
    Again,
    /// A close frame: it is answered, then it is the end.
    Close,
    End(End),
}

const EIO: End = End::Errno(5, "EIO");
const TEXT: u8 = 1;
const CLOSE: u8 = 8;

impl Frames {
    pub(crate) fn new(leftover: Vec<u8>) -> Self {
        Self {
            input: leftover,
            at: 0,
            end: None,
            state: State::Header,
            first: 0,
            flags: 0,
            left: 0,
            mask: [0; 4],
            mask_at: 0,
        }
    }

    pub(crate) fn feed(&mut self, bytes: &[u8]) {
        self.input.drain(..self.at);
        self.at = 0;
        self.input.extend_from_slice(bytes);
    }

    pub(crate) fn finish(&mut self, end: End) {
        self.end = Some(end);
    }

    /// Whether the last bytes came in a text frame, which is the REPL's.
    pub(crate) fn is_text(&self) -> bool {
        self.flags & 0x0f == TEXT
    }

    /// At most `size` bytes of payload, never over the end of a frame.
    pub(crate) fn read(&mut self, size: usize) -> Read {
        loop {
            match self.state {
                State::Header => {
                    let Some([first, second]) = self.take::<2>() else { return self.nothing() };
                    self.begin(first);
                    let masked = second & 0x80 != 0;
                    self.left = usize::from(second & 0x7f);
                    self.state = match self.left {
                        // Lengths of 64 bits: the error closes the connection.
                        127 => return Read::End(EIO),
                        126 => State::Length { masked },
                        _ if masked => State::Mask,
                        _ => State::Payload,
                    };
                }
                State::Length { masked } => {
                    let Some(length) = self.take::<2>() else { return self.nothing() };
                    self.left = usize::from(u16::from_be_bytes(length));
                    self.state = if masked { State::Mask } else { State::Payload };
                }
                State::Mask => {
                    let Some(mask) = self.take::<4>() else { return self.nothing() };
                    self.mask = mask;
                    self.state = State::Payload;
                }
                State::Payload => {
                    let data = self.payload(size);
                    if data.is_empty() && self.left > 0 {
                        return self.nothing();
                    }
                    if self.left == 0 {
                        self.state = State::Header;
                        match self.first & 0x0f {
                            CLOSE => return Read::Close,
                            // The last byte of a control frame is dropped with it; what came before it has leaked.
                            control if control > CLOSE => continue,
                            _ => {}
                        }
                    }
                    if !data.is_empty() {
                        return Read::Data(data);
                    }
                }
            }
        }
    }

    fn begin(&mut self, first: u8) {
        self.first = first;
        // A continuation keeps the type.
        self.flags = if first & 0x0f == 0 { (self.flags & 0x0f) | (first & 0xf0) } else { first };
        self.mask = [0; 4];
        self.mask_at = 0;
    }

    fn payload(&mut self, size: usize) -> Vec<u8> {
        let end = self.input.len().min(self.at + size.min(self.left));
        let mask = self.mask.iter().cycle().skip(self.mask_at & 3);
        let data: Vec<u8> =
            self.input[self.at..end].iter().zip(mask).map(|(byte, mask)| byte ^ mask).collect();
        self.mask_at += data.len();
        self.left -= data.len();
        self.at = end;
        data
    }

    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let taken = self.input.get(self.at..self.at + N)?.try_into().ok()?;
        self.at += N;
        Some(taken)
    }

    fn nothing(&self) -> Read {
        self.end.map_or(Read::Again, Read::End)
    }
}

/// A frame as `websocket_write` makes it: header and payload, which are two writes; `None` for a payload that is too long.
pub(crate) fn frame(opcode: u8, payload: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let length = u16::try_from(payload.len()).ok()?;
    let mut header = vec![0x80 | opcode];
    match u8::try_from(length) {
        Ok(short) if short < 126 => header.push(short),
        _ => {
            header.push(126);
            header.extend(length.to_be_bytes());
        }
    }
    Some((header, payload))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(bytes: &[u8]) -> Frames {
        Frames::new(bytes.to_vec())
    }

    #[test]
    fn a_masked_frame_is_read_in_any_pieces() {
        let mut frames = of(&[0x82, 0x83, 1, 2]);
        assert_eq!(frames.read(1), Read::Again);
        frames.feed(&[3, 4, b'a' ^ 1, b'b' ^ 2]);
        assert_eq!(frames.read(1), Read::Data(b"a".to_vec()));
        assert_eq!(frames.read(9), Read::Data(b"b".to_vec()));
        assert_eq!(frames.read(9), Read::Again);
        frames.feed(&[b'c' ^ 3]);
        assert_eq!(frames.read(9), Read::Data(b"c".to_vec()));
        assert!(!frames.is_text());
    }

    #[test]
    fn a_ping_leaks_all_but_its_last_byte() {
        let mut frames = of(b"\x81\x01x\x89\x03abc\x89\x00\x81\x00\x81\x01y");
        assert_eq!(frames.read(1), Read::Data(b"x".to_vec()));
        assert!(frames.is_text());
        assert_eq!(frames.read(1), Read::Data(b"a".to_vec()));
        assert!(!frames.is_text());
        assert_eq!(frames.read(1), Read::Data(b"b".to_vec()));
        assert_eq!(frames.read(1), Read::Data(b"y".to_vec()));
        assert_eq!(frames.read(1), Read::Again);
    }

    #[test]
    fn fragments_keep_their_type() {
        let mut frames = of(b"\x02\x01a\x00\x01b\x80\x01c\x88\x00");
        for byte in [b"a", b"b", b"c"] {
            assert_eq!(frames.read(9), Read::Data(byte.to_vec()));
            assert!(!frames.is_text());
        }
        assert_eq!(frames.read(9), Read::Close);
    }

    #[test]
    fn sixty_four_bits_of_length_are_an_error() {
        assert_eq!(of(b"\x82\xff\0\0\0\0\0\x01\0\0").read(1), Read::End(EIO));
    }

    #[test]
    fn a_long_frame_has_two_bytes_of_length() {
        assert_eq!(frame(2, &[0; 126]).unwrap().0, [0x82, 126, 0, 126]);
        assert_eq!(frame(1, &[0; 125]).unwrap().0, [0x81, 125]);
        assert!(frame(1, &[0; 65_536]).is_none());
    }
}
