//! `rm`, `mv` and `mkdir`.

use boardwalk_device::{DeviceError, child};
use serde_json::json;

use crate::context::{Context, Failure};
use crate::output;

pub(crate) async fn rm(
    context: &Context,
    target: &str,
    recursive: bool,
    paths: &[String],
) -> Result<(), Failure> {
    context
        .with_board(target, async |session| {
            for path in paths {
                session.remove(path, recursive, context.consent(), context.cancel.clone()).await?;
            }
            if context.common.json {
                output::json(&json!({"removed": paths}));
            }
            Ok(())
        })
        .await
}

pub(crate) async fn mv(
    context: &Context,
    target: &str,
    from: &str,
    to: &str,
    force: bool,
) -> Result<(), Failure> {
    context
        .with_board(target, async |session| {
            let name = from.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
            let into_folder = match session.stat(to, context.consent(), context.cancel.clone()).await {
                Ok(stat) => stat.folder,
                Err(DeviceError::NotFound { .. }) => to.ends_with('/'),
                Err(error) => return Err(error.into()),
            };
            let to = if into_folder { child(to, name) } else { to.to_owned() };
            session.rename(from, &to, force, context.consent(), context.cancel.clone()).await?;
            if context.common.json {
                output::json(&json!({"from": from, "to": to}));
            }
            Ok(())
        })
        .await
}

pub(crate) async fn mkdir(
    context: &Context,
    target: &str,
    parents: bool,
    paths: &[String],
) -> Result<(), Failure> {
    context
        .with_board(target, async |session| {
            for path in paths {
                session.make_folder(path, parents, context.consent(), context.cancel.clone()).await?;
            }
            if context.common.json {
                output::json(&json!({"made": paths}));
            }
            Ok(())
        })
        .await
}
