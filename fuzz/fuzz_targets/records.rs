//! Any answer to a PUT or a GET, in any split, gives the same file or the same error, and never more than was asked for.
#![no_main]

use boardwalk_protocol::webrepl::record::{CHUNK, Get, GetEvent, Put, PutEvent, RecordError};
use bytes::BytesMut;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, u16, &[u8])| {
    let (cut, size, answer) = input;
    let (whole, cut) = (answer.len().max(1), usize::from(cut).max(1));
    assert_eq!(get(size, answer, cut), get(size, answer, whole));
    assert_eq!(put(size, answer, cut), put(size, answer, whole));
});

/// The file, whether it ended, how it went wrong. All requests that may go out have gone out.
fn get(size: u16, answer: &[u8], cut: usize) -> (Vec<u8>, bool, Option<String>) {
    let mut get = Get::new("/file", size.into()).unwrap();
    let mut input = BytesMut::new();
    let (mut file, mut ended, mut requests) = (Vec::new(), false, 0);
    for piece in answer.chunks(cut) {
        input.extend_from_slice(piece);
        loop {
            match get.next(&mut input) {
                Ok(None) => break,
                Ok(Some(GetEvent::Opened)) => requests += get.requests(u64::MAX),
                Ok(Some(GetEvent::Data(data))) => file.extend_from_slice(&data),
                Ok(Some(GetEvent::Ended)) => {
                    assert_eq!(file.len(), usize::from(size));
                    ended = true;
                }
                Err(error) => return (file, ended, Some(told(error))),
            }
            assert!(file.len() <= usize::from(size));
            assert!(requests <= u64::from(size).div_ceil(CHUNK as u64) + 1);
        }
    }
    (file, ended, None)
}

fn put(size: u16, answer: &[u8], cut: usize) -> (usize, Option<String>) {
    let mut put = Put::new("/file", size.into()).unwrap();
    let mut input = BytesMut::new();
    let mut events = 0;
    for piece in answer.chunks(cut) {
        input.extend_from_slice(piece);
        loop {
            match put.next(&mut input) {
                Ok(None) => break,
                Ok(Some(PutEvent::Opened)) => put.sent(size.into()),
                Ok(Some(PutEvent::Taken)) => assert_eq!(put.to_send(), 0),
                Err(error) => return (events, Some(told(error))),
            }
            events += 1;
        }
    }
    (events, None)
}

/// How much of a wrong signature is shown depends on the split; that it is wrong does not.
fn told(error: RecordError) -> String {
    match error {
        RecordError::WrongSignature { .. } => "wrong signature".to_owned(),
        other => other.to_string(),
    }
}
