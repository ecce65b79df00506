//! The raw REPL (shared/runtime/pyexec.c, docs/reference/repl.rst "Raw mode").
//!
//! Ctrl-A answers [`BANNER`]. Code and Ctrl-D answer `OK`, standard output, 0x04, the traceback, 0x04, `>`. In
//! raw-paste the `OK` is replaced by the 0x04 that acknowledges the end of the code.
//!
//! Nothing escapes a 0x04 that the program itself prints. What follows it tells: the end is only where a traceback or
//! nothing, 0x04 and `>` follow. A program that prints just that cannot be told from one that ends.

use bytes::{Bytes, BytesMut};

use crate::control::END;

/// Longest traceback.
const TRACEBACK_MAX: usize = 64 * 1024;

/// What Ctrl-A answers, at a prompt of either kind.
pub const BANNER: &[u8] = b"raw REPL; CTRL-B to exit\r\n>";

/// How the board says that it has the code and runs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acceptance {
    /// `OK`, after code that was sent without flow control.
    Ok,
    /// 0x04, after raw-paste (pyexec.c, `do_reader_stdin`).
    EndOfPaste,
    /// Nothing more: raw-paste already saw it, because the board ended the paste itself.
    Already,
}

/// What the reply of an execution consists of, in this order: `Accepted`, any number of `Stdout`, any number of
/// `Stderr`, `Finished`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The board has the whole code and runs it.
    Accepted,
    /// A piece of what the program printed.
    Stdout(Bytes),
    /// A piece of the traceback.
    Stderr(Bytes),
    /// The execution is over and the raw REPL is ready again.
    Finished,
}

/// The reply cannot be one of a raw REPL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected} from the raw REPL, got {got:02x?}")]
pub struct Unexpected {
    /// What should have come.
    pub expected: &'static str,
    /// The bytes that came instead, at most 64.
    pub got: Vec<u8>,
}

/// Reads the reply of one execution from a stream that is split anywhere.
#[derive(Debug)]
pub struct Reply {
    state: State,
    /// What may be the traceback: everything since the last 0x04 that may be the end of the output.
    traceback: BytesMut,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    O,
    K,
    EndOfPaste,
    Stdout,
    Stderr,
    Prompt,
    Finished,
}

impl Reply {
    /// A reply that begins as `acceptance` says.
    #[must_use]
    pub fn new(acceptance: Acceptance) -> Self {
        let state = match acceptance {
            Acceptance::Ok => State::O,
            Acceptance::EndOfPaste => State::EndOfPaste,
            Acceptance::Already => State::Stdout,
        };
        Self { state, traceback: BytesMut::new() }
    }

    /// Whether the board has said that the code runs.
    #[must_use]
    pub fn accepted(&self) -> bool {
        matches!(self.state, State::Stdout | State::Stderr | State::Prompt | State::Finished)
    }

    /// Whether the program itself has ended and only the traceback and the prompt are to come.
    #[must_use]
    pub fn program_ended(&self) -> bool {
        matches!(self.state, State::Stderr | State::Prompt | State::Finished)
    }

    /// What came last and may be a traceback or output: known when more comes.
    #[must_use]
    pub fn undecided(&self) -> &[u8] {
        &self.traceback
    }

    /// Takes bytes off the front of `input` and gives the next event, or `None` when it needs more. What stands in
    /// `input` after [`Event::Finished`] belongs to whatever comes next.
    ///
    /// # Errors
    /// [`Unexpected`] when a raw REPL would never answer so.
    pub fn next(&mut self, input: &mut BytesMut) -> Result<Option<Event>, Unexpected> {
        while let Some(&byte) = input.first() {
            match self.state {
                State::O if byte == b'O' => self.skip(input, State::K),
                // After a refused raw-paste request the C code prints its prompt again (pyexec.c).
                State::O if byte == b'>' => self.skip(input, State::O),
                State::O => return Err(unexpected("OK", input)),
                State::K if byte == b'K' => {
                    self.skip(input, State::Stdout);
                    return Ok(Some(Event::Accepted));
                }
                State::K => return Err(unexpected("OK", input)),
                State::EndOfPaste if byte == END => {
                    self.skip(input, State::Stdout);
                    return Ok(Some(Event::Accepted));
                }
                // A last window increment may be on its way when the paste ends.
                State::EndOfPaste if byte == 0x01 => self.skip(input, State::EndOfPaste),
                State::EndOfPaste => return Err(unexpected("the end of the paste (0x04)", input)),
                State::Stdout => {
                    let end = input.iter().position(|&b| b == END);
                    let piece = input.split_to(end.unwrap_or(input.len())).freeze();
                    if end.is_some() {
                        self.skip(input, State::Stderr);
                    }
                    if !piece.is_empty() {
                        return Ok(Some(Event::Stdout(piece)));
                    }
                }
                State::Stderr => {
                    let end = input.iter().position(|&b| b == END);
                    self.traceback.extend_from_slice(&input.split_to(end.unwrap_or(input.len())));
                    if end.is_some() {
                        self.skip(input, State::Prompt);
                    } else if !may_be_traceback(&self.traceback) {
                        self.state = State::Stdout;
                        return Ok(Some(Event::Stdout(self.was_output())));
                    }
                }
                State::Prompt if byte == b'>' && self.traceback.is_empty() => {
                    self.skip(input, State::Finished);
                    return Ok(Some(Event::Finished));
                }
                State::Prompt if byte == b'>' => {
                    return Ok(Some(Event::Stderr(self.traceback.split().freeze())));
                }
                // The second 0x04 may be the end in its turn.
                State::Prompt => {
                    self.state = State::Stderr;
                    return Ok(Some(Event::Stdout(self.was_output())));
                }
                State::Finished => return Ok(None),
            }
        }
        Ok(None)
    }

