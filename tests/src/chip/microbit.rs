use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use crate::BoardError;

const FIRMWARE: &str = "/usr/share/firmware-microbit-micropython/firmware.hex";

// QEMU outlives a parent that is killed; the shell waits at the event socket (its stderr), which ends with the parent, and takes QEMU
// along. When QEMU ends first, the `kill` at its end ends the wait.
const KEEPER: &str = r#"exec 3<&0 4<&2 2>/dev/null
("$@" <&3; kill $$) &
read -r _ <&4
kill -9 0"#;

/// The micro:bit v1 firmware (MicroPython 1.9.2) on an emulated nRF51.
#[derive(Debug)]
pub(crate) struct Microbit {
    qemu: PathBuf,
    firmware: PathBuf,
}

impl Microbit {
    pub(crate) fn new() -> Result<Self, BoardError> {
        let name = Path::new("qemu-system-arm");
        let path = env::var_os("PATH").unwrap_or_default();
        let Some(qemu) = env::split_paths(&path).map(|folder| folder.join(name)).find(|p| p.exists()) else {
            return Err(BoardError::NoEmulator(name.into()));
        };
        let firmware =
            env::var_os("BOARDWALK_MICROBIT_FIRMWARE").map_or_else(|| FIRMWARE.into(), PathBuf::from);
        if !firmware.exists() {
            return Err(BoardError::NoEmulator(firmware));
        }
        Ok(Self { qemu, firmware })
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", KEEPER, "microbit"])
            .arg(&self.qemu)
            .args(["-M", "microbit", "-display", "none", "-monitor", "none", "-serial", "stdio", "-device"])
            .arg(format!("loader,file={}", self.firmware.display()));
        command
    }
}
