//! Writing a file so that the old one or the new one is there at every moment: temporary name, length and hash compared,
//! rename. Cutting the line anywhere leaves the old file, and at most a temporary one that the next write replaces.

mod by_records;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use boardwalk_protocol::literal::{self, string};
use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::error::DeviceError;
use crate::info::Capabilities;
use crate::line::{Exec, Line, Sink, Typing, within};

use super::digest::{HASH, hashed, length_and_hash};
use super::list::{space, stat};
use super::path::{child, name, parent};
use super::read::read;
use super::scripts::scoped;
use super::{Progress, Step};

/// What a write did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WriteOutcome {
    /// Whether the old file stood until the new one was whole. False on boards that cannot rename: there the old
    /// bytes were kept on this computer and would have been put back.
    pub atomic: bool,
    /// Whether the board computed a hash of what it stored; else it was read back and compared.
    pub hashed: bool,
}

/// How long one piece may take: flash erases, and 115200 baud for the longest piece.
const PIECE: Duration = Duration::from_secs(15);
/// The end of temporary names. Short, because names are.
const TEMPORARY: &str = ".bw~";
/// Temporary files to remember over the end of a line.
const LEFTOVERS_MOST: usize = 16;

pub(super) async fn write(
    line: &mut Line,
    caps: &Capabilities,
    path: &str,
    data: &Bytes,
    progress: &Progress,
) -> Result<WriteOutcome, DeviceError> {
    progress.tell(Step::Moved { done: 0, total: Some(data.len() as u64) });
    if !caps.os("rename") {
        return write_in_place(line, caps, path, data, progress).await;
    }
    if let Some(temporary) = by_records::temporary(line, caps, path) {
        let result = by_records::write(line, path, &temporary, data, progress).await;
        if let Some(outcome) = tidied(line, &temporary, result).await? {
            return Ok(outcome);
        }
    }
    match stat(line, caps, path).await {
        Ok(stat) if stat.folder => return Err(DeviceError::IsAFolder { path: path.to_owned() }),
        Ok(_) | Err(DeviceError::NotFound { .. }) => {}
        Err(error) => return Err(error),
    }
    check_space(line, path, data.len() as u64).await?;
    let temporary = child(parent(path), &temporary_name(name(path)));
    let result = write_and_rename(line, caps, path, &temporary, data, progress).await;
    tidied(line, &temporary, result).await
}

/// Removes what a write that failed has left, now or when there is a line again.
async fn tidied<T>(
    line: &mut Line,
    temporary: &str,
    result: Result<T, DeviceError>,
) -> Result<T, DeviceError> {
    if let Err(error) = &result {
        let lost = matches!(error, DeviceError::Transport(_)) || line.is_over();
        if lost && line.io.leftovers.len() < LEFTOVERS_MOST {
            line.io.leftovers.push(temporary.to_owned());
        }
        let hopeless = lost || matches!(error, DeviceError::InterruptSwallowed { .. });
        // After a restart a program of the person's may run; the next write replaces the temporary file.
        if !hopeless && line.mode != crate::line::Mode::Friendly {
            tidy(line, temporary).await;
        }
    }
    result
}

/// Removes temporary files that lines before this one have left.
pub(super) async fn remove_leftovers(line: &mut Line, caps: &Capabilities) -> Result<(), DeviceError> {
    if line.io.leftovers.is_empty() || !caps.os("rename") {
        return Ok(());
    }
    let names: Vec<String> = line.io.leftovers.iter().map(|name| string(name)).collect();
    let code = format!("for n in[{}]:\n try:os.remove(n)\n except OSError:pass\n", names.join(","));
    line.ask(&scoped(&code), "").await?;
    line.io.leftovers.clear();
    Ok(())
}

async fn write_and_rename(
    line: &mut Line,
    caps: &Capabilities,
    path: &str,
    temporary: &str,
    data: &Bytes,
    progress: &Progress,
) -> Result<WriteOutcome, DeviceError> {
    send(line, caps, temporary, path, data, progress).await.map_err(|error| about_folder(error, path))?;
    progress.tell(Step::Verifying);
    if caps.module("hashlib") {
        replace(line, path, temporary, data).await?;
        return Ok(WriteOutcome { atomic: true, hashed: true });
    }
    let hashed = verify(line, caps, temporary, path, data).await?;
    line.ask(&scoped(&rename(temporary, path)), path).await?;
    Ok(WriteOutcome { atomic: true, hashed })
}

