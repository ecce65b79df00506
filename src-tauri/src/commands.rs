//! The commands of the list, one line each, and the three that take a channel.

#![allow(clippy::used_underscore_binding, reason = "tauri's macro uses the arguments of the adapters")]

use boardwalk_app::AppError;
use boardwalk_app::wire::*;
use tauri::State;
use tauri::ipc::{Channel, Invoke, InvokeResponseBody};

use crate::host::{Desktop, PageTerminal};

macro_rules! adapters {
    ($($name:ident($request:ty) -> $response:ty;)*) => {
        $(
            #[tauri::command]
            async fn $name(desktop: State<'_, Desktop>, request: $request) -> Result<$response, AppError> {
                desktop.app.$name(request).await
            }
        )*

        /// Hands each call of the page to its adapter.
        pub(crate) fn handler() -> impl Fn(Invoke) -> bool + Send + Sync + 'static {
            tauri::generate_handler![$($name,)* subscribe, terminal_open, terminal_shut]
        }
    };
}

boardwalk_app::with_commands!(adapters);

#[tauri::command]
async fn subscribe(desktop: State<'_, Desktop>, channel: Channel<AppEvent>) -> Result<(), AppError> {
    desktop.host.subscribe(channel);
    Ok(())
}

#[tauri::command]
async fn terminal_open(
    desktop: State<'_, Desktop>,
    board: String,
    channel: Channel<InvokeResponseBody>,
) -> Result<(), AppError> {
    desktop.app.terminal_open(&board, Box::new(PageTerminal(channel)))
}

#[tauri::command]
async fn terminal_shut(desktop: State<'_, Desktop>, board: String) -> Result<(), AppError> {
    desktop.app.terminal_shut(&board)
}
