//! What `cargo xtask test` consists of, cheap failures first.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::child;
use crate::failure::{Failure, Result};
use crate::repo::Repo;
use crate::setup::Need;
use crate::ui;

/// One part of the tests. It can run alone.
pub(crate) struct Part {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) needs: &'static [Need],
    pub(crate) run: fn(&Repo) -> Result<()>,
}

/// All parts, in the order they run in.
pub(crate) const PARTS: &[Part] = &[
    Part { name: "fmt", about: "Rust is formatted", needs: &[], run: fmt },
    Part {
        name: "ui",
        about: "the interface: types, lint rules, unit tests, build",
        needs: &[Need::Ui],
        run: interface,
    },
    Part { name: "clippy", about: "lints of all Rust", needs: &[Need::Desktop], run: clippy },
    Part {
        name: "rust",
        about: "Rust tests, with a real MicroPython and with a micro:bit in QEMU",
        needs: &[Need::Desktop, Need::Emulator, Need::MicroPython, Need::Ui],
        run: rust,
    },
    Part {
        name: "proxies",
        about: "boards behind real proxies",
        needs: &[Need::Desktop, Need::MicroPython, Need::Proxies, Need::Ui],
        run: proxies,
    },
    Part {
        name: "doctor",
        about: "the connection doctor against failures that really happen",
        needs: &[Need::Desktop, Need::MicroPython, Need::Proxies, Need::Ui],
        run: doctor,
    },
    Part {
        name: "types",
        about: "the TypeScript types are those that Rust has",
        needs: &[Need::Desktop],
        run: types,
    },
    Part {
        name: "window",
        about: "the real window, driven as a person would",
        needs: &[Need::Desktop, Need::Display, Need::MicroPython, Need::Proxies, Need::Ui],
        run: window,
    },
];

fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(60 * minutes)
}

fn fmt(repo: &Repo) -> Result<()> {
    child::run(&mut repo.cargo(&["fmt", "--all", "--check"]), minutes(2))
}

fn interface(repo: &Repo) -> Result<()> {
    for script in ["check", "test"] {
        child::run(&mut repo.npm(&["run", "--silent", script]), minutes(5))?;
    }
    ui::build(repo)
}

fn clippy(repo: &Repo) -> Result<()> {
    child::run(&mut cargo(repo, "clippy", &["--all-targets", "--", "--deny", "warnings"]), minutes(15))
}

/// Every call of cargo below selects the same packages: with another selection the dependencies would get other features,
/// and most of the 400 crates would be compiled a second time. On Windows a running program, us, cannot be replaced.
const SELECTION: &[&str] =
    if cfg!(windows) { &["--workspace", "--exclude", "xtask"] } else { &["--workspace"] };

fn cargo(repo: &Repo, subcommand: &str, arguments: &[&str]) -> Command {
    let mut command = repo.cargo(&[subcommand]);
    command.args(SELECTION).args(arguments);
    command
}

fn rust(repo: &Repo) -> Result<()> {
    programs(repo)?;
    child::run(&mut cargo(repo, "test", &["--no-fail-fast"]), minutes(20))
}

fn proxies(repo: &Repo) -> Result<()> {
    programs(repo)?;
    if !cfg!(target_os = "linux") {
        println!("The tests through real proxies run on Linux only.");
        return Ok(());
    }
    child::run(&mut cargo(repo, "test", &["--test", "proxies"]), minutes(20))
}

fn doctor(repo: &Repo) -> Result<()> {
    programs(repo)?;
    if !cfg!(target_os = "linux") {
        println!("The tests through real proxies run on Linux only.");
        return Ok(());
    }
    child::run(&mut cargo(repo, "test", &["--test", "doctor"]), minutes(20))
}

fn window(repo: &Repo) -> Result<()> {
    programs(repo)?;
    if !cfg!(target_os = "linux") {
        println!("The window is built; it is driven on Linux only.");
        return Ok(());
    }
    // A window costs processor time: no more of them at once than the smallest machine has cores.
    let mut command = cargo(repo, "test", &["--test", "window", "--", "--test-threads=2"]);
    child::run(command.env("BOARDWALK_DESKTOP", repo.built("debug", "boardwalk-desktop")), minutes(20))
}

/// The programs that tests start: the command line, the window, the test board.
fn programs(repo: &Repo) -> Result<()> {
    ui::ensure_built(repo)?;
    child::run(&mut cargo(repo, "build", &["--bins"]), minutes(20))
}

/// Writes the types to another folder and compares it with the committed one, file by file.
fn types(repo: &Repo) -> Result<()> {
    let fresh = repo.tools().join("bindings");
    if fresh.exists() {
        std::fs::remove_dir_all(&fresh).map_err(|error| Failure::file("remove", &fresh, &error))?;
    }
    let mut command = cargo(repo, "test", &["--quiet", "--lib", "export_"]);
    child::run(command.env("TS_RS_EXPORT_DIR", &fresh), minutes(15))?;
    let (committed, generated) = (folder(&repo.path("ui/src/bindings"))?, folder(&fresh)?);
    if generated.is_empty() {
        return Err(Failure::new("no types were generated: the tests that write them have other names now"));
    }
    let names: std::collections::BTreeSet<&String> = committed.keys().chain(generated.keys()).collect();
    let stale: Vec<&str> = names
        .into_iter()
        .filter(|name| committed.get(*name) != generated.get(*name))
        .map(String::as_str)
        .collect();
    if stale.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "ui/src/bindings is not what Rust says: {}. `cargo test --package boardwalk-app` writes it; delete what nothing writes",
        stale.join(", ")
    )))
}

/// The files of a folder by name.
fn folder(path: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let entries = std::fs::read_dir(path).map_err(|error| Failure::file("read", path, &error))?;
    let mut files = BTreeMap::new();
    for entry in entries.flatten().filter(|entry| entry.path().is_file()) {
        let content =
            std::fs::read(entry.path()).map_err(|error| Failure::file("read", &entry.path(), &error))?;
        files.insert(entry.file_name().to_string_lossy().into_owned(), content);
    }
    Ok(files)
}
