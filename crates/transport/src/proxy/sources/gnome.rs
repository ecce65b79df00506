//! GNOME's settings, by GNOME's own program: reading them in this process would load GLib into it.

use boardwalk_protocol::proxy::{Endpoint, Settings};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use tokio::process::Command;

use super::{Environment, ReadSettings, command};

/// Reads `org.gnome.system.proxy`.
pub struct Gnome {
    environment: Environment,
}

impl Gnome {
    /// With the variables that `gsettings` reads.
    #[must_use]
    pub fn new(environment: &Environment) -> Self {
        Self { environment: environment.clone() }
    }
}

impl ReadSettings for Gnome {
    fn name(&self) -> &'static str {
        "gnome"
    }

    fn read<'a>(&'a self, _: &'a Endpoint) -> BoxFuture<'a, Result<Settings, String>> {
        async {
            let mut command = Command::new("gsettings");
            command.args(["list-recursively", "org.gnome.system.proxy"]);
            for name in
                ["GSETTINGS_BACKEND", "GSETTINGS_SCHEMA_DIR", "XDG_CONFIG_HOME", "XDG_DATA_DIRS", "HOME"]
            {
                match self.environment.get(name) {
                    Some(value) => command.env(name, value),
                    None => command.env_remove(name),
                };
            }
            let text = command::output(command).await?;
            Settings::from_gsettings(&text).ok_or_else(|| "gsettings knows no settings of a proxy".to_owned())
        }
        .boxed()
    }
}
