//! What a proxy was told and took, for the next tunnel of the same dial.

use boardwalk_protocol::proxy::ProxyServer;
use boardwalk_protocol::proxy::tunnel::Scheme;

use super::Shown;

/// The credentials of one proxy.
#[derive(Default)]
pub(crate) struct Known(Option<(ProxyServer, Shown)>);

impl Known {
    /// What to show this proxy at once. A Digest's nonce is not used again: the proxy is asked for a fresh one.
    pub(super) fn of(&self, proxy: &ProxyServer) -> Option<Shown> {
        let (_, shown) = self.0.as_ref().filter(|(known, _)| known == proxy)?;
        let basic = shown.challenge.as_ref().filter(|one| one.known() == Some(Scheme::Basic));
        Some(Shown { credentials: shown.credentials.clone(), challenge: basic.cloned(), proven: true })
    }

    pub(super) fn keep(&mut self, proxy: &ProxyServer, shown: Shown) {
        self.0 = Some((proxy.clone(), shown));
    }

    pub(super) fn forget(&mut self, proxy: &ProxyServer) {
        self.0.take_if(|(known, _)| known == proxy);
    }
}
