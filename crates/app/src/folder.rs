//! The open folder of this computer. Paths in it begin with `/` and cannot leave it, by `..` or by a link.

use std::path::{Component, Path, PathBuf};

use crate::AppError;
use crate::local;
use crate::wire::{FileEntry, Folder};

/// The most entries that are listed: a folder of photographs by mistake must not stop the window.
const MOST: usize = 5_000;

/// The path on disk of a path in the folder. Blocking.
pub(crate) fn resolve(root: &Path, path: &str) -> Result<PathBuf, AppError> {
    let mut whole = root.to_owned();
    for part in Path::new(path.trim_start_matches('/')).components() {
        match part {
            Component::Normal(name) => whole.push(name),
            Component::CurDir => {}
            _ => return Err(outside(path)),
        }
    }
    if path.contains('\0') || (cfg!(windows) && path.contains(['\\', ':'])) {
        return Err(outside(path));
    }
    // The part of the path that exists must be inside after links are followed.
    let root = std::fs::canonicalize(root).map_err(|error| local::io_error(&error, root))?;
    let mut existing = whole.as_path();
    let real = loop {
        match std::fs::canonicalize(existing) {
            Ok(real) => break real,
            Err(_) => match existing.parent() {
                Some(parent) => existing = parent,
                None => return Err(outside(path)),
            },
        }
    };
    if real.starts_with(&root) { Ok(whole) } else { Err(outside(path)) }
}

/// What stands in a folder, folders first, then by name. Blocking.
pub(crate) fn list(root: &Path, path: &str) -> Result<Vec<FileEntry>, AppError> {
    let folder = resolve(root, path)?;
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(|error| local::io_error(&error, &folder))? {
        let entry = entry.map_err(|error| local::io_error(&error, &folder))?;
        // A name that is not UTF-8 cannot cross to the window.
        let Ok(name) = entry.file_name().into_string() else { continue };
        if name == ".git" || name == "__pycache__" || name == ".DS_Store" {
            continue;
        }
        let meta = std::fs::metadata(entry.path()).ok();
        let folder = meta.as_ref().is_some_and(std::fs::Metadata::is_dir);
        let size = meta.filter(|_| !folder).map(|meta| meta.len());
        entries.push(FileEntry { path: boardwalk_device::child(path, &name), name, folder, size });
        if entries.len() > MOST {
            return Err(AppError::new(
                "too-many-files",
                format!("There are more than {MOST} files in {}.", folder_name(&self::shown(root))),
                "Open a folder that holds just the project.",
            ));
        }
    }
    entries.sort_by(|a, b| b.folder.cmp(&a.folder).then_with(|| a.name.cmp(&b.name)));
    Ok(entries)
}

/// The folder as the window names it.
pub(crate) fn describe(root: &Path, home: Option<&Path>) -> Folder {
    let name = root.file_name().map_or_else(|| shown(root), |name| name.to_string_lossy().into_owned());
    let short = match home.and_then(|home| root.strip_prefix(home).ok()) {
        Some(rest) if rest.as_os_str().is_empty() => "~".to_owned(),
        Some(rest) => format!("~/{}", rest.display()),
        None => shown(root),
    };
    Folder { name, shown: short }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn folder_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

fn outside(path: &str) -> AppError {
    AppError::new(
        "outside-folder",
        format!("“{}” is not inside the open folder.", path.escape_debug()),
        "Open the folder it is in.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_the_folder() {
        let world = tempfile::tempdir().unwrap();
        let root = world.path().join("project");
        std::fs::create_dir_all(root.join("lib")).unwrap();
        std::fs::write(world.path().join("secret"), b"x").unwrap();
        assert!(resolve(&root, "/lib/new.py").is_ok());
        assert!(resolve(&root, "/").is_ok());
        for bad in ["/../secret", "/lib/../../secret", "/lib/\0"] {
            assert_eq!(resolve(&root, bad).expect_err(bad).code, "outside-folder");
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(world.path(), root.join("out")).unwrap();
            assert_eq!(resolve(&root, "/out/secret").unwrap_err().code, "outside-folder");
            assert_eq!(resolve(&root, "/out/new").unwrap_err().code, "outside-folder");
        }
    }

    #[test]
    fn a_listing() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("lib")).unwrap();
        std::fs::write(root.path().join("a 中.py"), b"12").unwrap();
        let entries = list(root.path(), "/").unwrap();
        assert_eq!(entries.iter().map(|e| e.path.as_str()).collect::<Vec<_>>(), ["/lib", "/a 中.py"]);
        assert_eq!(entries[1].size, Some(2));
    }

    #[test]
    fn home_is_short() {
        let folder = describe(Path::new("/home/ada/pico"), Some(Path::new("/home/ada")));
        assert_eq!((folder.name.as_str(), folder.shown.as_str()), ("pico", "~/pico"));
    }
}
