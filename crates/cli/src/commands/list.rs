//! `ls` and `tree`.

use boardwalk_device::{DeviceError, Entry, Session, child};
use serde_json::{Value, json};

use crate::context::{Context, Failure};
use crate::output::{self, shown};

/// How deep `tree` goes: a damaged file system may hold itself.
const DEEPEST: usize = 32;

pub(crate) async fn ls(context: &Context, target: &str, path: &str) -> Result<(), Failure> {
    context
        .with_board(target, async |session| {
            let listed = session.list(path, context.consent(), context.cancel.clone()).await;
            let (folder, entries) = match listed {
                Ok(entries) => (path, entries),
                // A file is listed alone, under the path that was asked for.
                Err(DeviceError::NotAFolder { .. }) => {
                    let stat = session.stat(path, context.consent(), context.cancel.clone()).await?;
                    let entry = Entry { name: path.to_owned(), folder: stat.folder, size: Some(stat.size) };
                    ("", vec![entry])
                }
                Err(error) => return Err(error.into()),
            };
            if context.common.json {
                let entries: Vec<Value> = entries.iter().map(|e| entry_json(folder, e)).collect();
                output::json(&json!({"path": path, "entries": entries}));
            } else {
                for entry in entries {
                    output::line(&row(&entry));
                }
            }
            Ok(())
        })
        .await
}

pub(crate) async fn tree(context: &Context, target: &str, path: &str) -> Result<(), Failure> {
    context
        .with_board(target, async |session| {
            let found = walk(context, &session, path).await?;
            if context.common.json {
                let entries: Vec<Value> = found.iter().map(|(_, folder, e)| entry_json(folder, e)).collect();
                output::json(&json!({"path": path, "entries": entries}));
                return Ok(());
            }
            output::line(&shown(if path.is_empty() { "." } else { path }));
            for (depth, _, entry) in found {
                let size = entry.size.map(|s| format!("  {}", output::size(s))).unwrap_or_default();
                let slash = if entry.folder { "/" } else { "" };
                output::line(&format!("{}{}{slash}{size}", "  ".repeat(depth + 1), shown(&entry.name)));
            }
            Ok(())
        })
        .await
}

/// Depth, folder, entry; in the order to print.
async fn walk(
    context: &Context,
    session: &Session,
    path: &str,
) -> Result<Vec<(usize, String, Entry)>, Failure> {
    let mut found = Vec::new();
    let mut open = vec![(0, path.to_owned(), None::<Entry>)];
    while let Some((depth, folder, entry)) = open.pop() {
        let inside = match entry {
            Some(entry) => {
                let inside = child(&folder, &entry.name);
                let is_folder = entry.folder;
                found.push((depth - 1, folder, entry));
                if !is_folder || depth > DEEPEST {
                    continue;
                }
                inside
            }
            None => folder,
        };
        let entries = session.list(&inside, context.consent(), context.cancel.clone()).await?;
        open.extend(entries.into_iter().rev().map(|entry| (depth + 1, inside.clone(), Some(entry))));
    }
    Ok(found)
}

fn row(entry: &Entry) -> String {
    let size = entry.size.map(|s| s.to_string()).unwrap_or_default();
    let slash = if entry.folder { "/" } else { "" };
    format!("{size:>10}  {}{slash}", shown(&entry.name))
}

fn entry_json(folder: &str, entry: &Entry) -> Value {
    let path = child(folder, &entry.name);
    let name = path.rsplit('/').next().unwrap_or_default();
    json!({"name": name, "path": path, "folder": entry.folder, "size": entry.size})
}
