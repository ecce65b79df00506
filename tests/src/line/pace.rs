use std::time::{Duration, Instant};

/// How much of a line's time one step carries: a compromise between wake-ups and bursts.
const STEP: Duration = Duration::from_millis(2);
/// A line that fell behind because the machine was busy catches up at most this much where a burst can overflow a ring.
const SHORT_CATCH_UP: Duration = Duration::from_millis(100);
/// And this much where it can not: then the rate holds on average, whatever the machine does.
const LONG_CATCH_UP: Duration = Duration::from_secs(2);

/// When the next byte may have arrived, at a number of bits per second and ten bits a byte.
#[derive(Debug)]
pub(crate) struct Pace {
    per_byte: Option<Duration>,
    catch_up: Duration,
    free_at: Instant,
}

impl Pace {
    pub(crate) fn new(baud: Option<u32>, into_ring: bool) -> Self {
        let catch_up = if into_ring { SHORT_CATCH_UP } else { LONG_CATCH_UP };
        Self { per_byte: baud.map(|b| Duration::from_secs(10) / b), catch_up, free_at: Instant::now() }
    }

    /// How many bytes to take at once.
    pub(crate) fn step(&self) -> usize {
        match self.per_byte {
            Some(per_byte) => {
                usize::try_from(STEP.as_nanos() / per_byte.as_nanos().max(1)).unwrap_or(1).max(1)
            }
            None => 65_536,
        }
    }

    /// The line was idle until now.
    pub(crate) fn idle(&mut self) {
        self.free_at = self.free_at.max(Instant::now());
    }

    /// Returns when `bytes` more have passed the line.
    pub(crate) fn carry(&mut self, bytes: usize) {
        let Some(per_byte) = self.per_byte else { return };
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        let now = Instant::now();
        let earliest = now.checked_sub(self.catch_up).unwrap_or(now);
        self.free_at = self.free_at.max(earliest) + per_byte * bytes;
        let ahead = self.free_at.saturating_duration_since(now);
        // The wait is what this thread is for: it is the line.
        #[allow(clippy::disallowed_methods)]
        std::thread::sleep(ahead);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_two_milliseconds_of_line() {
        assert_eq!(Pace::new(Some(115_200), true).step(), 23);
        assert_eq!(Pace::new(Some(9600), true).step(), 1);
        assert_eq!(Pace::new(Some(300), true).step(), 1);
        assert_eq!(Pace::new(None, true).step(), 65_536);
    }
}
