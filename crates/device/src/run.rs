//! Running a person's code: in the terminal, or for its output.

use std::time::{Duration, SystemTime};

use boardwalk_protocol::exception::Exception;
use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::error::DeviceError;
use crate::line::{Exec, Sink, Typing};
use crate::session::Session;
use crate::state::State;
use crate::work::{Consent, Work};

/// A piece of what a program printed. All `Stdout` pieces come before the one `Stderr`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Standard output, as the board sent it.
    Stdout(Bytes),
    /// The traceback.
    Stderr(Bytes),
}

/// How a program ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunEnd {
    /// The exception that ended it.
    pub exception: Option<Exception>,
}

impl Session {
    /// Runs code in the terminal: what the person types goes to the program, its output to the terminal, until it
    /// ends or is stopped. Stops what runs.
    ///
    /// # Errors
    /// When the board cannot be brought to a prompt or the line ends; an exception of the program is no error.
    pub async fn run(
        &self,
        name: String,
        code: impl Into<Bytes>,
        cancel: CancellationToken,
    ) -> Result<RunEnd, DeviceError> {
        let code = code.into();
        let running = State::Running { name: Some(name.clone()), since: SystemTime::now() };
        self.job(running, Consent::MayInterrupt, cancel, move |line| {
            Box::pin(async move {
                line.enter_raw(Consent::MayInterrupt).await?;
                line.show_run_begins().await?;
                line.forget_prompt();
                line.persons_code = true;
                let exec = Exec { code, deadline: None, typing: Typing::Through };
                let exception = line.exec(exec, &mut Sink::Terminal { name }).await?;
                Ok(RunEnd { exception })
            })
        })
        .await
    }

    /// Pastes lines at the prompt: they run as a whole, with their indentation, and characters that the prompt would
    /// drop (bytes from 0x7f, `lib/readline`) survive. Leaves a running program alone.
    ///
    /// # Errors
    /// `ProgramRunning`, and as [`run`](Self::run).
    pub async fn paste(&self, text: String, cancel: CancellationToken) -> Result<RunEnd, DeviceError> {
        let running = State::Running { name: None, since: SystemTime::now() };
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        self.job(running, Consent::LeaveRunning, cancel, move |line| {
            Box::pin(async move {
                line.enter_raw(Consent::LeaveRunning).await?;
                line.show_new_line().await?;
                // As the REPL's own paste mode shows it (shared/runtime/pyexec.c).
                let shown: String = text.lines().map(|l| format!("=== {l}\r\n")).collect();
                line.show(shown.into()).await?;
                line.forget_prompt();
                line.persons_code = true;
                let exec = Exec { code: text.into(), deadline: None, typing: Typing::Through };
                let exception = line.exec(exec, &mut Sink::Terminal { name: "<stdin>".to_owned() }).await?;
                Ok(RunEnd { exception })
            })
        })
        .await
    }

    /// Runs code and hands its output to `output` as it comes; the board waits when nobody takes it.
    ///
    /// # Errors
    /// As [`run`](Self::run), and `Timeout` when `limit` passes.
    pub async fn exec(
        &self,
        code: impl Into<Bytes>,
        output: mpsc::Sender<Output>,
        limit: Option<Duration>,
        consent: Consent,
        cancel: CancellationToken,
    ) -> Result<RunEnd, DeviceError> {
        let code = code.into();
        let deadline = limit.map(|limit| Instant::now() + limit);
        self.job(State::Busy { work: Work::Executing, name: None }, consent, cancel, move |line| {
            Box::pin(async move {
                line.enter_raw(consent).await?;
                line.persons_code = true;
                let exec = Exec { code, deadline, typing: Typing::Held };
                let exception = line.exec(exec, &mut Sink::Stream(output)).await?;
                Ok(RunEnd { exception })
            })
        })
        .await
    }
}
