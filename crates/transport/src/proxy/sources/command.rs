//! Runs a small program of the system and takes what it prints.

use std::process::Stdio;

use tokio::io::AsyncReadExt as _;
use tokio::process::Command;

/// More output is not read, in bytes.
const MOST: u64 = 256 << 10;

/// What it prints. It is killed when the future is dropped.
pub(super) async fn output(mut command: Command) -> Result<String, String> {
    let program = command.as_std().get_program().to_string_lossy().into_owned();
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    let mut child = command.spawn().map_err(|error| format!("{program} could not be started: {error}"))?;
    let mut bytes = Vec::new();
    if let Some(out) = child.stdout.take() {
        out.take(MOST).read_to_end(&mut bytes).await.map_err(|error| error.to_string())?;
    }
    let status = child.wait().await.map_err(|error| error.to_string())?;
    if !status.success() {
        return Err(format!("{program} failed ({status})"));
    }
    String::from_utf8(bytes).map_err(|_| format!("{program} printed no text"))
}
