//! The settings of desktops and systems, from what their own tools and files say.

mod gnome;
mod kde;
mod macos;
#[cfg(test)]
mod testing;
mod windows;

pub use windows::InternetSettings;
