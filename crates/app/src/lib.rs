//! What a front end of Boardwalk may ask: commands, events, errors. No Tauri in here.

mod bindings;
mod command_list;
mod error;
pub mod wire;

pub use error::AppError;