/// Puts the temporary file in the place of the old one if it holds exactly `data`: one script, which saves round trips.
async fn replace(line: &mut Line, path: &str, temporary: &str, data: &Bytes) -> Result<(), DeviceError> {
    let hash = <[u8; 32]>::from(Sha256::digest(data));
    let rename: String = rename(temporary, path).lines().map(|line| format!(" {line}\n")).collect();
    let script = format!(
        "p={}\n{HASH}h=h.digest()\nprint([n,h])\nif n=={} and h=={}:\n{rename}",
        string(temporary),
        data.len(),
        literal::bytes(&hash),
    );
    let (length, stored) = hashed(line, &script, path, data.len() as u64).await?;
    if length == data.len() as u64 && stored == Some(hash) {
        Ok(())
    } else {
        Err(DeviceError::VerifyFailed { path: path.to_owned() })
    }
}

/// littlefs and FAT replace the target themselves; an old FAT that does not says EEXIST, and then there is a moment in
/// which only the temporary name holds the (whole, compared) file. A rename that did nothing and says nothing leaves the
/// temporary name (a VfsPosix with a root, whose two paths share one buffer).
fn rename(temporary: &str, path: &str) -> String {
    let (from, to) = (string(temporary), string(path));
    format!(
        "try:os.rename({from},{to})\nexcept OSError as e:\n if e.args[0]!=17:raise\n os.remove({to})\n os.rename({from},{to})\ntry:\n os.stat({from})\n n=0\nexcept OSError:n=1\nif not n:raise OSError(5)\nif hasattr(os,'sync'):os.sync()\n"
    )
}

/// A file system that cannot rename (micro:bit). The old bytes are kept here until the new ones are compared.
async fn write_in_place(
    line: &mut Line,
    caps: &Capabilities,
    path: &str,
    data: &Bytes,
    progress: &Progress,
) -> Result<WriteOutcome, DeviceError> {
    if name(path) != path.trim_start_matches('/') {
        return Err(DeviceError::Unsupported(crate::error::Missing::Folders));
    }
    let path = name(path);
    let old = match read(line, caps, path, &Progress::none()).await {
        Ok(old) => Some(Bytes::from(old)),
        Err(DeviceError::NotFound { .. }) => None,
        Err(error) => return Err(error),
    };
    let written = async {
        send(line, caps, path, path, data, progress).await?;
        progress.tell(Step::Verifying);
        verify(line, caps, path, path, data).await
    }
    .await;
    match written {
        Ok(hashed) => Ok(WriteOutcome { atomic: false, hashed }),
        Err(error @ DeviceError::Transport(_)) => Err(error),
        // Also after a restart, whatever runs now: these bytes are the only copy.
        Err(error) => {
            line.cancel = None;
            if line.enter_raw(crate::work::Consent::MayInterrupt).await.is_ok() {
                match old {
                    Some(old) => {
                        let _ = send(line, caps, path, path, &old, &Progress::none()).await;
                    }
                    None => tidy(line, path).await,
                }
            }
            Err(error)
        }
    }
}

/// Sends the bytes into an open file, piece by piece.
async fn send(
    line: &mut Line,
    caps: &Capabilities,
    to: &str,
    path: &str,
    data: &Bytes,
    progress: &Progress,
) -> Result<(), DeviceError> {
    let base64 = caps.module("binascii");
    let decoder = if base64 {
        "try:\n from binascii import a2b_base64 as b\nexcept ImportError:\n from ubinascii import a2b_base64 as b\n"
    } else {
        "b=None\n"
    };
    // A short write is how some file systems say that they are full.
    let open = format!(
        "def _bw():\n{}f=open({},'wb')\n def w(d,n):\n  if b:d=b(d)\n  if len(d)!=n:raise ValueError\n  if f.write(d)!=n:raise OSError(28)\n return w,f.close\ntry:_bw,_bwc=_bw()\nexcept:\n del _bw\n raise\n",
        decoder.lines().map(|l| format!(" {l}\n")).collect::<String>() + " ",
        string(to)
    );
    line.ask(&open, path).await?;
    let result = send_pieces(line, data, base64, piece_size(caps), path, progress).await;
    let close = "try:_bwc()\nfinally:del _bw,_bwc\n";
    match result {
        Ok(()) => line.ask(close, path).await.map(|_| ()),
        Err(error) => {
            // The file must be closed for its removal; the first error is the one that counts.
            line.cancel = None;
            if line.mode == crate::line::Mode::Raw {
                let _ = line.ask(close, path).await;
            }
            Err(error)
        }
    }
}

