//! Asking for the version: three bytes, without `WB`.

use bytes::{Buf as _, BytesMut};

/// The version of the board's WebREPL, in practice that of its firmware.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version {
    /// First number.
    pub major: u8,
    /// Second number.
    pub minor: u8,
    /// Third number.
    pub micro: u8,
}

/// Takes the answer to [`Header::version`](super::Header::version) off `input`, or `None` when it needs more.
pub fn read_version(input: &mut BytesMut) -> Option<Version> {
    let [major, minor, micro, ..] = input[..] else { return None };
    input.advance(3);
    Some(Version { major, minor, micro })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_bytes_and_no_more() {
        let mut input = BytesMut::from(&[1u8, 0x1d][..]);
        assert_eq!(read_version(&mut input), None);
        input.extend_from_slice(&[0, 9]);
        assert_eq!(read_version(&mut input), Some(Version { major: 1, minor: 29, micro: 0 }));
        assert_eq!(&input[..], [9]);
    }
}
