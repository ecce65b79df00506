//! Windows' settings, from the registry.

use boardwalk_protocol::proxy::{Endpoint, InternetSettings, Settings};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use windows_registry::{CURRENT_USER, Key, LOCAL_MACHINE};

use super::ReadSettings;

const SETTINGS: &str = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings";
const POLICIES: &str = r"Software\Policies\Microsoft\Windows\CurrentVersion\Internet Settings";

/// Reads `Internet Settings`: the user's, or the machine's where a policy says that all users share them.
pub(super) struct Registry;

impl ReadSettings for Registry {
    fn name(&self) -> &'static str {
        "windows"
    }

    fn read<'a>(&'a self, _: &'a Endpoint) -> BoxFuture<'a, Result<Settings, String>> {
        async {
            let values = tokio::task::spawn_blocking(values).await.map_err(|error| error.to_string())??;
            Ok(Settings::from_windows(&values))
        }
        .boxed()
    }
}

fn values() -> Result<InternetSettings, String> {
    let policy = LOCAL_MACHINE.open(POLICIES).and_then(|key| key.get_u32("ProxySettingsPerUser"));
    let root: &Key = if policy.is_ok_and(|per_user| per_user == 0) { LOCAL_MACHINE } else { CURRENT_USER };
    let key = root.open(SETTINGS).map_err(|error| error.to_string())?;
    let text = |name: &str| key.get_string(name).unwrap_or_default();
    let on = |name: &str| key.get_u32(name).is_ok_and(|value| value != 0);
    Ok(InternetSettings {
        proxy_enable: on("ProxyEnable"),
        proxy_server: text("ProxyServer"),
        proxy_override: text("ProxyOverride"),
        auto_config_url: text("AutoConfigURL"),
        auto_detect: on("AutoDetect"),
    })
}
