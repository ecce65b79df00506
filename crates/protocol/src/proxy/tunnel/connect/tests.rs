use proptest::prelude::*;

use super::*;
use crate::proxy::Via;
use crate::proxy::tunnel::Asking;

fn place() -> Destination {
    Destination { host: "board.example".into(), port: 8266 }
}

/// Fed in pieces of so many bytes; then the end.
fn outcome(offer: Offer, answer: &[u8], piece: usize) -> Step {
    let mut asking = Asking::new(Via::Connect, &place(), offer).unwrap();
    asking.start();
    let mut pieces = answer.chunks(piece);
    while let Some(piece) = pieces.next() {
        match asking.feed(piece) {
            Step::NeedMore => {}
            Step::Open { leftover } => {
                let rest: Vec<u8> = leftover.iter().copied().chain(pieces.flatten().copied()).collect();
                return Step::Open { leftover: rest.into() };
            }
            decided => return decided,
        }
    }
    Step::Refused(asking.finish(End::Eof))
}

fn whole(answer: &str) -> Step {
    outcome(Offer::Nothing, answer.as_bytes(), usize::MAX)
}

#[test]
fn the_request_is_short() {
    let request = |host: &str, offer| {
        let place = Destination { host: host.into(), port: 8266 };
        Asking::new(Via::Connect, &place, offer).unwrap().start()
    };
    let expected = "CONNECT [fe80::1]:8266 HTTP/1.1\r\nHost: [fe80::1]:8266\r\n\r\n";
    assert_eq!(request("fe80::1", Offer::Nothing).bytes(), expected);
    let offered = request("a", Offer::Header("Basic YTpi".into()));
    let expected = "CONNECT a:8266 HTTP/1.1\r\nHost: a:8266\r\nProxy-Authorization: Basic YTpi\r\n\r\n";
    assert_eq!(offered.bytes(), expected);
    assert_eq!(offered.shown(), &expected.replace("YTpi", "********"));
    assert!(!format!("{offered:?}").contains("YTpi"));
}

#[test]
fn what_follows_a_yes_is_the_boards() {
    for piece in [1, 7, usize::MAX] {
        let answer = b"HTTP/1.0 200 Connection established\r\nContent-Length: 2\r\n\r\n\x81\x0aPassword: ";
        let leftover = Bytes::from_static(b"\x81\x0aPassword: ");
        assert_eq!(outcome(Offer::Nothing, answer, piece), Step::Open { leftover });
    }
}

#[test]
fn many_challenges_of_many_headers() {
    let answer = "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Digest realm=\"a\", nonce=\"n\"\r\n\
        proxy-authenticate: Basic realm=\"b\", NTLM\r\nContent-Length: 0\r\n\r\n";
    let Step::Refused(Refusal::WantsCredentials { challenges, answer }) = whole(answer) else {
        panic!("it wants credentials")
    };
    let schemes: Vec<_> = challenges.iter().map(|one| one.scheme.as_str()).collect();
    assert_eq!(schemes, ["Digest", "Basic", "NTLM"]);
    assert_eq!(answer, "HTTP/1.1 407 Proxy Authentication Required");
}

#[test]
fn the_same_status_means_another_thing_with_credentials() {
    for (status, offered, rejected) in
        [(401, true, true), (403, true, true), (401, false, false), (403, false, false)]
    {
        let offer = if offered { Offer::Header("Basic YTpi".into()) } else { Offer::Nothing };
        let answer = format!("HTTP/1.1 {status} x\r\nContent-Length: 0\r\n\r\n");
        let Step::Refused(refusal) = outcome(offer, answer.as_bytes(), usize::MAX) else {
            panic!("{status}")
        };
        assert_eq!(matches!(refusal, Refusal::RejectsCredentials { .. }), rejected, "{status} {offered}");
    }
}

#[test]
fn silence_and_ends() {
    let at = |answer: &str, end| {
        let mut asking = Asking::new(Via::Connect, &place(), Offer::Nothing).unwrap();
        asking.feed(answer.as_bytes());
        asking.finish(end)
    };
    assert_eq!(at("", End::Timeout), Refusal::Silent);
    assert_eq!(at("HTTP/1.1 100 Continue\r\n\r\n", End::Timeout), Refusal::Silent);
    assert_eq!(at("", End::Reset), Refusal::NotAProxy(Strange::HungUp));
    assert_eq!(at("HTT", End::Timeout), Refusal::NotAProxy(Strange::Unfinished));
    let late = "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 100\r\n\r\nsome";
    assert!(matches!(at(late, End::Timeout), Refusal::CannotReach { .. }));
}

#[test]
fn bounds() {
    let many = "X: y\r\n".repeat(101);
    let endless = Step::Refused(Refusal::NotAProxy(Strange::Endless));
    assert_eq!(whole(&format!("HTTP/1.1 200 OK\r\n{many}\r\n")), endless);
    assert_eq!(whole(&format!("HTTP/1.1 200 OK\r\nX: {}", "y".repeat(HEAD_MOST))), endless);
    assert_eq!(whole(&"HTTP/1.1 100 Continue\r\n\r\n".repeat(2000)), endless);
    // A page is not kept, and not waited for beyond its bound.
    let page = "y".repeat(70_000);
    assert!(matches!(
        whole(&format!("HTTP/1.1 502 x\r\n\r\n{page}")),
        Step::Refused(Refusal::CannotReach { .. })
    ));
}

proptest! {
    #[test]
    fn how_the_answer_is_split_does_not_matter(
        status in 100_u16..600,
        headers in proptest::collection::vec("(Via: x|Content-Length: 3|Transfer-Encoding: chunked|Proxy-Authenticate: Basic|bad)", 0..4),
        body in any::<Vec<u8>>(),
        piece in 1_usize..40,
    ) {
        let mut answer = format!("HTTP/1.1 {status} x\r\n");
        for header in headers {
            answer += &header;
            answer += "\r\n";
        }
        let answer = [answer.as_bytes(), b"\r\n", &body].concat();
        // Of what is no HTTP, as much is shown as came at once.
        let of = |piece| match outcome(Offer::Nothing, &answer, piece) {
            Step::Refused(Refusal::NotAProxy(Strange::Begins(_))) => {
                Step::Refused(Refusal::NotAProxy(Strange::Begins(String::new())))
            }
            other => other,
        };
        prop_assert_eq!(of(piece), of(usize::MAX));
    }

    #[test]
    fn nothing_makes_it_fall(answer in any::<Vec<u8>>(), piece in 1_usize..9) {
        outcome(Offer::Nothing, &answer, piece);
        outcome(Offer::Nothing, &[b"HTTP/1.1 407 x\r\n", &answer[..]].concat(), piece);
        outcome(Offer::Nothing, &[b"HTTP/1.1 502 x\r\nTransfer-Encoding: chunked\r\n\r\n", &answer[..]].concat(), piece);
    }

    #[test]
    fn no_text_adds_a_line(host in any::<String>(), value in any::<String>()) {
        let place = Destination { host, port: 1 };
        let request = Asking::new(Via::Connect, &place, Offer::Header(value)).unwrap().start();
        for bytes in [request.bytes(), request.shown()] {
            prop_assert_eq!(bytes.split(|&byte| byte == b'\n').count(), 5);
            prop_assert!(bytes.ends_with(b"\r\n\r\n"));
        }
    }
}
