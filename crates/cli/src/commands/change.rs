//! `rm`, `mv` and `mkdir`.

use boardwalk_app::AppError;
use boardwalk_device::{DeviceError, child, normal};
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
                let removed =
                    session.remove(path, recursive, context.consent(), context.cancel.clone()).await;
                removed.map_err(|error| match error {
                    DeviceError::IsAFolder { .. } => Failure::Work(AppError {
                        help: "Use rm -r to remove a folder and all in it.".to_owned(),
                        ..error.into()
                    }),
                    error => error.into(),
                })?;
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
            let source = normal(from);
            let name = source.rsplit('/').next().unwrap_or_default();
            let into_folder = match session.stat(to, context.consent(), context.cancel.clone()).await {
                Ok(stat) => stat.folder,
                Err(DeviceError::NotFound { .. }) => to.ends_with('/'),
                Err(error) => return Err(error.into()),
            };
            let to = if into_folder { child(to, name) } else { to.to_owned() };
            if normal(&to)
                .trim_start_matches('/')
                .starts_with(&format!("{}/", source.trim_start_matches('/')))
            {
                return Err(Failure::Work(AppError {
                    code: "into-itself".to_owned(),
                    message: format!("{from} cannot be moved into itself."),
                    help: "Give a place outside of it.".to_owned(),
                    detail: String::new(),
                }));
            }
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
