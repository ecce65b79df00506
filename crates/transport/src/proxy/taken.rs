//! The way that a connection took, for whoever shows it.

use std::sync::Arc;

use boardwalk_protocol::proxy::{Decision, ProxyServer};

/// What was decided, and which of the ways it names was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteTaken {
    /// what was decided, by whom and why
    pub decision: Decision,
    /// the proxy that is dialled, or was; `None` is direct
    pub proxy: Option<ProxyServer>,
}

/// Is told each way as it is tried: the last one told is the one that led to the board, or failed. Must not block.
#[derive(Clone)]
pub struct OnRoute(Arc<dyn Fn(&RouteTaken) + Send + Sync>);

impl OnRoute {
    /// Calls this.
    pub fn new(told: impl Fn(&RouteTaken) + Send + Sync + 'static) -> Self {
        Self(Arc::new(told))
    }

    pub(crate) fn tries(&self, route: &RouteTaken) {
        (self.0)(route);
    }
}

/// Nobody watches.
impl Default for OnRoute {
    fn default() -> Self {
        Self::new(|_| {})
    }
}
