//! The board's files as they are on its flash, read past the REPL.

use std::{
    collections::BTreeMap,
    fs,
    io::{Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use crate::{
    chip::{BLOCK_KB, Unix},
    error::{BoardError, Context as _},
    line::Shared,
};

/// Path to content, folders as paths that end in `/` without content.
pub(crate) fn all(shared: &Shared, unix: &Unix) -> Result<BTreeMap<String, Vec<u8>>, BoardError> {
    let mut found = BTreeMap::new();
    if !unix.has_flash() {
        collect(&unix.root(), "", &mut found)?;
        return Ok(found);
    }
    let copy = tempfile::Builder::new().prefix("testboard-look-").tempdir().context("a folder for a copy")?;
    let (image, folder) = (copy.path().join("flash.bin"), copy.path().join("files"));
    fs::create_dir(&folder).context("a folder for a copy")?;
    shared.frozen(|| fs::copy(unix.root(), &image)).context("copying the flash")?;
    unix.unpack(&image, &folder)?;
    collect(&folder, "", &mut found)?;
    Ok(found)
}

/// Writes a file past the REPL: at once where the files are a folder, and only without power where they are in flash, because a
/// running file system would not see it.
pub(crate) fn write(shared: &Shared, unix: &Unix, name: &str, bytes: &[u8]) -> Result<(), BoardError> {
    if !unix.has_flash() {
        return put(&unix.root(), name, bytes);
    }
    if shared.powered() {
        return Err(BoardError::NotPossible("files in flash change only while the power is off"));
    }
    let copy = tempfile::Builder::new().prefix("testboard-look-").tempdir().context("a folder for a copy")?;
    unix.unpack(&unix.root(), copy.path())?;
    put(copy.path(), name, bytes)?;
    unix.pack(copy.path())
}

/// Makes blocks of the flash what no file system wrote.
pub(crate) fn spoil(shared: &Shared, unix: &Unix, blocks: std::ops::Range<u32>) -> Result<(), BoardError> {
    if !unix.has_flash() {
        return Err(BoardError::NotPossible("the board's files are a folder and no flash"));
    }
    let size = u64::from(BLOCK_KB) * 1024;
    shared.frozen(|| {
        let mut image = fs::OpenOptions::new().write(true).open(unix.root()).context("opening the flash")?;
        image.seek(SeekFrom::Start(u64::from(blocks.start) * size)).context("finding a block")?;
        for _ in blocks {
            image.write_all(&[0x55; BLOCK_KB as usize * 1024]).context("spoiling the flash")?;
        }
        Ok(())
    })
}

fn put(root: &Path, name: &str, bytes: &[u8]) -> Result<(), BoardError> {
    let path: PathBuf = root.join(name.trim_start_matches('/'));
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).context("a folder on the board")?;
    }
    fs::write(path, bytes).context("a file on the board")
}

fn collect(folder: &Path, prefix: &str, found: &mut BTreeMap<String, Vec<u8>>) -> Result<(), BoardError> {
    for entry in fs::read_dir(folder).context("listing the board's files")? {
        let entry = entry.context("listing the board's files")?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{name}/"), found)?;
            found.insert(name + "/", Vec::new());
        } else {
            found.insert(name, fs::read(entry.path()).context("reading the board's files")?);
        }
    }
    Ok(())
}
