//! The desktop as the app's host: events go to the page, questions are asked in the system's own dialogs.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use boardwalk_app::wire::AppEvent;
use boardwalk_app::{App, Host, TerminalSink, World};
use futures::future::BoxFuture;
use tauri::ipc::{Channel, InvokeResponseBody};
use tauri::{AppHandle, Manager as _};
use tauri_plugin_dialog::{DialogExt as _, FileDialogBuilder, FilePath};
use tokio::sync::oneshot;

/// The label of the one window, as in `tauri.conf.json`.
pub(crate) const WINDOW: &str = "main";

/// What the commands work with.
pub(crate) struct Desktop {
    pub(crate) app: App,
    pub(crate) host: Arc<TauriHost>,
}

/// Answers the app through Tauri.
pub(crate) struct TauriHost {
    handle: AppHandle,
    events: Mutex<Option<Channel<AppEvent>>>,
}

impl Desktop {
    /// Starts the app behind the window, with a folder that was named on the command line.
    pub(crate) async fn start(handle: &AppHandle, config: PathBuf, folder: Option<PathBuf>) -> Self {
        let host = Arc::new(TauriHost { handle: handle.clone(), events: Mutex::new(None) });
        let mut world = World::system(std::env::var_os("BOARDWALK_EXTRA_PORTS"));
        world.use_proxies(std::env::vars_os());
        let app = App::start(host.clone(), world, config).await;
        if let Some(folder) = folder
            && let Err(error) = app.open_folder(folder).await
        {
            tracing::warn!(%error, "the folder of the command line was not opened");
        }
        Self { app, host }
    }
}

impl TauriHost {
    /// Sends events to this page from now on.
    pub(crate) fn subscribe(&self, channel: Channel<AppEvent>) {
        *lock(&self.events) = Some(channel);
    }

    /// Whether a page listens.
    pub(crate) fn has_listener(&self) -> bool {
        lock(&self.events).is_some()
    }

    fn dialog(&self) -> FileDialogBuilder<tauri::Wry> {
        let dialog = self.handle.dialog().file();
        match self.handle.get_webview_window(WINDOW) {
            Some(window) => dialog.set_parent(&window),
            None => dialog,
        }
    }
}

impl Host for TauriHost {
    fn event(&self, event: AppEvent) {
        if let Some(channel) = &*lock(&self.events)
            && let Err(error) = channel.send(event)
        {
            tracing::debug!(%error, "an event did not reach the page");
        }
    }

    fn choose_folder(&self) -> BoxFuture<'_, Option<PathBuf>> {
        let (chosen, choice) = oneshot::channel();
        // The command may have gone away meanwhile.
        self.dialog().pick_folder(move |path| drop(chosen.send(path)));
        Box::pin(local_path(choice))
    }

    fn choose_save(&self, name: String) -> BoxFuture<'_, Option<PathBuf>> {
        let (chosen, choice) = oneshot::channel();
        self.dialog().set_file_name(name).save_file(move |path| drop(chosen.send(path)));
        Box::pin(local_path(choice))
    }

    fn close_window(&self) {
        if let Some(window) = self.handle.get_webview_window(WINDOW)
            && let Err(error) = window.destroy()
        {
            tracing::warn!(%error, "the window did not close; the program ends without it");
            self.handle.exit(0);
        }
    }

    fn language(&self) -> Option<String> {
        sys_locale::get_locale().filter(|tag| is_language(tag))
    }
}

/// The answer of a dialog; none when it was cancelled, or went away with the window.
async fn local_path(choice: oneshot::Receiver<Option<FilePath>>) -> Option<PathBuf> {
    choice.await.ok().flatten()?.into_path().ok()
}

/// On a machine with LANG=C the system says `C` or `POSIX`, which the page's `Intl` refuses.
fn is_language(tag: &str) -> bool {
    let first = tag.split(['-', '_']).next().unwrap_or_default();
    (2..=3).contains(&first.len()) && first.bytes().all(|b| b.is_ascii_lowercase())
}

/// A page's terminal. The bytes travel as they are, not as JSON: that is three times as fast.
pub(crate) struct PageTerminal(pub(crate) Channel<InvokeResponseBody>);

impl TerminalSink for PageTerminal {
    fn bytes(&self, bytes: Vec<u8>) -> bool {
        self.0.send(InvokeResponseBody::Raw(bytes)).is_ok()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::is_language;

    #[test]
    fn what_is_no_language() {
        for tag in ["C", "POSIX", "", "C.UTF-8"] {
            assert!(!is_language(tag), "{tag}");
        }
        assert!(is_language("zh-CN") && is_language("en"));
    }
}
