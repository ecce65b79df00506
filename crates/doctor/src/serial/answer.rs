//! What an answer to a few keys tells, when it is no prompt of MicroPython's.

use super::{classify, foreign, starts};

/// What answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Nothing that says more.
    Unknown,
    /// The keys themselves, also those that nothing echoes: TX is connected to RX.
    Ourselves,
    /// Bytes at another speed.
    Noise,
    /// This firmware, or a program that talks like it.
    Like(&'static str),
}

/// `before`: what came by itself; `after`: what came since Enter, Ctrl-B and perhaps Ctrl-C were typed.
pub(crate) fn answer(before: &[u8], after: &[u8]) -> Answer {
    // No prompt and no program echoes Ctrl-B and Ctrl-C; a wire does.
    let ours = |byte: &u8| matches!(byte, b'\r' | b'\n' | 0x02 | 0x03 | 0x18);
    if after.iter().any(|byte| matches!(byte, 0x02 | 0x03)) && after.iter().all(ours) {
        return Answer::Ourselves;
    }
    if before.is_empty() && classify::is_noise_in_answer(after) {
        return Answer::Noise;
    }
    let all = [before, after].concat();
    if classify::is_python(&all) {
        return Answer::Unknown;
    }
    let by_answer =
        || foreign::answering(after).filter(|_| before.is_empty() || starts::is_only_a_start(before));
    foreign::likely(&all)
        .or_else(by_answer)
        .or_else(|| foreign::answering(&all))
        .map_or(Answer::Unknown, Answer::Like)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_answers() {
        for (before, after, answered) in [
            (&b""[..], &b"\r\x02"[..], Answer::Ourselves),
            (b"", b"\r\n\x02\x03\x03", Answer::Ourselves),
            (b"", b"\r\n", Answer::Unknown),
            (b"", b"\xf3\x9e\x81\xf0\xfe\x8c", Answer::Noise),
            (b"", b"\r\nERROR\r\n", Answer::Like("AT firmware")),
            (b"count 1\r\n", b"ok\r\n", Answer::Unknown),
            (b"Traceback (most recent call last):\r\n", b"\r\n> ", Answer::Unknown),
            (b"", b"name? ", Answer::Unknown),
        ] {
            assert_eq!(answer(before, after), answered, "{}", after.escape_ascii());
        }
    }
}
