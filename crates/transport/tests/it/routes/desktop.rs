//! Real settings of desktops: GNOME's through `gsettings`, KDE's file, a portal on a bus.
#![cfg(target_os = "linux")]

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use boardwalk_protocol::proxy::{Endpoint, Host, Said, Settings};
use boardwalk_transport::{Environment, Gnome, Kde, Portal, ReadSettings, Sources};

use super::world::environment;

fn to(host: &str) -> Endpoint {
    Endpoint { host: Host::parse(host), port: 8266, secure: false }
}

async fn reason(reader: &dyn ReadSettings, host: &str) -> String {
    match reader.read(&to(host)).await {
        Ok(settings) => said(&settings, host),
        Err(because) => format!("not readable: {because}"),
    }
}

fn said(settings: &Settings, host: &str) -> String {
    match settings.decide(&to(host)) {
        Said::Nothing => "nothing".to_owned(),
        Said::Decision(decision) => decision.reason,
        Said::Script(place) => place,
    }
}

fn in_folder(folder: &Path) -> Environment {
    let text = folder.to_str().unwrap();
    environment(&[("XDG_CONFIG_HOME", text), ("HOME", text)])
}

#[tokio::test]
async fn kde_s_file_is_read_and_its_changes_are_seen() {
    let folder = tempfile::tempdir().unwrap();
    let kde = Kde::new(&in_folder(folder.path()));
    assert_eq!(reason(&kde, "b.test").await, "nothing", "nobody has ever set anything");
    let file = folder.path().join("kioslaverc");
    std::fs::write(
        &file,
        "[Proxy Settings]\nProxyType=1\nhttpProxy=http://127.0.0.1 7890\nNoProxyFor=.lan\n",
    )
    .unwrap();
    assert_eq!(reason(&kde, "b.test").await, "httpProxy in the settings of KDE is http://127.0.0.1:7890.");
    assert_eq!(reason(&kde, "b.lan").await, "NoProxyFor in the settings of KDE names .lan.");
    std::fs::write(&file, "[Proxy Settings]\nProxyType=2\nProxy Config Script=file:///p.pac\n").unwrap();
    assert_eq!(reason(&kde, "b.test").await, "file:///p.pac");
    std::fs::write(&file, [0xff, 0, 0x1b].repeat(1 << 20)).unwrap();
    assert_eq!(reason(&kde, "b.test").await, "nothing");
    std::fs::remove_file(&file).unwrap();
    std::fs::create_dir(&file).unwrap();
    assert!(reason(&kde, "b.test").await.starts_with("not readable: "), "a folder is no file");
}

/// The schema as gsettings-desktop-schemas 43 has it, what we read of it.
const SCHEMA: &str = r#"<schemalist>
  <enum id="org.gnome.desktop.GDesktopProxyMode"><value nick="none" value="0"/><value nick="manual" value="1"/><value nick="auto" value="2"/></enum>
  <schema path="/system/proxy/" id="org.gnome.system.proxy">
    <child name="http" schema="org.gnome.system.proxy.http"/>
    <child name="socks" schema="org.gnome.system.proxy.socks"/>
    <key name="mode" enum="org.gnome.desktop.GDesktopProxyMode"><default>'none'</default></key>
    <key name="autoconfig-url" type="s"><default>''</default></key>
    <key name="ignore-hosts" type="as"><default>[ 'localhost', '127.0.0.0/8', '::1' ]</default></key>
  </schema>
  <schema path="/system/proxy/http/" id="org.gnome.system.proxy.http">
    <key name="host" type="s"><default>''</default></key>
    <key name="port" type="i"><default>8080</default></key>
  </schema>
  <schema path="/system/proxy/socks/" id="org.gnome.system.proxy.socks">
    <key name="host" type="s"><default>''</default></key>
    <key name="port" type="i"><default>0</default></key>
  </schema>
</schemalist>"#;

