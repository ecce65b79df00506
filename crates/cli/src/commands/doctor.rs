use std::sync::Arc;
use std::time::Duration;

use boardwalk_app::AppError;
use boardwalk_app::doctor::{
    Cable, KnownPasswords, Options, Verdict, diagnose, doctors_world, document, redacted, text, who_is_here,
};
use tokio::time::sleep;

use crate::context::{Context, Failure};
use crate::output;

/// What `boardwalk doctor` was asked for.
pub(crate) struct Asked {
    pub(crate) target: Option<String>,
    pub(crate) may_interrupt: bool,
    pub(crate) usb: Option<String>,
    pub(crate) redact: bool,
    pub(crate) idle: Option<u64>,
}

/// Says why a board does not connect. Exit status 1 when something blocks the connection.
pub(crate) async fn doctor(context: &Context, asked: Asked) -> Result<(), Failure> {
    if asked.may_interrupt && context.common.no_interrupt {
        return Err(Failure::Usage(AppError {
            code: "usage".to_owned(),
            message: "--may-interrupt and --no-interrupt contradict each other.".to_owned(),
            help: "Give one of them.".to_owned(),
            detail: String::new(),
        }));
    }
    let mut world = doctors_world(&context.world);
    // A diagnosis asks nobody: it uses what is known.
    world.passwords = Arc::new(KnownPasswords {
        given: context.given_password().await?,
        secrets: context.world.secrets.clone(),
    });
    let cable = asked.usb.as_deref().map(|port| cable(context, port)).transpose()?;
    let options =
        Options { may_interrupt: asked.may_interrupt, idle: asked.idle, cable, ..Options::default() };
    let cancel = context.cancel.child_token();
    let examining = diagnose(asked.target.as_deref(), world, options, None, cancel.clone());
    tokio::pin!(examining);
    let (report, cut) = tokio::select! {
        report = &mut examining => (report, false),
        () = after(context.common.timeout) => {
            cancel.cancel();
            // What is known by now is worth more than an error.
            (examining.await, true)
        }
    };
    let report = if asked.redact { redacted(&report, &who_is_here()) } else { report };
    if context.common.json {
        output::json(&document(&report));
    } else {
        output::raw(text(&report).as_bytes());
    }
    if cut {
        output::plain_error("boardwalk: The time given with --timeout was over before all checks were.");
    }
    if cut || report.verdict == Verdict::Blocked { Err(Failure::Told) } else { Ok(()) }
}

async fn after(limit: Option<Duration>) {
    match limit {
        Some(limit) => sleep(limit).await,
        None => std::future::pending().await,
    }
}

/// The board's other cable, which has to be a serial port.
fn cable(context: &Context, port: &str) -> Result<Cable, Failure> {
    match context.target(port)? {
        target if target.serial_path().is_some() => Ok(Cable::Port(target)),
        target => Err(Failure::Usage(AppError {
            code: "usage".to_owned(),
            message: format!("{target} is no serial port."),
            help: "Give the board's USB port: --usb /dev/ttyACM0, --usb COM3.".to_owned(),
            detail: String::new(),
        })),
    }
}
