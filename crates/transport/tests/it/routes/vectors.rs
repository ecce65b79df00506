//! The shared cases, `tests/vectors/proxy-cases.json`: each is put to the rules in the form in which its system has it.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use boardwalk_protocol::proxy::{
    Bypass, Dialect, Entry, Host, InternetSettings, Kind, Manual, Mode, Order, ProxyScheme, ProxyServer,
    Route, Settings,
};
use boardwalk_transport::ReadSettings;
use serde::Deserialize;

use super::world::{Desktop, World, route, routes};

#[derive(Deserialize)]
struct Cases {
    count: usize,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    kind: String,
    url: String,
    settings: HashMap<String, serde_json::Value>,
    #[serde(default)]
    no_proxy: String,
    #[serde(default)]
    bypass: serde_json::Value,
    expected: String,
    strict: bool,
}

/// The rows on which we differ, and why. None is strict.
const DIFFERENT: &[(&str, &str)] = &[];

#[tokio::test]
async fn all_shared_cases_have_their_answer() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/proxy-cases.json");
    let cases: Cases = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    assert_eq!(cases.cases.len(), cases.count);
    let (mut strict, mut wrong) = (0, Vec::new());
    for case in &cases.cases {
        let answer = answer(case).await;
        strict += usize::from(case.strict);
        let differs = DIFFERENT.iter().find(|(id, _)| *id == case.id);
        let right = answer == case.expected && differs.is_none();
        println!(
            "{} {:16} {:42} {}{}",
            case.id,
            case.kind,
            case.url,
            answer,
            if case.strict { " (strict)" } else { "" }
        );
        if !right && (case.strict || differs.is_none()) {
            wrong.push(format!("{}: {} and not {}", case.id, answer, case.expected));
        }
    }
    println!("proxy-cases.json: {} rows, {strict} strict, {} different", cases.count, DIFFERENT.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(strict > 60, "the file has 60 strict rows and more");
}

/// As the file writes answers: `DIRECT`, `PROXY http://p.test:3128`, `SOCKS4 s:1080`.
async fn answer(case: &Case) -> String {
    let text = |name: &str| case.settings.get(name).and_then(|value| value.as_str()).unwrap_or_default();
    let bypass: Vec<String> = match &case.bypass {
        serde_json::Value::Array(all) => all.iter().map(|one| one.as_str().unwrap().to_owned()).collect(),
        serde_json::Value::String(one) => vec![one.clone()],
        _ => Vec::new(),
    };
    if case.kind == "env" {
        return from_environment(case).await;
    }
    let script = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&script, text("pac")).unwrap();
    let (kind, proxy, server) =
        (case.kind.clone(), text("manual_proxy").to_owned(), text("ProxyServer").to_owned());
    let place = script.path().to_str().unwrap().to_owned();
    let settings = move || {
        Ok(match kind.as_str() {
            "chromium-bypass" => chromium(&proxy, &bypass[0]),
            "windows" => Settings::from_windows(&InternetSettings {
                proxy_enable: true,
                proxy_server: server.clone(),
                proxy_override: bypass[0].clone(),
                ..InternetSettings::default()
            }),
            "macos" => Settings::from_scutil(&scutil(&proxy, &bypass)).unwrap(),
            "gnome" => Settings::from_gsettings(&gsettings(&proxy, &bypass)).unwrap(),
            "pac" => Settings {
                source: "gnome",
                place: "in the settings of GNOME",
                mode: Mode::Script { setting: "autoconfig-url".into(), place: place.clone() },
            },
            other => panic!("no such kind: {other}"),
        })
    };
    let readers: Vec<Arc<dyn ReadSettings>> = vec![Arc::new(Desktop(Box::new(settings)))];
    let routes = routes(&[], readers, &World::default());
    // The rule of boards on the local network is ours and no system's.
    routes.set_lan_bypass(false);
    written(&route(&routes, &case.url).await.decision.route)
}

/// The rows take for granted that loopback and the link go direct, whatever the program. That is a part of our rule for
/// boards on the local network here, and goes away with it.
async fn from_environment(case: &Case) -> String {
    let mut variables: Vec<(&str, &str)> =
        case.settings.iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap())).collect();
    variables.push(("no_proxy", case.no_proxy.as_str()));
    let routes = routes(&variables, Vec::new(), &World::default());
    let host = case.url.split("://").nth(1).unwrap();
    let host = host.trim_end_matches('/').trim_end_matches(":8266");
    let host = Host::parse(host);
    let near = match &host {
        Host::Address(address) => {
            let link_local = matches!(address, std::net::IpAddr::V4(v4) if v4.is_link_local())
                || matches!(address, std::net::IpAddr::V6(v6) if v6.is_unicast_link_local());
            address.is_loopback() || link_local
        }
        Host::Name(_) => host.is_below("localhost"),
    };
    routes.set_lan_bypass(near);
    written(&route(&routes, &case.url).await.decision.route)
}

fn chromium(proxy: &str, bypass: &str) -> Settings {
    let manual = Manual {
        entries: vec![Entry::new(Kind::All, "proxy", proxy, ProxyScheme::Http)],
        order: Order::WebSocket,
        bypass: Bypass::parse(bypass, Dialect::Chromium),
        bypass_setting: "bypass".to_owned(),
    };
    Settings { source: "portal", place: "of the desktop", mode: Mode::Manual(manual) }
}

fn scutil(proxy: &str, bypass: &[String]) -> String {
    let (host, port) = proxy.split_once(':').unwrap();
    let list: String = bypass.iter().enumerate().map(|(at, one)| format!("    {at} : {one}\n")).collect();
    format!(
        "<dictionary> {{\n  ExceptionsList : <array> {{\n{list}  }}\n  HTTPEnable : 1\n  HTTPPort : {port}\n  HTTPProxy : {host}\n}}\n"
    )
}

fn gsettings(proxy: &str, bypass: &[String]) -> String {
    let (host, port) = proxy.split_once(':').unwrap();
    let list: Vec<String> = bypass.iter().map(|one| format!("'{one}'")).collect();
    let schema = "org.gnome.system.proxy";
    format!(
        "{schema} mode 'manual'\n{schema} ignore-hosts [{}]\n{schema}.http host '{host}'\n{schema}.http port {port}\n",
        list.join(", ")
    )
}

fn written(route: &Route) -> String {
    let server = |server: &ProxyServer| match server.scheme {
        ProxyScheme::Socks4 => format!("SOCKS4 {}:{}", server.host, server.port),
        _ => format!("PROXY {server}"),
    };
    route.proxy().map_or("DIRECT".to_owned(), server)
}
