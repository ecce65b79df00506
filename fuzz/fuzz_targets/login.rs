//! Any greeting, in any split, ends the same way and holds little.
#![no_main]

use boardwalk_protocol::webrepl::login::{Login, LoginFailure, Step};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, &[u8])| {
    let (cut, text) = input;
    let whole = steps(text, text.len().max(1));
    assert_eq!(steps(text, usize::from(cut).max(1)), whole);
});

/// How many steps of each kind there were; what follows a login is not the login's.
fn steps(text: &[u8], cut: usize) -> (usize, bool, bool, bool) {
    let mut login = Login::new();
    let (mut asked, mut denied, mut inside, mut refused) = (0, false, false, false);
    // A piece may bring more than one step; an empty one asks for the rest.
    for piece in text.chunks(cut).flat_map(|piece| [piece, &[]]) {
        match login.feed(piece) {
            Ok(Step::NeedMore) => {}
            Ok(Step::WantsPassword) => asked += 1,
            Ok(Step::Denied) => denied = true,
            Ok(Step::In { .. }) => inside = true,
            Err(LoginFailure::NotWebrepl { begins }) => {
                assert!(begins.len() <= 330);
                refused = true;
            }
            Err(other) => panic!("{other}"),
        }
        if denied || inside || refused {
            break;
        }
    }
    (asked, denied, inside, refused)
}
