//! `df`, `info` and `reset`.

use boardwalk_app::wire;
use boardwalk_device::{Attach, Consent, DeviceError, Reset, ResetOptions, Session, Space, State};
use serde_json::json;
use std::time::Duration;

use crate::context::{Context, Failure, close, late};
use crate::output;

/// How long a reset may take in all when nothing else is said: the system needs seconds to find a USB device again.
const RESET: Duration = Duration::from_secs(30);
/// A board that shows no prompt for so long after its reset runs its own program.
const SETTLE: Duration = Duration::from_millis(2500);

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

pub(crate) async fn reset(context: &Context, target: &str, hard: bool, force: bool) -> Result<(), Failure> {
    let limit = context.common.timeout.unwrap_or(RESET);
    let (session, terminal) = context.attach(target, Attach::Gently, true).await?;
    // Nobody looks at it.
    drop(terminal);
    let resetting = async {
        session.wait_for(|state| !matches!(state, State::Connecting(_))).await;
        let runs = matches!(*session.state().borrow(), State::Running { .. });
        if runs && context.common.no_interrupt {
            return Err(DeviceError::ProgramRunning.into());
        }
        let how = if hard { Reset::Hard } else { Reset::Soft };
        let cancel = || context.cancel.clone();
        let comes_back = !force || session.survives_reset(Consent::MayInterrupt, cancel()).await?;
        session.reset(ResetOptions { how, even_if_lost: force }, cancel()).await?;
        if comes_back { runs_again(&session).await } else { Ok("away") }
    };
    let result = tokio::select! {
        result = resetting => result,
        () = tokio::time::sleep(limit) => Err(late("starting again", limit)),
        () = context.cancel.cancelled() => Err(DeviceError::Cancelled.into()),
    };
    close(&session).await;
    let state = result?;
    if context.common.json {
        output::json(&json!({"reset": if hard { "hard" } else { "soft" }, "state": state}));
    }
    Ok(())
}

/// Waits until the board shows its prompt, or runs its own program; a board whose USB disappears comes back first.
async fn runs_again(session: &Session) -> Result<&'static str, Failure> {
    let mut state = session.state();
    loop {
        let now = state.borrow_and_update().clone();
        match now {
            State::Ready => return Ok("ready"),
            State::Closed => return Err(DeviceError::NotConnected.into()),
            State::Running { .. } => match tokio::time::timeout(SETTLE, state.changed()).await {
                Ok(Ok(())) => {}
                _ => return Ok("running"),
            },
            _ => {
                // The session ends only by us.
                let _ = state.changed().await;
            }
        }
    }
}

fn space_text(space: Space) -> String {
    match (space.free, space.total) {
        (Some(free), Some(total)) => format!("{} free of {}", output::size(free), output::size(total)),
        _ => "the board does not say".to_owned(),
    }
}
