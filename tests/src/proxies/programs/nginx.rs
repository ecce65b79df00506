use std::path::Path;

use crate::proxies::{
    ProxyError, Reverse, places,
    recipe::{Recipe, is_root},
};

pub(in crate::proxies) fn nginx(
    kind: Reverse,
    idle: Option<u32>,
    target: u16,
    port: u16,
    home: &Path,
) -> Result<Recipe, ProxyError> {
    if kind == Reverse::NginxStream {
        let timeout = idle.unwrap_or(600);
        let module = places::file("usr/lib/nginx/modules/ngx_stream_module.so")?;
        let body = format!(
            "stream {{ server {{ listen 127.0.0.1:{port}; proxy_pass 127.0.0.1:{target}; proxy_timeout {timeout}s; }} }}\n"
        );
        return recipe(home, &format!("load_module {};\n", module.display()), &body);
    }
    let headers = match kind {
        Reverse::NginxIdiom => {
            "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; \
             proxy_set_header Connection $connection_upgrade;"
        }
        Reverse::NginxConnection => {
            "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; \
             proxy_set_header Connection $http_connection;"
        }
        _ => "",
    };
    let timeout = idle.unwrap_or(60);
    let location = format!(
        "proxy_pass http://127.0.0.1:{target}; proxy_set_header Host $http_host; {headers} proxy_read_timeout {timeout}s;"
    );
    recipe(home, "", &http(home, port, &location))
}

/// A web server that serves one word.
pub(in crate::proxies) fn nginx_web(port: u16, home: &Path) -> Result<Recipe, ProxyError> {
    recipe(home, "", &http(home, port, "return 200 hello;"))
}

fn recipe(home: &Path, head: &str, body: &str) -> Result<Recipe, ProxyError> {
    let user = if is_root() { "user root root;\n" } else { "" };
    let log = home.join("error.log");
    let config = format!(
        "{head}{user}daemon off;\nworker_processes 1;\npid {home}/nginx.pid;\nerror_log {log};\nevents {{}}\n{body}",
        home = home.display(),
        log = log.display(),
    );
    Recipe::new("nginx", home)?
        .argument("-p")
        .argument(home)
        .argument("-e")
        .argument(log)
        .argument("-c")
        .config("nginx.conf", &config)
}

fn http(home: &Path, port: u16, location: &str) -> String {
    let folders: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|name| format!("{name}_temp_path {}/{name};\n", home.display()))
        .concat();
    format!(
        "http {{\n{folders}access_log off;\n\
         map $http_upgrade $connection_upgrade {{ default upgrade; '' close; }}\n\
         server {{ listen 127.0.0.1:{port}; location / {{ {location} }} }}\n}}\n"
    )
}
