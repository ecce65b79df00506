use std::{ffi::OsString, path::Path};

use crate::{
    find_tool,
    proxies::{Auth, Connect, Forward, PASSWORD, ProxyError, USER, places, recipe::Recipe},
};

/// Where setup puts it, in `.tools`.
const PACKAGE: &str = "mitmproxy/mitmproxy";
const START: &str = "from mitmproxy.tools.main import mitmdump; mitmdump()";

pub(in crate::proxies) fn mitmproxy(
    wanted: Forward,
    mode: &str,
    port: u16,
    home: &Path,
) -> Result<Recipe, ProxyError> {
    wanted.only("mitmproxy", &[Connect::Any], &[Auth::Basic], false)?;
    let mut recipe = mitmdump(mode, port, home)?;
    // By default it reads the HTTP and the WebSocket frames inside a tunnel; then it passes bytes.
    if wanted.connect == Connect::Any {
        recipe = recipe.arguments(["--ignore-hosts", ".*"]);
    }
    if wanted.auth == Auth::Nothing {
        return Ok(recipe);
    }
    Ok(recipe.arguments(["--set".to_owned(), format!("proxyauth={USER}:{PASSWORD}")]))
}

pub(in crate::proxies) fn mitmproxy_reverse(
    target: u16,
    port: u16,
    home: &Path,
) -> Result<Recipe, ProxyError> {
    mitmdump(&format!("reverse:http://127.0.0.1:{target}"), port, home)
}

pub(in crate::proxies) fn has_mitmproxy() -> Result<(), ProxyError> {
    if places::tools().join(PACKAGE).exists() { Ok(()) } else { places::program("mitmdump").map(drop) }
}

/// From the package index, in the repository's own Python; else the system's.
fn mitmdump(mode: &str, port: u16, home: &Path) -> Result<Recipe, ProxyError> {
    let packages = places::tools().join("mitmproxy");
    let recipe = if places::tools().join(PACKAGE).exists() {
        let environment: Vec<(OsString, OsString)> = vec![("PYTHONPATH".into(), packages.into())];
        let program = find_tool("python3");
        Recipe { program, arguments: Vec::new(), environment, home: home.to_owned() }
            .arguments(["-S", "-c", START])
    } else {
        Recipe::new("mitmdump", home)?
    };
    let port = port.to_string();
    Ok(recipe
        .arguments(["--mode", mode, "--listen-host", "127.0.0.1", "--listen-port", &port])
        .arguments(["--set".into(), format!("confdir={}", home.display())]))
}
