//! Each code of the closed list is proved: by a row of the scenario table, where it really happens, or by a world that is built.

use std::fs;
use std::path::{Path, PathBuf};

use boardwalk_doctor::Code;

#[test]
fn every_code_has_a_scenario() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let rows = text(&here.join("../../tests/tests/doctor"));
    let built = text(&here.join("tests/it")) + &text(&here.join("src/serial/open_tests.rs"));
    let unproved: Vec<&str> = Code::ALL
        .iter()
        .filter(|code| !rows.contains(&format!("\"{code}\"")) && !built.contains(&format!("Code::{code:?}")))
        .map(|code| code.as_str())
        .collect();
    assert!(unproved.is_empty(), "no row and no built world finds: {unproved:?}");
}

/// All Rust sources at and below a path, this file excepted.
fn text(path: &Path) -> String {
    let mut all = String::new();
    let mut left: Vec<PathBuf> = vec![path.to_owned()];
    while let Some(path) = left.pop() {
        if path.is_dir() {
            left.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|end| end == "rs") && !path.ends_with("every_code.rs") {
            all.push_str(&fs::read_to_string(path).unwrap());
        }
    }
    assert!(!all.is_empty(), "nothing at {}", path.display());
    all
}
