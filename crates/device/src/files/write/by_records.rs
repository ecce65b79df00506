//! A write by the records of a WebREPL: the REPL looks, a PUT brings the bytes, the REPL compares and renames.

use boardwalk_protocol::literal::{Value, string};
use bytes::Bytes;
use sha2::{Digest as _, Sha256};

use crate::error::DeviceError;
use crate::info::Capabilities;
use crate::line::Line;

use super::super::path::{child, name, parent};
use super::super::scripts::scoped;
use super::super::{Progress, Step, records};
use super::{TEMPORARY, WriteOutcome, about_folder, replace, temporary_name};

/// Blocks that must stay free beyond what a file needs, for directories and for what a file system keeps in between: the
/// free space that littlefs tells is a good guess.
const SPARE_BLOCKS: u64 = 4;

/// The temporary name, where a write can go by records.
pub(super) fn temporary(line: &Line, caps: &Capabilities, path: &str) -> Option<String> {
    if !line.carries_records()
        || line.io.put_stalls
        || !caps.module("hashlib")
        || !caps.os("statvfs")
        || !caps.folders()
    {
        return None;
    }
    [temporary_name(name(path)), short_temporary_name(name(path))]
        .iter()
        .map(|name| child(parent(path), name))
        .find(|temporary| records::carry(temporary))
}

/// Writes. `None`: the REPL has to do it.
pub(super) async fn write(
    line: &mut Line,
    path: &str,
    temporary: &str,
    data: &Bytes,
    progress: &Progress,
) -> Result<Option<WriteOutcome>, DeviceError> {
    if !prepare(line, path, temporary, data.len() as u64).await? {
        return Ok(None);
    }
    records::put(line, temporary, data, path, progress).await?;
    progress.tell(Step::Verifying);
    match replace(line, path, temporary, data).await {
        Ok(()) => Ok(Some(WriteOutcome { atomic: true, hashed: true })),
        Err(DeviceError::VerifyFailed { .. }) => {
            tracing::warn!(path, "file records arrived changed; the file goes through the REPL");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Makes sure that a PUT cannot go wrong: a name that does not open ends the session, and a disk that fills up meanwhile
/// stops an ESP32 with a failed assertion (extmod/modwebrepl.c). `false`: it is too tight to be sure.
async fn prepare(line: &mut Line, path: &str, temporary: &str, needed: u64) -> Result<bool, DeviceError> {
    let wanted = needed + needed / 128;
    let script = format!(
        "\
try:
 if os.stat({path})[0]&16384:raise OSError(21)
except OSError as e:
 if e.args[0]!=2:raise
s=os.statvfs({folder}or os.getcwd())
u=s[1]or s[0]
r=u*s[4]
k=r>={wanted}+{SPARE_BLOCKS}*u
if k:open({temporary},'wb').close()
print([r,1 if k else 0])
",
        path = string(path),
        folder = string(parent(path)),
        temporary = string(temporary),
    );
    let answer = line.ask(&scoped(&script), path).await.map_err(|error| about_folder(error, path))?;
    let value = Value::parse(&answer);
    let number = |at: usize| value.as_ref().and_then(|v| v.as_list()?.get(at)?.as_size());
    match (number(0), number(1)) {
        (Some(free), _) if needed > free => {
            Err(DeviceError::DiskFull { path: path.to_owned(), needed, free: Some(free) })
        }
        (Some(_), Some(roomy)) => Ok(roomy == 1),
        _ => Err(DeviceError::Garbled { expected: "the free space", got: answer }),
    }
}

/// For a folder that leaves little room in a record's name. Two files of one folder do not get the same.
fn short_temporary_name(name: &str) -> String {
    let hash = Sha256::digest(name);
    format!(".{:02x}{:02x}{:02x}{:02x}{TEMPORARY}", hash[0], hash[1], hash[2], hash[3])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_differ() {
        assert_eq!(short_temporary_name(&"温".repeat(85)).len(), 13);
        assert_ne!(short_temporary_name("a"), short_temporary_name("b"));
    }
}
