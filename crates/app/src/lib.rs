//! What a front end of Boardwalk may ask: commands, events, errors. No Tauri in here.
//!
//! Start reading at `command_list.rs`, then `api/`, one file a family of commands.

mod api;
mod app;
mod bindings;
mod boards;
mod command_list;
mod connect;
mod convert;
pub mod doctor;
mod error;
mod folder;
mod host;
mod local;
pub mod proxy;
mod secrets;
mod store;
mod transfer;
pub mod wire;

pub use app::App;
pub use connect::World;
pub use error::AppError;
pub use host::{Host, TerminalSink};
pub use secrets::{Secrets, Vault};
pub use transfer::{Copied, Tell, Transfer};
