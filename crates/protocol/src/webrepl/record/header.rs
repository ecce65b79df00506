//! The header that begins every record.

use bytes::Bytes;

/// Every header is so long, in bytes.
pub const HEADER_LEN: usize = 82;

/// The longest name, in bytes: 64 with the NUL that ends it.
pub const MAX_NAME: usize = 63;

const PUT: u8 = 1;
const GET: u8 = 2;
const GET_VERSION: u8 = 3;

/// A name that no header can carry. Use the REPL for it, or a short name and a rename.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameRefused {
    /// No name at all.
    #[error("The name is empty.")]
    Empty,
    /// Above [`MAX_NAME`] bytes of UTF-8. The board would take a part of it without a word.
    #[error("The name has {bytes} bytes; a WebREPL record carries {MAX_NAME}.")]
    TooLong {
        /// Its length in UTF-8.
        bytes: usize,
    },
    /// A NUL, which ends the name.
    #[error("The name holds a NUL.")]
    Nul,
}

/// The bytes that begin a record; they go out in one binary frame.
///
/// ```text
/// 0   2    3     4              12      16      18                82
/// +---+----+-----+--------------+-------+-------+-----------------+
/// |WA |type|flags| offset u64   |size   |name   | name, NUL-padded |   little endian
/// |   |    | 0   | ignored      |u32    |len u16|                  |
/// +---+----+-----+--------------+-------+-------+-----------------+
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header(Bytes);

impl Header {
    /// Write `size` bytes to `name`.
    ///
    /// # Errors
    /// [`NameRefused`].
    pub fn put(name: &str, size: u32) -> Result<Self, NameRefused> {
        Self::new(PUT, name, size)
    }

    /// Read `name`.
    ///
    /// # Errors
    /// [`NameRefused`].
    pub fn get(name: &str) -> Result<Self, NameRefused> {
        Self::new(GET, name, 0)
    }

    /// Ask for the version of the WebREPL.
    #[must_use]
    pub fn version() -> Self {
        Self::of(GET_VERSION, b"", 0)
    }

    /// The header on the wire.
    #[must_use]
    pub fn bytes(&self) -> Bytes {
        self.0.clone()
    }

    fn new(kind: u8, name: &str, size: u32) -> Result<Self, NameRefused> {
        match name.len() {
            0 => Err(NameRefused::Empty),
            1..=MAX_NAME if name.contains('\0') => Err(NameRefused::Nul),
            1..=MAX_NAME => Ok(Self::of(kind, name.as_bytes(), size)),
            bytes => Err(NameRefused::TooLong { bytes }),
        }
    }

    fn of(kind: u8, name: &[u8], size: u32) -> Self {
        let mut bytes = [0; HEADER_LEN];
        bytes[..2].copy_from_slice(b"WA");
        bytes[2] = kind;
        bytes[12..16].copy_from_slice(&size.to_le_bytes());
        bytes[16..18].copy_from_slice(&u16::try_from(name.len()).unwrap_or_default().to_le_bytes());
        bytes[18..18 + name.len()].copy_from_slice(name);
        Self(Bytes::copy_from_slice(&bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_bytes() {
        let put = Header::put("/a.py", 0x0102_0304).unwrap().bytes();
        assert_eq!(put.len(), HEADER_LEN);
        assert_eq!(&put[..24], b"WA\x01\0\0\0\0\0\0\0\0\0\x04\x03\x02\x01\x05\0/a.py\0");
        assert!(put[24..].iter().all(|&byte| byte == 0));
        assert_eq!(
            &Header::get("é").unwrap().bytes()[..21],
            b"WA\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\x02\0\xc3\xa9\0"
        );
        assert_eq!(&Header::version().bytes()[..4], b"WA\x03\0");
    }

    #[test]
    fn names_that_do_not_fit_are_refused_not_cut() {
        assert!(Header::put(&"n".repeat(63), 0).is_ok());
        assert_eq!(Header::put(&"n".repeat(64), 0), Err(NameRefused::TooLong { bytes: 64 }));
        assert!(Header::get(&"名".repeat(21)).is_ok());
        assert_eq!(Header::get(&"名".repeat(22)), Err(NameRefused::TooLong { bytes: 66 }));
        assert_eq!(Header::get(""), Err(NameRefused::Empty));
        assert_eq!(Header::get("a\0b"), Err(NameRefused::Nul));
    }
}
