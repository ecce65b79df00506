//! What the app needs of the desktop it runs in: that handful and nothing more. A test is a host, too.

use std::path::PathBuf;

use futures::future::BoxFuture;

use crate::wire::AppEvent;

/// The front end as the app sees it.
pub trait Host: Send + Sync + 'static {
    /// Takes an event to whoever subscribed. Must not block.
    fn event(&self, event: AppEvent);

    /// Lets the person choose a folder.
    fn choose_folder(&self) -> BoxFuture<'_, Option<PathBuf>>;

    /// Lets the person choose where to save a file.
    fn choose_save(&self, name: String) -> BoxFuture<'_, Option<PathBuf>>;

    /// Closes the window, whatever is open in it.
    fn close_window(&self);

    /// The language of the system as a BCP 47 tag, where it says one.
    fn language(&self) -> Option<String>;
}

/// Takes the bytes of a terminal. `false`: it is gone.
pub trait TerminalSink: Send + 'static {
    /// Takes the next bytes, in order. Must not block.
    fn bytes(&self, bytes: Vec<u8>) -> bool;
}
