use std::path::Path;

use crate::proxies::{Connect, Forward, ProxyError, places, recipe::Recipe};

pub(in crate::proxies) fn privoxy(wanted: Forward, port: u16, home: &Path) -> Result<Recipe, ProxyError> {
    wanted.only("privoxy", &[Connect::Only443, Connect::Any], &[], true)?;
    let recipe = Recipe::new("privoxy", home)?;
    // Without this action it connects anywhere, as with Debian's files.
    let actions = if wanted.connect == Connect::Only443 { "{+limit-connect{443}}\n/\n" } else { "" };
    recipe.write("user.action", actions)?;
    let config = format!(
        "confdir {home}\nlogdir {home}\nlogfile privoxy.log\ntempldir {}\nactionsfile user.action\n\
         listen-address 127.0.0.1:{port}\ntoggle 1\nkeep-alive-timeout 5\nsocket-timeout {}\ndebug 1\ndebug 4096\ndebug 8192\n",
        places::file("etc/privoxy/templates")?.display(),
        wanted.idle.unwrap_or(300),
        home = home.display(),
    );
    recipe.argument("--no-daemon").config("config", &config)
}
