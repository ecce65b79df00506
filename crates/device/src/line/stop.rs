//! Stop: the interrupt ladder of a person's Stop button. One Ctrl-C is polite and nearly always enough; programs that
//! catch KeyboardInterrupt in a loop get several in a row, because the second one lands inside their handler.

use std::time::Duration;

use boardwalk_protocol::control::{FRIENDLY_REPL, INTERRUPT, MOUNT_SYNC};
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::error::DeviceError;

use super::raw::Mode;
use super::{Line, Typing};

/// A press of Stop; the answer comes when the program has ended, or has not.
#[derive(Debug)]
pub(crate) struct StopRequest {
    pub(crate) reply: oneshot::Sender<Result<(), DeviceError>>,
}

/// When to send how many Ctrl-C, in milliseconds since Stop. A WebREPL or a busy flash may take a second to react,
/// hence the pauses; the burst is for `except:` in a loop (micropython#11682).
const LADDER: [(u64, usize); 5] = [(0, 1), (300, 2), (900, 2), (2150, 16), (3100, 4)];
/// The step that ends in [`MOUNT_SYNC`], and after it a pause.
const MOUNT_STEP: usize = 2;
/// Then it is told that the program does not stop.
const GIVE_UP: Duration = Duration::from_secs(4);

#[derive(Debug)]
pub(crate) struct Stopping {
    began: Instant,
    step: usize,
    /// `None`: no ladder, because what is to be stopped is our own work.
    next: Option<Instant>,
    replies: Vec<oneshot::Sender<Result<(), DeviceError>>>,
}

impl Line {
    /// Begins the ladder, or joins the one under way. Our own work ends as cancelled instead.
    pub(crate) async fn begin_stop(&mut self, stop: StopRequest) -> Result<(), DeviceError> {
        match &mut self.stopping {
            Some(stopping) => stopping.replies.push(stop.reply),
            None => {
                let began = Instant::now();
                self.stopping = Some(Stopping { began, step: 0, next: None, replies: vec![stop.reply] });
            }
        }
        match (self.typing, &self.cancel) {
            (Typing::Through, _) => self.begin_ladder().await,
            (Typing::Held, Some(_)) => Err(DeviceError::Cancelled),
            // Work that is ending already, or the first look at the board; `end_of_work` comes soon.
            (Typing::Held, None) => Ok(()),
        }
    }

    /// Lets a Stop that was pressed before have its ladder, now that a program has the line.
    pub(crate) async fn begin_ladder(&mut self) -> Result<(), DeviceError> {
        let Some(stopping) = self.stopping.as_mut().filter(|s| s.next.is_none()) else { return Ok(()) };
        stopping.began = Instant::now();
        self.drop_typed();
        self.discard_queued().await;
        self.continue_stop().await
    }

    /// When the next rung is due.
    pub(crate) fn stopping_at(&self) -> Option<Instant> {
        match self.typing {
            Typing::Through => self.stopping.as_ref().and_then(|s| s.next),
            // A program that ran when our work began; entering the raw REPL stops it or not.
            Typing::Held => None,
        }
    }

    /// The next rung.
    pub(crate) async fn continue_stop(&mut self) -> Result<(), DeviceError> {
        let Some(stopping) = &mut self.stopping else { return Ok(()) };
        let Some(&(_, count)) = LADDER.get(stopping.step) else {
            let got = self.sharing.shown_line().to_vec();
            self.end_stop(&Err(DeviceError::InterruptSwallowed { waited: GIVE_UP, got }));
            return Ok(());
        };
        self.dirty = true;
        let step = stopping.step;
        stopping.step += 1;
        stopping.next = Some(match LADDER.get(stopping.step) {
            Some(&(ms, _)) => stopping.began + Duration::from_millis(ms),
            None => stopping.began + GIVE_UP,
        });
        let mut keys = vec![INTERRUPT; count];
        if step > 0 && self.mode == Mode::Friendly {
            // A board that another client left in the raw REPL shows no prompt for Ctrl-C.
            keys.push(FRIENDLY_REPL);
        }
        if step == MOUNT_STEP {
            keys.push(MOUNT_SYNC);
        }
        self.send(keys).await
    }

    /// The program has ended: whoever pressed Stop learns it.
    pub(crate) fn stopped(&mut self) {
        if self.stopping.is_some() {
            self.end_stop(&Ok(()));
        }
    }

    /// Work of ours is over, and with it a Stop that was meant for it.
    pub(crate) fn end_of_work(&mut self) {
        if self.mode == Mode::Raw || self.at_prompt() {
            self.stopped();
        }
    }

    fn end_stop(&mut self, result: &Result<(), DeviceError>) {
        for reply in self.stopping.take().into_iter().flat_map(|s| s.replies) {
            // Whoever asked may have gone; then nobody needs the answer.
            let _ = reply.send(result.clone());
        }
    }
}
