//! macOS' settings, as its own program prints them.

use std::process::Stdio;

use boardwalk_protocol::proxy::{Endpoint, Settings};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use tokio::process::Command;

use super::ReadSettings;

/// Reads what `SCDynamicStoreCopyProxies` gives.
pub(super) struct SystemConfiguration;

impl ReadSettings for SystemConfiguration {
    fn name(&self) -> &'static str {
        "macos"
    }

    fn read<'a>(&'a self, _: &'a Endpoint) -> BoxFuture<'a, Result<Settings, String>> {
        async {
            let mut command = Command::new("/usr/sbin/scutil");
            command.arg("--proxy").stdin(Stdio::null()).kill_on_drop(true);
            let output = command.output().await.map_err(|error| format!("scutil: {error}"))?;
            let text = String::from_utf8_lossy(&output.stdout);
            Settings::from_scutil(&text).ok_or_else(|| "scutil printed no dictionary".to_owned())
        }
        .boxed()
    }
}
