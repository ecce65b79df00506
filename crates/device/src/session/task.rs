//! The task: serves the line, does the work that is asked for, one after the other, and opens the line again.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use boardwalk_protocol::prompt::PromptWatch;
use boardwalk_transport::{Dial, Link};
use tokio::sync::{Notify, mpsc};
use tokio::time::{Instant, timeout};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::error::DeviceError;
use crate::line::{Greeting, Idle, Io, Line, Mode};
use crate::state::{State, Waiting};
use crate::work::Consent;

use super::{Attach, Request, SessionOptions};

/// How long work that is cancelled by a close may take to tidy up: a Ctrl-C, and the removal of a temporary file.
const TIDY: Duration = Duration::from_secs(3);
/// How long a board that we have left in the middle of a transfer may take to notice it: it works through what it was
/// sent before.
pub(super) const REGAIN: Duration = Duration::from_secs(20);

pub(super) struct Task<D> {
    dial: D,
    options: SessionOptions,
    requests: mpsc::Receiver<Request>,
    ends: Ends,
}

/// How a session ends, as its handles see and want it.
pub(super) struct Ends {
    /// A handle wants it to.
    pub(super) closing: CancellationToken,
    /// A handle wants the line opened anew.
    pub(super) redial: Arc<Notify>,
    /// Why it did, where nobody asked for that.
    pub(super) ended: Arc<OnceLock<DeviceError>>,
    /// Cancelled when the task is gone, however it goes.
    pub(super) _over: DropGuard,
}

/// What comes after a line.
enum Next {
    /// The session ends.
    Over,
    /// The line ended.
    Lost(DeviceError),
    /// A handle wants another line.
    Redial,
    /// The board is silent: the other DTR/RTS policy may wake it (S22).
    OtherPolicy,
}

/// The session is to end.
struct Over;

impl<D: Dial> Task<D> {
    pub(super) fn new(
        dial: D,
        options: SessionOptions,
        requests: mpsc::Receiver<Request>,
        ends: Ends,
    ) -> Self {
        Self { dial, options, requests, ends }
    }

    pub(super) async fn run(mut self, mut line: Line) {
        let io = loop {
            let next = self.serve(&mut line).await;
            if matches!(next, Next::Over | Next::Redial) {
                line.leave_for_next(self.options.attach).await;
            }
            let (left_in_work, hung_up) = (line.mode != Mode::Friendly, line.hung_up);
            let (mut io, prompts) = line.close().await;
            let dialled = match next {
                Next::Over => break io,
                Next::Lost(because) => self.dial_again(&mut io, because, hung_up).await,
                Next::Redial => self.dial_again(&mut io, DeviceError::Redialled, true).await,
                Next::OtherPolicy => self.dial_otherwise(&mut io).await,
            };
            match dialled {
                Ok(link) => {
                    line = Line::new(link, io, prompts);
                    line.left_in_work = left_in_work;
                }
                Err(Over) if hung_up && left_in_work => break self.leave_well(io, prompts).await,
                Err(Over) => break io,
            }
        };
        io.state.send_replace(State::Closed);
    }

    /// We have ended a line in the middle of our own work, and before it was open again the session was closed: the board
    /// still is as that work left it, in the raw REPL. The next program shall find a prompt.
    async fn leave_well(&mut self, io: Io, prompts: PromptWatch) -> Io {
        let Ok(Ok(link)) = timeout(TIDY, self.dial.dial()).await else { return io };
        let mut line = Line::new(link, io, prompts);
        let _ = timeout(TIDY, line.leave_raw()).await;
        line.close().await.0
    }

    async fn serve(&mut self, line: &mut Line) -> Next {
        let closing = self.ends.closing.clone();
        let begun = tokio::select! {
            biased;
            () = closing.cancelled() => return Next::Over,
            begun = self.begin(line) => begun,
        };
        match begun {
            Ok(true) => {}
            Ok(false) => return Next::OtherPolicy,
            Err(because) => return Next::Lost(because),
        }
        loop {
            let attach = self.options.attach;
            let idling = async {
                match attach {
                    Attach::Gently => line.idle(&mut self.requests, &closing).await,
                    Attach::ForWork => line.rest(&mut self.requests, &closing).await,
                }
            };
            let idle = tokio::select! {
                biased;
                () = self.ends.redial.notified() => return Next::Redial,
                idle = idling => idle,
            };
            match idle {
                Idle::Lost(because) => return Next::Lost(because),
                Idle::Over => return Next::Over,
                Idle::Request(request) => match self.work(line, request).await {
                    Ok(()) if closing.is_cancelled() => return Next::Over,
                    Ok(()) => {}
                    Err(because) => return Next::Lost(because),
                },
            }
        }
    }

    /// Finds out what the board does. `false`: it is silent and there is another line policy to try.
    async fn begin(&mut self, line: &mut Line) -> Result<bool, DeviceError> {
        let silent = match self.options.attach {
            Attach::Gently => line.greet().await? == Greeting::Silence,
            Attach::ForWork => match line.enter_raw(Consent::MayInterrupt).await {
                Ok(()) => {
                    line.try_raw_paste().await?;
                    false
                }
                Err(DeviceError::Transport(error)) => return Err(error.into()),
                Err(error) => {
                    let silent = matches!(error, DeviceError::NoResponse { .. });
                    line.refuse_next(error);
                    silent
                }
            },
        };
        if silent && self.dial.try_other_line_policy() {
            return Ok(false);
        }
        if !silent {
            self.dial.line_policy_worked();
        }
        Ok(true)
    }

