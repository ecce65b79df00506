//! Node and the packages of the interface.

use std::time::Duration;

use super::{python, system};
use crate::child;
use crate::failure::{Failure, Result};
use crate::repo::Repo;

/// The oldest Node that the tools of `ui/` run on.
const OLDEST: (u32, u32) = (20, 19);
const FETCH: Duration = Duration::from_secs(600);

/// Whether the Node in PATH, or the one we installed before, is new enough.
pub(super) fn good_enough(repo: &Repo) -> bool {
    let mut command = repo.command("node");
    command.arg("--version");
    let version = child::output(&mut command, Duration::from_secs(20));
    let npm = repo.own_node().exists() || cfg!(windows) || system::on_path("npm");
    npm && version.is_ok_and(|version| parse(&version).is_some_and(|version| version >= OLDEST))
}

/// `v20.19.2` as its first two numbers.
fn parse(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.trim().strip_prefix('v')?.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

/// Fetches a Node of this clone's own. The one of Debian 12 and Ubuntu 24.04 is version 18.
pub(super) fn install(repo: &Repo) -> Result<()> {
    let (major, minor) = OLDEST;
    if !cfg!(target_os = "linux") {
        return Err(Failure::new(format!(
            "Node {major}.{minor} or newer with npm is missing: https://nodejs.org"
        )));
    }
    println!("Node {major}.{minor} or newer is missing; fetching one into .tools/node");
    python::make_environment(repo)?;
    let mut command = python::pip(repo);
    command.args(["--require-hashes", "--upgrade", "--target"]).arg(repo.tools().join("node"));
    command.arg("--requirement").arg(repo.path("xtask/requirements-node.txt"));
    child::run(&mut command, FETCH)
}

/// Makes `ui/node_modules` hold exactly what the lock file says.
pub(super) fn ensure_packages(repo: &Repo) -> Result<()> {
    let lock = repo.path("ui/package-lock.json");
    let wanted = std::fs::read(&lock).map_err(|error| Failure::file("read", &lock, &error))?;
    // Inside the folder it speaks of, so that removing the folder removes it too.
    let stamp = repo.path("ui/node_modules/.boardwalk-lock");
    if std::fs::read(&stamp).is_ok_and(|made| made == wanted) {
        return Ok(());
    }
    println!("Fetching the packages of the interface into ui/node_modules");
    child::run(&mut repo.npm(&["ci", "--no-audit", "--no-fund", "--loglevel=error"]), FETCH)?;
    python::write_stamp(&stamp, &wanted)
}

#[cfg(test)]
mod tests {
    use super::{OLDEST, parse};

    #[test]
    fn versions_compare_by_number() {
        assert_eq!(parse("v20.19.2\n"), Some((20, 19)));
        assert!(parse("v20.9.0").is_some_and(|version| version < OLDEST));
        assert!(parse("v22.1.0").is_some_and(|version| version >= OLDEST));
        assert_eq!(parse("node: not found"), None);
    }
}
