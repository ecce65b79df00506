//! What WebKitGTK has to be told so that a window does not cost more than it shows. Elsewhere the system knows.

#[cfg(target_os = "linux")]
pub(crate) use linux::settle;

#[cfg(not(target_os = "linux"))]
pub(crate) fn settle(_window: &tauri::WebviewWindow) -> tauri::Result<()> {
    Ok(())
}

#[cfg(target_os = "linux")]
mod linux {
    use std::path::Path;

    use gtk::prelude::GtkSettingsExt as _;
    use tauri::WebviewWindow;
    use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt as _, WebViewExt as _};

    /// Milliseconds for one blink of the caret: a day, and it shows for half of it.
    const BLINK: i32 = 24 * 60 * 60 * 1000;

    /// To be called before the page has loaded.
    pub(crate) fn settle(window: &WebviewWindow) -> tauri::Result<()> {
        hold_caret_still();
        if has_gpu(Path::new("/dev/dri")) {
            return Ok(());
        }
        window.with_webview(|web_view| {
            if let Some(settings) = web_view.inner().settings() {
                // WebKitGTK would compose the page with OpenGL all the same, emulated by the processor: that is a third
                // of one for a line that changes, and the rest of the machine waits for it.
                settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
            }
        })
    }

    /// WebKitGTK takes its blinking from GTK's settings, and without a GPU each blink draws the page in software: 3 % of a
    /// processor for as long as the terminal has the focus, whose caret nobody sees. Not by `gtk-cursor-blink`: without
    /// it, WebKitGTK 2.50 may look after the caret in each frame, which costs as much.
    fn hold_caret_still() {
        if let Some(settings) = gtk::Settings::default() {
            settings.set_gtk_cursor_blink_time(BLINK);
        }
    }

    /// Whether the kernel has a device to render with (`renderD128`), as every driver of a GPU makes one.
    fn has_gpu(devices: &Path) -> bool {
        let Ok(entries) = devices.read_dir() else { return false };
        entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("renderD"))
    }

    #[cfg(test)]
    mod tests {
        use super::has_gpu;

        #[test]
        fn a_gpu_has_a_render_node() {
            let devices = std::env::temp_dir().join(format!("boardwalk-dri-{}", std::process::id()));
            std::fs::create_dir_all(&devices).unwrap();
            assert!(!has_gpu(&devices.join("nothing")));
            std::fs::write(devices.join("card0"), "").unwrap();
            assert!(!has_gpu(&devices), "a card that only shows pictures");
            std::fs::write(devices.join("renderD128"), "").unwrap();
            assert!(has_gpu(&devices));
            std::fs::remove_dir_all(&devices).unwrap();
        }
    }
}
