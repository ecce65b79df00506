//! Packages of the operating system: installed on Debian and its relatives, named everywhere else.

use std::process::Command;
use std::time::Duration;

use super::Need;
use crate::child;
use crate::failure::{Failure, Result};

/// What a Debian package is needed for, said before it is installed.
struct Package {
    name: &'static str,
    why: &'static str,
}

const fn package(name: &'static str, why: &'static str) -> Package {
    Package { name, why }
}

const DESKTOP: &[Package] = &[
    package("build-essential", "links the programs"),
    package("pkg-config", "finds the libraries below"),
    package("libwebkit2gtk-4.1-dev", "shows the window"),
    package("libudev-dev", "lists serial ports"),
    // What reads GNOME's settings in tests comes with WebKit's headers.
    package("dbus-daemon", "a session bus for tests"),
];
const DISPLAY: &[Package] = &[
    package("webkit2gtk-driver", "drives the window in tests"),
    package("xvfb", "a display for those tests"),
    package("fonts-inter", "the window's font in screenshots"),
    package("fonts-jetbrains-mono", "the editor's font in screenshots"),
    package("fonts-wqy-microhei", "Chinese letters in screenshots"),
];
const EMULATOR: &[Package] = &[
    package("qemu-system-arm", "runs the firmware of a micro:bit"),
    package("firmware-microbit-micropython", "that firmware, an old MicroPython"),
];
const PYTHON: &[Package] = &[package("python3-venv", "holds MicroPython for this computer, and mpremote")];

/// Installs or names the system packages that are missing.
pub(super) fn ensure(needs: &[Need], python: bool) -> Result<()> {
    if !cfg!(target_os = "linux") {
        return elsewhere(needs);
    }
    if !is_debian() {
        return other_linux(needs);
    }
    let mut wanted: Vec<&Package> = Vec::new();
    for (need, packages) in [(Need::Desktop, DESKTOP), (Need::Display, DISPLAY), (Need::Emulator, EMULATOR)] {
        if needs.contains(&need) {
            wanted.extend(packages);
        }
    }
    // A Python that does not come from a package may well be able to make environments: ask it, not the package list.
    if python && !python_makes_environments() {
        wanted.extend(PYTHON);
    }
    let missing = missing(&wanted);
    if missing.is_empty() { Ok(()) } else { install(&missing) }
}

pub(super) fn is_debian() -> bool {
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let ids = release.lines().filter(|line| line.starts_with("ID=") || line.starts_with("ID_LIKE="));
    let debian =
        ids.flat_map(|line| line.split(['=', ' ', '"'])).any(|word| word == "debian" || word == "ubuntu");
    debian && on_path("apt-get")
}

fn missing<'a>(wanted: &[&'a Package]) -> Vec<&'a Package> {
    let mut query = Command::new("dpkg-query");
    query.args(["--show", "--showformat", "${Package} ${db:Status-Status}\n"]);
    query.args(wanted.iter().map(|package| package.name));
    // Exit status 1 only means that it does not know one of them; what it knows is on stdout all the same.
    let text =
        query.output().map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    let installed = |name: &str| text.lines().any(|line| line.split_once(' ') == Some((name, "installed")));
    wanted.iter().copied().filter(|package| !installed(package.name)).collect()
}

fn install(missing: &[&Package]) -> Result<()> {
    let names: Vec<&str> = missing.iter().map(|package| package.name).collect();
    let root = is_root();
    let how = if root { "apt-get" } else { "sudo apt-get" };
    println!("These packages are missing; {how} installs them now:");
    for package in missing {
        println!("  {:<30} {}", package.name, package.why);
    }
    if !root && !on_path("sudo") {
        return Err(Failure::new(format!(
            "there is no sudo here; as root: apt-get install {}",
            names.join(" ")
        )));
    }
    // The lists of a fresh machine or container are empty or old; without them a package "does not exist".
    apt_get(root, &["update", "--quiet"])?;
    let mut arguments = vec!["install", "--yes", "--quiet", "--no-install-recommends"];
    arguments.extend(&names);
    apt_get(root, &arguments)
}

fn apt_get(root: bool, arguments: &[&str]) -> Result<()> {
    let mut command = Command::new(if root { "env" } else { "sudo" });
    if !root {
        command.arg("env");
    }
    // Another apt may be at work on a machine that just booted: wait for its lock, but not for ever.
    command
        .args([
            "DEBIAN_FRONTEND=noninteractive",
            "apt-get",
            "-o",
            "DPkg::Lock::Timeout=300",
            "-o",
            "Dpkg::Use-Pty=0",
        ])
        .args(arguments);
    child::run_in_foreground(&mut command)
}

/// Fedora, Arch, openSUSE, …: the names are known, the right to install is not ours to assume.
fn other_linux(needs: &[Need]) -> Result<()> {
    if needs.contains(&Need::Desktop) {
        let libraries = ["webkit2gtk-4.1", "libudev"];
        let found = Command::new("pkg-config").arg("--exists").args(libraries).status();
        if !found.is_ok_and(|status| status.success()) {
            return Err(Failure::new(
                "the libraries webkit2gtk-4.1 and libudev (with headers), a C compiler and pkg-config are missing:\n  \
                 Fedora:   dnf install webkit2gtk4.1-devel systemd-devel gcc pkgconf-pkg-config\n  \
                 Arch:     pacman -S --needed webkit2gtk-4.1 systemd-libs base-devel\n  \
                 openSUSE: zypper install webkit2gtk3-devel libudev-devel gcc pkg-config",
            ));
        }
    }
    let tools = [
        (Need::Display, "WebKitWebDriver", "Fedora: webkitgtk6.0 or webkit2gtk-driver; Arch: webkit2gtk-4.1"),
        (Need::Display, "Xvfb", "Fedora: xorg-x11-server-Xvfb; Arch: xorg-server-xvfb"),
        (Need::Desktop, "dbus-run-session", "Fedora: dbus-daemon; Arch: dbus"),
        (Need::Desktop, "glib-compile-schemas", "Fedora: glib2-devel; Arch: glib2-devel"),
        (Need::Emulator, "qemu-system-arm", "Fedora: qemu-system-arm; Arch: qemu-system-arm"),
    ];
    for (need, program, packages) in tools {
        if needs.contains(&need) && !on_path(program) {
            return Err(Failure::new(format!("{program} is missing ({packages})")));
        }
    }
    Ok(())
}

/// macOS and Windows bring their web view; Rust itself already needed their compiler.
fn elsewhere(needs: &[Need]) -> Result<()> {
    if needs.contains(&Need::Display) {
        println!("The window test runs on Linux only; here the window is built and not driven.");
    }
    Ok(())
}

/// Whether a program is found in PATH.
pub(super) fn on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

fn python_makes_environments() -> bool {
    // `ensurepip` is what Debian splits off into python3-venv.
    let mut command = Command::new("python3");
    command.args(["-c", "import venv, ensurepip"]);
    child::output(&mut command, Duration::from_secs(20)).is_ok()
}

#[cfg(unix)]
fn is_root() -> bool {
    nix::unistd::geteuid().is_root()
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}
