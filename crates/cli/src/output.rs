//! What the command line prints. Results go to standard output, everything else to standard error.

#![allow(clippy::print_stderr, reason = "this is where the command line talks to a person")]

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::{Arc, Mutex, PoisonError};

use boardwalk_app::{AppError, Tell, wire};
use indicatif::{ProgressBar, ProgressStyle as BarStyle};
use serde::Serialize;

use crate::args::ProgressStyle;

/// Writes to standard output. A closed pipe ends the program quietly, as a person who typed `| head` expects.
pub(crate) fn raw(bytes: &[u8]) {
    let mut out = io::stdout().lock();
    if out.write_all(bytes).and_then(|()| out.flush()).is_err() {
        std::process::exit(1);
    }
}

/// A line of the result.
pub(crate) fn line(text: &str) {
    raw(format!("{text}\n").as_bytes());
}

/// The JSON document of a result.
pub(crate) fn json(value: &impl Serialize) {
    let text = serde_json::to_string_pretty(value).unwrap_or_else(|_| "null".to_owned());
    line(&text);
}

/// Writes to standard error as it is.
pub(crate) fn raw_error(bytes: &[u8]) {
    // Nobody to tell if this fails.
    let _ = io::stderr().lock().write_all(bytes);
}

/// A sentence on standard error.
pub(crate) fn plain_error(text: &str) {
    eprintln!("{text}");
}

/// A failure: as the JSON document of the result, or as sentences.
pub(crate) fn failure(error: &AppError, as_json: bool) {
    if as_json {
        json(error);
        return;
    }
    eprintln!("boardwalk: {} [{}]", error.message, error.code);
    if !error.help.is_empty() {
        eprintln!("  {}", error.help);
    }
    if !error.detail.is_empty() {
        for line in error.detail.lines().take(40) {
            eprintln!("  | {line}");
        }
    }
}

/// Where the progress of a transfer goes.
pub(crate) fn progress(style: ProgressStyle, quiet: bool) -> Tell {
    match style {
        ProgressStyle::Json => Arc::new(|progress| {
            let line = serde_json::to_string(&progress).unwrap_or_default();
            let _ = writeln!(io::stderr().lock(), "{line}");
        }),
        ProgressStyle::Auto if io::stderr().is_terminal() && !quiet => bar(),
        _ => Arc::new(|_| {}),
    }
}

fn bar() -> Tell {
    let shown: Mutex<Option<ProgressBar>> = Mutex::new(None);
    Arc::new(move |progress: wire::Progress| {
        let mut shown = shown.lock().unwrap_or_else(PoisonError::into_inner);
        let bar = shown.get_or_insert_with(|| {
            let template = "{bar:30} {bytes}/{total_bytes} {bytes_per_sec} {eta} {msg}";
            ProgressBar::new(0)
                .with_style(BarStyle::with_template(template).unwrap_or_else(|_| BarStyle::default_bar()))
        });
        bar.set_length(progress.total.unwrap_or(progress.done));
        bar.set_position(progress.done);
        match progress.phase {
            wire::Phase::Transferring => bar.set_message(progress.name),
            wire::Phase::Verifying => bar.set_message(format!("{} (comparing)", progress.name)),
            wire::Phase::Done => bar.finish_and_clear(),
            wire::Phase::Failed => bar.abandon(),
        }
    })
}

/// Bytes for people: 1 kB is 1000 B.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..=999 => format!("{bytes} B"),
        1_000..=999_999 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
