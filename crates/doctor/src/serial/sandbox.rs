//! Does Boardwalk run in a sandbox without serial ports?

use std::fs;
use std::path::Path;

use crate::code::Code;
use crate::finding::{Finding, Remedy};

/// What keeps ports from a sandboxed program, and what lets it have them. `root`: where `/` is.
pub(super) fn sandbox(root: &Path) -> Option<Finding> {
    // Flatpak puts this file into each of its sandboxes (flatpak-run(1)).
    if root.join(".flatpak-info").exists() {
        return Some(found("Flatpak", "flatpak override --user --device=all dev.boardwalk.ide"));
    }
    // snapd puts each app into a control group of the app's name, as `/snap.boardwalk.boardwalk-….scope`.
    let groups = fs::read_to_string(root.join("proc/self/cgroup")).unwrap_or_default();
    if groups.lines().any(|line| line.contains("/snap.")) {
        return Some(found("Snap", "sudo snap connect boardwalk:raw-usb"));
    }
    None
}

fn found(name: &str, command: &str) -> Finding {
    Finding::blocks(
        Code::Sandboxed,
        format!("Boardwalk runs in a sandbox ({name}), which keeps it from serial ports."),
        "A sandboxed program sees only the devices that it was given.",
    )
    .with("sandbox", name)
    .remedy(Remedy::text("Let it use devices, then start it again.").command(command))
    .advice("Or install Boardwalk as a package of the system or as an AppImage: those have no sandbox.")
}