#[tokio::test]
async fn gnome_s_settings_are_read_by_its_own_program() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("proxy.gschema.xml"), SCHEMA).unwrap();
    let compiled = Command::new("glib-compile-schemas").arg(folder.path()).status();
    assert!(compiled.expect("glib-compile-schemas: `cargo xtask setup` installs it").success());
    let config = folder.path().join("glib-2.0/settings");
    std::fs::create_dir_all(&config).unwrap();
    let text = folder.path().to_str().unwrap();
    let environment = environment(&[
        ("GSETTINGS_BACKEND", "keyfile"),
        ("GSETTINGS_SCHEMA_DIR", text),
        ("XDG_CONFIG_HOME", text),
        ("HOME", text),
    ]);
    let gnome = Gnome::new(&environment);
    assert_eq!(reason(&gnome, "b.test").await, "nothing");
    let keyfile = |text: &str| std::fs::write(config.join("keyfile"), text).unwrap();
    keyfile(
        "[system/proxy]\nmode='manual'\nignore-hosts=['localhost', '192.168.0.0/16']\n\
         [system/proxy/http]\nhost='127.0.0.1'\nport=7890\n",
    );
    assert_eq!(
        reason(&gnome, "b.test").await,
        "http.host in the settings of GNOME is http://127.0.0.1:7890."
    );
    assert_eq!(
        reason(&gnome, "192.168.4.1").await,
        "ignore-hosts in the settings of GNOME names 192.168.0.0/16."
    );
    keyfile("[system/proxy]\nmode='auto'\nautoconfig-url='http://wpad/x.pac'\n");
    assert_eq!(reason(&gnome, "b.test").await, "http://wpad/x.pac");
}

#[tokio::test]
async fn a_gnome_without_its_schema_is_not_readable() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().to_str().unwrap();
    let variables = [("XDG_DATA_DIRS", text), ("HOME", text), ("GSETTINGS_BACKEND", "memory")];
    let said = reason(&Gnome::new(&environment(&variables)), "b.test").await;
    assert!(said.starts_with("not readable: gsettings"), "{said}");
}

#[tokio::test]
async fn without_a_desktop_only_the_environment_counts_and_that_is_said() {
    let names = |variables: &[(&str, &str)]| {
        let sources = Sources::system(&environment(variables));
        let readers: Vec<&str> = sources.readers.iter().map(|reader| reader.name()).collect();
        let absent: Vec<String> = sources.absent.iter().map(|(_, because)| because.clone()).collect();
        [readers.join(" "), absent.join(" ")].join("")
    };
    assert_eq!(names(&[]), "this is no desktop session");
    assert_eq!(names(&[("XDG_CURRENT_DESKTOP", "KDE")]), "kde");
    assert_eq!(names(&[("XDG_CURRENT_DESKTOP", "ubuntu:GNOME")]), "gnome");
    assert_eq!(names(&[("DISPLAY", ":0")]), "gnome");
    assert_eq!(names(&[("container", "flatpak")]), "portal");
}

/// A portal that answers as GLib's does for a proxy that is set by hand.
struct FakePortal;

#[zbus::interface(name = "org.freedesktop.portal.ProxyResolver")]
impl FakePortal {
    fn lookup(&self, uri: &str) -> Vec<String> {
        let answer = match uri {
            "http://b.test:8266/" => "http://127.0.0.1:7890",
            "https://s.test:8266/" => "socks5://127.0.0.1:7891",
            _ => "direct://",
        };
        vec![answer.to_owned()]
    }
}

/// A bus of its own, for one test.
struct Bus(std::process::Child, String);

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn bus() -> Bus {
    use std::io::BufRead as _;
    let mut child = Command::new("dbus-daemon")
        .args(["--session", "--nofork", "--print-address=1"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("dbus-daemon: `cargo xtask setup` installs it");
    let mut address = String::new();
    std::io::BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
    Bus(child, address.trim().to_owned())
}

#[tokio::test]
async fn the_portal_of_a_sandbox_is_asked_for_each_board() {
    let bus = tokio::task::spawn_blocking(bus).await.unwrap();
    let asked = environment(&[("DBUS_SESSION_BUS_ADDRESS", bus.1.as_str())]);
    let portal: Arc<dyn ReadSettings> = Arc::new(Portal::session(&asked));
    assert!(
        reason(&*portal, "b.test").await.starts_with("not readable: the portal: "),
        "nobody is there yet"
    );
    let _serving = zbus::connection::Builder::address(bus.1.as_str())
        .unwrap()
        .name("org.freedesktop.portal.Desktop")
        .unwrap()
        .serve_at("/org/freedesktop/portal/desktop", FakePortal)
        .unwrap()
        .build()
        .await
        .unwrap();
    assert_eq!(
        reason(&*portal, "b.test").await,
        "the proxy of the desktop's portal is http://127.0.0.1:7890."
    );
    assert_eq!(
        reason(&*portal, "s.test").await,
        "the proxy of the desktop's portal is socks5://127.0.0.1:7891."
    );
    assert_eq!(reason(&*portal, "192.168.4.1").await, "nothing");
}
