//! How the program ends without its page: by a signal, or because the last window went away.

use tauri::{AppHandle, Manager as _};

use crate::host::Desktop;

/// Closes the boards. Bounded by a second or two, and nothing to do when the page did it before.
pub(crate) fn shut_down(handle: &AppHandle) {
    if let Some(desktop) = handle.try_state::<Desktop>() {
        tauri::async_runtime::block_on(desktop.app.shut_down());
    }
}

/// Ends in order when the system or a terminal tells us to.
pub(crate) fn exit_on_signals(handle: AppHandle) {
    tauri::async_runtime::spawn(async move {
        if let Err(error) = told_to_end().await {
            tracing::warn!(%error, "signals are not heard");
            return;
        }
        handle.exit(0);
    });
}

#[cfg(unix)]
async fn told_to_end() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut hangup, mut terminate) = (signal(SignalKind::hangup())?, signal(SignalKind::terminate())?);
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = hangup.recv() => Ok(()),
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn told_to_end() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
