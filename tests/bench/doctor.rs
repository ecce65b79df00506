//! The doctor: its scenarios are a test, which prints their times when it is asked to.

use std::process::Command;

pub fn all() {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(["test", "--release", "--quiet", "--package", "boardwalk-tests", "--test", "doctor"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("BOARDWALK_DOCTOR_TIMES", "");
    assert!(command.status().expect("cargo starts").success(), "the doctor's scenarios");
}
