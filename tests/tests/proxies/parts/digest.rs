//! RFC 7616 with MD5 and `qop=auth`, for CONNECT.

use md5::{Digest as _, Md5};

pub(super) fn answer(challenge: &str, user: &str, password: &str, target: &str) -> String {
    let (realm, nonce) = (word(challenge, "realm"), word(challenge, "nonce"));
    let who = md5(&format!("{user}:{realm}:{password}"));
    let what = md5(&format!("CONNECT:{target}"));
    let (count, own) = ("00000001", "0a4f113b");
    let response = md5(&format!("{who}:{nonce}:{count}:{own}:auth:{what}"));
    format!(
        "Digest username=\"{user}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{target}\", algorithm=MD5, \
         qop=auth, nc={count}, cnonce=\"{own}\", response=\"{response}\""
    )
}

fn word<'a>(challenge: &'a str, name: &str) -> &'a str {
    let (_, rest) = challenge.split_once(&format!("{name}=\"")).expect("a parameter of the challenge");
    rest.split('"').next().unwrap_or_default()
}

fn md5(text: &str) -> String {
    Md5::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}
