//! Showing bytes that somebody else sent.

/// At most so many bytes are shown.
const LONGEST: usize = 80;

/// `bytes` as one line of printable ASCII: the rest as `\r`, `\x1b` and so on, and `…` where it was cut.
#[must_use]
pub fn shown(bytes: &[u8]) -> String {
    let cut = bytes.len() > LONGEST;
    let text = bytes[..bytes.len().min(LONGEST)].escape_ascii().to_string();
    // escape_ascii is made for literals; a quotation mark needs no escape here.
    let text = text.replace("\\\"", "\"").replace("\\'", "'");
    if cut { text + "…" } else { text }
}