async fn send_pieces(
    line: &mut Line,
    data: &Bytes,
    base64: bool,
    size: usize,
    path: &str,
    progress: &Progress,
) -> Result<(), DeviceError> {
    let mut done = 0;
    for piece in data.chunks(size) {
        let literal = if base64 { format!("b'{}'", STANDARD.encode(piece)) } else { literal::bytes(piece) };
        let code = format!("_bw({literal},{})", piece.len());
        let exec = Exec { code: code.into(), deadline: within(PIECE), typing: Typing::Held };
        let mut sink = Sink::Capture { out: Vec::new(), limit: 4096 };
        let mut left = if line.has_raw_paste() { 0 } else { 3 };
        while let Some(exception) = line.exec_script(exec.clone(), &mut sink).await? {
            // Lost on the way, and nothing written yet.
            if left == 0 || exception.kind != "ValueError" {
                return Err(DeviceError::from_exception(exception, path));
            }
            left -= 1;
        }
        done += piece.len() as u64;
        progress.tell(Step::Moved { done, total: Some(data.len() as u64) });
    }
    Ok(())
}

/// A new file cannot be missing: when its name cannot be made, the folder it should be in is not there.
pub(super) fn about_folder(error: DeviceError, path: &str) -> DeviceError {
    let folder = parent(path).to_owned();
    match error {
        DeviceError::NotFound { .. } if !folder.is_empty() => DeviceError::NotFound { path: folder },
        DeviceError::NotAFolder { .. } if !folder.is_empty() => DeviceError::NotAFolder { path: folder },
        error => error,
    }
}

/// Compares what the board stored with what was sent. Gives whether the board could hash it.
async fn verify(
    line: &mut Line,
    caps: &Capabilities,
    stored: &str,
    path: &str,
    data: &Bytes,
) -> Result<bool, DeviceError> {
    if !caps.module("hashlib") {
        let back = read(line, caps, stored, &Progress::none()).await?;
        return if back == *data {
            Ok(false)
        } else {
            Err(DeviceError::VerifyFailed { path: path.to_owned() })
        };
    }
    let (length, hash) = length_and_hash(line, stored, path, data.len() as u64).await?;
    let same = length == data.len() as u64 && hash == <[u8; 32]>::from(Sha256::digest(data));
    if same { Ok(true) } else { Err(DeviceError::VerifyFailed { path: path.to_owned() }) }
}

/// Refuses what cannot fit before anything is touched. The old file stays until the new one is whole, so it does not
/// count as free.
async fn check_space(line: &mut Line, path: &str, needed: u64) -> Result<(), DeviceError> {
    let free = space(line, parent(path)).await?.free;
    match free {
        Some(free) if needed > free => {
            Err(DeviceError::DiskFull { path: path.to_owned(), needed, free: Some(free) })
        }
        _ => Ok(()),
    }
}

/// Removes a temporary file, as well as it can be done.
async fn tidy(line: &mut Line, path: &str) {
    line.cancel = None;
    if line.enter_raw(crate::work::Consent::MayInterrupt).await.is_ok() {
        let code = scoped(&format!("os.remove({})\n", string(path)));
        let _ = line.ask(&code, path).await;
    }
}

/// Larger pieces cost fewer round trips and more heap: the code, its literal and the decoded bytes are there at once.
fn piece_size(caps: &Capabilities) -> usize {
    match caps.free_memory {
        _ if !caps.module("binascii") => 64,
        Some(free) if free >= 128 * 1024 => 6144,
        Some(free) if free >= 48 * 1024 => 3072,
        Some(free) if free >= 16 * 1024 => 768,
        None => 768,
        Some(_) => 192,
    }
}

/// `main.py` is written to `.main.py.bw~`; a name that is long already is cut so that the end fits.
fn temporary_name(name: &str) -> String {
    let room = 255 - TEMPORARY.len() - 1;
    let mut end = name.len().min(room);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!(".{}{TEMPORARY}", &name[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn temporary_names_fit() {
        assert_eq!(temporary_name("main.py"), ".main.py.bw~");
        let long = "温".repeat(85);
        assert!(temporary_name(&long).len() <= 255);
    }
}
