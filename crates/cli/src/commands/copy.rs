//! `cat`, `put` and `get`.

use std::path::{Path, PathBuf};

use boardwalk_app::{AppError, Copied, Transfer};
use boardwalk_device::{DeviceError, Progress, Session, child, normal};
use serde_json::json;

use crate::context::{Context, Failure};
use crate::output;

pub(crate) async fn cat(context: &Context, target: &str, paths: &[String]) -> Result<(), Failure> {
    context
        .with_board(target, async |session| {
            let mut contents = Vec::new();
            for path in paths {
                let data =
                    session.read(path, Progress::none(), context.consent(), context.cancel.clone()).await?;
                if context.common.json {
                    contents.push(json!({
                        "path": path, "size": data.len(), "text": std::str::from_utf8(&data).ok(),
                    }));
                } else {
                    output::raw(&data);
                }
            }
            if context.common.json {
                output::json(&json!({"files": contents}));
            }
            Ok(())
        })
        .await
}

pub(crate) async fn put(context: &Context, target: &str, mut paths: Vec<String>) -> Result<(), Failure> {
    let to = if paths.len() > 1 { paths.pop() } else { None };
    for path in &paths {
        std::fs::metadata(path).map_err(|error| AppError::local(&error, Path::new(path)))?;
    }
    context
        .with_board(target, async |session| {
            let transfer = transfer(context, &session);
            let several = paths.len() > 1;
            let into_folder = match &to {
                None => Some(String::new()),
                Some(to) if several || to.ends_with('/') || to.is_empty() => Some(to.clone()),
                Some(to) => is_folder(context, &session, to).await?.then(|| to.clone()),
            };
            if let Some(folder) = into_folder.as_deref().filter(|f| !normal(f).trim_matches('/').is_empty()) {
                session.make_folder(folder, true, context.consent(), context.cancel.clone()).await?;
            }
            let mut all = Vec::new();
            for path in &paths {
                let from = PathBuf::from(path);
                let remote = match (&into_folder, &to) {
                    (Some(folder), _) => child(folder, &own_name(&from)?),
                    (None, to) => to.clone().unwrap_or_default(),
                };
                all.push((from, remote));
            }
            told(context, &transfer.put_all(all).await?);
            Ok(())
        })
        .await
}

pub(crate) async fn get(context: &Context, target: &str, mut paths: Vec<String>) -> Result<(), Failure> {
    let to = if paths.len() > 1 { paths.pop() } else { None };
    let to = PathBuf::from(to.unwrap_or_else(|| ".".to_owned()));
    let several = paths.len() > 1;
    context
        .with_board(target, async |session| {
            let transfer = transfer(context, &session);
            let ends_open = to.as_os_str().to_string_lossy().ends_with(std::path::is_separator);
            let into_folder = several || ends_open || to.is_dir();
            if into_folder {
                Transfer::make_folder(&to)?;
            }
            let mut all = Vec::new();
            for path in &paths {
                let path = normal(path);
                let name = path.rsplit('/').next().unwrap_or_default();
                // The whole board has no name of its own: its files go straight into the folder.
                let local = if into_folder && !name.is_empty() { to.join(name) } else { to.clone() };
                all.push((path, local));
            }
            told(context, &transfer.get_all(&all).await?);
            Ok(())
        })
        .await
}

fn transfer(context: &Context, session: &Session) -> Transfer {
    Transfer {
        session: session.clone(),
        op: "copy".to_owned(),
        tell: output::progress(context.common.progress, context.common.json),
        consent: context.consent(),
        cancel: context.cancel.clone(),
    }
}

async fn is_folder(context: &Context, session: &Session, path: &str) -> Result<bool, Failure> {
    match session.stat(path, context.consent(), context.cancel.clone()).await {
        Ok(stat) => Ok(stat.folder),
        // What is wrong with the folder it is in, the copy itself tells.
        Err(DeviceError::NotFound { .. } | DeviceError::NotAFolder { .. }) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// The last name of a path, also of `.` and `folder/..`.
fn own_name(path: &Path) -> Result<String, Failure> {
    let absolute = std::fs::canonicalize(path).map_err(|error| AppError::local(&error, path))?;
    let name = path.file_name().or(absolute.file_name()).map(|n| n.to_string_lossy().into_owned());
    Ok(name.unwrap_or_default())
}

fn told(context: &Context, copied: &Copied) {
    if context.common.json {
        output::json(&json!({"files": copied.files, "bytes": copied.bytes}));
    }
}
