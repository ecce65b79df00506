//! The value of `Proxy-Authorization`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use digest_auth::{Algorithm, AuthContext, Charset, HttpMethod, Qop, WwwAuthenticateHeader};

use super::super::Destination;
use super::{Challenge, Scheme};

/// A challenge that these credentials cannot answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unanswerable {
    /// The scheme is none of ours.
    Scheme,
    /// The name holds what the scheme has no room for: a colon for Basic, control characters for either.
    Credentials,
}

/// Answers a challenge for a CONNECT to `destination`. `cnonce` is 16 random bytes.
///
/// # Errors
/// [`Unanswerable`].
pub fn answer(
    challenge: &Challenge,
    user: &str,
    password: &str,
    destination: &Destination,
    cnonce: [u8; 16],
) -> Result<String, Unanswerable> {
    if user.chars().chain(password.chars()).any(char::is_control) {
        return Err(Unanswerable::Credentials);
    }
    match challenge.known().ok_or(Unanswerable::Scheme)? {
        // RFC 7617, 2: "a user-id containing a colon character is invalid".
        Scheme::Basic if user.contains(':') => Err(Unanswerable::Credentials),
        Scheme::Basic => Ok(format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))),
        Scheme::Digest => {
            let mut prompt = prompt(challenge).ok_or(Unanswerable::Scheme)?;
            let uri = destination.to_string();
            let method = HttpMethod::from("CONNECT");
            let mut context = AuthContext::new_with_method(user, password, uri, None::<&[u8]>, method);
            context.set_custom_cnonce(format!("{:032x}", u128::from_be_bytes(cnonce)));
            prompt.respond(&context).map(|header| header.to_string()).map_err(|_| Unanswerable::Scheme)
        }
    }
}

/// Whether a Digest can be answered.
pub(super) fn can_digest(challenge: &Challenge) -> bool {
    prompt(challenge).is_some()
}

/// The library's own reader is made for friendly servers, so its value is filled from ours.
fn prompt(challenge: &Challenge) -> Option<WwwAuthenticateHeader> {
    let text = |name| challenge.param(name).filter(|value| !value.chars().any(char::is_control));
    let algorithm = match challenge.param("algorithm") {
        Some(name) => name.to_ascii_uppercase().replace("-SESS", "-sess").parse().ok()?,
        None => Algorithm::default(),
    };
    let qop = match challenge.param("qop") {
        // RFC 2069, which has none.
        None => None,
        Some(offered) => {
            let auth = offered.split(',').any(|one| one.trim().eq_ignore_ascii_case("auth"));
            Some(vec![auth.then_some(Qop::AUTH)?])
        }
    };
    Some(WwwAuthenticateHeader {
        domain: None,
        realm: text("realm")?.to_owned(),
        nonce: text("nonce")?.to_owned(),
        opaque: challenge
            .param("opaque")
            .map(|_| text("opaque"))
            .map_or(Some(None), |o| o.map(Some))?
            .map(str::to_owned),
        stale: challenge.is_stale(),
        algorithm,
        qop,
        userhash: challenge.param("userhash").is_some_and(|value| value.eq_ignore_ascii_case("true")),
        charset: Charset::UTF8,
        nc: 0,
    })
}
