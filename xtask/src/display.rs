//! A display that nobody looks at, for the tests of the window.

use std::process::{Command, Stdio};
use std::time::Duration;

use crate::child::Running;
use crate::failure::Result;

/// An X server without a screen. It ends with this value.
pub(crate) struct Display {
    _server: Running,
    name: String,
}

impl Display {
    /// Starts one on a number that is free.
    pub(crate) fn start() -> Result<Self> {
        let mut command = Command::new("Xvfb");
        // It chooses the number itself and says on stdout which, so two of them never collide.
        command.args(["-displayfd", "1", "-screen", "0", "1600x1000x24", "-nolisten", "tcp", "-noreset"]);
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut server = Running::start(&mut command)?;
        let number = server.line(Duration::from_secs(30), |line| !line.trim().is_empty())?;
        Ok(Self { _server: server, name: format!(":{}", number.trim()) })
    }

    /// Makes a command use this display, and a session bus of its own, instead of the person's.
    pub(crate) fn dress(&self, command: &Command) -> Command {
        let mut dressed = Command::new("dbus-run-session");
        dressed.arg("--").arg(command.get_program()).args(command.get_args());
        if let Some(folder) = command.get_current_dir() {
            dressed.current_dir(folder);
        }
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => dressed.env(name, value),
                None => dressed.env_remove(name),
            };
        }
        dressed.env("DISPLAY", &self.name).env_remove("WAYLAND_DISPLAY").env("GDK_BACKEND", "x11");
        dressed
    }
}
