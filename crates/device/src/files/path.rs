//! Paths on a board: `/` between names, no drive letters, bytes of UTF-8.

use crate::error::DeviceError;

/// The longest path that is sent, in bytes: littlefs allows names of 255, FAT of 255 characters, and no board has room
/// for deep trees.
const LONGEST: usize = 1024;
/// The longest name between two slashes (LFS_NAME_MAX).
const LONGEST_NAME: usize = 255;

/// The path without empty parts, `.` and `..`; whether it is absolute is kept. `..` cannot leave the root.
#[must_use]
pub fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    if path.starts_with('/') { format!("/{joined}") } else { joined }
}

/// The path of `name` in `folder`.
#[must_use]
pub fn child(folder: &str, name: &str) -> String {
    if folder.is_empty() || folder.ends_with('/') {
        format!("{folder}{name}")
    } else {
        format!("{folder}/{name}")
    }
}

/// The folder a path is in; empty for the working folder.
pub(crate) fn parent(path: &str) -> &str {
    match path.rfind('/') {
        Some(0) => "/",
        Some(at) => &path[..at],
        None => "",
    }
}

/// The last name of a path.
pub(crate) fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// A path that may be sent, made normal.
pub(crate) fn checked(path: &str) -> Result<String, DeviceError> {
    let bad = || DeviceError::BadName { path: path.to_owned() };
    let normal = normal(path);
    let too_long = normal.len() > LONGEST || normal.split('/').any(|name| name.len() > LONGEST_NAME);
    if path.contains('\0') || too_long { Err(bad()) } else { Ok(normal) }
}

/// A path that names something below the root.
pub(crate) fn checked_file(path: &str) -> Result<String, DeviceError> {
    let normal = checked(path)?;
    if name(&normal).is_empty() { Err(DeviceError::BadName { path: path.to_owned() }) } else { Ok(normal) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_made_normal() {
        for (path, expected) in [
            ("/", "/"),
            ("", ""),
            ("main.py", "main.py"),
            ("/lib//a/./b/../c.py", "/lib/a/c.py"),
            ("../../etc", "etc"),
            ("/../..", "/"),
            ("lib/", "lib"),
        ] {
            assert_eq!(normal(path), expected, "{path}");
        }
        assert_eq!(
            (child("/", "a"), child("/lib", "a"), child("", "a")),
            ("/a".into(), "/lib/a".into(), "a".into())
        );
        assert_eq!((parent("/a"), parent("a"), parent("/a/b")), ("/", "", "/a"));
    }

    #[test]
    fn what_cannot_be_a_name() {
        for path in ["a\0b", &"x".repeat(256), "/", "", "..", "."] {
            assert!(checked_file(path).is_err(), "{path:?}");
        }
        assert!(checked_file("/温度 '\"\\ 😀.py").is_ok());
    }
}
