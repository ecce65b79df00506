//! `boardwalk-desktop`: the window, as a thin front end over `boardwalk-app`.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    let run = tauri::Builder::default().plugin(tauri_plugin_dialog::init()).run(tauri::generate_context!());
    match run {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the window could not open");
            ExitCode::FAILURE
        }
    }
}
