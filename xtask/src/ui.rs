//! The page that is embedded in the desktop program.

use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::child;
use crate::failure::Result;
use crate::repo::Repo;

/// Builds `ui/dist` where it is not newer than what it is made from.
pub(crate) fn ensure_built(repo: &Repo) -> Result<()> {
    let sources = ["src", "public", "index.html", "package-lock.json", "vite.config.ts", "svelte.config.js"];
    let newest = sources.iter().filter_map(|name| newest(&repo.path("ui").join(name))).max();
    // Not index.html: the build of the desktop program puts one there when there is none.
    let built = newest_in(&repo.path("ui/dist/assets"));
    if built.is_some() && built >= newest {
        return Ok(());
    }
    build(repo)
}

/// Builds `ui/dist`.
pub(crate) fn build(repo: &Repo) -> Result<()> {
    child::run(&mut repo.npm(&["run", "--silent", "build"]), Duration::from_secs(300))
}

/// The latest change of a file, or of anything in a folder.
fn newest(path: &Path) -> Option<SystemTime> {
    let metadata = std::fs::metadata(path).ok()?;
    let own = metadata.modified().ok();
    // A folder's own time tells of files that were removed.
    if metadata.is_dir() { own.max(newest_in(path)) } else { own }
}

fn newest_in(folder: &Path) -> Option<SystemTime> {
    std::fs::read_dir(folder).ok()?.flatten().filter_map(|entry| newest(&entry.path())).max()
}
