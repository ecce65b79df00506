//! What the command line prints. Results go to standard output, everything else to standard error.

#![allow(clippy::print_stderr, reason = "this is where the command line talks to a person")]

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use boardwalk_app::{AppError, Tell, wire};
use bytes::Bytes;
use indicatif::{ProgressBar, ProgressStyle as BarStyle};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::args::ProgressStyle;

/// Cancelled when nobody reads standard output any more (`| head`).
static CLOSED: LazyLock<CancellationToken> = LazyLock::new(CancellationToken::new);

/// Resolves when nobody reads standard output any more.
pub(crate) async fn closed() {
    CLOSED.cancelled().await;
}

/// Whether nobody reads standard output any more.
pub(crate) fn is_closed() -> bool {
    CLOSED.is_cancelled()
}

/// Writes to standard output.
pub(crate) fn raw(bytes: &[u8]) {
    let mut out = io::stdout().lock();
    if out.write_all(bytes).and_then(|()| out.flush()).is_err() {
        CLOSED.cancel();
    }
}

/// The same off the async threads: a reader that takes its time must not keep us from hearing Ctrl-C.
pub(crate) async fn stream(bytes: Bytes) {
    // Nobody to tell if it breaks off.
    let _ = tokio::task::spawn_blocking(move || raw(&bytes)).await;
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
    eprintln!("boardwalk: {} [{}]", shown(&error.message), error.code);
    if !error.help.is_empty() {
        eprintln!("  {}", error.help);
    }
    if !error.detail.is_empty() {
        for line in error.detail.lines().take(40) {
            eprintln!("  | {}", shown(line));
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

/// Text that a board, a port or a path gave, without what a terminal would obey or show in another order.
pub(crate) fn shown(text: &str) -> String {
    // Explicit directions (UAX #9) and the separators of lines and paragraphs.
    let misleads = |c: char| {
        c.is_control()
            || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if misleads(c) { safe.extend(c.escape_default()) } else { safe.push(c) }
    }
    safe
}

/// Bytes for people: 1 kB is 1000 B.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..=999 => format!("{bytes} B"),
        1_000..=999_999 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
