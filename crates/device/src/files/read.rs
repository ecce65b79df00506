//! Reading a file: one script prints it in base64 lines, then its length and hash. Over a WebREPL its records bring it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use boardwalk_protocol::literal::{Value, string};
use bytes::Bytes;
use sha2::{Digest, Sha256};
use std::time::Duration;
use tokio::sync::mpsc;

use crate::error::DeviceError;
use crate::info::{Capabilities, lines};
use crate::line::{Exec, Line, Sink, Typing, within};
use crate::run::Output;

use super::digest::{HASH, hashed, length_and_hash};
use super::list::stat;
use super::records;
use super::scripts::{IMPORT_BASE64, IMPORT_SHA256, scoped};
use super::{Progress, Step};

/// The longest file that is read: more than any board has, little enough for this computer.
const LARGEST: u64 = 64 << 20;
/// Base and rate of the deadline: 1 kB/s is a tenth of 115200 baud.
const BASE: Duration = Duration::from_secs(20);
const PER_BYTE: Duration = Duration::from_millis(1);
/// Bytes for each printed line: a multiple of three, so that base64 has no padding inside.
const LINE: usize = 384;
/// Over a WebREPL: up to this size a file is hashed before it is read, and not after it. At 20 kB/s that takes 3 s.
const HASHED_FIRST: u64 = 64 * 1024;
/// A row that is longer than this is none of ours.
const LONGEST_ROW: usize = 16 * 1024;

pub(super) async fn read(
    line: &mut Line,
    caps: &Capabilities,
    path: &str,
    progress: &Progress,
) -> Result<Vec<u8>, DeviceError> {
    if line.carries_records() && caps.module("hashlib") && caps.os("stat") && records::carry(path) {
        return read_by_records(line, path, progress).await;
    }
    let stat = stat(line, caps, path).await?;
    if stat.folder {
        return Err(DeviceError::IsAFolder { path: path.to_owned() });
    }
    let total = stat.size;
    if total > LARGEST {
        return Err(DeviceError::OutputTooLong { limit: usize::try_from(LARGEST).unwrap_or(usize::MAX) });
    }
    progress.tell(Step::Moved { done: 0, total: Some(total) });
    let limit = BASE + PER_BYTE * u32::try_from(total).unwrap_or(u32::MAX);
    let exec = Exec { code: script(caps, path).into(), deadline: within(limit), typing: Typing::Held };
    let mut collect =
        Collect { data: Vec::new(), partial: Vec::new(), sum: None, base64: caps.module("binascii"), total };
    let (to, mut from) = mpsc::channel(16);
    let mut sink = Sink::Stream(to);
    let (exception, collected) = {
        let running = line.exec_script(exec, &mut sink);
        let collecting = async {
            while let Some(output) = from.recv().await {
                if let Output::Stdout(bytes) = output
                    && let Err(nonsense) = collect.take(&bytes, progress)
                {
                    // Nobody takes the rest: that stops the program.
                    from.close();
                    while from.try_recv().is_ok() {}
                    return Err(nonsense);
                }
            }
            Ok::<(), DeviceError>(())
        };
        tokio::pin!(running);
        tokio::pin!(collecting);
        tokio::select! {
            biased;
            // Ends early only by finding nonsense.
            collected = &mut collecting => (running.await, collected),
            exception = &mut running => (exception, Ok(())),
        }
    };
    drop(sink);
    collected?;
    if let Some(exception) = exception? {
        return Err(DeviceError::from_exception(exception, path));
    }
    while let Ok(output) = from.try_recv() {
        if let Output::Stdout(bytes) = output {
            collect.take(&bytes, progress)?;
        }
    }
    progress.tell(Step::Verifying);
    collect.finish(path)
}

