//! `df`, `info` and `reset`.

use boardwalk_app::wire;
use boardwalk_device::{Reset, Space};
use serde_json::json;

use crate::context::{Context, Failure};
use crate::output;

pub(crate) async fn df(context: &Context, target: &str) -> Result<(), Failure> {
    context
        .with_board(target, async |session| {
            let space = session.space(context.consent(), context.cancel.clone()).await?;
            if context.common.json {
                output::json(&wire::Space::from(space));
            } else {
                output::line(&space_text(space));
            }
            Ok(())
        })
        .await
}

pub(crate) async fn info(context: &Context, target: &str) -> Result<(), Failure> {
    context
        .with_board(target, async |session| {
            let info = session.info(context.consent(), context.cancel.clone()).await?;
            let space = info.space;
            let info = wire::BoardInfo::from(info);
            if context.common.json {
                output::json(&info);
                return Ok(());
            }
            let unknown = || "-".to_owned();
            output::line(&format!("firmware    {} {}", info.implementation, info.version));
            output::line(&format!("machine     {}", info.machine));
            output::line(&format!("platform    {}", info.platform));
            output::line(&format!("unique id   {}", info.unique_id.unwrap_or_else(unknown)));
            output::line(&format!(
                "clock       {}",
                info.frequency.map_or_else(unknown, |hz| format!("{} MHz", hz / 1_000_000))
            ));
            output::line(&format!("free memory {}", info.free_memory.map_or_else(unknown, output::size)));
            output::line(&format!("files       {}", space_text(space)));
            output::line(&format!("modules     {}", info.modules.join(" ")));
            output::line(&format!("raw-paste   {}", if info.raw_paste { "yes" } else { "no" }));
            if !info.cannot.is_empty() {
                output::line(&format!("cannot      {}", info.cannot.join(" ")));
            }
            Ok(())
        })
        .await
}

pub(crate) async fn reset(context: &Context, target: &str, hard: bool) -> Result<(), Failure> {
    context
        .with_board(target, async |session| {
            let how = if hard { Reset::Hard } else { Reset::Soft };
            session.reset(how, context.cancel.clone()).await?;
            if context.common.json {
                output::json(&json!({"reset": if hard { "hard" } else { "soft" }}));
            }
            Ok(())
        })
        .await
}

fn space_text(space: Space) -> String {
    match (space.free, space.total) {
        (Some(free), Some(total)) => format!("{} free of {}", output::size(free), output::size(total)),
        _ => "the board does not say".to_owned(),
    }
}
