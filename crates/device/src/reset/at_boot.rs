//! Catching a board while it starts, for programs that do not let themselves be stopped.

use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::error::DeviceError;
use crate::line::Line;
use crate::session::Session;
use crate::work::Consent;

use super::resetting;

impl Session {
    /// Stops the board before its program does not let itself be stopped any more: the reset line is pulled where
    /// there is one, else a person presses the reset button meanwhile; Ctrl-C is sent all the time. Resolves when the board is at
    /// its prompt. Ctrl-C may also just have stopped the program without a reset.
    ///
    /// # Errors
    /// `InterruptSwallowed` when it has not come to its prompt within `limit`, and when the line ends and does not come back.
    pub async fn catch_at_boot(&self, limit: Duration, cancel: CancellationToken) -> Result<(), DeviceError> {
        let until = Instant::now() + limit;
        loop {
            let caught = self
                .job(resetting(), Consent::MayInterrupt, cancel.clone(), move |line| {
                    Box::pin(line.catch_at_boot(until))
                })
                .await;
            match caught {
                // A board with USB of its own takes its port with it when it starts again.
                Err(DeviceError::Transport(_)) if Instant::now() < until && self.regained(&cancel).await => {}
                caught => return caught,
            }
        }
    }
}

impl Line {
    async fn catch_at_boot(&mut self, until: Instant) -> Result<(), DeviceError> {
        if self.info().line_resets {
            self.pulse_reset().await?;
        }
        self.catch_raw(until).await
    }
}
