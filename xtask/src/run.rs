//! `cargo xtask run`: builds the program, opens its window, and sees to it that there is a board to try it with.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::board::DemoBoard;
use crate::child::{self, Running};
use crate::failure::{Failure, Result};
use crate::repo::Repo;
use crate::{setup, ui};

/// Compiling everything from nothing, on a slow machine.
const BUILD: Duration = Duration::from_secs(1800);

/// Whether a demo board is started beside the window.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Demo {
    /// When no board is plugged in.
    Auto,
    Always,
    Never,
}

/// `cargo xtask run [--demo|--no-demo] [-- ARGS]`
pub(crate) fn run(repo: &Repo, arguments: &[String]) -> Result<()> {
    let (demo, arguments) = parse(arguments)?;
    needs_display()?;
    setup::ensure(repo, setup::RUN)?;
    ui::ensure_built(repo)?;

    let demo = match demo {
        Demo::Auto => !board_plugged_in() && setup::has_micropython(repo),
        Demo::Always => true,
        Demo::Never => false,
    };
    let mut build = repo.cargo(&["build", "--package", "boardwalk-desktop", "--bins"]);
    if demo {
        build.args(["--package", "boardwalk-tests"]);
    }
    child::run(&mut build, BUILD)?;

    let mut window = repo.command(repo.built("debug", "boardwalk-desktop"));
    window.args(arguments);
    // Started in the root of the repository for our sake; the program belongs where the person is.
    if let Ok(folder) = std::env::current_dir() {
        window.current_dir(folder);
    }
    speak_a_language(&mut window);
    let ports = repo.tools().join(format!("demo-ports-{}.json", std::process::id()));
    let demo = if demo {
        Some(DemoBoard::start(
            repo,
            &["--sample", "--demo", "--product", "Demo board", "--ports-file", text(&ports)?],
        )?)
    } else {
        None
    };
    if let Some(demo) = &demo {
        window.env("BOARDWALK_EXTRA_PORTS", &ports);
        println!("A demo board runs beside the window, at {}.", demo.target);
    }
    // Not run(): a window may stay open for a week.
    let status = Running::start(&mut window)?.wait(Duration::MAX)?;
    drop(demo);
    // The board removes it when it ends in peace; then this finds nothing.
    let _ = std::fs::remove_file(&ports);
    if status.success() { Ok(()) } else { Err(Failure::new(format!("the window ended ({status})"))) }
}

fn parse(arguments: &[String]) -> Result<(Demo, &[String])> {
    let mut demo = Demo::Auto;
    for (index, argument) in arguments.iter().enumerate() {
        match argument.as_str() {
            "--demo" => demo = Demo::Always,
            "--no-demo" => demo = Demo::Never,
            "--" => return Ok((demo, arguments.get(index + 1..).unwrap_or_default())),
            other => {
                return Err(Failure::usage(format!(
                    "run does not know {other:?}; arguments of the window come after --"
                )));
            }
        }
    }
    Ok((demo, &[]))
}

/// Says at once, not after minutes of compiling, that there is nothing to open a window on.
fn needs_display() -> Result<()> {
    let display = ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|it| !it.is_empty()));
    if cfg!(target_os = "linux") && !display {
        return Err(Failure::new(
            "there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set). On a machine without a screen: \
             xvfb-run -a dbus-run-session cargo xtask run",
        ));
    }
    Ok(())
}

/// Whether a serial device with a USB plug is there, by what the system calls such devices.
fn board_plugged_in() -> bool {
    let names = std::fs::read_dir("/dev").into_iter().flatten().flatten().map(|entry| entry.file_name());
    let usb = ["ttyACM", "ttyUSB", "cu.usb", "cu.wchusb", "cu.SLAB"];
    names.into_iter().any(|name| usb.iter().any(|prefix| name.to_string_lossy().starts_with(prefix)))
}

/// WebKit calls the language of the C.UTF-8 locale "C", which no library for dates and numbers accepts.
fn speak_a_language(window: &mut Command) {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let language = set("LC_ALL").or_else(|| set("LC_MESSAGES")).or_else(|| set("LANG")).unwrap_or_default();
    if language.is_empty() || language == "POSIX" || language == "C" || language.starts_with("C.") {
        window.env("LANG", "en_US.UTF-8").env_remove("LC_ALL").env_remove("LC_MESSAGES");
    }
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().ok_or_else(|| Failure::new(format!("{} is not UTF-8", path.display())))
}
