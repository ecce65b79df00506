use std::path::Path;

use super::{HTDIGEST, HTPASSWD, REALM};
use crate::proxies::{
    Auth, Connect, Forward, ProxyError, Reverse, places,
    recipe::{Recipe, is_root},
};

const MODULES: [&str; 12] = [
    "mpm_event",
    "authn_core",
    "authn_file",
    "authz_core",
    "authz_host",
    "authz_user",
    "auth_basic",
    "auth_digest",
    "proxy",
    "proxy_http",
    "proxy_connect",
    "proxy_wstunnel",
];

pub(in crate::proxies) fn apache(wanted: Forward, port: u16, home: &Path) -> Result<Recipe, ProxyError> {
    wanted.only("apache2", &[Connect::Only443, Connect::Any], &[Auth::Basic, Auth::Digest], true)?;
    let recipe = Recipe::new("apache2", home)?;
    let who = match wanted.auth {
        Auth::Nothing | Auth::Either => "Require local".to_owned(),
        Auth::Basic => {
            let users = recipe.write("htpasswd", HTPASSWD)?;
            format!(
                "AuthType Basic\nAuthName {REALM}\nAuthBasicProvider file\nAuthUserFile {}\nRequire valid-user",
                users.display()
            )
        }
        Auth::Digest => {
            let users = recipe.write("htdigest", HTDIGEST)?;
            format!(
                "AuthType Digest\nAuthName {REALM}\nAuthDigestProvider file\nAuthUserFile {}\nRequire valid-user",
                users.display()
            )
        }
    };
    // Without the directive: 443 and 563.
    let ports = if wanted.connect == Connect::Any { "AllowCONNECT 1-65535\n" } else { "" };
    let body = format!("ProxyRequests On\n{ports}<Proxy \"*\">\n{who}\n</Proxy>\n");
    start(recipe, port, wanted.idle.unwrap_or(60), &body)
}

pub(in crate::proxies) fn apache_reverse(
    kind: Reverse,
    idle: Option<u32>,
    target: u16,
    port: u16,
    home: &Path,
) -> Result<Recipe, ProxyError> {
    let pass = match kind {
        Reverse::ApacheTunnel => format!("ProxyPass / ws://127.0.0.1:{target}/\n"),
        Reverse::ApacheUpgrade => format!("ProxyPass / http://127.0.0.1:{target}/ upgrade=websocket\n"),
        _ => format!("ProxyPass / http://127.0.0.1:{target}/\n"),
    };
    start(Recipe::new("apache2", home)?, port, idle.unwrap_or(60), &pass)
}

fn start(recipe: Recipe, port: u16, timeout: u32, body: &str) -> Result<Recipe, ProxyError> {
    let folder = places::file("usr/lib/apache2/modules")?;
    let modules: String =
        MODULES.map(|name| format!("LoadModule {name}_module {}/mod_{name}.so\n", folder.display())).concat();
    // It does not run as root.
    let user = if is_root() { "User nobody\nGroup nogroup\n" } else { "" };
    let home = recipe.home.display().to_string();
    let config = format!(
        "ServerRoot {home}\nDefaultRuntimeDir {home}\nMutex file:{home}\nPidFile {home}/apache.pid\nErrorLog {home}/error.log\n\
         LogLevel warn\nServerName apache.test\nListen 127.0.0.1:{port}\nTimeout {timeout}\nProxyTimeout {timeout}\n{modules}{user}\
         StartServers 1\nServerLimit 2\nThreadsPerChild 25\nMaxRequestWorkers 50\n\
         <Directory />\nRequire all denied\n</Directory>\n{body}"
    );
    recipe
        .argument("-DFOREGROUND")
        .argument("-d")
        .argument(home)
        .argument("-f")
        .config("apache.conf", &config)
}
