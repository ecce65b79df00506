//! The commands of the list, as methods of [`App`](crate::App), one file a family.

mod administrator;
mod boards;
mod cable;
mod doctor;
mod files;
mod folder;
mod network;
mod place;
mod run;
mod usb;
mod window;
