//! Where settings are read: the desktop and the system. Each reader reads the world and decides nothing; the environment
//! is given by the front end.

#[cfg(target_os = "linux")]
mod command;
#[cfg(target_os = "linux")]
mod gnome;
#[cfg(target_os = "linux")]
mod kde;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "linux")]
mod portal;
#[cfg(windows)]
mod windows;

use std::collections::HashMap;
use std::ffi::OsString;
use std::sync::Arc;

use boardwalk_protocol::proxy::{Endpoint, Settings};
use futures::future::BoxFuture;

#[cfg(target_os = "linux")]
pub use {gnome::Gnome, kde::Kde, portal::Portal};

/// The environment of the process, as a front end read it. No `Debug`: it may hold passwords.
#[derive(Clone, Default)]
pub struct Environment(Arc<HashMap<String, String>>);

impl Environment {
    /// The variables that a front end read.
    pub fn new(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(Arc::new(variables.into_iter().collect()))
    }

    /// All variables of a process (`std::env::vars_os`), but those that are no text.
    pub fn from_os(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let text =
            |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value.into_string().ok()?));
        Self::new(variables.into_iter().filter_map(text))
    }

    /// One of them.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }
}

/// Reads one source, anew each time: a changed setting counts for the next connection.
pub trait ReadSettings: Send + Sync + 'static {
    /// Short and stable, as in `Decision::source`.
    fn name(&self) -> &'static str;

    /// What is set for this destination. The caller sets a limit of time. The error is the end of a sentence that
    /// begins "not readable:".
    fn read<'a>(&'a self, to: &'a Endpoint) -> BoxFuture<'a, Result<Settings, String>>;
}

/// The sources of this system in the order in which they count, and what is said of those that it has not.
pub struct Sources {
    /// to be read
    pub readers: Vec<Arc<dyn ReadSettings>>,
    /// names, and why they are not read
    pub absent: Vec<(&'static str, String)>,
}

impl Sources {
    /// None; the environment alone counts.
    #[must_use]
    pub fn none(because: &str) -> Self {
        Self { readers: Vec::new(), absent: vec![("desktop", because.to_owned())] }
    }

    /// Those of Windows.
    #[cfg(windows)]
    #[must_use]
    pub fn system(_: &Environment) -> Self {
        Self { readers: vec![Arc::new(windows::Registry)], absent: Vec::new() }
    }

    /// Those of macOS.
    #[cfg(target_os = "macos")]
    #[must_use]
    pub fn system(_: &Environment) -> Self {
        Self { readers: vec![Arc::new(macos::SystemConfiguration)], absent: Vec::new() }
    }

    /// Those of the desktop: in a sandbox what the portal says, in KDE its file, elsewhere the settings of GNOME, which
    /// other desktops share. Without a desktop there are none.
    #[cfg(target_os = "linux")]
    #[must_use]
    pub fn system(environment: &Environment) -> Self {
        let set = |name: &str| environment.get(name).filter(|value| !value.is_empty());
        let sandboxed =
            set("container").is_some_and(|container| container == "flatpak") || set("SNAP").is_some();
        if sandboxed || std::path::Path::new("/.flatpak-info").exists() {
            return Self { readers: vec![Arc::new(Portal::session(environment))], absent: Vec::new() };
        }
        let desktop = set("XDG_CURRENT_DESKTOP").unwrap_or_default();
        if desktop.is_empty() && set("DISPLAY").is_none() && set("WAYLAND_DISPLAY").is_none() {
            return Self::none("this is no desktop session");
        }
        if desktop.split(':').any(|one| one.eq_ignore_ascii_case("KDE")) {
            return Self { readers: vec![Arc::new(Kde::new(environment))], absent: Vec::new() };
        }
        Self { readers: vec![Arc::new(Gnome::new(environment))], absent: Vec::new() }
    }

    /// None are known here.
    #[cfg(not(any(windows, target_os = "macos", target_os = "linux")))]
    #[must_use]
    pub fn system(_: &Environment) -> Self {
        Self::none("the settings of this system are not known to Boardwalk")
    }
}
