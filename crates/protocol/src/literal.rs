//! Python literals, both ways: paths and data into code, and what `repr` prints back into values.

use std::fmt::Write as _;

/// Writes `text` as a Python string literal. Everything that could end the literal, move the cursor or switch the REPL's
/// mode is escaped; other characters stay UTF-8, which the raw REPL passes on.
#[must_use]
pub fn string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('\'');
    for c in text.chars() {
        match c {
            '\'' => out.push_str("\\'"),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            c if (c as u32) < 0x20 || c as u32 == 0x7f => {
                let _ = write!(out, "\\x{:02x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('\'');
    out
}

/// Writes bytes as a Python bytes literal in printable ASCII.
#[must_use]
pub fn bytes(data: &[u8]) -> String {
    let mut out = String::with_capacity(data.len() * 2 + 3);
    out.push_str("b'");
    for &byte in data {
        match byte {
            b'\'' => out.push_str("\\'"),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            0x20..=0x7e => out.push(char::from(byte)),
            _ => {
                let _ = write!(out, "\\x{byte:02x}");
            }
        }
    }
    out.push('\'');
    out
}

/// A value that `repr` printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `None`
    None,
    /// `True`, `False`
    Bool(bool),
    /// An integer that fits.
    Int(i64),
    /// `'…'`
    Str(String),
    /// `b'…'`
    Bytes(Vec<u8>),
    /// `(…)` or `[…]`
    List(Vec<Value>),
}

/// How deep lists may nest and how long a literal may be: a board is not trusted.
const DEEPEST: usize = 8;

impl Value {
    /// Reads one literal that fills the whole text (white space around it aside). `None` for anything else.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        let mut reader = Reader { rest: text.trim_ascii() };
        let value = reader.value(0)?;
        reader.rest.is_empty().then_some(value)
    }

    /// The integer as an unsigned size.
    #[must_use]
    pub fn as_size(&self) -> Option<u64> {
        if let Self::Int(n) = self { u64::try_from(*n).ok() } else { None }
    }

    /// The text of a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if let Self::Str(s) = self { Some(s) } else { None }
    }

    /// The items of a list or tuple.
    #[must_use]
    pub fn as_list(&self) -> Option<&[Value]> {
        if let Self::List(items) = self { Some(items) } else { None }
    }
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn value(&mut self, depth: usize) -> Option<Value> {
        match *self.rest.first()? {
            b'(' if depth < DEEPEST => self.list(b')', depth),
            b'[' if depth < DEEPEST => self.list(b']', depth),
            b'\'' | b'"' => String::from_utf8(self.quoted(false)?).ok().map(Value::Str),
            b'b' if matches!(self.rest.get(1), Some(b'\'' | b'"')) => {
                self.rest = &self.rest[1..];
                self.quoted(true).map(Value::Bytes)
            }
            _ => self.word(),
        }
    }

    fn list(&mut self, close: u8, depth: usize) -> Option<Value> {
        self.rest = &self.rest[1..];
        let mut items = Vec::new();
        loop {
            self.space();
            if self.take(close) {
                return Some(Value::List(items));
            }
            items.push(self.value(depth + 1)?);
            self.space();
            if !self.take(b',') && self.rest.first() != Some(&close) {
                return None;
            }
        }
    }

    fn word(&mut self) -> Option<Value> {
        let end = self.rest.iter().position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')));
        let (word, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        match word {
            b"None" => Some(Value::None),
            b"True" => Some(Value::Bool(true)),
            b"False" => Some(Value::Bool(false)),
            _ => std::str::from_utf8(word).ok()?.parse().ok().map(Value::Int),
        }
    }

    fn quoted(&mut self, binary: bool) -> Option<Vec<u8>> {
        let (&quote, rest) = self.rest.split_first()?;
        self.rest = rest;
        let mut out = Vec::new();
        loop {
            let (&byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            match byte {
                b if b == quote => return Some(out),
                b'\\' => self.escape(binary, &mut out)?,
                b => out.push(b),
            }
        }
    }

    fn escape(&mut self, binary: bool, out: &mut Vec<u8>) -> Option<()> {
        let (&kind, rest) = self.rest.split_first()?;
        self.rest = rest;
        let code = match kind {
            b'n' => u32::from(b'\n'),
            b'r' => u32::from(b'\r'),
            b't' => u32::from(b'\t'),
            b'x' => self.hex(2)?,
            b'u' if !binary => self.hex(4)?,
            b'U' if !binary => self.hex(8)?,
            b'\\' | b'\'' | b'"' => u32::from(kind),
            _ => return None,
        };
        if binary {
            out.push(u8::try_from(code).ok()?);
        } else {
            out.extend_from_slice(char::from_u32(code)?.encode_utf8(&mut [0; 4]).as_bytes());
        }
        Some(())
    }

    fn hex(&mut self, digits: usize) -> Option<u32> {
        let word = std::str::from_utf8(self.rest.get(..digits)?).ok()?;
        self.rest = &self.rest[digits..];
        if !word.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        u32::from_str_radix(word, 16).ok()
    }

    fn take(&mut self, byte: u8) -> bool {
        let there = self.rest.first() == Some(&byte);
        if there {
            self.rest = &self.rest[1..];
        }
        there
    }

    fn space(&mut self) {
        self.rest = self.rest.trim_ascii_start();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_listings_print() {
        let entry = Value::parse(b"('a \\'b\\'.py', 32768, 0, 12)").unwrap();
        let items = entry.as_list().unwrap();
        assert_eq!(items[0].as_str(), Some("a 'b'.py"));
        assert_eq!(items[3].as_size(), Some(12));
        assert_eq!(Value::parse("'\\u4e2d文\\xe9'".as_bytes()), Some(Value::Str("中文é".into())));
        assert_eq!(Value::parse(b"b'\\x00\\xff\"'"), Some(Value::Bytes(vec![0, 255, b'"'])));
        assert_eq!(Value::parse(b"[None, True, -3,]").unwrap().as_list().unwrap().len(), 3);
    }

    #[test]
    fn hostile_text_is_refused() {
        for text in
            ["", "'", "(((((((((((1)))))))))))", "b'\\u4e2d'", "1 2", "(1 2)", "'\\xg1'", "__import__('os')"]
        {
            assert_eq!(Value::parse(text.as_bytes()), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn bytes_come_back(data in proptest::collection::vec(any::<u8>(), 0..300)) {
            let literal = bytes(&data);
            prop_assert!(literal.bytes().all(|b| (0x20..0x7f).contains(&b)));
            prop_assert_eq!(Value::parse(literal.as_bytes()), Some(Value::Bytes(data)));
        }

        #[test]
        fn strings_come_back(text in any::<String>()) {
            let literal = string(&text);
            prop_assert!(!literal.bytes().any(|b| b < 0x20));
            prop_assert_eq!(Value::parse(literal.as_bytes()), Some(Value::Str(text)));
        }

        #[test]
        fn garbage_never_panics(data in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = Value::parse(&data);
        }
    }
}
