use proptest::prelude::*;

use super::*;
use crate::proxy::tunnel::Destination;

fn read(values: &[&str]) -> Vec<String> {
    let all = parse_all(values.iter().map(|value| value.as_bytes()));
    let shown = |one: &Challenge| {
        let params = one.params.iter().map(|(name, value)| format!(" {name}={value}"));
        one.scheme.clone() + &params.collect::<String>()
    };
    all.iter().map(shown).collect()
}

fn first(value: &str) -> Challenge {
    parse_all([value.as_bytes()].into_iter()).remove(0)
}

fn place() -> Destination {
    Destination { host: "board.example".into(), port: 8266 }
}

#[test]
fn challenges_in_every_form() {
    for (values, expected) in [
        (&["Basic"][..], &["Basic"][..]),
        (&["Basic realm=\"a, b=\\\"c\\\"\""], &["Basic realm=a, b=\"c\""]),
        (
            &["Basic realm=x, Digest nonce=n, qop=\"auth,auth-int\""],
            &["Basic realm=x", "Digest nonce=n qop=auth,auth-int"],
        ),
        (&["Negotiate", "NTLM", "Basic realm=\"p\""], &["Negotiate", "NTLM", "Basic realm=p"]),
        (&["Negotiate, NTLM, Basic"], &["Negotiate", "NTLM", "Basic"]),
        (&["Negotiate YII==, Basic REALM = \"p\""], &["Negotiate", "Basic realm=p"]),
        (&["NTLM TlRMTVNTUAAB, basic"], &["NTLM", "basic"]),
        (&[", ,Basic realm=x,,"], &["Basic realm=x"]),
        (&["Digest realm=\"open"], &["Digest realm=open"]),
        (&["realm=x"], &[]),
        (&["\"\"\"", "=", "", " , "], &[]),
    ] {
        assert_eq!(read(values), expected, "{values:?}");
    }
}

#[test]
fn a_flood_is_cut() {
    let many = "Basic realm=x, ".repeat(1000);
    assert_eq!(read(&[many.as_str(); 10]).len(), 16);
    let params = format!("Digest {}", "a=b, ".repeat(1000));
    assert_eq!(first(&params).params.len(), 32);
}

#[test]
fn the_best_is_a_digest_that_we_can_do() {
    let best_of = |values: &[&str]| {
        let all = parse_all(values.iter().map(|value| value.as_bytes()));
        best(&all).map(|one| one.params.first().map_or(one.scheme.clone(), |(_, value)| value.clone()))
    };
    for (values, expected) in [
        (&["Basic", "Digest realm=d, nonce=n"][..], Some("d")),
        (&["Digest realm=d, nonce=n, algorithm=token", "Basic realm=b"], Some("b")),
        (&["Digest realm=d, nonce=n, qop=\"auth-int\"", "Basic realm=b"], Some("b")),
        (&["Digest realm=d", "Basic realm=b"], Some("b")),
        (&["Digest realm=one, nonce=n, algorithm=sha-256", "Digest realm=two, nonce=n"], Some("one")),
        (&["Negotiate", "NTLM"], None),
        (&[], None),
    ] {
        assert_eq!(best_of(values).as_deref(), expected, "{values:?}");
    }
}

#[test]
fn basic_as_rfc_7617_has_it() {
    let of = |user, password| answer(&first("Basic"), user, password, &place(), [0; 16]);
    assert_eq!(of("Aladdin", "open sesame").unwrap(), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    assert_eq!(of("test", "123£").unwrap(), "Basic dGVzdDoxMjPCow==");
    assert_eq!(of("a:b", "c"), Err(Unanswerable::Credentials));
    assert_eq!(of("a", "b\r\nX: y"), Err(Unanswerable::Credentials));
    assert_eq!(answer(&first("NTLM"), "a", "b", &place(), [0; 16]), Err(Unanswerable::Scheme));
}

/// Computed with Python's hashlib: H(H(user:realm:password):nonce:00000001:cnonce:auth:H(CONNECT:board.example:8266)).
#[test]
fn digest_with_each_hash() {
    let of = |more: &str| {
        let challenge = first(&format!("Digest realm=\"squid\", nonce=\"abc=\", {more}"));
        answer(&challenge, "ada", "open sesame", &place(), [1; 16]).unwrap()
    };
    for (more, response) in [
        ("qop=\"auth\"", "26ed6f01c3163259fa9c15f67d0f6a16"),
        ("qop=\"auth,auth-int\", algorithm=MD5", "26ed6f01c3163259fa9c15f67d0f6a16"),
        (
            "qop=\"auth\", algorithm=SHA-256",
            "ac5691ff20e58cd0ce137fffedd696da11f1792fc66d2f48e9639a91cdd8608e",
        ),
        ("stale=false", "fc3d88db779d20a52d9f7762a451ec52"),
    ] {
        let value = of(more);
        assert!(value.contains(&format!("response=\"{response}\"")), "{more}: {value}");
        assert!(value.contains("uri=\"board.example:8266\""), "{value}");
    }
    assert!(of("qop=auth, opaque=\"o\"").contains("opaque=\"o\""));
    assert!(of("qop=auth").contains("cnonce=\"01010101010101010101010101010101\""));
}

proptest! {
    #[test]
    fn whatever_comes_is_read_and_answered_in_one_line(value in any::<Vec<u8>>(), user in any::<String>()) {
        let all = parse_all([&value[..], b"Digest realm=x, nonce=y"].into_iter());
        for one in &all {
            if let Ok(header) = answer(one, &user, "password", &place(), [7; 16]) {
                prop_assert!(!header.chars().any(char::is_control), "{header:?}");
            }
        }
    }

    #[test]
    fn grammar_read_back(params in proptest::collection::vec(("[a-z]{1,8}", "[ -~]{0,12}"), 0..6)) {
        let quoted = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
        let written: Vec<_> = params.iter().map(|(name, value)| format!("{name}=\"{}\"", quoted(value))).collect();
        let one = first(&format!("Digest {}", written.join(", ")));
        prop_assert_eq!(one.params, params);
    }
}
