//! `rescue`: a board whose program does not let itself be stopped is caught while it starts, and the program set aside.

use boardwalk_app::AppError;
use boardwalk_app::doctor::{Rescued, rescue, set_aside_before, undo_rescue};
use boardwalk_device::{Attach, Consent, DeviceError, Session, State};
use serde_json::json;

use crate::context::{Context, Failure, close, late};
use crate::output;

/// Catches the board, or with `undo` gives the program its name back.
pub(crate) async fn run(context: &Context, target: &str, undo: bool) -> Result<(), Failure> {
    // A board with USB of its own takes its port with it when it starts again: the session waits for it.
    let (session, terminal) = context.attach(target, Attach::Gently, true).await?;
    // Nobody looks at it.
    drop(terminal);
    let work = async {
        session.wait_for(|state| !matches!(state, State::Connecting(_))).await;
        if undo { put_back(context, &session).await } else { catch(context, &session).await }
    };
    let too_late = async {
        match context.common.timeout {
            Some(limit) => {
                tokio::time::sleep(limit).await;
                late("the rescue", limit)
            }
            None => std::future::pending().await,
        }
    };
    let result = tokio::select! {
        result = work => result,
        failure = too_late => Err(failure),
        () = context.cancel.cancelled() => Err(DeviceError::Cancelled.into()),
    };
    close(&session).await;
    let done = result?;
    if context.common.json {
        output::json(&json!({
            "program": done.program,
            "renamed": done.renamed,
            "culprit": done.culprit.as_ref().map(|culprit| json!({"line": culprit.line, "text": culprit.text})),
            "undone": undo,
        }));
    } else {
        tell(&done, undo, target);
    }
    Ok(())
}

async fn catch(context: &Context, session: &Session) -> Result<Rescued, Failure> {
    if context.common.no_interrupt {
        return Err(DeviceError::ProgramRunning.into());
    }
    if !context.common.json {
        output::plain_error(
            "Catching the board while it starts: press its reset button within 30 s if nothing happens by itself.",
        );
    }
    Ok(rescue(session, context.cancel.clone()).await?)
}

async fn put_back(context: &Context, session: &Session) -> Result<Rescued, Failure> {
    let before = set_aside_before(session, context.consent(), context.cancel.clone()).await?;
    let Some(rescued) = before else {
        return Err(Failure::Work(AppError {
            code: "nothing-to-undo".to_owned(),
            message: "No program of this board was set aside.".to_owned(),
            help: "The name of such a program is main.py.off, at the top of the board's files.".to_owned(),
            detail: String::new(),
        }));
    };
    // Its name may be given to it while a program runs that may be stopped, as for all work on files.
    if context.consent() == Consent::LeaveRunning && !matches!(*session.state().borrow(), State::Ready) {
        return Err(DeviceError::ProgramRunning.into());
    }
    undo_rescue(session, &rescued, context.cancel.clone()).await?;
    Ok(rescued)
}

fn tell(done: &Rescued, undo: bool, target: &str) {
    let (Some(program), Some(renamed)) = (&done.program, &done.renamed) else {
        output::line(
            "The board is at its prompt. There is no main.py on it, and no boot.py that keeps Ctrl-C away.",
        );
        return;
    };
    if undo {
        output::line(&format!("{renamed} is called {program} again. It runs at the next start."));
        return;
    }
    output::line(&format!("The board is at its prompt. {program} is called {renamed} now."));
    if let Some(culprit) = &done.culprit {
        output::line(&format!("{program}, line {}: {}", culprit.line, culprit.text));
    }
    output::line(&format!("To give it its name back: boardwalk rescue --undo {target}"));
}
