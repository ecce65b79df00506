use std::path::Path;

use crate::proxies::{
    Connect, Forward, ProxyError,
    recipe::{Recipe, is_root},
};

/// Its users are those of the system: a SOCKS server with a password is microsocks.
pub(in crate::proxies) fn dante(wanted: Forward, port: u16, home: &Path) -> Result<Recipe, ProxyError> {
    wanted.only("dante", &[Connect::Only443, Connect::Any], &[], true)?;
    let ports = if wanted.connect == Connect::Only443 { " port = 443" } else { "" };
    let idle = wanted.idle.map(|seconds| format!("timeout.io: {seconds}\n")).unwrap_or_default();
    let user = if is_root() { "user.privileged: root\nuser.unprivileged: nobody\n" } else { "" };
    let config = format!(
        "logoutput: stderr\ninternal: 127.0.0.1 port = {port}\nexternal: 127.0.0.1\n{user}{idle}\
         clientmethod: none\nsocksmethod: none\n\
         client pass {{ from: 127.0.0.0/8 to: 0.0.0.0/0 }}\n\
         socks pass {{ from: 127.0.0.0/8 to: 0.0.0.0/0{ports} command: connect }}\n"
    );
    let pid = home.join("danted.pid");
    // One process for each kind of work instead of sixteen.
    Recipe::new("danted", home)?
        .arguments(["-N", "1", "-p"])
        .argument(pid)
        .argument("-f")
        .config("danted.conf", &config)
}
