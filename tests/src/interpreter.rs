use std::{
    env, fs,
    path::{Path, PathBuf},
};

use crate::BoardError;

/// The packaged interpreter: the CPython that hosts it, and its shared library.
#[derive(Debug, Clone)]
pub(crate) struct Interpreter {
    pub(crate) python: PathBuf,
    pub(crate) library: PathBuf,
}

impl Interpreter {
    pub(crate) fn find() -> Result<Self, BoardError> {
        let script = find_interpreter();
        Self::beside(&script).ok_or(BoardError::NoInterpreter(script))
    }

    /// The console script stands in `bin/`; the library is in the same environment's `lib/python3.N/site-packages/`.
    fn beside(script: &Path) -> Option<Self> {
        let bin = script.parent()?;
        let python = ["python3", "python"].iter().map(|n| bin.join(n)).find(|p| p.exists())?;
        let versions = fs::read_dir(bin.parent()?.join("lib")).ok()?;
        versions
            .flatten()
            .filter_map(|v| fs::read_dir(v.path().join("site-packages")).ok())
            .flat_map(|packages| packages.flatten())
            .map(|file| file.path())
            .find(|path| {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                name.starts_with("micropython_run.") && name.ends_with(".so")
            })
            .map(|library| Self { python, library })
    }
}

/// Where the packaged `micropython` is expected: `BOARDWALK_MICROPYTHON`, or the repository's own environment. It may be missing.
pub fn find_interpreter() -> PathBuf {
    env::var_os("BOARDWALK_MICROPYTHON").map_or_else(|| find_tool("micropython"), PathBuf::from)
}

/// Where a program of the repository's Python environment is expected (`mpremote`, `python3`). It may be missing.
pub fn find_tool(name: &str) -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let relative = Path::new(".tools/venv/bin").join(name);
    let from_program = env::current_exe().unwrap_or_default();
    here.ancestors()
        .chain(from_program.ancestors())
        .map(|folder| folder.join(&relative))
        .find(|path| path.exists())
        .unwrap_or_else(|| here.parent().unwrap_or(here).join(relative))
}
