//! Installs what is missing, and nothing when nothing is: every task calls this first, so it has to be quick.

mod node;
mod proxies;
mod python;
mod system;

use crate::failure::{Failure, Result};
use crate::repo::Repo;

/// Something that a task needs on this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// WebKit and what else the desktop program is compiled against.
    Desktop,
    /// A display, a session bus, WebKitWebDriver and fonts: what drives and shows the window in a test.
    Display,
    /// QEMU and the micro:bit firmware.
    Emulator,
    /// Node and the packages of `ui/`.
    Ui,
    /// MicroPython for this computer, and mpremote, in a Python environment of this clone.
    MicroPython,
    /// Real proxies for the tests, beside the machine and not on it.
    Proxies,
}

/// What `cargo xtask run` needs.
pub(crate) const RUN: &[Need] = &[Need::Desktop, Need::Ui, Need::MicroPython];
/// What `cargo xtask test` needs.
pub(crate) const TEST: &[Need] =
    &[Need::Desktop, Need::Display, Need::Emulator, Need::Ui, Need::MicroPython, Need::Proxies];

/// `cargo xtask setup [run|test]`.
pub(crate) fn run(repo: &Repo, arguments: &[String]) -> Result<()> {
    let needs = match arguments {
        [] => TEST,
        [one] if one == "test" => TEST,
        [one] if one == "run" => RUN,
        _ => return Err(Failure::usage("setup knows `run` and `test`")),
    };
    ensure(repo, needs)?;
    println!("Everything is installed.");
    Ok(())
}

/// Installs what is missing of `needs`.
pub(crate) fn ensure(repo: &Repo, needs: &[Need]) -> Result<()> {
    let own_node = needs.contains(&Need::Ui) && !node::good_enough(repo);
    let python = own_node || needs.contains(&Need::MicroPython) || needs.contains(&Need::Proxies);
    system::ensure(needs, python)?;
    if needs.contains(&Need::MicroPython) {
        python::ensure_environment(repo)?;
    }
    if needs.contains(&Need::Proxies) {
        proxies::ensure(repo)?;
    }
    if own_node {
        node::install(repo)?;
    }
    if needs.contains(&Need::Ui) {
        node::ensure_packages(repo)?;
    }
    Ok(())
}

/// Whether the demo board, a MicroPython for this computer, can be had here.
pub(crate) fn has_micropython(repo: &Repo) -> bool {
    repo.python_tool("micropython").exists()
}
