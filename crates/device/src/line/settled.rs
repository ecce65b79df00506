//! Whether all that was typed has been answered: what a pipe that has ended waits for. "At a prompt" is not enough,
//! because lines typed ahead wait behind the prompt of the first one, or behind the `...` of a block.

use std::time::Duration;

use boardwalk_protocol::control::{END, INTERRUPT, PASTE};
use boardwalk_protocol::prompt::PromptWatch;
use tokio::sync::oneshot;
use tokio::time::Instant;

/// A prompt behind which nothing came for so long is the last one, although fewer came than keys were pressed: a
/// program has read the other lines.
const QUIET: Duration = Duration::from_secs(1);

/// Keys that a prompt answers, and who waits until it has.
#[derive(Debug)]
pub(super) struct Settled {
    unanswered: usize,
    heard: Instant,
    waiting: Vec<oneshot::Sender<()>>,
}

impl Settled {
    pub(super) fn new() -> Self {
        Self { unanswered: 0, heard: Instant::now(), waiting: Vec::new() }
    }

    /// Typed at the board's prompt, or ahead of it.
    pub(super) fn typed(&mut self, bytes: &[u8]) {
        let asking = bytes.iter().filter(|&&b| matches!(b, b'\r' | b'\n' | INTERRUPT | END | PASTE)).count();
        self.unanswered = self.unanswered.saturating_add(asking);
        self.heard = Instant::now();
    }

    /// Feeds the watch, and counts the lines behind a prompt that end: each was ended by a key.
    pub(super) fn feed(&mut self, shown: &mut PromptWatch, bytes: &[u8]) {
        self.heard = Instant::now();
        if self.unanswered == 0 {
            return shown.feed(bytes);
        }
        for piece in bytes.split_inclusive(|&b| b == b'\r') {
            let Some(line) = piece.strip_suffix(b"\r") else { return shown.feed(piece) };
            shown.feed(line);
            if shown.prompt().is_some() {
                self.unanswered = self.unanswered.saturating_sub(1);
            }
            shown.feed(b"\r");
        }
    }

    /// Answers when all is answered.
    pub(super) fn wait(&mut self, reply: oneshot::Sender<()>) {
        self.waiting.retain(|reply| !reply.is_closed());
        self.waiting.push(reply);
    }

    /// When to look again, although nothing comes.
    pub(super) fn look_at(&self) -> Option<Instant> {
        (!self.waiting.is_empty() && self.unanswered > 0).then(|| self.heard + QUIET)
    }

    /// Looks whether all is answered; the terminal shows a prompt or not.
    pub(super) fn look(&mut self, at_prompt: bool) {
        if self.waiting.is_empty() {
            return;
        }
        if !at_prompt {
            // As long as something runs there is nothing to be late for.
            self.heard = Instant::now();
            return;
        }
        if self.heard.elapsed() >= QUIET {
            self.unanswered = 0;
        }
        if self.unanswered == 0 {
            for reply in self.waiting.drain(..) {
                // Whoever asked may have gone.
                let _ = reply.send(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Typing {
        settled: Settled,
        shown: PromptWatch,
    }

    impl Typing {
        fn new(typed: &[u8]) -> Self {
            let mut shown = PromptWatch::default();
            shown.feed(b">>> ");
            let mut settled = Settled::new();
            settled.typed(typed);
            Self { settled, shown }
        }

        /// Whether all is answered after this output.
        fn after(&mut self, output: &[u8]) -> bool {
            self.settled.feed(&mut self.shown, output);
            let (reply, mut answer) = oneshot::channel();
            self.settled.wait(reply);
            self.settled.look(self.shown.prompt().is_some());
            answer.try_recv().is_ok()
        }
    }

    #[test]
    fn each_line_has_its_prompt() {
        let mut typing = Typing::new(b"1+1\r2\r");
        assert!(!typing.after(b"1+1"));
        assert!(!typing.after(b"\r\n2\r\n>>> "));
        assert!(!typing.after(b"2\r"));
        assert!(typing.after(b"\n2\r\n>>> "));
        let mut at_once = Typing::new(b"1+1\r2\r");
        assert!(at_once.after(b"1+1\r\n2\r\n>>> 2\r\n2\r\n>>> "));
    }

    #[test]
    fn a_block_is_not_done_at_its_dots() {
        let mut typing = Typing::new(b"while f(): pass\r\r");
        assert!(!typing.after(b"while f(): pass\r\n... "));
        assert!(!typing.after(b"\r\n"));
        assert!(typing.after(b">>> "));
    }

    #[test]
    fn lines_that_a_program_has_read_are_not_waited_for() {
        let mut typing = Typing::new(b"input()\rabc\r");
        assert!(!typing.after(b"input()\r\nabc\r\n'abc'\r\n>>> "));
        assert!(typing.settled.look_at().is_some_and(|at| at > Instant::now()));
        typing.settled.heard -= QUIET;
        typing.settled.look(true);
        assert_eq!(typing.settled.look_at(), None);
    }
}
