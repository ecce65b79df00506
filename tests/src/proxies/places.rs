//! Where the proxies' programs are: unpacked beside the repository, or installed.

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

use super::ProxyError;
use crate::find_tool;

/// `.tools` of the repository; it may be missing.
pub(super) fn tools() -> PathBuf {
    let python = find_tool("python3");
    python.ancestors().nth(3).unwrap_or(&python).to_owned()
}

/// A program by its name.
pub(super) fn program(name: &str) -> Result<PathBuf, ProxyError> {
    let unpacked = unpacked();
    let folders = ["usr/sbin", "usr/bin"].map(|folder| unpacked.join(folder));
    let path = env::var_os("PATH").unwrap_or_default();
    let system = ["/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin"].map(PathBuf::from);
    folders
        .into_iter()
        .chain(system)
        .chain(env::split_paths(&path))
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
        .ok_or_else(|| ProxyError::Missing(name.into()))
}

/// A file or folder by its place under `/`, as Debian has it.
pub(super) fn file(place: &str) -> Result<PathBuf, ProxyError> {
    [unpacked(), PathBuf::from("/")]
        .into_iter()
        .map(|root| root.join(place))
        .find(|path| path.exists())
        .ok_or_else(|| ProxyError::Missing(place.into()))
}

/// What an unpacked program needs in its environment to find its own libraries.
pub(super) fn libraries(program: &Path) -> Option<(OsString, OsString)> {
    let unpacked = unpacked();
    if !program.starts_with(&unpacked) {
        return None;
    }
    let folders = ["usr/lib", "lib"].map(|folder| unpacked.join(folder)).into_iter().flat_map(|folder| {
        let inside = fs::read_dir(&folder).into_iter().flatten().flatten();
        inside.map(|entry| entry.path()).filter(|path| path.to_string_lossy().contains("-linux-gnu"))
    });
    Some(("LD_LIBRARY_PATH".into(), env::join_paths(folders).ok()?))
}

fn unpacked() -> PathBuf {
    tools().join("proxies/root")
}
