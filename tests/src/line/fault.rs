use crate::builder::Fault;

/// One way along the line: how far it came, and what goes wrong on it.
#[derive(Debug, Default)]
pub(crate) struct Way {
    passed: u64,
    faults: Vec<Fault>,
}

impl Way {
    pub(crate) fn new(faults: Vec<Fault>) -> Self {
        Self { passed: 0, faults }
    }

    /// Adds a fault whose offset counts from here.
    pub(crate) fn add(&mut self, fault: Fault) {
        self.faults.push(match fault {
            Fault::Cut { after } => Fault::Cut { after: self.passed + after },
            Fault::Change { at, xor } => Fault::Change { at: self.passed + at, xor },
        });
    }

    /// What of `bytes` arrives, and whether the line dies after it.
    pub(crate) fn pass(&mut self, bytes: &[u8]) -> (Vec<u8>, bool) {
        if self.faults.is_empty() {
            self.passed += bytes.len() as u64;
            return (bytes.to_vec(), false);
        }
        let start = self.passed;
        let cut = self.faults.iter().filter_map(|f| match f {
            Fault::Cut { after } => Some(after.saturating_sub(start)),
            Fault::Change { .. } => None,
        });
        let cut = cut.min().and_then(|n| usize::try_from(n).ok()).filter(|n| *n <= bytes.len());
        let bytes = &bytes[..cut.unwrap_or(bytes.len())];
        self.passed += bytes.len() as u64;
        let arrived = bytes.iter().zip(start..).filter_map(|(byte, at)| self.change(*byte, at)).collect();
        let passed = self.passed;
        if cut.is_some() {
            self.faults.retain(|f| !matches!(f, Fault::Cut { after } if *after <= passed));
        }
        (arrived, cut.is_some())
    }

    fn change(&self, byte: u8, offset: u64) -> Option<u8> {
        let fault = self.faults.iter().find_map(|f| match f {
            Fault::Change { at, xor } if *at == offset => Some(*xor),
            _ => None,
        });
        match fault {
            None => Some(byte),
            Some(0) => None,
            Some(xor) => Some(byte ^ xor),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_lets_exactly_n_bytes_pass() {
        let mut way = Way::new(vec![Fault::Cut { after: 5 }]);
        assert_eq!(way.pass(b"abc"), (b"abc".to_vec(), false));
        assert_eq!(way.pass(b"defg"), (b"de".to_vec(), true));
        assert_eq!(way.pass(b"hi"), (b"hi".to_vec(), false));
    }

    #[test]
    fn a_cut_at_the_end_of_a_piece_comes_with_that_piece() {
        let mut way = Way::new(vec![Fault::Cut { after: 3 }]);
        assert_eq!(way.pass(b"abc"), (b"abc".to_vec(), true));
    }

    #[test]
    fn bytes_are_changed_and_lost_at_their_offset() {
        let mut way = Way::new(vec![Fault::Change { at: 1, xor: 0x20 }, Fault::Change { at: 4, xor: 0 }]);
        assert_eq!(way.pass(b"ab").0, b"aB");
        way.add(Fault::Change { at: 0, xor: 0x20 });
        assert_eq!(way.pass(b"cdef").0, b"Cdf");
    }
}
