//! Tells Tauri which commands exist, so that each needs a permission of its own, and sees to it that there is a page to embed.

use std::path::Path;

include!("../crates/app/src/command_list.rs");

macro_rules! names {
    ($($name:ident($request:ty) -> $response:ty;)*) => { &[$(stringify!($name)),*] };
}

/// Shown instead of the interface when somebody builds the window before the interface.
const PLACEHOLDER: &str = "<!doctype html><meta charset=\"utf-8\"><title>Boardwalk</title>\
<p>The interface is not built yet. <code>cargo xtask run</code> builds it and opens this window again.</p>\n";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let dist = Path::new("../ui/dist");
    println!("cargo:rerun-if-changed={}", dist.display());
    // `generate_context!` panics without this folder, and a panic of a macro names neither the cause nor the cure.
    if !dist.join("index.html").exists() {
        std::fs::create_dir_all(dist)?;
        std::fs::write(dist.join("index.html"), PLACEHOLDER)?;
    }
    let commands: &[&str] = with_commands!(names);
    let manifest = tauri_build::AppManifest::new().commands(commands);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest))?;
    Ok(())
}