    /// The 0x04 was the program's, and so is what followed.
    fn was_output(&mut self) -> Bytes {
        let mut output = BytesMut::with_capacity(self.traceback.len() + 1);
        output.extend_from_slice(&[END]);
        output.unsplit(self.traceback.split());
        output.freeze()
    }

    fn skip(&mut self, input: &mut BytesMut, next: State) {
        let _ = input.split_to(1);
        self.state = next;
    }
}

/// A traceback has its header; an exception without one (out of memory) is a single line.
fn may_be_traceback(text: &[u8]) -> bool {
    const HEADER: &[u8] = b"Traceback (most recent call last):";
    let text = text.trim_ascii_start();
    let known = text.len().min(HEADER.len());
    if text[..known] == HEADER[..known] {
        return text.len() <= TRACEBACK_MAX;
    }
    text.len() < 1024 && !text.trim_ascii_end().contains(&b'\n')
}

fn unexpected(expected: &'static str, input: &BytesMut) -> Unexpected {
    Unexpected { expected, got: input[..input.len().min(64)].to_vec() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Standard output, standard error, whether it finished, what was left over.
    type Read = (Vec<u8>, Vec<u8>, bool, Vec<u8>);

    fn read(reply: &mut Reply, stream: &[u8], cuts: &[usize]) -> Result<Read, Unexpected> {
        let (mut out, mut err, mut finished) = (Vec::new(), Vec::new(), false);
        let mut input = BytesMut::new();
        let mut rest = stream;
        let mut cuts = cuts.iter().cycle();
        while !rest.is_empty() {
            let n = (*cuts.next().unwrap()).min(rest.len());
            input.extend_from_slice(&rest[..n]);
            rest = &rest[n..];
            while let Some(event) = reply.next(&mut input)? {
                match event {
                    Event::Accepted => {}
                    Event::Stdout(b) => out.extend_from_slice(&b),
                    Event::Stderr(b) => err.extend_from_slice(&b),
                    Event::Finished => finished = true,
                }
            }
        }
        Ok((out, err, finished, input.to_vec()))
    }

    #[test]
    fn a_print() {
        let got = read(&mut Reply::new(Acceptance::Ok), b"OK1\r\n\x04\x04>", &[64]).unwrap();
        assert_eq!(got, (b"1\r\n".to_vec(), vec![], true, vec![]));
    }

    #[test]
    fn an_end_that_the_program_prints_is_output() {
        for out in [&b"\x04"[..], b"a\x04b", b"\x04\x04\x04", b"a\x04b\x04c\x04", b"\x04x\x04"] {
            for err in [&b""[..], b"Traceback (most recent call last):\r\nValueError: \r\n"] {
                let stream = [b"OK", out, b"\x04", err, b"\x04>"].concat();
                for cut in 1..stream.len() {
                    let got = read(&mut Reply::new(Acceptance::Ok), &stream, &[cut]).unwrap();
                    assert_eq!(got, (out.to_vec(), err.to_vec(), true, vec![]), "{out:?} cut at {cut}");
                }
            }
        }
        let flood = [b"OK\x04", &[b'x'; 200_000][..], b"\x04\x04>"].concat();
        let (out, err, finished, _) = read(&mut Reply::new(Acceptance::Ok), &flood, &[4096]).unwrap();
        assert_eq!((out.len(), err.len(), finished), (200_001, 0, true));
    }

    #[test]
    fn the_banner_instead_of_ok_is_unexpected() {
        let got = read(&mut Reply::new(Acceptance::Ok), BANNER, &[64]);
        assert_eq!(got.unwrap_err().expected, "OK");
    }

    proptest! {
        #[test]
        fn any_split_gives_the_same(
            out in proptest::collection::vec(any::<u8>().prop_filter("0x04 ends it", |b| *b != END), 0..200),
            raised in any::<bool>(),
            trace in proptest::collection::vec(any::<u8>().prop_filter("0x04 ends it", |b| *b != END), 0..200),
            rest in proptest::collection::vec(any::<u8>(), 0..20),
            cuts in proptest::collection::vec(1usize..20, 1..40),
            paste in any::<bool>(),
        ) {
            let err =
                if raised { [b"Traceback (most recent call last):\r\n", &trace[..]].concat() } else { vec![] };
            let mut stream = if paste { vec![END] } else { b"OK".to_vec() };
            stream.extend_from_slice(&out);
            stream.push(END);
            stream.extend_from_slice(&err);
            stream.extend_from_slice(b"\x04>");
            stream.extend_from_slice(&rest);
            let how = if paste { Acceptance::EndOfPaste } else { Acceptance::Ok };
            let got = read(&mut Reply::new(how), &stream, &cuts).unwrap();
            prop_assert_eq!(got, (out, err, true, rest));
        }

        #[test]
        fn garbage_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = read(&mut Reply::new(Acceptance::EndOfPaste), &bytes, &[7]);
        }
    }
}
