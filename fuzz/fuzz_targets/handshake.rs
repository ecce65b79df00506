//! Any reply, in any split, gives one verdict, in bounded memory; only the right key's answer is accepted.
#![no_main]

use boardwalk_protocol::websocket::handshake::{End, Outcome, ReplyReader, Request};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, &[u8])| {
    let (cut, reply) = input;
    let request = Request::new("board:8266", "/", *b"the sample nonce");
    // The input can say ACCEPT for the answer that it cannot compute.
    let reply = match reply.windows(6).position(|window| window == b"ACCEPT") {
        Some(at) => [&reply[..at], request.expected_accept().as_bytes(), &reply[at + 6..]].concat(),
        None => reply.to_vec(),
    };
    let whole = read(&request, &reply, reply.len().max(1));
    assert_eq!(read(&request, &reply, usize::from(cut).max(1)), whole);
    match whole {
        Outcome::NeedMore => panic!("a reply that ended leaves nothing open"),
        Outcome::Accepted { leftover } => assert!(reply.ends_with(&leftover)),
        Outcome::Refused(verdict) => {
            let text = verdict.to_string();
            assert!(text.len() < 1000 && !text.chars().any(char::is_control), "{text:?}");
            assert!(!verdict.code().is_empty() && !verdict.help().is_empty());
        }
    }
});

fn read(request: &Request, reply: &[u8], cut: usize) -> Outcome {
    let mut reader = ReplyReader::new(request);
    let mut fed = 0;
    for piece in reply.chunks(cut) {
        fed += piece.len();
        match reader.feed(piece) {
            Outcome::NeedMore => {}
            Outcome::Accepted { leftover } => {
                return Outcome::Accepted { leftover: [&leftover, &reply[fed..]].concat().into() };
            }
            refused => return refused,
        }
    }
    reader.finish(End::Eof)
}
