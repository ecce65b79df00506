//! `boardwalk-desktop`: the window, as a thin front end over `boardwalk-app`.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod commands;
mod ending;
mod host;
mod options;
mod web_view;
mod window;

use std::process::ExitCode;

use tauri::{Manager as _, RunEvent};

fn main() -> ExitCode {
    let options = match options::Options::parse(std::env::args_os().skip(1)) {
        Ok(options) => options,
        Err(answer) => return answer.give(),
    };
    let filter = tracing_subscriber::EnvFilter::try_from_env("BOARDWALK_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let built = tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .setup(|tauri| {
            if let Some(window) = tauri.get_webview_window(host::WINDOW) {
                web_view::settle(&window)?;
            }
            let config = tauri.path().app_config_dir()?;
            let desktop = host::Desktop::start(tauri.handle(), config, options.folder);
            tauri.manage(tauri::async_runtime::block_on(desktop));
            ending::exit_on_signals(tauri.handle().clone());
            Ok(())
        })
        .on_window_event(window::on_event)
        .invoke_handler(commands::handler())
        .build(tauri::generate_context!());
    match built {
        Ok(tauri) => {
            tauri.run(|handle, event| {
                if matches!(event, RunEvent::Exit) {
                    ending::shut_down(handle);
                }
            });
            ExitCode::SUCCESS
        }
        Err(error) => {
            tracing::error!(%error, "the window could not open");
            ExitCode::FAILURE
        }
    }
}
