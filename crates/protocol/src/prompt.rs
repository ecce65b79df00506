//! Knowing from the output of a friendly REPL whether it waits at a prompt.

/// The prompts every board may show: MicroPython's own (py/repl.c, `ps1` and `ps2`), paste mode, aiorepl.
const KNOWN: [&[u8]; 4] = [b">>> ", b"... ", b"--> ", b"=== "];
/// Those of a command that has begun: a block, and paste mode. What was entered before them is lost with a Ctrl-C.
const CONTINUED: [&[u8]; 2] = [b"... ", b"=== "];

/// Longest prompt that is learned, in bytes.
pub const LONGEST: usize = 64;

/// The line of output being written, as far as it decides whether a prompt stands in front of it.
#[derive(Debug, Clone, Default)]
pub struct PromptWatch {
    line: Vec<u8>,
    overlong: bool,
    lines: u64,
    learned: Vec<Vec<u8>>,
}

impl PromptWatch {
    /// Adds the prompts of this board (`sys.ps1`, `sys.ps2`). Those that are empty, too long, or hold a line end are
    /// left out, since they could not be told from output.
    pub fn learn(&mut self, prompt: &[u8]) {
        let usable = !prompt.is_empty() && prompt.len() <= LONGEST && !prompt.contains(&b'\n');
        if usable && !self.learned.iter().any(|p| p == prompt) && !KNOWN.contains(&prompt) {
            self.learned.push(prompt.to_vec());
            if self.learned.len() > 8 {
                self.learned.remove(0);
            }
        }
    }

    /// Takes the next piece of output.
    pub fn feed(&mut self, bytes: &[u8]) {
        let last_line = match bytes.iter().rposition(|&b| b == b'\n') {
            Some(end) => {
                self.forget();
                self.lines = self.lines.wrapping_add(1);
                &bytes[end + 1..]
            }
            None => bytes,
        };
        for &byte in last_line {
            match byte {
                b'\r' => self.forget(),
                // NUL is the first byte a micro:bit puts on the line after a reset.
                0 => {}
                _ if self.line.len() >= 4 * LONGEST => self.overlong = true,
                _ => self.line.push(byte),
            }
        }
    }

    /// Nothing on this line so far.
    pub fn forget(&mut self) {
        self.line.clear();
        self.overlong = false;
    }

    /// The prompt at the head of the current line, if there is one; what the user has typed may follow it.
    #[must_use]
    pub fn prompt(&self) -> Option<&[u8]> {
        let learned = self.learned.iter().map(Vec::as_slice);
        KNOWN.into_iter().chain(learned).find(|p| self.line.starts_with(p))
    }

    /// Whether the prompt stands inside a command that was begun on an earlier line.
    #[must_use]
    pub fn continued(&self) -> bool {
        CONTINUED.iter().any(|p| self.line.starts_with(p))
    }

    /// Counts the pieces of output that held a line end: it changes when a new line begins.
    #[must_use]
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// Whether the line is a prompt and nothing else.
    #[must_use]
    pub fn at_empty_prompt(&self) -> bool {
        !self.overlong && self.prompt().is_some_and(|p| p.len() == self.line.len())
    }

    /// The line so far (its head, when it is long).
    #[must_use]
    pub fn line(&self) -> &[u8] {
        &self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(pieces: &[&[u8]]) -> PromptWatch {
        let mut watch = PromptWatch::default();
        pieces.iter().for_each(|p| watch.feed(p));
        watch
    }

    #[test]
    fn a_prompt_in_pieces() {
        assert!(after(&[b"MicroPython v1.27\r", b"\n>>", b"> "]).at_empty_prompt());
        assert!(after(&[b"\x00>>> "]).at_empty_prompt());
        assert!(!after(&[b"\r\n>>"]).at_empty_prompt());
    }

    #[test]
    fn typing_after_a_prompt_is_still_a_prompt() {
        let watch = after(&[b"\r\n>>> pri"]);
        assert_eq!(watch.prompt(), Some(&b">>> "[..]));
        assert!(!watch.at_empty_prompt());
    }

    #[test]
    fn output_is_no_prompt() {
        assert_eq!(after(&[b"\r\ntemp: 21 >>> "]).prompt(), None);
        assert_eq!(after(&[b">>> print(1)\r\n"]).prompt(), None);
    }

    #[test]
    fn a_block_is_no_empty_board() {
        assert!(after(&[b"\r\n... "]).continued() && after(&[b"\r\n=== x = 1"]).continued());
        assert!(!after(&[b"\r\n>>> "]).continued() && !after(&[b"\r\n--> "]).continued());
    }

    #[test]
    fn a_new_line_is_told_from_the_echo_on_the_old_one() {
        let mut watch = after(&[b"\r\n>>> "]);
        let line = watch.lines();
        watch.feed(b"1+1");
        assert_eq!(watch.lines(), line);
        watch.feed(b"\r\n2\r\n>>> ");
        assert_ne!(watch.lines(), line);
    }

    #[test]
    fn learns_what_the_board_uses() {
        let mut watch = PromptWatch::default();
        watch.learn(b"pico$ ");
        watch.learn(b"");
        watch.feed(b"\r\npico$ ");
        assert!(watch.at_empty_prompt());
    }

    #[test]
    fn an_endless_line_is_bounded() {
        let watch = after(&[&[b'x'; 100_000]]);
        assert!(watch.line().len() <= 4 * LONGEST);
    }
}
