//! What has to be written and called to have a proxy.

use std::{
    ffi::OsString,
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use super::{ProxyError, error::Context as _, places};

/// A program, its arguments, and the files in its own folder.
#[derive(Debug)]
pub(super) struct Recipe {
    pub(super) program: PathBuf,
    pub(super) arguments: Vec<OsString>,
    pub(super) environment: Vec<(OsString, OsString)>,
    pub(super) home: PathBuf,
}

impl Recipe {
    /// A program by its name, with a folder that exists.
    pub(super) fn new(program: &str, home: &Path) -> Result<Self, ProxyError> {
        let program = places::program(program)?;
        let environment = places::libraries(&program).into_iter().collect();
        Ok(Self { program, arguments: Vec::new(), environment, home: home.to_owned() })
    }

    pub(super) fn argument(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    pub(super) fn arguments<A: Into<OsString>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    pub(super) fn env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// Writes a file and appends its path to the arguments.
    pub(super) fn config(self, name: &str, text: &str) -> Result<Self, ProxyError> {
        let path = self.write(name, text)?;
        Ok(self.argument(path))
    }

    /// Writes a file that the proxy may read, whatever user it becomes.
    pub(super) fn write(&self, name: &str, text: &str) -> Result<PathBuf, ProxyError> {
        let path = self.home.join(name);
        fs::write(&path, text).context("writing a proxy's configuration")?;
        Ok(path)
    }

    /// A copy of a program in the proxy's folder: the repository may be where another user cannot go.
    pub(super) fn copy(&self, from: &Path) -> Result<PathBuf, ProxyError> {
        let to = self.home.join(from.file_name().unwrap_or_default());
        fs::copy(from, &to).context("copying a proxy's program")?;
        fs::set_permissions(&to, fs::Permissions::from_mode(0o755)).context("copying a proxy's program")?;
        Ok(to)
    }
}

/// Whether we are root, whom some proxies refuse to be.
pub(super) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}
