//! Middleboxes forget silent connections: haproxy after 50 s, nginx and Apache after 60 s, some after less than our pings are
//! apart. Such an end is told apart from a board's, and the next line is kept awake more often.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Behind a proxy, an end after so much silence is the proxy's: a board that ends a session ends it in the middle of
/// something.
const BEHIND_A_PROXY: Duration = Duration::from_secs(5);
/// Without one it takes more to say so: longer than between two of our pings.
const ON_THE_WAY: Duration = Duration::from_secs(30);
/// Two ends after the same silence are a timeout, from this on.
const TWICE: Duration = Duration::from_secs(1);
/// The same, but for so much.
const SAME: Duration = Duration::from_millis(300);
/// Pings are not closer together.
const PING_LEAST: Duration = Duration::from_secs(1);

/// When a line last carried a byte, in either direction.
pub(super) struct Activity {
    start: Instant,
    last_ms: AtomicU64,
}

/// After how much silence the lines of one dial ended.
#[derive(Clone, Default)]
pub(super) struct Silences(Arc<Mutex<Seen>>);

#[derive(Default)]
struct Seen {
    last: Option<Duration>,
    ping: Option<Duration>,
}

impl Activity {
    pub(super) fn new() -> Self {
        Self { start: Instant::now(), last_ms: AtomicU64::new(0) }
    }

    pub(super) fn now(&self) {
        let since = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last_ms.store(since, Ordering::Relaxed);
    }

    pub(super) fn silence(&self) -> Duration {
        self.start.elapsed().saturating_sub(Duration::from_millis(self.last_ms.load(Ordering::Relaxed)))
    }
}

impl Silences {
    /// Notes that a line ended without a word after so much silence. Whether that was a timeout of something on the way.
    pub(super) fn ended(&self, silence: Duration, behind_a_proxy: bool) -> bool {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = seen.last.replace(silence);
        let enough = if behind_a_proxy { BEHIND_A_PROXY } else { ON_THE_WAY };
        let again = before.is_some_and(|before| before.abs_diff(silence) <= SAME.max(silence / 20));
        let timeout = silence >= enough || (silence >= TWICE && again);
        if timeout {
            let ping = (silence / 2).max(PING_LEAST);
            seen.ping = Some(seen.ping.map_or(ping, |before| before.min(ping)));
        }
        timeout
    }

    /// How long a line may be silent before it is pinged.
    pub(super) fn ping_after(&self, usually: Duration) -> Duration {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.ping.map_or(usually, |ping| ping.min(usually))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USUAL: Duration = Duration::from_secs(22);

    fn seconds(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    #[test]
    fn a_long_silence_is_a_timeout_and_halves_the_pings() {
        let silences = Silences::default();
        assert!(!silences.ended(seconds(4.0), true));
        assert_eq!(silences.ping_after(USUAL), USUAL);
        assert!(silences.ended(seconds(10.0), true));
        assert_eq!(silences.ping_after(USUAL), seconds(5.0));
        // It never gets slower again.
        assert!(silences.ended(seconds(20.0), true));
        assert_eq!(silences.ping_after(USUAL), seconds(5.0));
    }

    #[test]
    fn the_same_silence_twice_is_one_too() {
        let silences = Silences::default();
        assert!(!silences.ended(seconds(3.0), false));
        assert!(!silences.ended(seconds(8.0), false));
        assert!(silences.ended(seconds(8.1), false));
        assert_eq!(silences.ping_after(USUAL), seconds(4.05));
        let resets = Silences::default();
        for _ in 0..3 {
            assert!(!resets.ended(seconds(0.2), true), "a board that is reset again and again");
        }
    }

    #[test]
    fn pings_are_not_a_flood() {
        let silences = Silences::default();
        silences.ended(seconds(1.1), true);
        assert!(silences.ended(seconds(1.1), true));
        assert_eq!(silences.ping_after(USUAL), PING_LEAST);
    }
}
