//! What a front end of Boardwalk may ask: commands, events, errors. No Tauri in here.

mod bindings;
mod command_list;
mod connect;
mod convert;
mod error;
mod local;
mod transfer;
pub mod wire;

pub use connect::World;
pub use error::AppError;
pub use transfer::{Copied, Tell, Transfer};
