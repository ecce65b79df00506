//! The rules of the house that a compiler does not check: who may depend on whom, what stays pure, how long a file may be.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "all of this is test code")]

use std::fs;
use std::path::{Path, PathBuf};

/// Each floor may use the floors above it in this list. Members of one floor are brothers: neither knows the other.
const FLOORS: &[&[&str]] = &[
    &["boardwalk-protocol"],
    &["boardwalk-transport"],
    &["boardwalk-device"],
    &["boardwalk-sync", "boardwalk-doctor"],
    &["boardwalk-app"],
    &["boardwalk-cli", "boardwalk-desktop"],
];

/// The longest a file may be, in lines.
const LONGEST: usize = 500;

/// Files that are longer, each with its reason.
const LONGER: &[(&str, &str)] = &[];

/// What the protocol crate may not name: it has no sockets, no tasks, no clock and no environment.
const IMPURE: &[&str] = &[
    "std::net",
    "std::time::Instant",
    "SystemTime",
    "Instant::now",
    "tokio",
    "std::env",
    "std::fs",
    "std::thread",
    "std::process",
];

#[test]
fn no_crate_depends_on_one_below_it() {
    let mut wrong = Vec::new();
    for member in members() {
        let Some(floor) = floor(&member.name) else { continue };
        for dependency in &member.dependencies {
            if let Some(other) = self::floor(dependency)
                && other >= floor
            {
                wrong.push(format!("{} uses {dependency}, which is not above it", member.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_member_has_its_floor() {
    for member in members() {
        let outside = ["boardwalk-tests", "xtask"].contains(&member.name.as_str());
        assert!(
            outside || floor(&member.name).is_some(),
            "{} stands on no floor: add it to FLOORS",
            member.name
        );
    }
}

#[test]
fn the_board_that_tests_us_is_not_built_from_our_code() {
    let members = members();
    let tests =
        members.iter().find(|member| member.name == "boardwalk-tests").expect("the tests are a member");
    let ours: Vec<&String> = tests.dependencies.iter().filter(|name| floor(name).is_some()).collect();
    assert!(ours.is_empty(), "the library of boardwalk-tests uses {ours:?}");
}

#[test]
fn nothing_product_like_depends_on_the_tests() {
    for member in members() {
        let uses = member.dependencies.iter().any(|name| name == "boardwalk-tests" || name == "xtask");
        assert!(!uses, "{} uses the tests outside its own tests", member.name);
    }
}

#[test]
fn only_the_window_knows_tauri() {
    for member in members().iter().filter(|member| member.name != "boardwalk-desktop") {
        let tauri: Vec<&String> =
            member.dependencies.iter().filter(|name| name.starts_with("tauri")).collect();
        assert!(tauri.is_empty(), "{} uses {tauri:?}", member.name);
    }
}

#[test]
fn the_protocol_is_pure() {
    let mut wrong = Vec::new();
    let files = files(&root().join("crates/protocol/src"), &["rs"]);
    assert!(!files.is_empty());
    for path in files {
        for (number, line) in read(&path).lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            for name in IMPURE.iter().filter(|name| code.contains(**name)) {
                wrong.push(format!("{}:{}: {name}", shown(&path), number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_the_host_imports_tauri() {
    let ui = root().join("ui/src");
    let mut wrong = Vec::new();
    for path in files(&ui, &["ts", "svelte", "js"]) {
        if !path.starts_with(ui.join("host")) && read(&path).contains("@tauri-apps/") {
            wrong.push(shown(&path));
        }
    }
    assert!(wrong.is_empty(), "these name @tauri-apps outside ui/src/host: {wrong:?}");
}

#[test]
fn files_are_small() {
    let mut wrong = Vec::new();
    for folder in ["crates", "src-tauri/src", "tests", "xtask", "ui/src", "ui/test"] {
        for path in files(&root().join(folder), &["rs", "ts", "svelte", "py"]) {
            let (name, lines) = (shown(&path), read(&path).lines().count());
            if lines > LONGEST && LONGER.iter().all(|(longer, _)| *longer != name) {
                wrong.push(format!("{name}: {lines} lines"));
            }
        }
    }
    assert!(wrong.is_empty(), "longer than {LONGEST} lines:\n{}", wrong.join("\n"));
}

#[test]
fn exceptions_are_still_needed() {
    for (name, reason) in LONGER {
        let lines = read(&root().join(name)).lines().count();
        assert!(lines > LONGEST, "{name} is short enough now ({reason}): take it off the list");
    }
}

struct Member {
    name: String,
    /// Normal and build dependencies, for any platform; not those of its tests.
    dependencies: Vec<String>,
}

fn members() -> Vec<Member> {
    let workspace: toml::Table = read(&root().join("Cargo.toml")).parse().expect("the root manifest is TOML");
    let paths = workspace["workspace"]["members"].as_array().expect("a list of members");
    paths.iter().map(|path| member(&root().join(path.as_str().expect("a path")))).collect()
}

fn member(folder: &Path) -> Member {
    let manifest: toml::Table = read(&folder.join("Cargo.toml")).parse().expect("a manifest is TOML");
    let name = manifest["package"]["name"].as_str().expect("a package has a name").to_owned();
    let mut tables = vec![&manifest];
    if let Some(targets) = manifest.get("target").and_then(toml::Value::as_table) {
        tables.extend(targets.values().filter_map(toml::Value::as_table));
    }
    let mut dependencies = Vec::new();
    for table in tables {
        for kind in ["dependencies", "build-dependencies"] {
            let Some(entries) = table.get(kind).and_then(toml::Value::as_table) else { continue };
            for (key, value) in entries {
                // `other = { package = "name" }` must not hide who is meant.
                let package = value.get("package").and_then(toml::Value::as_str).unwrap_or(key);
                dependencies.push(package.to_owned());
            }
        }
    }
    Member { name, dependencies }
}

fn floor(name: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&name))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests are a folder of the repository")
        .to_owned()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

/// The files below a folder with one of these endings, without what is fetched or generated.
fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return found };
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir()
            && !["node_modules", "dist", "bindings", "target", "__pycache__"].contains(&name.as_str())
        {
            found.extend(files(&path, endings));
        } else if path.extension().is_some_and(|ending| endings.iter().any(|wanted| ending == *wanted)) {
            found.push(path);
        }
    }
    found
}