/// By the records of a WebREPL. A GET of what is no file ends the session, so it is opened by the REPL before; a file
/// that is not large is hashed in the same script, which saves round trips.
async fn read_by_records(line: &mut Line, path: &str, progress: &Progress) -> Result<Vec<u8>, DeviceError> {
    let hash: String = HASH.lines().map(|line| format!(" {line}\n")).collect();
    let script = format!(
        "p={}\ns=os.stat(p)\nif s[0]&16384:raise OSError(21)\nn=s[6]\nif n>{HASHED_FIRST}:\n open(p,'rb').close()\n print([n,None])\nelse:\n{hash} print([n,h.digest()])\n",
        string(path)
    );
    let (size, hash) = hashed(line, &script, path, HASHED_FIRST).await?;
    if size > LARGEST {
        return Err(DeviceError::OutputTooLong { limit: usize::try_from(LARGEST).unwrap_or(usize::MAX) });
    }
    progress.tell(Step::Moved { done: 0, total: Some(size) });
    let data = records::get(line, path, size, progress).await?;
    progress.tell(Step::Verifying);
    let hash = match hash {
        Some(hash) => hash,
        None => length_and_hash(line, path, path, size).await?.1,
    };
    if hash == <[u8; 32]>::from(Sha256::digest(&data)) {
        Ok(data)
    } else {
        Err(DeviceError::ReadDamaged { path: path.to_owned() })
    }
}

fn script(caps: &Capabilities, path: &str) -> String {
    let path = string(path);
    if !caps.module("binascii") {
        // No base64 and no hash: `repr`, and the length.
        return scoped(&format!(
            "f=open({path},'rb')\nn=0\nwhile 1:\n b=f.read(64)\n if not b:break\n n+=len(b)\n print(b)\nf.close()\nprint([n,None])\n"
        ));
    }
    scoped(&format!(
        "{IMPORT_BASE64}{IMPORT_SHA256}h=sha256()if sha256 else None
f=open({path},'rb')
n=0
b=bytearray({LINE})
m=memoryview(b)
e=b64.b2a_base64
try:
 while 1:
  k=f.readinto(b)
  if not k:break
  n+=k
  d=m[:k]
  if h:h.update(d)
  print(str(e(d),'ascii'),end='')
finally:f.close()
print([n,h.digest()if h else None])
"
    ))
}

struct Collect {
    data: Vec<u8>,
    partial: Vec<u8>,
    sum: Option<(u64, Option<Vec<u8>>)>,
    base64: bool,
    total: u64,
}

impl Collect {
    fn take(&mut self, bytes: &Bytes, progress: &Progress) -> Result<(), DeviceError> {
        self.partial.extend_from_slice(bytes);
        let Some(end) = self.partial.iter().rposition(|&b| b == b'\n') else {
            let garbled = self.partial.len() > LONGEST_ROW;
            return if garbled { self.row(b"") } else { Ok(()) };
        };
        let rest = self.partial.split_off(end + 1);
        let whole = std::mem::replace(&mut self.partial, rest);
        for row in lines(&whole) {
            self.row(row)?;
        }
        progress.tell(Step::Moved { done: self.data.len() as u64, total: Some(self.total) });
        Ok(())
    }

    fn row(&mut self, row: &[u8]) -> Result<(), DeviceError> {
        let garbled = || DeviceError::Garbled {
            expected: "the bytes of a file",
            got: row[..row.len().min(64)].to_vec(),
        };
        if row.starts_with(b"[") {
            let value = Value::parse(row).ok_or_else(garbled)?;
            let [length, hash] = value.as_list().unwrap_or_default() else { return Err(garbled()) };
            let hash = if let Value::Bytes(hash) = hash { Some(hash.clone()) } else { None };
            self.sum = Some((length.as_size().ok_or_else(garbled)?, hash));
        } else if self.base64 {
            STANDARD.decode_vec(row, &mut self.data).map_err(|_| garbled())?;
        } else {
            match Value::parse(row) {
                Some(Value::Bytes(piece)) => self.data.extend_from_slice(&piece),
                _ => return Err(garbled()),
            }
        }
        // A file may grow while it is read; a board that never ends is no file.
        if self.data.len() as u64 > self.total.max(1 << 20) * 2 { Err(garbled()) } else { Ok(()) }
    }

    fn finish(self, path: &str) -> Result<Vec<u8>, DeviceError> {
        let damaged = || DeviceError::ReadDamaged { path: path.to_owned() };
        let (length, hash) = self.sum.ok_or_else(damaged)?;
        let same = length == self.data.len() as u64
            && hash.is_none_or(|hash| hash == Sha256::digest(&self.data).as_slice());
        if same { Ok(self.data) } else { Err(damaged()) }
    }
}
