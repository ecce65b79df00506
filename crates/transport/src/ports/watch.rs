//! Hotplug: looks at the ports several times a second and tells when they changed.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::info::PortInfo;
use super::source::PortSource;

/// How often to look. A person who plugs a board in sees it within a third of a second.
const INTERVAL: Duration = Duration::from_millis(250);
/// Every so many looks the list is made anew, whatever the stamp says: 5 s.
const FULL_LOOK: u32 = 20;

/// A task that watches the ports until it is dropped.
#[derive(Debug)]
pub struct PortWatch {
    ports: watch::Receiver<Arc<[PortInfo]>>,
    _stop: DropGuard,
}

impl PortWatch {
    /// Starts watching; the first list is there when this returns. Needs a tokio runtime.
    pub async fn start(source: PortSource) -> Self {
        Self::every(source, INTERVAL).await
    }

    /// As [`start`](Self::start), looking at this interval; at least 10 ms.
    pub async fn every(source: PortSource, interval: Duration) -> Self {
        let first = source.list().await;
        let (publish, ports) = watch::channel(Arc::from(first));
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let looking = look(source, publish, interval.max(Duration::from_millis(10)));
        tokio::spawn(async move { stopped.run_until_cancelled(looking).await });
        Self { ports, _stop: stop.drop_guard() }
    }

    /// The ports right now, and news of every change.
    pub fn subscribe(&self) -> watch::Receiver<Arc<[PortInfo]>> {
        self.ports.clone()
    }

    /// The ports as of the last look.
    pub fn current(&self) -> Arc<[PortInfo]> {
        self.ports.borrow().clone()
    }
}

async fn look(source: PortSource, publish: watch::Sender<Arc<[PortInfo]>>, interval: Duration) {
    let mut ticks = tokio::time::interval(interval);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut last_stamp = None;
    for round in 0_u32.. {
        ticks.tick().await;
        let source = source.clone();
        let looked = tokio::task::spawn_blocking(move || {
            let stamp = source.stamp();
            let unchanged = stamp.is_some() && stamp == last_stamp && round % FULL_LOOK != 0;
            (stamp, (!unchanged).then(|| source.list_blocking()))
        });
        let Ok((stamp, ports)) = looked.await else { return };
        last_stamp = stamp;
        if let Some(ports) = ports {
            publish.send_if_modified(|known| {
                let changed = **known != *ports;
                if changed {
                    *known = ports.into();
                }
                changed
            });
        }
    }
}
