//! Listing, stat, and free space.

use boardwalk_protocol::literal::{Value, string};

use crate::error::DeviceError;
use crate::info::{Capabilities, Space, lines};
use crate::line::Line;

use super::path::{name, parent};
use super::scripts::scoped;

/// Something in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name alone.
    pub name: String,
    /// Whether it is a folder.
    pub folder: bool,
    /// Bytes, for a file.
    pub size: Option<u64>,
}

/// What a path is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stat {
    /// Whether it is a folder.
    pub folder: bool,
    /// Bytes, for a file.
    pub size: u64,
}

/// The directory bit of `st_mode`.
const S_IFDIR: u64 = 0x4000;

pub(super) async fn list(
    line: &mut Line,
    caps: &Capabilities,
    path: &str,
) -> Result<Vec<Entry>, DeviceError> {
    if !caps.folders() {
        return list_flat(line, path).await;
    }
    // The unix port's entries have no size (extmod/vfs_posix.c), so that is asked of stat. A file has no listing: some
    // file systems raise ENOENT or EINVAL for it, so it is looked at first.
    let script = format!(
        "\
p={}
if p and p!='/' and not os.stat(p)[0]&16384:raise OSError(20)
for e in os.ilistdir(p)if p else os.ilistdir():
 n,t=e[0],e[1]
 if n=='.'or n=='..':continue
 s=e[3]if len(e)>3 else-1
 if s<0 and t!=16384:
  try:
   r=os.stat((p.rstrip('/')+'/'if p else'')+n)
   s=r[6]
   t=r[0]&61440
  except OSError:s=-1
 print((n,t,s))
",
        string(path)
    );
    let answer = line.ask(&scoped(&script), path).await?;
    let mut entries = lines(&answer)
        .map(|row| {
            entry(row).ok_or_else(|| DeviceError::Garbled { expected: "a file list", got: row.to_vec() })
        })
        .collect::<Result<Vec<_>, _>>()?;
    sort(&mut entries);
    Ok(entries)
}

/// A file system without folders: `os.listdir` and `os.size` (micro:bit).
async fn list_flat(line: &mut Line, path: &str) -> Result<Vec<Entry>, DeviceError> {
    if !name(path).is_empty() {
        return Err(DeviceError::NotAFolder { path: path.to_owned() });
    }
    let script = "\
for n in os.listdir():
 try:s=os.size(n)
 except:s=-1
 print((n,0,s))
";
    let answer = line.ask(&scoped(script), path).await?;
    let mut entries: Vec<Entry> = lines(&answer).filter_map(entry).collect();
    sort(&mut entries);
    Ok(entries)
}

pub(super) async fn stat(line: &mut Line, caps: &Capabilities, path: &str) -> Result<Stat, DeviceError> {
    if name(path).is_empty() {
        return Ok(Stat { folder: true, size: 0 });
    }
    if !caps.os("stat") {
        let wanted = name(path);
        let found = list(line, caps, parent(path)).await?.into_iter().find(|entry| entry.name == wanted);
        let entry = found.ok_or_else(|| DeviceError::NotFound { path: path.to_owned() })?;
        return Ok(Stat { folder: entry.folder, size: entry.size.unwrap_or(0) });
    }
    let answer =
        line.ask(&scoped(&format!("r=os.stat({})\nprint([r[0],r[6]])\n", string(path))), path).await?;
    let value = Value::parse(&answer);
    let numbers = value
        .as_ref()
        .and_then(|v| Some((v.as_list()?.first()?.as_size()?, v.as_list()?.get(1)?.as_size()?)));
    let (mode, size) = numbers.ok_or(DeviceError::Garbled { expected: "a stat", got: answer })?;
    Ok(Stat { folder: mode & S_IFDIR != 0, size })
}

/// Free and total bytes of the file system that holds a folder; an empty path is the working folder. The board must be
/// in the raw REPL.
pub(crate) async fn space(line: &mut Line, folder: &str) -> Result<Space, DeviceError> {
    let caps = line.capabilities().await?;
    if !caps.os("statvfs") {
        return Ok(Space::default());
    }
    // f_bavail before f_bfree: what a program may use. An argument of '' is refused by some file systems.
    let script = format!(
        "s=os.statvfs({}or os.getcwd())\nprint([(s[1]or s[0])*s[4],(s[1]or s[0])*s[2]])\n",
        string(folder)
    );
    let answer = match line.ask(&scoped(&script), folder).await {
        Ok(answer) => answer,
        // No file system mounted, no such folder: no space, and no failure of this question.
        Err(
            DeviceError::Raised(_)
            | DeviceError::NotFound { .. }
            | DeviceError::NotAFolder { .. }
            | DeviceError::FileSystem { .. },
        ) => return Ok(Space::default()),
        Err(error) => return Err(error),
    };
    let value = Value::parse(&answer);
    let number = |at: usize| value.as_ref().and_then(|v| v.as_list()?.get(at)?.as_size());
    Ok(Space { free: number(0), total: number(1) })
}

/// `('main.py', 32768, 120)`. A name with a slash in it cannot come from a file system, and would leave the folder.
fn entry(row: &[u8]) -> Option<Entry> {
    let value = Value::parse(row)?;
    let [name, kind, size] = value.as_list()? else { return None };
    let name = name.as_str()?.to_owned();
    if name.is_empty() || name.contains(['/', '\0']) {
        return None;
    }
    let folder = kind.as_size()? & S_IFDIR != 0;
    Some(Entry { name, folder, size: if folder { None } else { size.as_size() } })
}

fn sort(entries: &mut [Entry]) {
    entries.sort_by(|a, b| b.folder.cmp(&a.folder).then_with(|| a.name.cmp(&b.name)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows() {
        let row = entry(b"('lib', 16384, -1)").unwrap();
        assert_eq!((row.name.as_str(), row.folder, row.size), ("lib", true, None));
        assert_eq!(entry(b"('a.py', 32768, 12)").unwrap().size, Some(12));
        for bad in [&b"('../x', 32768, 1)"[..], b"('', 0, 1)", b"('a', 0)", b"hello", b"('a\\x00b', 0, 1)"] {
            assert_eq!(entry(bad), None);
        }
    }
}
