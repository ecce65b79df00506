//! Any bytes of a server, in any split, give the same frames or the same error.
#![no_main]

use boardwalk_protocol::websocket::frame::{Decoder, Frame, FrameError, MAX_MESSAGE};
use bytes::BytesMut;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, &[u8])| {
    let (cut, stream) = input;
    let whole = decode(stream, stream.len().max(1));
    assert_eq!(decode(stream, usize::from(cut).max(1)), whole);
    for frame in whole.0 {
        if let Frame::Text(payload) | Frame::Binary(payload) = frame {
            assert!(payload.len() <= MAX_MESSAGE);
        }
    }
});

fn decode(stream: &[u8], cut: usize) -> (Vec<Frame>, Option<FrameError>) {
    let mut decoder = Decoder::new();
    let mut input = BytesMut::new();
    let mut frames = Vec::new();
    for piece in stream.chunks(cut) {
        input.extend_from_slice(piece);
        loop {
            match decoder.next(&mut input) {
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => break,
                Err(error) => return (frames, Some(error)),
            }
        }
    }
    (frames, None)
}
