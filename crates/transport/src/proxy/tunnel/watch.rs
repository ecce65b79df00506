//! Looking on while a tunnel is opened.

/// Is told what goes to a proxy and comes from it. Must not block. Credentials are blanked out in what it is given.
pub trait WatchTunnel: Send + Sync {
    /// A connection to the proxy is begun; again for each attempt.
    fn connecting(&self) {}

    /// It is open.
    fn connected(&self) {}

    /// These bytes went out.
    fn sent(&self, bytes: &[u8]) {
        let _ = bytes;
    }

    /// These bytes came; the last `theirs` of them are not the proxy's but came through it.
    fn received(&self, bytes: &[u8], theirs: usize) {
        let _ = (bytes, theirs);
    }
}

/// Nobody looks on.
#[derive(Debug, Clone, Copy, Default)]
pub struct NobodyWatches;

impl WatchTunnel for NobodyWatches {}
