//! The errno values MicroPython uses (py/mperrno.h) and what they are called in tracebacks.

/// A cause that file work tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Errno {
    /// ENOENT 2
    NotFound,
    /// EIO 5
    Io,
    /// ENOMEM 12
    NoMemory,
    /// EACCES 13 and EPERM 1
    NotAllowed,
    /// EEXIST 17
    Exists,
    /// ENODEV 19
    NoDevice,
    /// ENOTDIR 20
    NotADirectory,
    /// EISDIR 21
    IsADirectory,
    /// EINVAL 22
    BadArgument,
    /// ENOSPC 28
    NoSpace,
    /// EROFS 30
    ReadOnly,
    /// ENAMETOOLONG 36
    NameTooLong,
    /// ENOTEMPTY 39
    NotEmpty,
    /// Any other number.
    Other(i32),
}

/// Number, name and meaning. Names appear in tracebacks of firmware built with MICROPY_PY_ERRNO.
const TABLE: [(i32, &str, Errno); 14] = [
    (1, "EPERM", Errno::NotAllowed),
    (2, "ENOENT", Errno::NotFound),
    (5, "EIO", Errno::Io),
    (12, "ENOMEM", Errno::NoMemory),
    (13, "EACCES", Errno::NotAllowed),
    (17, "EEXIST", Errno::Exists),
    (19, "ENODEV", Errno::NoDevice),
    (20, "ENOTDIR", Errno::NotADirectory),
    (21, "EISDIR", Errno::IsADirectory),
    (22, "EINVAL", Errno::BadArgument),
    (28, "ENOSPC", Errno::NoSpace),
    (30, "EROFS", Errno::ReadOnly),
    (36, "ENAMETOOLONG", Errno::NameTooLong),
    (39, "ENOTEMPTY", Errno::NotEmpty),
];

impl Errno {
    /// From the number in a traceback; littlefs errors arrive with a minus sign on some firmware.
    #[must_use]
    pub fn from_number(number: i32) -> Self {
        let number = number.checked_abs().unwrap_or(number);
        TABLE.iter().find(|row| row.0 == number).map_or(Self::Other(number), |row| row.2)
    }

    /// From the name in a traceback.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        TABLE.iter().find(|row| row.1 == name).map(|row| row.2)
    }

    /// Reads the message behind `OSError:`: `[Errno 2] ENOENT: 'x'`, `2`, `ENOENT`, `-28`.
    #[must_use]
    pub fn from_message(message: &str) -> Option<Self> {
        let message = message.trim();
        if message == "file not found" {
            // The micro:bit's own words (source/microbit/filesystem.c).
            return Some(Self::NotFound);
        }
        if let Some(rest) = message.strip_prefix("[Errno ") {
            let (number, _) = rest.split_once(']')?;
            return number.trim().parse().ok().map(Self::from_number);
        }
        let first = message.split([' ', ':', ',']).next().unwrap_or_default();
        match first.parse::<i32>() {
            Ok(number) => Some(Self::from_number(number)),
            Err(_) => Self::from_name(first),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling() {
        for text in ["[Errno 28] ENOSPC", "28", "-28", "ENOSPC", "[Errno 28] ENOSPC: '/x'"] {
            assert_eq!(Errno::from_message(text), Some(Errno::NoSpace), "{text}");
        }
        assert_eq!(Errno::from_message("[Errno 4711]"), Some(Errno::Other(4711)));
        assert_eq!(Errno::from_message("file not found"), Some(Errno::NotFound));
        assert_eq!(Errno::from_message("no such thing"), None);
        assert_eq!(Errno::from_message(""), None);
        assert_eq!(Errno::from_message("-2147483648"), Some(Errno::Other(i32::MIN)));
    }
}
