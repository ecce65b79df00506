use std::path::Path;

use super::{HTDIGEST, HTPASSWD, REALM};
use crate::proxies::{
    Auth, Connect, Forward, ProxyError, lifeline, places,
    recipe::{Recipe, is_root},
};

/// Debian's rules: CONNECT to 443 alone, and to this machine as to any other.
const RULES: &str = "acl SSL_ports port 443
acl Safe_ports port 80 21 443 70 210 1025-65535 280 488 591 777
http_access deny !Safe_ports
";

pub(in crate::proxies) fn squid(wanted: Forward, port: u16, home: &Path) -> Result<Recipe, ProxyError> {
    let ways = [Auth::Basic, Auth::Digest, Auth::Either];
    wanted.only("squid", &[Connect::Only443, Connect::Any], &ways, true)?;
    let recipe = Recipe::new("squid", home)?;
    let mut config = general(&recipe)?;
    config += &format!("http_port 127.0.0.1:{port}\n");
    if let Some(idle) = wanted.idle {
        config += &format!("read_timeout {idle} seconds\nrequest_start_timeout 300 seconds\n");
    }
    config += &authentication(&recipe, wanted.auth)?;
    config += RULES;
    if wanted.connect != Connect::Any {
        config += "http_access deny CONNECT !SSL_ports\n";
    }
    config += if wanted.auth == Auth::Nothing {
        "http_access allow localhost\nhttp_access deny all\n"
    } else {
        "acl known proxy_auth REQUIRED\nhttp_access allow known\nhttp_access deny all\n"
    };
    start(recipe, &config)
}

pub(in crate::proxies) fn squid_accelerator(
    target: u16,
    port: u16,
    home: &Path,
) -> Result<Recipe, ProxyError> {
    let recipe = Recipe::new("squid", home)?;
    let config = general(&recipe)?
        + &format!(
            "http_port 127.0.0.1:{port} accel defaultsite=board\n\
             cache_peer 127.0.0.1 parent {target} 0 no-query originserver name=board\n\
             http_access allow localhost\nhttp_access deny all\n"
        );
    start(recipe, &config)
}

fn start(recipe: Recipe, config: &str) -> Result<Recipe, ProxyError> {
    // Its shared memory has the name of the service, and another squid on this machine may be called squid.
    let name = lifeline::name_in_shared_memory(&recipe.home);
    recipe.arguments(["-N", "-n", &name, "-f"]).config("squid.conf", config)
}

fn general(recipe: &Recipe) -> Result<String, ProxyError> {
    let home = recipe.home.display();
    let share = |inside: &str| places::file(inside).map(|path| path.display().to_string());
    // Squid does not run as root; `nobody` is everywhere, and writes into this folder alone.
    let user = if is_root() { "cache_effective_user nobody\n" } else { "" };
    Ok(format!(
        "{user}unlinkd_program {}\npid_filename none\ncache_log {home}/cache.log\naccess_log stdio:{home}/access.log\ncoredump_dir {home}\n\
         error_directory {}\nicon_directory {}\nmime_table {}\nvisible_hostname squid.test\npinger_enable off\n\
         netdb_filename none\nshutdown_lifetime 0 seconds\ncache deny all\nmemory_cache_shared off\nmax_filedescriptors 1024\n\
         dns_nameservers 127.0.0.1\ndns_timeout 1 second\n",
        recipe.copy(&places::file("usr/lib/squid/unlinkd")?)?.display(),
        share("usr/share/squid/errors/templates").or_else(|_| share("usr/share/squid-langpack/templates"))?,
        share("usr/share/squid/icons")?,
        share("usr/share/squid/mime.conf")?,
    ))
}

fn authentication(recipe: &Recipe, way: Auth) -> Result<String, ProxyError> {
    let mut config = String::new();
    if matches!(way, Auth::Basic | Auth::Either) {
        let helper = recipe.copy(&places::file("usr/lib/squid/basic_ncsa_auth")?)?;
        let users = recipe.write("htpasswd", HTPASSWD)?;
        config += &format!("auth_param basic program {} {}\n", helper.display(), users.display());
        config += &format!("auth_param basic realm {REALM}\nauth_param basic children 1\n");
    }
    if matches!(way, Auth::Digest | Auth::Either) {
        let helper = recipe.copy(&places::file("usr/lib/squid/digest_file_auth")?)?;
        let users = recipe.write("htdigest", HTDIGEST)?;
        config += &format!("auth_param digest program {} -c {}\n", helper.display(), users.display());
        config += &format!("auth_param digest realm {REALM}\nauth_param digest children 1\n");
    }
    Ok(config)
}
