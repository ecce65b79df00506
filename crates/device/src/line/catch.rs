//! Into the raw REPL of a board that is starting, before its program keeps Ctrl-C for itself.

use std::time::Duration;

use boardwalk_protocol::control::{INTERRUPT, RAW_REPL};
use boardwalk_protocol::raw_repl::BANNER;
use boardwalk_protocol::search::Until;
use tokio::time::Instant;

use crate::error::DeviceError;

use super::{Line, Mode, Typing, within};

/// How often Ctrl-C is sent. A program that swallows it does so from its first `try` on; before that there are the
/// milliseconds in which the file is compiled and its imports run.
const STEP: Duration = Duration::from_millis(10);

impl Line {
    pub(crate) async fn catch_raw(&mut self, until: Instant) -> Result<(), DeviceError> {
        let began = Instant::now();
        self.typing = Typing::Held;
        self.mode = Mode::Unknown;
        let mut raw = Until::new(BANNER, 4096);
        while Instant::now() < until {
            self.discard_queued().await;
            self.send(vec![INTERRUPT, RAW_REPL]).await?;
            if self.hear_until(&mut raw, within(STEP)).await?.is_none() {
                continue;
            }
            // More of the same is on its way, and is answered.
            match self.meet().await {
                Ok(()) => {
                    self.mode = Mode::Raw;
                    self.forget_typed();
                    self.stopped();
                    return Ok(());
                }
                // The board was reset a second time, or one of the many Ctrl-C came in between: caught once more.
                Err(DeviceError::Garbled { .. }) => raw = Until::new(BANNER, 4096),
                Err(error) => return Err(error),
            }
        }
        let got = self.evidence(raw.seen());
        Err(DeviceError::InterruptSwallowed { waited: began.elapsed(), got })
    }
}
