//! `exec` and `run`.

use std::io::Read as _;
use std::path::Path;

use boardwalk_app::AppError;
use boardwalk_device::{DeviceError, Output};
use bytes::Bytes;
use serde_json::json;
use tokio::sync::mpsc;

use crate::context::{Context, Failure, close};
use crate::output;

/// Output kept for `--json`.
const JSON_MAX: usize = 64 << 20;

pub(crate) async fn exec(context: &Context, target: &str, code: String) -> Result<(), Failure> {
    let code = if code == "-" { read_input("-").await? } else { Bytes::from(code) };
    go(context, target, code, None).await
}

pub(crate) async fn run(context: &Context, target: &str, file: &Path) -> Result<(), Failure> {
    let path = file.to_string_lossy().into_owned();
    let code = read_input(&path).await?;
    let name = if path == "-" { None } else { file.file_name().map(|n| n.to_string_lossy().into_owned()) };
    go(context, target, code, name).await
}

async fn go(context: &Context, target: &str, code: Bytes, name: Option<String>) -> Result<(), Failure> {
    let began = tokio::time::Instant::now();
    let session = match context.common.timeout {
        Some(limit) => tokio::time::timeout(limit, context.open(target)).await.map_err(|_| {
            DeviceError::Timeout { what: "opening the board", waited: limit, got: Vec::new() }
        })??,
        None => context.open(target).await?,
    };
    // What is left of the limit belongs to the program.
    let left = context.common.timeout.map(|limit| limit.saturating_sub(began.elapsed()));
    let (to, mut from) = mpsc::channel(64);
    let running = session.exec(code, to, left, context.consent(), context.cancel.clone());
    let as_json = context.common.json;
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let printing = async {
        while let Some(piece) = from.recv().await {
            match piece {
                Output::Stdout(bytes) if as_json => {
                    out.extend_from_slice(&bytes[..bytes.len().min(JSON_MAX.saturating_sub(out.len()))]);
                }
                Output::Stdout(bytes) => output::stream(bytes).await,
                Output::Stderr(bytes) => err.extend_from_slice(&bytes),
            }
        }
    };
    let (result, ()) = tokio::join!(running, printing);
    close(&session).await;
    let end = result.map_err(|error| match error {
        // A person knows the limit that was given, not what opening the board left of it.
        DeviceError::Timeout { what, waited, got } if Some(waited) == left => {
            DeviceError::Timeout { what, waited: context.common.timeout.unwrap_or(waited), got }
        }
        other => other,
    })?;
    let traceback = named(&err, name.as_deref());
    if as_json {
        let exception = end
            .exception
            .as_ref()
            .map(|e| json!({"kind": e.kind, "message": e.message, "traceback": traceback, "line": e.line}));
        output::json(
            &json!({"stdout": String::from_utf8_lossy(&out), "stderr": traceback, "exception": exception}),
        );
    } else if !traceback.is_empty() {
        output::raw_error(traceback.as_bytes());
    }
    if end.exception.is_some() { Err(Failure::Told) } else { Ok(()) }
}

/// The traceback with the file's name in the place of `<stdin>`, and the line ends of this computer.
fn named(stderr: &[u8], name: Option<&str>) -> String {
    let text = String::from_utf8_lossy(stderr).replace("\r\n", "\n");
    match name {
        Some(name) => text.replace("File \"<stdin>\"", &format!("File \"{name}\"")),
        None => text,
    }
}

async fn read_input(path: &str) -> Result<Bytes, Failure> {
    let path = path.to_owned();
    let read = tokio::task::spawn_blocking(move || {
        if path == "-" {
            let mut code = Vec::new();
            std::io::stdin().lock().take(16 << 20).read_to_end(&mut code).map(|_| code).map_err(|e| (path, e))
        } else {
            std::fs::read(&path).map_err(|e| (path, e))
        }
    });
    match read.await {
        // What some editors write in front of UTF-8; the board's compiler does not know it.
        Ok(Ok(code)) => Ok(match code.strip_prefix(b"\xef\xbb\xbf") {
            Some(code) => Bytes::copy_from_slice(code),
            None => code.into(),
        }),
        Ok(Err((path, error))) => Err(AppError::local(&error, Path::new(&path)).into()),
        Err(_) => Err(Failure::Told),
    }
}
