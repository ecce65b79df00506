//! Tests of PUT and GET against a board's side written down here.

use std::collections::VecDeque;

use bytes::BytesMut;
use proptest::prelude::*;

use super::*;

const OK: &[u8] = b"WB\0\0";

#[test]
fn a_put() {
    let mut put = Put::new("/a", 3).unwrap();
    assert_eq!(put.header().len(), HEADER_LEN);
    let mut input = BytesMut::from(&b"WB"[..]);
    assert_eq!(put.next(&mut input), Ok(None));
    input.extend_from_slice(b"\0\0");
    assert_eq!(put.next(&mut input), Ok(Some(PutEvent::Opened)));
    assert_eq!(put.to_send(), 3);
    put.sent(3);
    assert_eq!(put.to_send(), 0);
    input.extend_from_slice(OK);
    assert_eq!(put.next(&mut input), Ok(Some(PutEvent::Taken)));
    assert_eq!(put.next(&mut input), Ok(None));
    input.extend_from_slice(b"x");
    assert_eq!(put.next(&mut input), Err(RecordError::NotAskedFor));
}

#[test]
fn an_empty_put_is_answered_twice_at_once() {
    let mut put = Put::new("/a", 0).unwrap();
    let mut input = BytesMut::from(&[OK, OK].concat()[..]);
    assert_eq!(put.next(&mut input), Ok(Some(PutEvent::Opened)));
    assert_eq!(put.next(&mut input), Ok(Some(PutEvent::Taken)));
}

#[test]
fn wrong_answers_to_a_put() {
    let answered = |bytes: &[u8]| Put::new("/a", 9).unwrap().next(&mut BytesMut::from(bytes));
    assert_eq!(answered(b"WA\0\0"), Err(RecordError::WrongSignature { got: "WA\\x00\\x00".into() }));
    assert_eq!(answered(b"X"), Err(RecordError::WrongSignature { got: "X".into() }));
    assert_eq!(answered(b"WB\x01\x02"), Err(RecordError::Refused { code: 0x0201 }));
    let mut put = Put::new("/a", 9).unwrap();
    let mut input = BytesMut::from(&[OK, OK].concat()[..]);
    assert_eq!(put.next(&mut input), Ok(Some(PutEvent::Opened)));
    put.sent(4);
    assert_eq!(put.next(&mut input), Err(RecordError::EarlyEnd { sent: 4, size: 9 }));
}

#[test]
fn wrong_answers_to_a_get() {
    let get = |size: u64, answer: &[u8]| {
        let mut get = Get::new("/a", size).unwrap();
        let mut input = BytesMut::from(&[OK, answer].concat()[..]);
        assert_eq!(get.next(&mut input), Ok(Some(GetEvent::Opened)));
        get.requests(64);
        loop {
            match get.next(&mut input) {
                Ok(Some(GetEvent::Data(_))) => {}
                other => return other,
            }
        }
    };
    assert_eq!(get(2, b"\x02\0ab\0\0WB\0\0"), Ok(Some(GetEvent::Ended)));
    assert_eq!(get(0, b"\0\0WB\0\0"), Ok(Some(GetEvent::Ended)));
    assert_eq!(get(2, b"\x02\0ab"), Ok(None));
    assert_eq!(get(2, b"\x03\0abc"), Err(RecordError::Longer { expected: 2 }));
    assert_eq!(get(3, b"\x02\0ab\0\0WB\0\0"), Err(RecordError::Shorter { expected: 3, got: 2 }));
    assert_eq!(get(9999, b"\x01\x01"), Err(RecordError::ChunkTooLong { bytes: 257 }));
    assert_eq!(get(2, b"\0\0XX"), Err(RecordError::WrongSignature { got: "XX".into() }));
    assert_eq!(
        get(9, b"\x01\0a\x01\0b\x01\0c"),
        Err(RecordError::NotAskedFor),
        "three answers to two requests"
    );
}

/// A board: answers each request byte with a chunk, and takes what comes after the end for a header.
struct Board {
    file: VecDeque<u8>,
    chunk: usize,
    ended: bool,
    stray: u64,
}

impl Board {
    fn answer(&mut self, requests: u64, out: &mut Vec<u8>) {
        for _ in 0..requests {
            if self.ended {
                self.stray += 1;
                continue;
            }
            let n = self.file.len().min(self.chunk);
            out.extend(u16::try_from(n).unwrap().to_le_bytes());
            out.extend(self.file.drain(..n));
            if n == 0 {
                self.ended = true;
                out.extend_from_slice(OK);
            }
        }
    }
}

proptest! {
    /// Whatever the window and the splits, the file comes whole and no request is one too many.
    #[test]
    fn a_get_with_requests_in_flight(
        len in prop_oneof![0usize..3000, Just(256), Just(512), Just(255), Just(257)],
        window in 1u64..80,
        chunk in prop_oneof![4 => Just(256usize), 1 => 1usize..256],
        cuts in proptest::collection::vec(1usize..600, 1..10),
        early in any::<bool>(),
    ) {
        let file: Vec<u8> = (0..len).map(|i| (i % 251) as u8).collect();
        let mut board = Board { file: file.iter().copied().collect(), chunk, ended: false, stray: 0 };
        let mut get = Get::new("/a", len as u64).unwrap();
        let (mut wire, mut got, mut asked) = (OK.to_vec(), Vec::new(), 0);
        if early {
            asked = get.requests(window);
            board.answer(asked, &mut wire);
        }
        let mut input = BytesMut::new();
        let mut cuts = cuts.iter().cycle();
        let mut ended = false;
        while !ended {
            prop_assert!(!wire.is_empty(), "stuck after {} of {len} bytes", got.len());
            let n = (*cuts.next().unwrap()).min(wire.len());
            input.extend(wire.drain(..n));
            while let Some(event) = get.next(&mut input).unwrap() {
                match event {
                    GetEvent::Opened => {}
                    GetEvent::Data(data) => got.extend_from_slice(&data),
                    GetEvent::Ended => ended = true,
                }
            }
            let requests = get.requests(window);
            prop_assert!(requests <= window && get.outstanding() <= window);
            asked += requests;
            board.answer(requests, &mut wire);
        }
        prop_assert_eq!(got, file);
        prop_assert_eq!(board.stray, 0, "bytes taken for the next header");
        if chunk == 256 {
            prop_assert!(asked <= (len as u64).div_ceil(256) + 1);
        }
    }

    #[test]
    fn garbage_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300), cut in 1usize..50) {
        let mut put = Put::new("/a", 100).unwrap();
        let mut get = Get::new("/a", 100).unwrap();
        let (mut put_in, mut get_in) = (BytesMut::from(OK), BytesMut::from(OK));
        let (mut put_ok, mut get_ok) = (true, true);
        for piece in bytes.chunks(cut) {
            put_in.extend_from_slice(piece);
            get_in.extend_from_slice(piece);
            while put_ok && match put.next(&mut put_in) { Ok(event) => event.is_some(), Err(_) => { put_ok = false; false } } {}
            while get_ok && match get.next(&mut get_in) {
                Ok(Some(GetEvent::Data(data))) => { prop_assert!(!data.is_empty()); true }
                Ok(event) => event.is_some(),
                Err(_) => { get_ok = false; false }
            } {}
            get.requests(4);
            prop_assert!(get.got() <= 100);
        }
    }
}
