//! Files on this computer, written so that the old one or the new one is there at every moment.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::AppError;

/// The bytes of a file. Blocking.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, AppError> {
    std::fs::read(path).map_err(|error| io_error(&error, path))
}

/// Writes a file: a temporary one beside it, synced, then renamed over it. Blocking.
pub(crate) fn write(path: &Path, data: &[u8]) -> Result<(), AppError> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if path.is_dir() {
        return Err(AppError::new(
            "is-a-folder",
            format!("{} is a folder.", path.display()),
            "Name a file inside it.",
        ));
    }
    let wrap = |error: &std::io::Error| io_error(error, path);
    let mut temporary =
        tempfile::Builder::new().prefix(".boardwalk-").tempfile_in(folder).map_err(|error| wrap(&error))?;
    temporary.write_all(data).map_err(|error| wrap(&error))?;
    temporary.as_file().sync_all().map_err(|error| wrap(&error))?;
    keep_mode(path, temporary.as_file());
    temporary.persist(path).map_err(|error| wrap(&error.error))?;
    Ok(())
}

/// Makes a folder of this computer and those above it; one that is there is fine. Blocking.
pub(crate) fn make_folder(path: &Path) -> Result<(), AppError> {
    std::fs::create_dir_all(path).map_err(|error| match error.kind() {
        // What is there is a file.
        std::io::ErrorKind::AlreadyExists => io_error(&std::io::ErrorKind::NotADirectory.into(), path),
        _ => io_error(&error, path),
    })
}

/// A replaced file keeps its permissions; a new one gets what the system gives new files, not the temporary's 0600.
#[cfg(unix)]
fn keep_mode(path: &Path, temporary: &std::fs::File) {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(path).map_or(0o644, |old| old.permissions().mode() & 0o777);
    // Not worth failing for.
    let _ = temporary.set_permissions(std::fs::Permissions::from_mode(mode));
}

#[cfg(not(unix))]
fn keep_mode(_path: &Path, _temporary: &std::fs::File) {}

/// The path of a name that a board gave, inside `folder`. A board is not trusted: a name that would leave the folder,
/// or that this system treats specially, is refused.
pub(crate) fn inside(folder: &Path, name: &str) -> Result<PathBuf, AppError> {
    if is_plain(name) {
        return Ok(folder.join(name));
    }
    Err(AppError::new(
        "bad-name",
        format!("The name “{}” cannot be used on this computer.", name.escape_debug()),
        "Rename it on the board, then copy it again.",
    ))
}

fn is_plain(name: &str) -> bool {
    let reserved = ["CON", "PRN", "AUX", "NUL"];
    let stem = name.split('.').next().unwrap_or_default().to_ascii_uppercase();
    let is_device = reserved.contains(&stem.as_str())
        || ((stem.starts_with("COM") || stem.starts_with("LPT"))
            && stem.len() == 4
            && stem.ends_with(|c: char| c.is_ascii_digit()));
    let forbidden =
        |c: char| c == '/' || c == '\0' || c.is_control() || (cfg!(windows) && "\\:*?\"<>|".contains(c));
    !name.is_empty()
        && name != "."
        && name != ".."
        && !name.contains(forbidden)
        && !(cfg!(windows) && (is_device || name.ends_with(['.', ' '])))
}

/// What the system says about a path, by kind and not by text.
pub(crate) fn io_error(error: &std::io::Error, path: &Path) -> AppError {
    use std::io::ErrorKind;
    let shown = path.display();
    let (code, message, help) = match error.kind() {
        ErrorKind::NotFound => ("file-not-found", format!("There is no {shown}."), "Check the name."),
        ErrorKind::PermissionDenied => (
            "not-allowed",
            format!("The system did not allow access to {shown}."),
            "Choose another folder, or change its permissions.",
        ),
        ErrorKind::AlreadyExists => {
            ("file-exists", format!("{shown} is there already."), "Choose another name.")
        }
        ErrorKind::IsADirectory => ("is-a-folder", format!("{shown} is a folder."), "Name a file inside it."),
        ErrorKind::NotADirectory => ("not-a-folder", format!("{shown} is not a folder."), "Name a folder."),
        ErrorKind::DirectoryNotEmpty => {
            ("folder-not-empty", format!("The folder {shown} is not empty."), "Delete what is in it first.")
        }
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => (
            "disk-full",
            format!("This computer has no space left for {shown}."),
            "Delete something, then try again.",
        ),
        ErrorKind::ReadOnlyFilesystem => {
            ("read-only", format!("{shown} is on a read-only disk."), "Choose another folder.")
        }
        ErrorKind::InvalidFilename => {
            ("bad-name", format!("{shown} is not a file name here."), "Choose another name.")
        }
        _ => ("local-file", format!("The system did not complete the work on {shown}."), "Try again."),
    };
    let number = error.raw_os_error().map(|n| format!("errno {n}")).unwrap_or_default();
    AppError::new(code, message, help).with_detail(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_from_a_board_stay_inside() {
        let folder = Path::new("folder");
        for bad in ["..", ".", "", "a/b", "/etc/passwd", "a\0b", "a\nb"] {
            assert_eq!(inside(folder, bad).expect_err(bad).code, "bad-name");
        }
        for good in ["main.py", "温度.py", "a 'b' \"c\".py", "...", "😀"] {
            if !(cfg!(windows) && good.contains('"')) {
                assert!(inside(folder, good).is_ok(), "{good}");
            }
        }
    }

    #[test]
    fn a_write_replaces_whole_files_and_leaves_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        write(&path, b"old").unwrap();
        write(&path, b"new").unwrap();
        assert_eq!(read(&path).unwrap(), b"new");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        assert_eq!(write(folder.path(), b"x").unwrap_err().code, "is-a-folder");
        assert_eq!(read(&folder.path().join("no")).unwrap_err().code, "file-not-found");
    }
}
