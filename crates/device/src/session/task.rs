//! The task: serves the line, does the work that is asked for, one after the other, and opens the line again.

use boardwalk_transport::{Dial, Link};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::error::DeviceError;
use crate::line::{Greeting, Idle, Io, Line, Mode};
use crate::state::State;
use crate::work::Consent;

use super::{Attach, Request, SessionOptions};

pub(super) struct Task<D> {
    dial: D,
    options: SessionOptions,
    requests: mpsc::Receiver<Request>,
    /// Cancelled when the task is gone, however it goes.
    _over: DropGuard,
}

/// What comes after a line.
enum Next {
    /// The session ends; whoever closed it waits for that.
    Over(Option<oneshot::Sender<()>>),
    /// The line ended.
    Lost(DeviceError),
    /// The board is silent: the other DTR/RTS policy may wake it (S22).
    OtherPolicy,
}

impl<D: Dial> Task<D> {
    pub(super) fn new(
        dial: D,
        options: SessionOptions,
        requests: mpsc::Receiver<Request>,
        over: CancellationToken,
    ) -> Self {
        Self { dial, options, requests, _over: over.drop_guard() }
    }

    pub(super) async fn run(mut self, mut line: Line) {
        let (io, done) = loop {
            let next = self.serve(&mut line).await;
            let left_in_work = line.mode != Mode::Friendly;
            let (mut io, prompts) = line.close().await;
            let because = match next {
                Next::Over(done) => break (io, done),
                Next::Lost(because) => because,
                Next::OtherPolicy => DeviceError::NotConnected,
            };
            match self.dial_again(&mut io, because).await {
                Ok(link) => {
                    line = Line::new(link, io, prompts);
                    line.left_in_work = left_in_work;
                }
                Err(done) => break (io, done),
            }
        };
        io.state.send_replace(State::Closed);
        if let Some(done) = done {
            let _ = done.send(());
        }
    }

    async fn serve(&mut self, line: &mut Line) -> Next {
        match self.begin(line).await {
            Ok(true) => {}
            Ok(false) => return Next::OtherPolicy,
            Err(because) => return Next::Lost(because),
        }
        loop {
            let idle = match self.options.attach {
                Attach::Gently => line.idle(&mut self.requests).await,
                Attach::ForWork => line.rest(&mut self.requests).await,
            };
            match idle {
                Idle::Lost(because) => return Next::Lost(because),
                Idle::Request(None) => {
                    line.leave_for_next().await;
                    return Next::Over(None);
                }
                Idle::Request(Some(Request::Close(done))) => {
                    line.leave_for_next().await;
                    return Next::Over(Some(done));
                }
                Idle::Request(Some(work)) => match self.work(line, work).await {
                    Ok(None) => {}
                    Ok(Some(done)) => {
                        line.leave_for_next().await;
                        return Next::Over(Some(done));
                    }
                    Err(because) => return Next::Lost(because),
                },
            }
        }
    }

    /// Finds out what the board does. `false`: it is silent and there is another line policy to try.
    async fn begin(&mut self, line: &mut Line) -> Result<bool, DeviceError> {
        let silent = match self.options.attach {
            Attach::Gently => line.greet().await? == Greeting::Silence,
            // What goes wrong here goes wrong again in the work, and is told there.
            Attach::ForWork => match line.enter_raw(Consent::MayInterrupt).await {
                Err(DeviceError::Transport(error)) => return Err(error.into()),
                entered => matches!(entered, Err(DeviceError::NoResponse { .. })),
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
    async fn work(
        &mut self,
        line: &mut Line,
        first: Request,
    ) -> Result<Option<oneshot::Sender<()>>, DeviceError> {
        let mut next = Some(first);
        let mut closing = None;
        let before = line.io.state.borrow().clone();
        while let Some(request) = next.take() {
            match request {
                Request::Work { state, cancel, job } => {
                    if !cancel.is_cancelled() {
                        line.publish(state);
                        line.cancel = Some(cancel);
                        job(line).await;
                        line.cancel = None;
                    }
                }
                Request::Close(done) => {
                    closing = Some(done);
                    break;
                }
            }
            if line.is_over() {
                return Err(line.end().await);
            }
            next = self.requests.try_recv().ok();
        }
        if closing.is_none() && self.options.attach == Attach::Gently {
            self.give_back(line, before).await?;
        }
        Ok(closing)
    }

    async fn give_back(&mut self, line: &mut Line, before: State) -> Result<(), DeviceError> {
        if line.mode != Mode::Friendly && line.leave_raw().await.is_err() {
            if line.is_over() {
                return Err(line.end().await);
            }
            // It answers nothing: as far as anybody can see, something runs.
            line.mode = Mode::Friendly;
            line.forget_prompt();
        }
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

    /// Opens the line again, at once if the board is there, else when it comes back. `Err`: the session is to end.
    async fn dial_again(
        &mut self,
        io: &mut Io,
        mut because: DeviceError,
    ) -> Result<Link, Option<oneshot::Sender<()>>> {
        // A silent board is dialled once more even in a session that does not wait for boards.
        let once = because == DeviceError::NotConnected;
        if !self.options.reconnect && !once {
            io.state.send_replace(State::Reconnecting { attempt: 0, because });
            return Err(None);
        }
        for attempt in 1.. {
            if !once {
                io.state.send_replace(State::Reconnecting { attempt, because: because.clone() });
            }
            let dialled = {
                let dial = &mut self.dial;
                let opening = async move {
                    dial.wait_until_present().await;
                    dial.dial().await
                };
                tokio::pin!(opening);
                loop {
                    tokio::select! {
                        biased;
                        request = self.requests.recv() => match request {
                            None => return Err(None),
                            Some(Request::Close(done)) => return Err(Some(done)),
                            // Dropped: its caller reads that as "not connected".
                            Some(Request::Work { .. }) => {}
                        },
                        Some(_) = io.stops.recv() => {}
                        // Typed at a board that is away: it must not arrive in another program later.
                        Some(_) = io.input.recv() => {}
                        dialled = &mut opening => break dialled,
                    }
                }
            };
            match dialled {
                Ok(link) => return Ok(link),
                Err(error) if !self.options.reconnect => {
                    io.state.send_replace(State::Reconnecting { attempt, because: error.into() });
                    return Err(None);
                }
                Err(error) => because = error.into(),
            }
        }
        Err(None)
    }
}
