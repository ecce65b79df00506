//! Python exceptions as a board prints them (py/obj/exc `mp_obj_print_exception`).

use crate::errno::Errno;

/// An exception with its traceback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// `OSError`.
    pub kind: String,
    /// What stands behind the colon; empty when there is no colon.
    pub message: String,
    /// All that was printed, line ends as `\n`.
    pub traceback: String,
    /// The line of the innermost frame whose file is `<stdin>`: the code that was sent.
    pub line: Option<u32>,
}

impl Exception {
    /// Reads what came as standard error. `None` when nothing but white space came.
    #[must_use]
    pub fn parse(stderr: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(stderr).replace("\r\n", "\n");
        let lines: Vec<&str> = text.lines().collect();
        let head = last_unindented(&lines)?;
        let (kind, message) = head.split_once(':').unwrap_or((head, ""));
        let line = lines.iter().rev().find_map(|line| stdin_line(line));
        Some(Self {
            kind: kind.trim().to_owned(),
            message: message.trim().to_owned(),
            traceback: text.trim_end().to_owned(),
            line,
        })
    }

    /// The errno of an `OSError`.
    #[must_use]
    pub fn errno(&self) -> Option<Errno> {
        (self.kind == "OSError").then(|| Errno::from_message(&self.message)).flatten()
    }

    /// Whether the program ended because it was asked to stop.
    #[must_use]
    pub fn is_interrupt(&self) -> bool {
        self.kind == "KeyboardInterrupt"
    }
}

/// The line that names the exception: the one after the last frame (a message may run over several lines).
fn last_unindented<'a>(lines: &[&'a str]) -> Option<&'a str> {
    let after_frames =
        lines.iter().rposition(|l| l.trim_start().starts_with("File \"")).map_or(0, |frame| frame + 1);
    let rest = lines.get(after_frames..).unwrap_or_default();
    rest.iter().find(|l| !l.trim().is_empty() && !l.starts_with("Traceback ")).copied().map(str::trim)
}

fn stdin_line(line: &str) -> Option<u32> {
    let rest = line.trim_start().strip_prefix("File \"<stdin>\", line ")?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NESTED: &[u8] =
        b"Traceback (most recent call last):\r\n  File \"<stdin>\", line 3, in <module>\r\n  \
        File \"<stdin>\", line 2, in f\r\n  File \"lib/x.py\", line 9, in g\r\nOSError: [Errno 2] ENOENT\r\n";

    #[test]
    fn a_traceback() {
        let e = Exception::parse(NESTED).unwrap();
        assert_eq!((e.kind.as_str(), e.message.as_str(), e.line), ("OSError", "[Errno 2] ENOENT", Some(2)));
        assert_eq!(e.errno(), Some(Errno::NotFound));
    }

    #[test]
    fn without_a_message() {
        let e = Exception::parse(
            b"Traceback (most recent call last):\r\n  File \"<stdin>\", line 1\r\nKeyboardInterrupt: \r\n",
        )
        .unwrap();
        assert!(e.is_interrupt() && e.message.is_empty());
        assert!(Exception::parse(b"\r\n").is_none());
    }

    #[test]
    fn a_message_over_several_lines_and_broken_bytes() {
        let e = Exception::parse(b"Traceback (most recent call last):\n  File \"<stdin>\", line 1, in <module>\nValueError: a\nb\xff\n")
            .unwrap();
        assert_eq!((e.kind.as_str(), e.message.as_str()), ("ValueError", "a"));
    }

    #[test]
    fn not_an_oserror_has_no_errno() {
        assert_eq!(Exception::parse(b"ValueError: 2\r\n").unwrap().errno(), None);
    }
}
