//! Soft and hard reset.

mod at_boot;
mod start_up;

use std::time::Duration;

use boardwalk_protocol::banner::SOFT_REBOOT;
use boardwalk_protocol::control::END;
use boardwalk_protocol::search::Until;
use boardwalk_transport::{LineSignals, LinkKind, TransportError};
use bytes::Bytes;
use tokio_util::sync::CancellationToken;

use crate::error::{DeviceError, Missing};
use crate::line::{Heard, Line, Mode, within};
use crate::session::Session;
use crate::state::State;
use crate::work::{Consent, Work};

pub use start_up::NotStarted;

/// The two ways to reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reset {
    /// Ctrl-D at the prompt: the interpreter starts again, boot.py and main.py run.
    Soft,
    /// The chip starts again: `machine.reset()`, or the reset line of a UART bridge.
    Hard,
}

/// How to reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResetOptions {
    /// Which of the two.
    pub how: Reset,
    /// Also over a WebREPL that nothing would start again.
    pub even_if_lost: bool,
}

impl From<Reset> for ResetOptions {
    fn from(how: Reset) -> Self {
        Self { how, even_if_lost: false }
    }
}

/// How long `soft reboot` may take to appear; deinitialising Wi-Fi takes a second on an ESP32.
const SOFT: Duration = Duration::from_secs(5);
/// How long a chip may take from `machine.reset()` to the end of its USB, or to its boot text.
const HARD: Duration = Duration::from_secs(2);
/// How long a board that resets itself may take to end its connection.
const LAST_WORDS: Duration = Duration::from_millis(500);
/// How long the reset line is held (esptool holds it 100 ms).
const PULSE: Duration = Duration::from_millis(100);

/// `microbit` is what its old firmware has instead of `machine.reset`.
const RESET_CODE: &[u8] = b"try:\n import machine\n machine.reset()\nexcept(ImportError,AttributeError):\n import microbit\n microbit.reset()\n";

impl Session {
    /// Resets the board; a running program is stopped. Resolves when the board has said, or shown, that it restarts.
    /// A board whose USB disappears, or whose connection ends, is waited for by the session: its state tells when it is
    /// back.
    ///
    /// # Errors
    /// `would-lose-webrepl` over a WebREPL that would not come back, unless that is accepted: nothing was reset, but the
    /// program is stopped; `InterruptSwallowed` when it cannot be stopped and there is no reset line; `no-hard-reset`.
    pub async fn reset(
        &self,
        options: impl Into<ResetOptions>,
        cancel: CancellationToken,
    ) -> Result<(), DeviceError> {
        let ResetOptions { how, even_if_lost } = options.into();
        self.job(resetting(), Consent::MayInterrupt, cancel, move |line| {
            Box::pin(async move {
                if !even_if_lost {
                    line.stays_reachable().await?;
                }
                match how {
                    Reset::Soft => line.soft_reset().await,
                    Reset::Hard => line.hard_reset().await,
                }
            })
        })
        .await
    }

    /// Whether the board would be reachable in the same way after a reset: over a WebREPL, whether it starts that again.
    ///
    /// # Errors
    /// As all work.
    pub async fn survives_reset(
        &self,
        consent: Consent,
        cancel: CancellationToken,
    ) -> Result<bool, DeviceError> {
        self.job(resetting(), consent, cancel, move |line| {
            Box::pin(async move {
                line.enter_raw(consent).await?;
                match line.stays_reachable().await {
                    Ok(()) => Ok(true),
                    Err(DeviceError::WouldLoseWebRepl(_)) => Ok(false),
                    Err(error) => Err(error),
                }
            })
        })
        .await
    }
}

fn resetting() -> State {
    State::Busy { work: Work::Resetting, name: None }
}

impl Line {
    /// Fails where a reset would cost the only way to the board.
    async fn stays_reachable(&mut self) -> Result<(), DeviceError> {
        if self.info().kind != LinkKind::WebRepl {
            return Ok(());
        }
        self.enter_raw(Consent::MayInterrupt).await?;
        let answer = self.ask(&start_up::script(), "").await?;
        start_up::starts_webrepl(&answer).map_err(DeviceError::WouldLoseWebRepl)
    }

