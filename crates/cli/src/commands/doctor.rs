use std::sync::Arc;

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
    let late = async {
        match context.common.timeout {
            Some(limit) => {
                sleep(limit).await;
                cancel.cancel();
            }
            None => std::future::pending().await,
        }
    };
    let examining = diagnose(asked.target.as_deref(), world, options, None, cancel.clone());
    let report = tokio::select! {
        report = examining => report,
        () = late => return Err(crate::context::late("the diagnosis", context.common.timeout.unwrap_or_default())),
    };
    let report = if asked.redact { redacted(&report, &who_is_here()) } else { report };
    if context.common.json {
        output::json(&document(&report));
    } else {
        output::raw(text(&report).as_bytes());
    }
    if report.verdict == Verdict::Blocked { Err(Failure::Told) } else { Ok(()) }
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