    /// Does a piece of work and what waits behind it, then gives the board back to its terminal.
    async fn work(&mut self, line: &mut Line, first: Request) -> Result<(), DeviceError> {
        let mut next = Some(first);
        let before = line.io.state.borrow().clone();
        while let Some(request) = next.take() {
            let mut waiting = None;
            if request.cancel.is_cancelled() {
                request.refuse(DeviceError::Cancelled).await;
            } else {
                waiting = self.work_once(line, request).await;
            }
            if line.is_over() {
                return Err(line.end().await);
            }
            if self.ends.closing.is_cancelled() {
                return Ok(());
            }
            next = waiting.or_else(|| self.requests.try_recv().ok());
        }
        match self.options.attach {
            Attach::Gently => self.give_back(line, before).await,
            Attach::ForWork => {
                line.end_of_work();
                Ok(())
            }
        }
    }

    /// Does one piece of work. Gives the request that ended it, if one did: somebody who may stop a program does not
    /// wait for its end, and somebody who may not is told so.
    async fn work_once(&mut self, line: &mut Line, request: Request) -> Option<Request> {
        let Request { state, cancel, job, .. } = request;
        let runs_a_program = matches!(state, State::Running { .. });
        line.publish(state);
        line.cancel = Some(cancel.clone());
        let mut waiting = None;
        let redial = Arc::clone(&self.ends.redial);
        {
            let doing = job(Ok(line));
            tokio::pin!(doing);
            loop {
                tokio::select! {
                    biased;
                    () = &mut doing => break,
                    // The program goes on without us.
                    () = self.ends.closing.cancelled(), if runs_a_program => break,
                    () = redial.notified() => {
                        // For the loop that serves the line.
                        redial.notify_one();
                        if !runs_a_program {
                            cancel.cancel();
                            let _ = timeout(TIDY, &mut doing).await;
                        }
                        break;
                    }
                    () = self.ends.closing.cancelled() => {
                        cancel.cancel();
                        let _ = timeout(TIDY, &mut doing).await;
                        break;
                    }
                    Some(other) = self.requests.recv(), if runs_a_program && waiting.is_none() => {
                        if other.consent == Consent::LeaveRunning {
                            other.refuse(DeviceError::ProgramRunning).await;
                        } else {
                            cancel.cancel();
                            waiting = Some(other);
                        }
                    }
                }
            }
        }
        line.cancel = None;
        waiting
    }

    async fn give_back(&mut self, line: &mut Line, before: State) -> Result<(), DeviceError> {
        if line.leave_raw().await.is_err() {
            if line.is_over() {
                return Err(line.end().await);
            }
            // It answers nothing: as far as anybody can see, something runs.
            line.assume_running();
        }
        line.end_of_work();
        let now = line.io.state.borrow().clone();
        if line.at_prompt() {
            line.publish(State::Ready);
        } else if matches!(now, State::Busy { .. }) || matches!(&now, State::Running { name: Some(_), .. }) {
            let running = match before {
                State::Running { .. } => before,
                _ => State::Running { name: None, since: std::time::SystemTime::now() },
            };
            line.publish(running);
        }
        Ok(())
    }

    /// The silent board, with the other DTR/RTS policy: once more, also in a session that does not wait for boards.
    async fn dial_otherwise(&mut self, io: &mut Io) -> Result<Link, Over> {
        io.state.send_replace(State::Connecting(Waiting::Port));
        let closing = self.ends.closing.clone();
        let dialled = tokio::select! {
            biased;
            () = closing.cancelled() => return Err(Over),
            dialled = self.dial.dial() => dialled,
        };
        match dialled {
            Ok(link) => {
                io.state.send_replace(State::Connecting(Waiting::Prompt));
                Ok(link)
            }
            Err(error) => self.dial_again(io, error.into(), false).await,
        }
    }

    /// Opens the line again, at once if the board is there, else when it comes back. Where nobody but us has ended the
    /// line (`hung_up`), the board is there, and a session that does not wait for boards dials again, too.
    async fn dial_again(
        &mut self,
        io: &mut Io,
        mut because: DeviceError,
        hung_up: bool,
    ) -> Result<Link, Over> {
        let closing = self.ends.closing.clone();
        let began = Instant::now();
        for attempt in 1.. {
            let regains = hung_up && began.elapsed() < REGAIN;
            if !self.options.reconnect && !regains {
                let _ = self.ends.ended.set(because.clone());
                io.state.send_replace(State::Reconnecting { attempt: 0, because });
                return Err(Over);
            }
            io.state.send_replace(State::Reconnecting { attempt, because: because.clone() });
            let mut at_once = false;
            let dialled = loop {
                let dial = &mut self.dial;
                let opening = async move {
                    if !at_once {
                        dial.wait_until_present().await;
                    }
                    dial.dial().await
                };
                tokio::pin!(opening);
                let dialled = loop {
                    tokio::select! {
                        biased;
                        () = closing.cancelled() => return Err(Over),
                        // Who asks while we get back a line that we ended ourselves waits for it.
                        request = self.requests.recv(), if !regains => match request {
                            None => return Err(Over),
                            Some(request) => request.refuse(DeviceError::NotConnected).await,
                        },
                        // Dropped: its sender reads that as "not connected".
                        Some(_) = io.stops.recv() => {}
                        // Typed at a board that is away: it must not arrive in another program later.
                        Some(_) = io.input.recv() => {}
                        () = self.ends.redial.notified() => break None,
                        dialled = &mut opening => break Some(dialled),
                    }
                };
                match dialled {
                    Some(dialled) => break dialled,
                    None => at_once = true,
                }
            };
            match dialled {
                Ok(link) => {
                    io.state.send_replace(State::Connecting(Waiting::Prompt));
                    return Ok(link);
                }
                Err(error) => because = error.into(),
            }
        }
        Err(Over)
    }
}
