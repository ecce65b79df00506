use std::path::Path;

use crate::proxies::{Auth, Connect, Forward, PASSWORD, ProxyError, USER, recipe::Recipe};

pub(in crate::proxies) fn tinyproxy(wanted: Forward, port: u16, home: &Path) -> Result<Recipe, ProxyError> {
    wanted.only("tinyproxy", &[Connect::Only443, Connect::Any], &[Auth::Basic], true)?;
    let mut config = general(port, wanted.idle.unwrap_or(600));
    // Debian's configuration has no ConnectPort, which opens all of them.
    if wanted.connect == Connect::Only443 {
        config += "ConnectPort 443\nConnectPort 563\n";
    }
    if wanted.auth == Auth::Basic {
        config += &format!("BasicAuth {USER} {PASSWORD}\n");
    }
    if wanted.loops {
        config += &format!("Upstream http 127.0.0.1:{port}\n");
    }
    recipe(home, &config)
}

pub(in crate::proxies) fn tinyproxy_reverse(
    target: u16,
    port: u16,
    home: &Path,
) -> Result<Recipe, ProxyError> {
    let config = general(port, 600);
    recipe(home, &format!("{config}ReversePath \"/\" \"http://127.0.0.1:{target}/\"\nReverseOnly Yes\n"))
}

fn general(port: u16, timeout: u32) -> String {
    format!(
        "Port {port}\nListen 127.0.0.1\nTimeout {timeout}\nMaxClients 20\nAllow 127.0.0.1\nLogLevel Connect\n\
         ViaProxyName \"tinyproxy\"\n"
    )
}

fn recipe(home: &Path, config: &str) -> Result<Recipe, ProxyError> {
    Recipe::new("tinyproxy", home)?.arguments(["-d", "-c"]).config("tinyproxy.conf", config)
}
