//! Several challenges in one header, or in many, in the grammar of RFC 9110, 11.6.1, which cannot be split at commas:
//! a comma ends a parameter or a challenge, and what follows tells which.

use super::Challenge;

/// More than anybody offers.
const CHALLENGES_MOST: usize = 16;
const PARAMS_MOST: usize = 32;
/// A longer header is not looked at further, in bytes.
const VALUE_MOST: usize = 8 * 1024;

/// All challenges, in their order. What is no challenge is left out.
pub(in super::super) fn parse_all<'a>(values: impl Iterator<Item = &'a [u8]>) -> Vec<Challenge> {
    let mut all = Vec::new();
    for value in values.take(CHALLENGES_MOST) {
        let value = &value[..value.len().min(VALUE_MOST)];
        parse(&String::from_utf8_lossy(value), &mut all);
    }
    all.truncate(CHALLENGES_MOST);
    all
}

fn parse(value: &str, all: &mut Vec<Challenge>) {
    let mut rest = Rest(value);
    // Parameters before any scheme belong to nobody.
    let first = all.len();
    loop {
        rest.skip(|c| c.is_ascii_whitespace() || c == ',');
        let name = rest.take(is_token);
        if name.is_empty() {
            if rest.skip_one() { continue } else { return }
        }
        let before = rest.0;
        rest.skip(|c| c.is_ascii_whitespace());
        // A parameter's name has one "=" behind it; two are the padding of a token68.
        if rest.0.starts_with('=') && !rest.0.starts_with("==") {
            rest.skip_one();
            rest.skip(|c| c.is_ascii_whitespace());
            let text = if rest.0.starts_with('"') {
                rest.quoted()
            } else {
                rest.take(|c| c != ',').trim().to_owned()
            };
            if let Some(challenge) = all[first..].last_mut()
                && challenge.params.len() < PARAMS_MOST
            {
                challenge.params.push((name.to_ascii_lowercase(), text));
            }
            continue;
        }
        // A scheme, unless it stands directly behind one: `Negotiate TlRMTVNTUAAB==`.
        rest.0 = before;
        rest.token68();
        if all.len() < CHALLENGES_MOST {
            all.push(Challenge { scheme: name.to_owned(), params: Vec::new() });
        }
    }
}

struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    fn skip(&mut self, which: impl Fn(char) -> bool) {
        self.0 = self.0.trim_start_matches(which);
    }

    fn skip_one(&mut self) -> bool {
        let mut chars = self.0.chars();
        let some = chars.next().is_some();
        self.0 = chars.as_str();
        some
    }

    fn take(&mut self, which: impl Fn(char) -> bool) -> &'a str {
        let end = self.0.find(|c| !which(c)).unwrap_or(self.0.len());
        let (taken, rest) = self.0.split_at(end);
        self.0 = rest;
        taken
    }

    /// To the closing quote, or to the end where there is none.
    fn quoted(&mut self) -> String {
        self.skip_one();
        let mut text = String::new();
        let mut chars = self.0.chars();
        while let Some(c) = chars.next() {
            match c {
                '"' => break,
                '\\' => text.extend(chars.next()),
                _ => text.push(c),
            }
        }
        self.0 = chars.as_str();
        text
    }

    /// What may follow a scheme in the place of parameters: one word up to a comma.
    fn token68(&mut self) {
        let word = self.0.split(',').next().unwrap_or_default();
        let text = word.trim();
        let is68 = |c: char| c.is_ascii_alphanumeric() || "-._~+/=".contains(c);
        // `realm=x` is a parameter; `abc=` and `abc==` are not.
        if !text.is_empty() && text.chars().all(is68) && !text.trim_end_matches('=').contains('=') {
            self.0 = &self.0[word.len()..];
        }
    }
}

/// RFC 9110, 5.6.2.
fn is_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c)
}
