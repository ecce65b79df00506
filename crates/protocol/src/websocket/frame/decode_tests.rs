//! Tests of the frame decoder.

use proptest::prelude::*;

use super::*;

fn decode(stream: &[u8], cuts: &[usize]) -> Result<(Vec<Frame>, usize), FrameError> {
    let mut decoder = Decoder::new();
    let mut input = BytesMut::new();
    let mut frames = Vec::new();
    let mut rest = stream;
    let mut cuts = cuts.iter().cycle();
    while !rest.is_empty() {
        let n = cuts.next().copied().unwrap_or(1).min(rest.len());
        input.extend_from_slice(&rest[..n]);
        rest = &rest[n..];
        while let Some(frame) = decoder.next(&mut input)? {
            frames.push(frame);
        }
    }
    Ok((frames, input.len()))
}

fn all(stream: &[u8]) -> Vec<Frame> {
    decode(stream, &[usize::MAX]).unwrap().0
}

fn error(stream: &[u8]) -> FrameError {
    decode(stream, &[usize::MAX]).unwrap_err()
}

fn text(bytes: &'static [u8]) -> Frame {
    Frame::Text(Bytes::from_static(bytes))
}

/// A server's frame.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match payload.len() {
        n if n < 126 => frame.push(u8::try_from(n).unwrap()),
        n if n < 65536 => {
            frame.push(126);
            frame.extend(u16::try_from(n).unwrap().to_be_bytes());
        }
        n => {
            frame.push(127);
            frame.extend((n as u64).to_be_bytes());
        }
    }
    frame.extend_from_slice(payload);
    frame
}

#[test]
fn text_is_bytes_and_binary_is_told_apart() {
    assert_eq!(all(b"\x81\x0aPassword: "), [text(b"Password: ")]);
    // The three bytes of 中, one a frame, as a board's print does it.
    assert_eq!(all(b"\x81\x01\xe4\x81\x01\xb8\x81\x01\xad"), [text(b"\xe4"), text(b"\xb8"), text(b"\xad")]);
    assert_eq!(all(b"\x81\x03\x80\x00\x01"), [text(b"\x80\x00\x01")]);
    assert_eq!(all(b"\x82\x04WB\0\0"), [Frame::Binary(Bytes::from_static(b"WB\0\0"))]);
    assert_eq!(all(b"\x81\x00"), [text(b"")]);
}

#[test]
fn fragments_are_joined_to_their_type_and_control_frames_may_stand_between() {
    assert_eq!(all(b"\x01\x01a\x00\x01b\x80\x01c"), [text(b"abc")]);
    assert_eq!(
        all(b"\x02\x01a\x89\x00\x8a\x01x\x80\x01b"),
        [Frame::Ping, Frame::Pong, Frame::Binary(Bytes::from_static(b"ab"))]
    );
    assert_eq!(all(b"\x01\x00\x80\x00\x81\x01x"), [text(b""), text(b"x")]);
}

#[test]
fn a_close_is_the_last_frame() {
    assert_eq!(all(b"\x88\x00\x81\x01x"), [Frame::Close { code: None }]);
    assert_eq!(all(b"\x88\x02\x03\xe8"), [Frame::Close { code: Some(1000) }]);
    assert_eq!(all(b"\x88\x05\x03\xe9bye"), [Frame::Close { code: Some(1001) }]);
    assert_eq!(decode(b"\x88\x00junk", &[1]).unwrap(), (vec![Frame::Close { code: None }], 0));
}

