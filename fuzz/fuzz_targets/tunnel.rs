//! Any answer of a proxy, in any split, is judged the same and adds no line to what it is told.
#![no_main]

use boardwalk_protocol::proxy::Via;
use boardwalk_protocol::proxy::tunnel::{Asking, Destination, Offer, Refusal, Step, answer, best};
use boardwalk_protocol::websocket::handshake::End;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, u8, &[u8])| {
    let (kind, cut, says) = input;
    let via = [Via::Connect, Via::Socks5, Via::Socks4][usize::from(kind % 3)];
    let to = Destination { host: "board.example".into(), port: 8266 };
    let offer = || match (via, kind & 4 != 0) {
        (_, false) => Offer::Nothing,
        (Via::Connect, true) => Offer::Header("Basic YTpi".into()),
        (_, true) => Offer::User { name: "ada".into(), password: "secret".into() },
    };
    let whole = judged(Asking::new(via, &to, offer()).unwrap(), says, says.len().max(1), &to);
    let split = judged(Asking::new(via, &to, offer()).unwrap(), says, usize::from(cut).max(1), &to);
    assert_eq!(whole, split);
});

/// A number for each outcome.
fn judged(mut asking: Asking, says: &[u8], cut: usize, to: &Destination) -> u8 {
    asking.start();
    // What it says goes on after a step of ours; an empty piece asks for the rest.
    for piece in says.chunks(cut).flat_map(|piece| [piece, &[], &[]]) {
        match asking.feed(piece) {
            Step::NeedMore => {}
            Step::Send(outbound) => assert!(outbound.bytes().len() <= 600),
            Step::Open { .. } => return 1,
            Step::Refused(refusal) => return refused(refusal, to),
        }
    }
    refused(asking.finish(End::Eof), to)
}

fn refused(refusal: Refusal, to: &Destination) -> u8 {
    match refusal {
        Refusal::WantsCredentials { challenges, .. } => {
            assert!(challenges.len() <= 16);
            if let Some(Ok(header)) = best(&challenges).map(|one| answer(one, "ada", "secret", to, [7; 16])) {
                assert!(!header.chars().any(char::is_control));
            }
            2
        }
        Refusal::RejectsCredentials { .. } => 3,
        Refusal::Forbids { .. } => 4,
        Refusal::CannotReach { .. } => 5,
        Refusal::Silent => 6,
        Refusal::NotAProxy(_) => 7,
    }
}
