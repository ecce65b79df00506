use proptest::prelude::*;

use super::*;
use crate::proxy::Via;
use crate::proxy::tunnel::Asking;

fn asking(host: &str, offer: Offer) -> Option<Asking> {
    Asking::new(Via::Socks4, &Destination { host: host.into(), port: 8266 }, offer)
}

#[test]
fn names_and_addresses() {
    let of = |host, offer| asking(host, offer).unwrap().start();
    assert_eq!(of("10.0.0.1", Offer::Nothing).bytes(), &b"\x04\x01\x20\x4a\x0a\x00\x00\x01\x00"[..]);
    assert_eq!(of("a.b", Offer::Nothing).bytes(), &b"\x04\x01\x20\x4a\x00\x00\x00\x01\x00a.b\x00"[..]);
    let told = of("a", Offer::User { name: "ada".into(), password: "secret".into() });
    assert_eq!(told.bytes(), &b"\x04\x01\x20\x4a\x00\x00\x00\x01ada\x00a\x00"[..]);
    assert_eq!(told.shown(), &b"\x04\x01\x20\x4a\x00\x00\x00\x01*\x00a\x00"[..]);
    assert!(asking("a\0b", Offer::Nothing).is_none());
    assert!(asking(&"a".repeat(256), Offer::Nothing).is_none());
}

#[test]
fn answers() {
    let of = |answer: &[u8]| asking("a", Offer::Nothing).unwrap().feed(answer);
    assert_eq!(of(b"\0\x5a\0\0\0\0\0\0xy"), Step::Open { leftover: "xy".into() });
    assert_eq!(of(b"\0\x5a\0\0"), Step::NeedMore);
    assert!(matches!(of(b"\0\x5b"), Step::Refused(Refusal::CannotReach { .. })));
    assert!(matches!(of(b"\0\x5d"), Step::Refused(Refusal::WantsCredentials { .. })));
    assert!(matches!(of(b"HTTP"), Step::Refused(Refusal::NotAProxy(_))));
}

proptest! {
    #[test]
    fn nothing_makes_it_fall(answer in any::<Vec<u8>>(), piece in 1_usize..9) {
        let mut asking = asking("a", Offer::Nothing).unwrap();
        for piece in answer.chunks(piece) {
            if asking.feed(piece) != Step::NeedMore {
                break;
            }
        }
    }
}
