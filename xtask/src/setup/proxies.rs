//! Real proxies for the tests, unpacked into `.tools/proxies` and never installed: a package of a proxy starts its service on the
//! machine, and again at every boot. Nothing of the machine changes, and nobody needs to be root.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::{python, system};
use crate::child;
use crate::failure::{Failure, Result};
use crate::repo::Repo;

const FETCH: Duration = Duration::from_secs(900);
const QUICK: Duration = Duration::from_secs(120);
const REQUIREMENTS: &str = "tests/proxies/requirements.txt";

/// Debian's names. Versions are those of the distribution that is installed.
const PACKAGES: &[&str] = &[
    "apache2-bin",
    "caddy",
    "dante-server",
    "golang-go",
    "haproxy",
    "libnginx-mod-stream",
    "microsocks",
    "nginx",
    "privoxy",
    "squid",
    "tinyproxy-bin",
];
/// What other systems have to bring, as the programs are called.
const PROGRAMS: &[&str] =
    &["apache2", "caddy", "danted", "go", "haproxy", "microsocks", "nginx", "privoxy", "squid", "tinyproxy"];

/// Unpacks what is missing. A proxy that cannot be had is named; the tests say which of their rows did not run.
pub(super) fn ensure(repo: &Repo) -> Result<()> {
    if !cfg!(target_os = "linux") {
        println!("The tests through real proxies run on Linux only.");
        return Ok(());
    }
    ensure_mitmproxy(repo)?;
    if system::is_debian() {
        return ensure_packages(repo);
    }
    let missing: Vec<&str> = PROGRAMS.iter().copied().filter(|name| !found(name)).collect();
    if !missing.is_empty() {
        println!(
            "Tests through these proxies will not run, because they are not installed: {}\n\
             Install the packages that hold them (without starting their services) to have them all.",
            missing.join(", ")
        );
    }
    Ok(())
}

fn found(program: &str) -> bool {
    system::on_path(program)
        || ["/usr/sbin", "/sbin"].iter().any(|folder| Path::new(folder).join(program).is_file())
}

/// mitmproxy from the Python package index, with hashes: Debian's is older, and gone from newer releases.
fn ensure_mitmproxy(repo: &Repo) -> Result<()> {
    let requirements = repo.path(REQUIREMENTS);
    let wanted =
        std::fs::read(&requirements).map_err(|error| Failure::file("read", &requirements, &error))?;
    let folder = repo.tools().join("mitmproxy");
    let stamp = folder.join("stamp");
    if std::fs::read(&stamp).is_ok_and(|made| made == wanted) {
        return Ok(());
    }
    println!("Fetching mitmproxy into .tools/mitmproxy");
    python::make_environment(repo)?;
    let mut command = python::pip(repo);
    // The only one of its packages that comes as source; it is a single file of Python.
    command.args(["--no-binary", "pyperclip", "--require-hashes", "--upgrade", "--target"]).arg(&folder);
    command.arg("--requirement").arg(&requirements);
    child::run(&mut command, FETCH)?;
    python::write_stamp(&stamp, &wanted)
}

fn ensure_packages(repo: &Repo) -> Result<()> {
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let wanted = format!("{}\n{}\n{release}", PACKAGES.join(" "), std::env::consts::ARCH);
    let folder = repo.tools().join("proxies");
    let stamp = folder.join("stamp");
    if std::fs::read(&stamp).is_ok_and(|made| made == wanted.as_bytes()) {
        return Ok(());
    }
    println!("Fetching proxies to test with into .tools/proxies");
    let apt = Apt::new(repo, folder.join("apt"))?;
    apt.run("apt-get", &["update"])?;
    let (packages, unknown): (Vec<&str>, Vec<&str>) = PACKAGES.iter().partition(|name| apt.knows(name));
    if !unknown.is_empty() {
        println!("This distribution has no {}: tests that need it will not run.", unknown.join(", "));
    }
    let mut archives = apt.missing(&packages)?;
    archives.extend(packages.iter().map(|name| (*name).to_owned()));
    archives.sort();
    archives.dedup();
    apt.download(&archives)?;
    let root = folder.join("root");
    remove(&root)?;
    make(&root)?;
    for archive in apt.archives()? {
        child::run(Command::new("dpkg-deb").arg("--extract").arg(&archive).arg(&root), QUICK)?;
    }
    remove(&apt.folder)?;
    python::write_stamp(&stamp, wanted.as_bytes())
}

/// apt with lists and archives of its own.
struct Apt<'a> {
    repo: &'a Repo,
    folder: PathBuf,
}

impl<'a> Apt<'a> {
    fn new(repo: &'a Repo, folder: PathBuf) -> Result<Self> {
        remove(&folder)?;
        for inside in ["lists/partial", "archives/partial", "debs"] {
            make(&folder.join(inside))?;
        }
        Ok(Self { repo, folder })
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = self.repo.command(program);
        let option = |name: &str, inside: &str| format!("{name}={}", self.folder.join(inside).display());
        command.current_dir(self.folder.join("debs"));
        command.arg("-o").arg(option("Dir::State::lists", "lists"));
        command.arg("-o").arg(option("Dir::Cache", ""));
        // As root it would become a user of its own, who may not write here.
        command.args(["-o", "APT::Sandbox::User=root", "-qq"]).args(arguments);
        command
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Result<()> {
        child::run(&mut self.command(program, arguments), FETCH)
    }

    fn knows(&self, package: &str) -> bool {
        child::output(&mut self.command("apt-cache", &["show", package]), QUICK)
            .is_ok_and(|text| !text.trim().is_empty())
    }

    /// The libraries that the machine does not have.
    fn missing(&self, packages: &[&str]) -> Result<Vec<String>> {
        let mut command =
            self.command("apt-get", &["install", "--simulate", "--no-install-recommends", "--no-remove"]);
        Ok(new_packages(&child::output(command.args(packages), QUICK)?))
    }

    fn download(&self, archives: &[String]) -> Result<()> {
        let mut command = self.command("apt-get", &["download"]);
        child::run(command.args(archives), FETCH)
    }

    fn archives(&self) -> Result<Vec<PathBuf>> {
        let folder = self.folder.join("debs");
        let entries = std::fs::read_dir(&folder).map_err(|error| Failure::file("read", &folder, &error))?;
        Ok(entries.flatten().map(|entry| entry.path()).collect())
    }
}

/// `Inst NAME (VERSION …)` is new; `Inst NAME [OLD] (VERSION …)` would only be brought up to date.
fn new_packages(simulation: &str) -> Vec<String> {
    let lines = simulation.lines().filter_map(|line| line.strip_prefix("Inst "));
    lines
        .filter_map(|line| line.split_once(' '))
        .filter(|(_, rest)| rest.starts_with('('))
        .map(|(name, _)| name.to_owned())
        .collect()
}

fn make(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|error| Failure::file("make", folder, &error))
}

fn remove(folder: &Path) -> Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    std::fs::remove_dir_all(folder).map_err(|error| Failure::file("remove", folder, &error))
}

#[cfg(test)]
mod tests {
    use super::new_packages;

    #[test]
    fn only_what_the_machine_lacks_is_fetched() {
        let simulation = "Inst perl-base [5.36.0-7] (5.36.0-7+deb12u3 Debian:12 [amd64]) []\n\
                          Inst libpcre3 (2:8.39-15 Debian:12 [amd64])\nConf libpcre3 (2:8.39-15 Debian:12 [amd64])\n";
        assert_eq!(new_packages(simulation), ["libpcre3"]);
        assert!(new_packages("").is_empty());
    }
}
