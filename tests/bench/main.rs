//! `cargo xtask bench`: what performance is promised, measured against another tool or the limit in the same run. It prints;
//! it asserts nothing, because a busy machine is no defect.
#![cfg_attr(not(target_os = "linux"), allow(unused))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    unreachable_pub,
    reason = "a program for engineers that ends with what went wrong"
)]

#[cfg(target_os = "linux")]
mod commands;
#[cfg(target_os = "linux")]
mod doctor;
#[cfg(target_os = "linux")]
#[path = "../tests/window/driver.rs"]
mod driver;
#[cfg(target_os = "linux")]
mod official;
#[cfg(target_os = "linux")]
#[path = "../tests/window/page.rs"]
mod page;
#[cfg(target_os = "linux")]
mod process;
#[cfg(target_os = "linux")]
mod webrepl;
#[cfg(target_os = "linux")]
mod window;

#[cfg(target_os = "linux")]
#[tokio::main]
async fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let runs = |name: &str| wanted.is_empty() || wanted.iter().any(|w| w == name);
    println!("{:<52} {:>12} {:>12}  limit or ratio", "what", "boardwalk", "other");
    if runs("exec") {
        commands::exec();
    }
    if runs("files") {
        commands::files();
    }
    if runs("webrepl") {
        webrepl::all();
    }
    if runs("doctor") {
        doctor::all();
    }
    if runs("window") {
        window::all().await;
    }
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("The bench drives the window and reads /proc: it runs on Linux.");
}

/// A row of the table.
fn row(what: &str, ours: String, other: String, verdict: String) {
    println!("{what:<52} {ours:>12} {other:>12}  {verdict}");
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn percentile(mut values: Vec<f64>, percent: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    values[(values.len() * percent / 100).min(values.len() - 1)]
}