    async fn soft_reset(&mut self) -> Result<(), DeviceError> {
        // In the raw REPL Ctrl-D would not run main.py, so it goes back to the friendly one; by force, because a
        // program may run.
        self.enter_raw(Consent::MayInterrupt).await?;
        self.forget_typed();
        self.leave_raw().await?;
        self.send(vec![END]).await?;
        self.forget_prompt();
        let mut until = Until::new(SOFT_REBOOT, 4096);
        let mut before = match self.hear_until(&mut until, within(SOFT)).await {
            Ok(Some(before)) => before,
            Ok(None) => {
                let got = self.evidence(until.seen());
                return Err(DeviceError::Timeout { what: "the soft reset", waited: SOFT, got });
            }
            // A board may end the connection before it says so.
            Err(DeviceError::Transport(_)) if self.info().kind == LinkKind::WebRepl => return Ok(()),
            Err(error) => return Err(error),
        };
        before.extend_from_slice(SOFT_REBOOT);
        self.show(Bytes::from(before)).await?;
        self.restarting().await;
        Ok(())
    }

    async fn hard_reset(&mut self) -> Result<(), DeviceError> {
        match self.enter_raw(Consent::MayInterrupt).await {
            Ok(()) => {}
            Err(stuck @ (DeviceError::InterruptSwallowed { .. } | DeviceError::NoResponse { .. })) => {
                return if self.info().line_resets { self.pulse_reset().await } else { Err(stuck) };
            }
            Err(error) => return Err(error),
        }
        self.show_new_line().await?;
        let mut reply = self.exec_and_leave(RESET_CODE).await?;
        let deadline = within(HARD);
        loop {
            match reply.next(&mut self.inbox) {
                // An answer means that the code ended, and so that nothing was reset.
                Ok(Some(boardwalk_protocol::raw_repl::Event::Finished)) => {
                    self.mode = Mode::Raw;
                    return if self.info().line_resets {
                        self.pulse_reset().await
                    } else {
                        Err(DeviceError::Unsupported(Missing::HardReset))
                    };
                }
                Ok(Some(boardwalk_protocol::raw_repl::Event::Stdout(text))) => {
                    // A UART board prints its boot text here.
                    self.restarting().await;
                    self.show(text).await?;
                    return Ok(());
                }
                Ok(Some(_)) => {}
                // Not a reply any more: boot text.
                Err(_) => {
                    self.restarting().await;
                    return Ok(());
                }
                Ok(None) => match self.hear(deadline).await {
                    Ok(Heard::Bytes) => {}
                    Ok(Heard::Timeout) => {
                        self.restarting().await;
                        return Ok(());
                    }
                    // Its USB is gone: just what a reset does to a board with USB of its own (S28).
                    Err(DeviceError::Transport(_)) => return Ok(()),
                    Err(error) => return Err(error),
                },
            }
        }
    }

    /// RTS is wired to the reset pin of boards with a UART bridge, DTR to the boot pin, through two transistors: the
    /// chip is held in reset while RTS is set and DTR is not.
    async fn pulse_reset(&mut self) -> Result<(), DeviceError> {
        self.signals(LineSignals { dtr: Some(false), rts: Some(true) }).await?;
        tokio::time::sleep(PULSE).await;
        self.signals(LineSignals { dtr: Some(false), rts: Some(false) }).await?;
        self.restarting().await;
        Ok(())
    }

    /// The board starts again: nothing that was known about its REPL holds, and a connection over the network is over,
    /// whether the board has said so or not (a chip that restarts does not).
    async fn restarting(&mut self) {
        self.mode = Mode::Friendly;
        self.capabilities = None;
        self.forget_prompt();
        if self.info().kind == LinkKind::WebRepl {
            self.hear_last_words().await;
            let because = DeviceError::Transport(TransportError::Closed);
            self.publish(State::Reconnecting { attempt: 1, because });
            self.end_line();
            return;
        }
        self.publish(State::Running { name: None, since: std::time::SystemTime::now() });
    }

    async fn hear_last_words(&mut self) {
        let until = within(LAST_WORDS);
        while let Ok(Heard::Bytes) = self.hear(until).await {
            let bytes = self.inbox.split().freeze();
            self.show_if_room(bytes);
        }
    }
}
