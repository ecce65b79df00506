use proptest::prelude::*;

use super::*;
use crate::proxy::Via;
use crate::proxy::tunnel::Asking;

fn user(name: &str, password: &str) -> Offer {
    Offer::User { name: name.into(), password: password.into() }
}

/// Everything that goes out, and how it ends, when the proxy says this in such pieces.
fn talk(host: &str, offer: Offer, says: &[u8], piece: usize) -> (Vec<u8>, Option<Step>) {
    let place = Destination { host: host.into(), port: 8266 };
    let mut asking = Asking::new(Via::Socks5, &place, offer).unwrap();
    let mut sent = asking.start().bytes().to_vec();
    for piece in says.chunks(piece) {
        match asking.feed(piece) {
            Step::NeedMore => {}
            Step::Send(outbound) => sent.extend(outbound.bytes()),
            over => return (sent, Some(over)),
        }
    }
    (sent, None)
}

#[test]
fn a_name_goes_to_the_proxy_and_an_address_as_it_is() {
    let yes = [5, 0];
    let sent = |host| talk(host, Offer::Nothing, &yes, 1).0;
    assert_eq!(sent("a.b"), b"\x05\x01\x00\x05\x01\x00\x03\x03a.b\x20\x4a");
    assert_eq!(sent("10.0.0.1"), b"\x05\x01\x00\x05\x01\x00\x01\x0a\x00\x00\x01\x20\x4a");
    let mut v6 = b"\x05\x01\x00\x05\x01\x00\x04".to_vec();
    v6.extend([0; 15]);
    v6.extend([1, 0x20, 0x4a]);
    assert_eq!(sent("::1"), v6);
}

/// Bound addresses of every kind, then the board's first bytes.
#[test]
fn every_yes() {
    for bound in
        [&[1, 0, 0, 0, 0][..], &[3, 0], &[3, 4, b'h', b'o', b's', b't'], &[[4].as_slice(), &[0; 16]].concat()]
    {
        for piece in [1, 3] {
            let says = [&[5, 0, 5, 0, 0], bound, &[0, 0, b'x', b'y']].concat();
            // One reply a time, as a proxy must.
            let place = Destination { host: "a".into(), port: 1 };
            let mut asking = Asking::new(Via::Socks5, &place, Offer::Nothing).unwrap();
            asking.start();
            assert!(matches!(asking.feed(&says[..2]), Step::Send(_)));
            let mut leftover = None;
            let mut rest = says[2..].chunks(piece);
            for piece in rest.by_ref() {
                if let Step::Open { leftover: first } = asking.feed(piece) {
                    leftover = Some(first.to_vec());
                    break;
                }
            }
            let mut all = leftover.expect("open");
            all.extend(rest.flatten());
            assert_eq!(all, b"xy");
        }
    }
}

#[test]
fn credentials_are_not_shown() {
    let place = Destination { host: "a".into(), port: 1 };
    let mut asking = Asking::new(Via::Socks5, &place, user("somebody", "secret")).unwrap();
    assert_eq!(asking.start().bytes(), &[5, 2, 0, 2][..]);
    let Step::Send(told) = asking.feed(&[5, 2]) else { panic!("it tells them") };
    assert_eq!(told.bytes(), &b"\x01\x08somebody\x06secret"[..]);
    assert_eq!(told.shown(), &b"\x01\x01*\x01*"[..]);
    let Step::Refused(refusal) = asking.feed(&[1, 9]) else { panic!("they are wrong") };
    assert_eq!(refusal, Refusal::RejectsCredentials { or_forbids: false, answer: "SOCKS5 01 09".into() });
}

#[test]
fn there_is_room_for_255_bytes() {
    let new = |host: &str, offer| {
        Asking::new(Via::Socks5, &Destination { host: host.into(), port: 1 }, offer).is_some()
    };
    let (fits, long) = ("x".repeat(255), "x".repeat(256));
    assert!(new(&fits, user(&fits, &fits)) && new("a", user("", "")));
    assert!(!new(&long, Offer::Nothing) && !new("a", user(&long, "")) && !new("a", user("", &long)));
}

#[test]
fn a_proxy_may_skip_the_question() {
    let (sent, over) = talk("a", user("me", "secret"), &[5, 0], 2);
    assert_eq!(over, None);
    assert!(!sent.windows(6).any(|w| w == b"secret"));
}

proptest! {
    #[test]
    fn nothing_makes_it_fall(says in any::<Vec<u8>>(), piece in 1_usize..20) {
        talk("a", Offer::Nothing, &says, piece);
        talk("a", user("b", "c"), &[&[5, 2, 1, 0, 5, 0], &says[..]].concat(), piece);
    }

    #[test]
    fn a_refusal_is_a_refusal_however_it_is_split(code in 1_u8.., rest in any::<Vec<u8>>(), piece in 2_usize..9) {
        let says = [&[5, 0, 5, code], &rest[..]].concat();
        let refused = |piece| {
            let mut asking = Asking::new(Via::Socks5, &Destination { host: "a".into(), port: 1 }, Offer::Nothing).unwrap();
            asking.start();
            asking.feed(&says[..2]);
            says[2..].chunks(piece).map(|piece| asking.feed(piece)).find(|step| *step != Step::NeedMore)
        };
        prop_assert_eq!(refused(piece), refused(usize::MAX));
        prop_assert!(matches!(refused(piece), Some(Step::Refused(_))));
    }
}
