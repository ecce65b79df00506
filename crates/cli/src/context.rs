//! What every subcommand needs: the options, the world, the deadline, and how it is asked to end.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use boardwalk_app::{AppError, World};
use boardwalk_device::{Attach, Consent, DeviceError, Session, Terminal};
use boardwalk_transport::{SystemRoutes, Target, TlsTrust};
use tokio_util::sync::CancellationToken;

use crate::args::Common;
use crate::output;
use crate::password::Passwords;
use crate::proxies::{self, ProxyOption};

/// How long the board is given to stop after the deadline or Ctrl-C, before the process ends anyway.
const GRACE: Duration = Duration::from_secs(5);
/// The limit of commands that run nothing of the person's, when none is given.
const WORK: Duration = Duration::from_secs(600);

/// Why a command did not work.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command line is wrong: exit status 2.
    Usage(AppError),
    /// The work failed: exit status 1.
    Work(AppError),
    /// The work failed and said so itself: exit status 1.
    Told,
}

impl<E: Into<AppError>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Work(error.into())
    }
}

/// The surroundings of one run.
pub(crate) struct Context {
    pub(crate) common: Common,
    pub(crate) world: World,
    /// The world's, where their sources can be asked.
    pub(crate) routes: Arc<SystemRoutes>,
    pub(crate) cancel: CancellationToken,
    passwords: Arc<Passwords>,
}

impl Context {
    pub(crate) fn new(common: Common) -> Self {
        let mut world = World::system(std::env::var_os("BOARDWALK_EXTRA_PORTS"));
        let cancel = CancellationToken::new();
        let passwords = Passwords::new(std::env::var("BOARDWALK_PASSWORD").ok(), cancel.clone());
        let passwords = Arc::new(passwords);
        world.passwords = Arc::<Passwords>::clone(&passwords);
        world.trust = common.trust.map_or(TlsTrust::Platform, TlsTrust::Certificate);
        let routes = proxies::routes(&common, &mut world, &cancel);
        Self { common, world, routes, cancel, passwords }
    }

    /// Whether all options make sense.
    pub(crate) fn usable(&self) -> Result<(), Failure> {
        match &self.common.proxy {
            ProxyOption::Way(..) => Ok(()),
            ProxyOption::Wrong(error) => Err(Failure::Usage(error.clone())),
        }
    }

    /// Runs a command to its end, to the deadline, or until somebody asks it to end, and gives the exit status.
    pub(crate) async fn run(&self, command: impl Future<Output = Result<(), Failure>>) -> u8 {
        tokio::pin!(command);
        let result = tokio::select! {
            // First, so that a Ctrl-C is ours before the command has opened anything.
            biased;
            () = asked_to_end() => self.give_up(&mut command).await,
            // Who reads our output has seen enough: as quiet as any filter.
            () = output::closed() => self.give_up(&mut command).await.and(Err(Failure::Told)),
            result = &mut command => result,
        };
        let result = if output::is_closed() { Err(Failure::Told) } else { result };
        match result {
            Ok(()) => 0,
            Err(Failure::Told) => 1,
            Err(Failure::Work(error)) => {
                output::failure(&error, self.common.json);
                1
            }
            Err(Failure::Usage(error)) => {
                output::failure(&error, self.common.json);
                2
            }
        }
    }

    /// Lets the command stop the program and tidy up; the impatient ask twice.
    async fn give_up(&self, command: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
        self.cancel.cancel();
        tokio::select! {
            result = command => result,
            () = tokio::time::sleep(GRACE) => Err(DeviceError::Cancelled.into()),
            () = asked_to_end() => Err(DeviceError::Cancelled.into()),
        }
    }

    /// A target of the command line.
    pub(crate) fn target(&self, text: &str) -> Result<Target, Failure> {
        text.parse().map_err(|error: boardwalk_transport::TargetError| Failure::Usage(error.into()))
    }

    /// Whether a running program may be stopped for the work.
    pub(crate) fn consent(&self) -> Consent {
        if self.common.no_interrupt { Consent::LeaveRunning } else { Consent::MayInterrupt }
    }

    /// Opens the board for work that needs its interpreter.
    pub(crate) async fn open(&self, target: &str) -> Result<Session, Failure> {
        let attach = if self.common.no_interrupt { Attach::Gently } else { Attach::ForWork };
        let (session, terminal) = self.attach(target, attach, false).await?;
        // Nobody looks at a terminal.
        drop(terminal);
        if self.common.no_interrupt {
            session.wait_for(|state| !matches!(state, boardwalk_device::State::Connecting(_))).await;
        }
        Ok(session)
    }

    /// The password of the environment or of `--password-file`.
    pub(crate) async fn given_password(&self) -> Result<Option<boardwalk_transport::Secret>, Failure> {
        if let Some(file) = &self.common.password_file {
            self.passwords.read(file).await.map_err(Failure::Usage)?;
        }
        Ok(self.passwords.given())
    }

    /// Opens the board as said.
    pub(crate) async fn attach(
        &self,
        target: &str,
        attach: Attach,
        reconnect: bool,
    ) -> Result<(Session, Terminal), Failure> {
        let target = self.target(target)?;
        if let Some(file) = &self.common.password_file {
            self.passwords.read(file).await.map_err(Failure::Usage)?;
        }
        Ok(self.world.connect(&target, None, attach, reconnect).await?)
    }

    /// Does work within the deadline, and leaves the board free whatever came of it.
    pub(crate) async fn with_board<T, F, W>(&self, target: &str, work: W) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, Failure>>,
        W: FnOnce(Session) -> F,
    {
        let limit = self.common.timeout.unwrap_or(WORK);
        let deadline = tokio::time::Instant::now() + limit;
        let session = match tokio::time::timeout_at(deadline, self.open(target)).await {
            Ok(opened) => opened?,
            Err(_) => return Err(late("opening the board", limit)),
        };
        let working = work(session.clone());
        tokio::pin!(working);
        let result = match tokio::time::timeout_at(deadline, &mut working).await {
            Ok(result) => result,
            Err(_) => {
                self.cancel.cancel();
                // The work cleans up after itself; then the deadline is what is told.
                let _ = tokio::time::timeout(GRACE, &mut working).await;
                Err(late("the work", limit))
            }
        };
        close(&session).await;
        result
    }
}

/// Leaves the board as it should be left. One that does not let itself be left keeps nobody here.
pub(crate) async fn close(session: &Session) {
    let _ = tokio::time::timeout(GRACE, session.close()).await;
}

/// Ctrl-C, `kill`, or the end of the terminal.
async fn asked_to_end() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let (Ok(mut terminate), Ok(mut hangup)) =
            (signal(SignalKind::terminate()), signal(SignalKind::hangup()))
        {
            tokio::select! {
                Ok(()) = tokio::signal::ctrl_c() => return,
                Some(()) = terminate.recv() => return,
                Some(()) = hangup.recv() => return,
                else => {}
            }
        }
    }
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

pub(crate) fn late(what: &'static str, waited: Duration) -> Failure {
    DeviceError::Timeout { what, waited, got: Vec::new() }.into()
}
