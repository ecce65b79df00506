//! Looking for a byte string in a stream that arrives in pieces.

/// The index of the first `needle` in `haystack`.
#[must_use]
pub fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    if needle.is_empty() {
        return Some(0);
    }
    haystack.windows(needle.len()).position(|window| window == needle)
}

/// Collects a stream until a needle has come, however it was split.
#[derive(Debug)]
pub struct Until {
    needle: Vec<u8>,
    seen: Vec<u8>,
    limit: usize,
    dropped: bool,
}

/// What [`Until::feed`] found.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// Not yet.
    NeedMore,
    /// The needle came: what stood before it, and what came after it.
    Yes {
        /// Bytes before the needle (the last `limit` of them).
        before: Vec<u8>,
        /// Bytes after the needle.
        rest: Vec<u8>,
    },
}

impl Until {
    /// Looks for `needle` and keeps at most `limit` bytes of what comes before it.
    #[must_use]
    pub fn new(needle: &[u8], limit: usize) -> Self {
        Self { needle: needle.to_vec(), seen: Vec::new(), limit: limit.max(needle.len()), dropped: false }
    }

    /// Takes the next piece of the stream. After a `Yes` the value is spent.
    pub fn feed(&mut self, bytes: &[u8]) -> Found {
        // Only the new bytes and a needle's length before them can hold the first match.
        let from = self.seen.len().saturating_sub(self.needle.len().saturating_sub(1));
        self.seen.extend_from_slice(bytes);
        if let Some(at) = find(&self.seen[from..], &self.needle) {
            let rest = self.seen.split_off(from + at + self.needle.len());
            self.seen.truncate(from + at);
            let before = std::mem::take(&mut self.seen);
            return Found::Yes { before, rest };
        }
        if self.seen.len() > self.limit.saturating_mul(2) {
            let keep = self.seen.len() - self.limit;
            self.seen.drain(..keep);
            self.dropped = true;
        }
        Found::NeedMore
    }

    /// What has come so far (its last part, when it was long).
    #[must_use]
    pub fn seen(&self) -> &[u8] {
        &self.seen
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_needle_is_found_however_the_stream_is_split(
            before in proptest::collection::vec(any::<u8>(), 0..300),
            after in proptest::collection::vec(any::<u8>(), 0..50),
            cuts in proptest::collection::vec(1usize..40, 1..60),
        ) {
            let needle = b"\xffneedle\xfe";
            prop_assume!(find(&before, needle).is_none());
            let mut stream = before.clone();
            stream.extend_from_slice(needle);
            let end = stream.len();
            prop_assume!(find(&stream, needle) == Some(before.len()));
            stream.extend_from_slice(&after);
            let mut until = Until::new(needle, 4096);
            let mut at = 0;
            let mut cuts = cuts.iter().cycle();
            loop {
                let next = (at + cuts.next().unwrap()).min(stream.len());
                match until.feed(&stream[at..next]) {
                    Found::NeedMore => prop_assert!(next < end),
                    Found::Yes { before: got, rest } => {
                        prop_assert_eq!(got, before);
                        prop_assert_eq!(&rest[..], &stream[end..next]);
                        break;
                    }
                }
                at = next;
            }
        }

        #[test]
        fn memory_is_bounded(pieces in proptest::collection::vec(proptest::collection::vec(0u8..10, 0..200), 0..100)) {
            let mut until = Until::new(b"\xff", 64);
            for piece in pieces {
                until.feed(&piece);
                prop_assert!(until.seen().len() <= 2 * 64 + 200);
            }
        }
    }
}
