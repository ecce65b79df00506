//! The caret of the web view.

/// Milliseconds for one blink: a day. WebKitGTK shows the caret for half of it.
#[cfg(target_os = "linux")]
const BLINK: i32 = 24 * 60 * 60 * 1000;

/// Keeps it from blinking. WebKitGTK takes its blinking from GTK's settings, and without a GPU each blink draws the page
/// in software: 3 % of a processor for as long as the terminal has the focus, whose caret nobody sees.
///
/// Not by `gtk-cursor-blink`: without it, WebKitGTK 2.50 looks at the caret of a field that had the focus before in each
/// frame, which costs as much.
#[cfg(target_os = "linux")]
pub(crate) fn hold_still() {
    use gtk::prelude::GtkSettingsExt as _;
    if let Some(settings) = gtk::Settings::default() {
        settings.set_gtk_cursor_blink_time(BLINK);
    }
}

/// Elsewhere a blink costs nothing, and the system decides.
#[cfg(not(target_os = "linux"))]
pub(crate) fn hold_still() {}
