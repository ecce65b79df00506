use std::path::Path;

use crate::proxies::{ProxyError, Reverse, recipe::Recipe};

const NAMES: [(&str, &str); 5] = [
    ("host", "Host"),
    ("connection", "Connection"),
    ("upgrade", "Upgrade"),
    ("sec-websocket-key", "Sec-WebSocket-Key"),
    ("sec-websocket-version", "Sec-WebSocket-Version"),
];

pub(in crate::proxies) fn haproxy(
    kind: Reverse,
    idle: Option<u32>,
    target: u16,
    port: u16,
    home: &Path,
) -> Result<Recipe, ProxyError> {
    let mode = if kind == Reverse::HaproxyTcp { "tcp" } else { "http" };
    // Debian's defaults: 50 s.
    let idle = idle.unwrap_or(50);
    let (mut adjust, mut option) = (String::new(), "");
    if kind == Reverse::HaproxyCaseAdjust {
        option = "  option h1-case-adjust-bogus-server\n";
        for (from, to) in NAMES {
            adjust += &format!("  h1-case-adjust {from} {to}\n");
        }
    }
    let config = format!(
        "global\n{adjust}defaults\n  mode {mode}\n  timeout connect 5s\n  timeout client {idle}s\n  timeout server {idle}s\n\
         frontend front\n  bind 127.0.0.1:{port}\n  default_backend board\n\
         backend board\n{option}  server board 127.0.0.1:{target}\n"
    );
    Recipe::new("haproxy", home)?.arguments(["-db", "-f"]).config("haproxy.cfg", &config)
}
