use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

use crate::{BoardError, Variant, WebRepl, builder::Builder, error::Context as _, interpreter::Interpreter};

/// LittleFS on 4 kB blocks, as on the flash chips of ESP32 and RP2040 boards.
pub(crate) const BLOCK_KB: u32 = 4;

const PROGRAMS: [(&str, &str); 7] = [
    ("chip.py", include_str!("../../board/chip.py")),
    ("firmware.py", include_str!("../../board/firmware.py")),
    ("_flash.py", include_str!("../../board/_flash.py")),
    ("_machine.py", include_str!("../../board/_machine.py")),
    ("net.py", include_str!("../../board/net.py")),
    ("_net.py", include_str!("../../board/_net.py")),
    ("pack.py", include_str!("../../board/pack.py")),
];

/// The packaged unix port, with a folder of its own.
#[derive(Debug)]
pub(crate) struct Unix {
    interpreter: Interpreter,
    home: TempDir,
    ring: u32,
    paced: bool,
    heap: Option<u64>,
    unique_id: String,
    /// `None`: the board's files are a folder.
    blocks: Option<u32>,
    webrepl: Option<WebRepl>,
}

impl Unix {
    pub(crate) fn new(builder: &Builder) -> Result<Self, BoardError> {
        let home =
            tempfile::Builder::new().prefix("testboard-").tempdir().context("a folder for the board")?;
        for (name, text) in PROGRAMS {
            fs::write(home.path().join(name), text).context("writing the chip's programs")?;
        }
        let unix = Self {
            interpreter: Interpreter::find()?,
            home,
            ring: builder.ring.unwrap_or(0),
            paced: builder.baud.is_some(),
            heap: builder.heap,
            unique_id: builder.unique_id.clone(),
            blocks: builder.flash_kb.map(|kb| kb / BLOCK_KB),
            webrepl: builder.webrepl.clone(),
        };
        unix.fill(&builder.files)?;
        Ok(unix)
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = self.python();
        command
            .arg(format!("firmware={}", self.home.path().join("firmware.py").display()))
            .arg(format!("root={}", self.root().display()))
            .arg(format!("blocks={}", self.blocks.unwrap_or(0)))
            .arg(format!("ring={}", self.ring))
            .arg(format!("paced={}", u8::from(self.paced)))
            .arg(format!("id={}", self.unique_id));
        if let Some(heap) = self.heap {
            command.arg(format!("heap={heap}"));
        }
        if let Some(webrepl) = &self.webrepl {
            let polls = if webrepl.variant == Variant::Esp8266 { "always" } else { "waiting" };
            command
                .arg(format!("net={}", self.door().display()))
                .arg(format!("netring={}", webrepl.ring()))
                .arg(format!("polls={polls}"));
            if webrepl.variant == Variant::Esp8266 {
                command.arg("port=esp8266");
            }
        }
        command
    }

    /// The socket where the chip meets its network.
    pub(crate) fn door(&self) -> PathBuf {
        self.home.path().join("net")
    }

    /// The folder that is the board's file system, or the flash image.
    pub(crate) fn root(&self) -> PathBuf {
        self.home.path().join(if self.blocks.is_some() { "flash.bin" } else { "files" })
    }

    pub(crate) fn has_flash(&self) -> bool {
        self.blocks.is_some()
    }

    /// Writes `folder` into a fresh flash image.
    pub(crate) fn pack(&self, folder: &Path) -> Result<(), BoardError> {
        let blocks = self.blocks.unwrap_or(0);
        let image = fs::File::create(self.root()).context("making the flash")?;
        image.set_len(u64::from(blocks) * u64::from(BLOCK_KB) * 1024).context("making the flash")?;
        self.tool("pack", &self.root(), folder)
    }

    /// Reads every file of `image` into `folder`.
    pub(crate) fn unpack(&self, image: &Path, folder: &Path) -> Result<(), BoardError> {
        self.tool("unpack", image, folder)
    }

    fn fill(&self, files: &[(String, Vec<u8>)]) -> Result<(), BoardError> {
        let folder = if self.has_flash() { self.home.path().join("packing") } else { self.root() };
        fs::create_dir(&folder).context("a folder for the board's files")?;
        for (name, bytes) in files {
            let path = folder.join(name.trim_start_matches('/'));
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent).context("a folder on the board")?;
            }
            fs::write(path, bytes).context("a file on the board")?;
        }
        if self.has_flash() {
            self.pack(&folder)?;
            fs::remove_dir_all(&folder).context("tidying up")?;
        }
        Ok(())
    }

    fn tool(&self, way: &str, image: &Path, folder: &Path) -> Result<(), BoardError> {
        let blocks = self.blocks.unwrap_or(0);
        let output = self
            .python()
            .arg(format!("tool={}", self.home.path().join("pack.py").display()))
            .arg(format!("with={way}\n{}\n{blocks}\n{}", image.display(), folder.display()))
            .stdin(Stdio::null())
            .output()
            .context("starting the interpreter")?;
        let said =
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        if output.status.success() && said.is_empty() {
            return Ok(());
        }
        Err(BoardError::Tool { what: "packing or reading the flash", detail: said })
    }

    fn python(&self) -> Command {
        let mut command = Command::new(&self.interpreter.python);
        command
            .args(["-I", "-S"])
            .arg(self.home.path().join("chip.py"))
            .arg(format!("so={}", self.interpreter.library.display()))
            .current_dir(self.home.path())
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", self.home.path());
        command
    }
}