#[test]
fn what_no_board_sends() {
    for (stream, expected) in [
        (&b"\x81\x81\0\0\0\0a"[..], FrameError::Masked),
        (b"\xc1", FrameError::ReservedBits),
        (b"\x91", FrameError::ReservedBits),
        (b"\x83", FrameError::UnknownOpcode { opcode: 3 }),
        (b"\x8f", FrameError::UnknownOpcode { opcode: 15 }),
        (b"\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xff", FrameError::TooLong { bytes: i64::MAX as u64 }),
        (b"\x82\x7f\x80\0\0\0\0\0\0\0", FrameError::TooLong { bytes: 1 << 63 }),
        (b"\x82\x7f\0\0\0\0\0\x01\0\x01", FrameError::TooLong { bytes: 65537 }),
        (b"\x80\x00", FrameError::NothingToContinue),
        (b"\x01\x01a\x81\x01b", FrameError::Interleaved),
        (b"\x01\x01a\x02\x01b", FrameError::Interleaved),
        (b"\x09\x00", FrameError::BadControl),
        (b"\x08\x00", FrameError::BadControl),
        (b"\x89\x7e\x00\x7e", FrameError::BadControl),
        (b"HTTP/1.1 400", FrameError::ReservedBits),
    ] {
        assert_eq!(error(stream), expected, "{stream:02x?}");
        assert_eq!(decode(stream, &[1]).unwrap_err(), expected, "byte by byte {stream:02x?}");
        assert_eq!(expected.code(), "not-webrepl");
    }
}

#[test]
fn the_longest_frame_and_any_way_to_write_a_length() {
    let long = vec![7; MAX_PAYLOAD];
    assert_eq!(all(&frame(0x82, &long)), [Frame::Binary(long.into())]);
    assert_eq!(all(b"\x81\x7e\x00\x01x"), [text(b"x")]);
    assert_eq!(all(b"\x81\x7f\0\0\0\0\0\0\0\x01x"), [text(b"x")]);
}

#[test]
fn fragments_without_end_come_to_one() {
    for size in [0usize, 1, 1000, MAX_PAYLOAD] {
        let mut decoder = Decoder::new();
        let mut input = BytesMut::from(&b"\x01\x00"[..]);
        let piece = frame(0x00, &vec![0; size]);
        let mut sent = 0;
        let error = loop {
            match decoder.next(&mut input) {
                Ok(None) => {}
                Ok(Some(frame)) => panic!("{frame:?}"),
                Err(error) => break error,
            }
            input.extend_from_slice(&piece);
            sent += piece.len();
            assert!(sent <= MAX_MESSAGE + piece.len());
        };
        assert_eq!(error, FrameError::MessageTooLong);
        assert!(decoder.fragments.unwrap().payload.len() <= MAX_MESSAGE);
    }
}

fn any_frame() -> impl Strategy<Value = (Vec<u8>, Frame)> {
    let payload = proptest::collection::vec(any::<u8>(), 0..400);
    prop_oneof![
        payload.clone().prop_map(|p| (frame(0x81, &p), Frame::Text(p.into()))),
        payload.clone().prop_map(|p| (frame(0x82, &p), Frame::Binary(p.into()))),
        Just((frame(0x89, b""), Frame::Ping)),
        Just((frame(0x8a, b"?"), Frame::Pong)),
        (payload, 0usize..400).prop_map(|(p, at)| {
            let at = at.min(p.len());
            ([frame(0x01, &p[..at]), frame(0x89, b""), frame(0x80, &p[at..])].concat(), Frame::Text(p.into()))
        }),
    ]
}

proptest! {
    #[test]
    fn any_split_gives_the_same(
        frames in proptest::collection::vec(any_frame(), 0..12),
        cuts in proptest::collection::vec(1usize..50, 1..20),
    ) {
        let stream: Vec<u8> = frames.iter().flat_map(|(bytes, _)| bytes.clone()).collect();
        let (mut got, left) = decode(&stream, &cuts).unwrap();
        prop_assert_eq!(left, 0);
        let mut expected: Vec<_> = frames.into_iter().map(|(_, frame)| frame).collect();
        // The pings inside fragmented messages are not in the list.
        got.retain(|frame| *frame != Frame::Ping);
        expected.retain(|frame| *frame != Frame::Ping);
        prop_assert_eq!(got, expected);
    }

    #[test]
    fn garbage_never_panics_and_splits_do_not_matter(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        cuts in proptest::collection::vec(1usize..20, 1..20),
    ) {
        prop_assert_eq!(decode(&bytes, &cuts), decode(&bytes, &[usize::MAX]));
    }
}
