//! Where the built `boardwalk` is. Cargo tells a test only about the programs of its own package.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
    time::SystemTime,
};

/// The program, as new as its sources. The first test that asks builds it if need be.
pub(crate) fn boardwalk() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        // This test is `target/debug/deps/it-…`; the programs are one folder up.
        let test = env::current_exe().unwrap();
        let folder = test.parent().and_then(Path::parent).unwrap();
        let program = folder.join("boardwalk");
        if is_fresh(&program) { program } else { build(folder) }
    })
}

/// Whether the program is newer than every source cargo says it was made of. A build that is not needed would still cost time:
/// with this package alone the dependencies can get other features than in the whole workspace.
fn is_fresh(program: &Path) -> bool {
    let Ok(made) = modified(program) else { return false };
    let Ok(rule) = fs::read_to_string(program.with_extension("d")) else { return false };
    // A rule of make: `program: source source`, with `\ ` for a space in a name.
    let Some((_, sources)) = rule.lines().next().and_then(|line| line.split_once(": ")) else { return false };
    let sources = sources.replace("\\ ", "\0");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    sources
        .split(' ')
        .map(|source| PathBuf::from(source.replace('\0', " ")))
        .chain([root.join("Cargo.lock"), root.join("crates/cli/Cargo.toml")])
        .all(|source| modified(&source).is_ok_and(|time| time <= made))
}

fn modified(path: &Path) -> std::io::Result<SystemTime> {
    fs::metadata(path)?.modified()
}

/// Cargo has released its lock when tests run, so it can be asked again.
fn build(folder: &Path) -> PathBuf {
    let name = folder.file_name().and_then(|name| name.to_str()).unwrap();
    let profile = if name == "debug" { "dev" } else { name };
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(["build", "--quiet", "--package", "boardwalk-cli", "--bin", "boardwalk", "--profile", profile])
        .args(["--message-format", "json-render-diagnostics", "--target-dir"])
        .arg(folder.parent().unwrap())
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    let output = command.output().expect("cargo starts");
    assert!(output.status.success(), "building boardwalk: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| message["target"]["name"] == "boardwalk")
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .expect("cargo says where the program is")
}
