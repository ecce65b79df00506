//! What all sources say, the deciding one and the others: `boardwalk proxy --all`.

use boardwalk_protocol::proxy::{Decision, Endpoint, Said, Settings};
use tokio::time::Instant;

use super::{LIMIT, SystemRoutes, endpoint};
use crate::target::WebReplUrl;

/// What one source said about a destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceSaid {
    /// as in [`Decision::source`]
    pub source: &'static str,
    /// what it leads to, when it says anything
    pub decision: Option<Decision>,
    /// what it says, or why it could not be read, as sentences
    pub says: Vec<String>,
}

impl SystemRoutes {
    /// What each source says about this board, the deciding ones and the others.
    pub async fn all(&self, url: &WebReplUrl) -> Vec<SourceSaid> {
        let (to, until) = (endpoint(url), Instant::now() + LIMIT);
        let environment = Settings::from_environment(|name| self.environment.get(name));
        let mut all = vec![self.said(&environment, &to, until).await];
        for reader in &self.sources.readers {
            all.push(match self.read(&**reader, &to, until).await {
                Ok(settings) => self.said(&settings, &to, until).await,
                Err(because) => {
                    let says = vec![format!("not readable: {because}")];
                    SourceSaid { source: reader.name(), decision: None, says }
                }
            });
        }
        all.extend(self.sources.absent.iter().map(|(source, because)| {
            let says = vec![format!("not read: {because}")];
            SourceSaid { source, decision: None, says }
        }));
        all
    }

    async fn said(&self, settings: &Settings, to: &Endpoint, until: Instant) -> SourceSaid {
        let decision = match settings.decide(to) {
            Said::Nothing => None,
            Said::Decision(decision) => Some(decision),
            Said::Script(place) => Some(self.script(&place, settings, to, until).await),
        };
        let said = decision.as_ref().map_or("nothing is set", |decision| decision.reason.as_str());
        let mut says = vec![said.to_owned()];
        says.extend(
            settings.nonsense().iter().map(|entry| format!("“{entry}” is in its list and means nothing")),
        );
        SourceSaid { source: settings.source, decision, says }
    }
}
