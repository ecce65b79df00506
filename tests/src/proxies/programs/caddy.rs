use std::path::Path;

use crate::proxies::{ProxyError, recipe::Recipe};

pub(in crate::proxies) fn caddy(target: u16, port: u16, home: &Path) -> Result<Recipe, ProxyError> {
    let config = format!(
        "{{\n\tadmin off\n\tauto_https off\n}}\n\
         http://:{port} {{\n\tbind 127.0.0.1\n\treverse_proxy 127.0.0.1:{target}\n}}\n"
    );
    Recipe::new("caddy", home)?
        .env("XDG_DATA_HOME", home)
        .env("XDG_CONFIG_HOME", home)
        .arguments(["run", "--adapter", "caddyfile", "--config"])
        .config("Caddyfile", &config)
}
