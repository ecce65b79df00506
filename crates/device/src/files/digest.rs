//! Hashing a file on the board: to compare what was written, and to see whether a file is still the one that was opened.

use std::time::Duration;

use boardwalk_protocol::literal::{Value, string};
use sha2::{Digest as _, Sha256};

use crate::error::DeviceError;
use crate::info::{Capabilities, lines};
use crate::line::{Exec, Line, Sink, Typing, within};

use super::Progress;
use super::list::stat;
use super::read::read;
use super::scripts::scoped;

/// How long the board may take: 20 kB/s is slow flash on a slow core.
const BASE: Duration = Duration::from_secs(10);
const PER_BYTE: Duration = Duration::from_micros(50);

/// Hashes the file `p` into `h`, and counts its bytes in `n`.
pub(super) const HASH: &str = "\
try:
 from hashlib import sha256
except ImportError:
 from uhashlib import sha256
h=sha256()
f=open(p,'rb')
n=0
b=bytearray(512)
m=memoryview(b)
while 1:
 k=f.readinto(b)
 if not k:break
 n+=k
 h.update(m[:k])
f.close()
";

/// The hash of a file. A board without `hashlib` sends the whole file.
pub(super) async fn digest(
    line: &mut Line,
    caps: &Capabilities,
    path: &str,
) -> Result<[u8; 32], DeviceError> {
    let stat = stat(line, caps, path).await?;
    if stat.folder {
        return Err(DeviceError::IsAFolder { path: path.to_owned() });
    }
    if !caps.module("hashlib") {
        return Ok(Sha256::digest(read(line, caps, path, &Progress::none()).await?).into());
    }
    let (_, hash) = length_and_hash(line, path, path, stat.size).await?;
    Ok(hash)
}

/// Length and SHA-256 of what is stored as `stored`; errors are told about `path`. `size` is for the deadline.
pub(super) async fn length_and_hash(
    line: &mut Line,
    stored: &str,
    path: &str,
    size: u64,
) -> Result<(u64, [u8; 32]), DeviceError> {
    let script = format!("p={}\n{HASH}print([n,h.digest()])\n", string(stored));
    let (length, hash) = hashed(line, &script, path, size).await?;
    Ok((length, hash.ok_or_else(|| garbled(b"None"))?))
}

/// Runs a script that hashes `size` bytes or fewer and prints a length, and a hash or `None`.
pub(super) async fn hashed(
    line: &mut Line,
    script: &str,
    path: &str,
    size: u64,
) -> Result<(u64, Option<[u8; 32]>), DeviceError> {
    let limit = BASE + PER_BYTE * u32::try_from(size).unwrap_or(u32::MAX);
    let exec = Exec { code: scoped(script).into(), deadline: within(limit), typing: Typing::Held };
    let mut sink = Sink::Capture { out: Vec::new(), limit: 4096 };
    if let Some(exception) = line.exec_script(exec, &mut sink).await? {
        return Err(DeviceError::from_exception(exception, path));
    }
    let Sink::Capture { out, .. } = sink else { return Err(DeviceError::NotConnected) };
    let value = lines(&out).next().and_then(Value::parse).ok_or_else(|| garbled(&out))?;
    let [length, hash] = value.as_list().unwrap_or_default() else { return Err(garbled(&out)) };
    let length = length.as_size().ok_or_else(|| garbled(&out))?;
    match hash {
        Value::Bytes(hash) => Ok((length, Some(hash.as_slice().try_into().map_err(|_| garbled(&out))?))),
        _ => Ok((length, None)),
    }
}

fn garbled(out: &[u8]) -> DeviceError {
    DeviceError::Garbled { expected: "a length and a hash", got: out[..out.len().min(100)].to_vec() }
}
