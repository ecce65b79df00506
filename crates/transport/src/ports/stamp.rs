//! A cheap look at whether the ports can have changed since the last look, so that watching costs next to nothing.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::Path;

/// Hash of the names and inodes in a directory. The kernel gives a new inode to an entry that went and came back
/// under the same name, so a quick replug shows.
#[cfg(unix)]
pub(super) fn directory(dir: &Path, wanted: impl Fn(&str) -> bool) -> u64 {
    use std::os::unix::fs::DirEntryExt;
    let Ok(entries) = fs::read_dir(dir) else { return 0 };
    // A sum, because the order of entries means nothing.
    entries
        .flatten()
        .filter(|entry| entry.file_name().to_str().is_some_and(&wanted))
        .map(|entry| hash(&(entry.file_name(), entry.ino())))
        .fold(1, u64::wrapping_add)
}

/// Hash of a file's modification time and length; 0 when there is none.
pub(super) fn file(path: &Path) -> u64 {
    let Ok(meta) = fs::metadata(path) else { return 0 };
    hash(&(meta.modified().ok(), meta.len()))
}

/// Joins stamps.
pub(super) fn hash(what: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_changes_with_its_names() {
        let dir = tempfile::tempdir().unwrap();
        let stamp = || directory(dir.path(), |name| name != "ignored");
        let empty = stamp();
        fs::write(dir.path().join("ignored"), "").unwrap();
        assert_eq!(stamp(), empty);
        fs::write(dir.path().join("ttyACM0"), "").unwrap();
        let one = stamp();
        assert_ne!(one, empty);
        assert_eq!(stamp(), one);
        fs::rename(dir.path().join("ttyACM0"), dir.path().join("ttyACM1")).unwrap();
        assert_ne!(stamp(), one);
        assert_ne!(directory(&dir.path().join("none"), |_| true), empty);
    }
}
