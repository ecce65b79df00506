//! How far the opening of a WebREPL has come, for whoever watches.

use std::sync::Arc;

/// What an opening WebREPL waits for; in this order, without those that do not apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DialStep {
    /// the address of the name
    Name,
    /// an open TCP connection
    Tcp,
    /// a proxy's answer, TLS to it and all
    Tunnel,
    /// TLS
    Tls,
    /// the reply to the WebSocket handshake
    Handshake,
    /// the board's prompt for the password
    Prompt,
    /// whoever knows the password
    Password,
    /// the board's answer to it
    Login,
}

/// Is told each step as it begins. Must not block.
#[derive(Clone)]
pub struct OnStep(Arc<dyn Fn(DialStep) + Send + Sync>);

impl OnStep {
    /// Calls this.
    pub fn new(told: impl Fn(DialStep) + Send + Sync + 'static) -> Self {
        Self(Arc::new(told))
    }

    pub(crate) fn begin(&self, step: DialStep) {
        (self.0)(step);
    }
}

/// Nobody watches.
impl Default for OnStep {
    fn default() -> Self {
        Self::new(|_| {})
    }
}
