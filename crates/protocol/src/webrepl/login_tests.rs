//! Tests of the login.

use proptest::prelude::*;

use super::*;

/// Feeds the pieces and gives the last step.
fn feed(login: &mut Login, pieces: &[&[u8]]) -> Result<Step, LoginFailure> {
    let mut step = Step::NeedMore;
    for piece in pieces {
        step = login.feed(piece)?;
    }
    Ok(step)
}

fn asked() -> Login {
    let mut login = Login::new();
    assert_eq!(login.feed(b"Password: "), Ok(Step::WantsPassword));
    login
}

#[test]
fn a_login() {
    let mut login = asked();
    assert_eq!(login.feed(b"\r\nWebREPL connected\r\n>>> "), Ok(Step::In { leftover: Bytes::new() }));
    let step = asked().feed(b"\r\nWebREPL connected\r\n>>> OK\x04");
    assert_eq!(step, Ok(Step::In { leftover: Bytes::from_static(b"OK\x04") }));
    let step = asked().feed(b"\r\nWebREPL connected\r\nno prompt");
    assert_eq!(step, Ok(Step::In { leftover: Bytes::from_static(b"no prompt") }));
}

#[test]
fn a_wrong_password() {
    let mut login = asked();
    assert_eq!(login.feed(b"\r\nAccess denied\r\n"), Ok(Step::Denied));
    assert_eq!(login.feed(b"\r\nWebREPL connected\r\n>>> "), Ok(Step::NeedMore), "it stays denied");
}

#[test]
fn a_prompt_may_bring_what_follows_along() {
    let mut login = Login::new();
    assert_eq!(login.feed(b"Password: \r\nAccess"), Ok(Step::WantsPassword));
    assert_eq!(login.feed(b" denied\r\n"), Ok(Step::Denied));
}

#[test]
fn other_greetings() {
    for greeting in [&b"hello"[..], b"Password; ", b"Passwort", b">>> ", b"\xff\xfe"] {
        let failure = Login::new().feed(greeting).unwrap_err();
        assert_eq!(failure.code(), "not-webrepl", "{greeting:?}");
    }
    assert_eq!(asked().feed(b"\r\nWelcome").unwrap_err().code(), "not-webrepl");
}

#[test]
fn ends() {
    let half = |pieces: &[&[u8]]| {
        let mut login = Login::new();
        feed(&mut login, pieces).unwrap();
        login
    };
    for (pieces, end, code) in [
        (&[][..], End::Eof, "busy-other-client"),
        (&[], End::Reset, "busy-other-client"),
        (&[], End::Timeout, "no-password-prompt"),
        (&[&b"Pass"[..]], End::Eof, "no-password-prompt"),
        (&[&b"Pass"[..]], End::Timeout, "no-password-prompt"),
        (&[&b"Password: "[..]], End::Timeout, "proxy-half-relay"),
        (&[&b"Password: "[..]], End::Eof, "link-silent"),
    ] {
        assert_eq!(half(pieces).finish(end).code(), code, "{pieces:?} {end:?}");
    }
}

#[test]
fn passwords_that_no_board_can_have() {
    for good in ["1234", "123456789", "a b\t", "中中", "пас"] {
        assert_eq!(check_password(good), Ok(()), "{good}");
    }
    assert_eq!(check_password(""), Err(PasswordImpossible::TooShort));
    assert_eq!(check_password("123"), Err(PasswordImpossible::TooShort));
    assert_eq!(check_password("1234567890"), Err(PasswordImpossible::TooLong));
    assert_eq!(check_password("中中中中"), Err(PasswordImpossible::TooLong), "12 bytes");
    for bad in ["abcd\r", "ab\ncd", "ab\0cd"] {
        assert_eq!(check_password(bad), Err(PasswordImpossible::Ends), "{bad:?}");
    }
    assert_eq!(
        &Password::new("secret").map_or_else(|_| Bytes::new(), |password| password.line())[..],
        b"secret\r"
    );
}

proptest! {
    #[test]
    fn any_split_gives_the_same(
        denied in any::<bool>(),
        tail in proptest::collection::vec(any::<u8>(), 0..20),
        cuts in proptest::collection::vec(1usize..12, 1..20),
    ) {
        let answer: &[u8] = if denied { DENIED } else { b"\r\nWebREPL connected\r\n>>> " };
        let mut stream = [PROMPT, answer].concat();
        let end = stream.len();
        stream.extend_from_slice(&tail);
        let mut login = Login::new();
        let mut rest = &stream[..];
        let mut steps = Vec::new();
        for cut in cuts.iter().cycle() {
            let n = (*cut).min(rest.len());
            let (piece, after) = rest.split_at(n);
            rest = after;
            match login.feed(piece).unwrap() {
                Step::NeedMore => {}
                step => steps.push(step),
            }
            if steps.len() == 1 {
                // The prompt and the answer may have come in one piece; an empty one asks for the rest.
                match login.feed(b"").unwrap() {
                    Step::NeedMore => {}
                    step => steps.push(step),
                }
            }
            if steps.len() == 2 {
                break;
            }
            prop_assert!(!rest.is_empty());
        }
        prop_assert_eq!(&steps[0], &Step::WantsPassword);
        match &steps[1] {
            Step::Denied => prop_assert!(denied),
            Step::In { leftover } => prop_assert_eq!(&leftover[..], &stream[end..stream.len() - rest.len()]),
            other => prop_assert!(false, "{:?}", other),
        }
    }

    #[test]
    fn garbage_never_panics_nor_grows(pieces in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 0..40)) {
        let mut login = Login::new();
        for piece in pieces {
            if login.feed(&piece).is_err() {
                break;
            }
            prop_assert!(login.text.len() <= 64);
        }
    }
}
