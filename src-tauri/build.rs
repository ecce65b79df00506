//! Tells Tauri which commands exist, so that each needs a permission of its own; checks that the window has those and no
//! others; and sees to it that there is a page to embed.

use std::collections::BTreeSet;
use std::error::Error;
use std::path::Path;

include!("../crates/app/src/command_list.rs");

macro_rules! names {
    ($($name:ident($request:ty) -> $response:ty;)*) => { &[$(stringify!($name),)* "subscribe", "terminal_open", "terminal_shut"] };
}

/// The commands of the list, and the three of this crate that take a channel.
const COMMANDS: &[&str] = with_commands!(names);

/// Shown instead of the interface when somebody builds the window before the interface.
const PLACEHOLDER: &str = "<!doctype html><meta charset=\"utf-8\"><title>Boardwalk</title>\
<p>The interface is not built yet. <code>cargo xtask run</code> builds it and opens this window again.</p>\n";

fn main() -> Result<(), Box<dyn Error>> {
    check_permissions()?;
    ensure_page()?;
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest))?;
    Ok(())
}

/// A command without its permission would be refused at run time, in the hands of a user; find out here.
fn check_permissions() -> Result<(), Box<dyn Error>> {
    let capability = "capabilities/main.json";
    println!("cargo:rerun-if-changed={capability}");
    let capability: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(capability)?)?;
    let listed = capability["permissions"].as_array().into_iter().flatten();
    let given: BTreeSet<String> = listed.filter_map(|name| name.as_str().map(str::to_owned)).collect();
    let needed = COMMANDS.iter().map(|name| format!("allow-{}", name.replace('_', "-"))).collect();
    if given == needed {
        return Ok(());
    }
    let missing: Vec<&String> = needed.difference(&given).collect();
    let needless: Vec<&String> = given.difference(&needed).collect();
    Err(format!("capabilities/main.json: missing {missing:?}, needless {needless:?}").into())
}

/// `generate_context!` panics without this folder, and a panic of a macro names neither the cause nor the cure.
fn ensure_page() -> Result<(), Box<dyn Error>> {
    let dist = Path::new("../ui/dist");
    println!("cargo:rerun-if-changed={}", dist.display());
    if !dist.join("index.html").exists() {
        std::fs::create_dir_all(dist)?;
        std::fs::write(dist.join("index.html"), PLACEHOLDER)?;
    }
    Ok(())
}
