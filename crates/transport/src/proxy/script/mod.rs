//! Proxy auto-config: fetches a script and asks it. It is somebody else's program: its size, time and memory are bounded,
//! and the answer is data.

mod engine;
mod error;
mod fetch;

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use boardwalk_protocol::proxy::{Endpoint, ProxyServer, parse_script_answer};
use tokio::runtime::Handle;
use tokio::sync::{Mutex, Semaphore, oneshot};
use tokio::time::{Instant, timeout_at};

pub use error::ScriptError;

use super::resolve::Resolve;
use engine::Questions;

/// A script is fetched anew after so long.
const FRESH: Duration = Duration::from_secs(30);
/// So many run at once, those counted that were stopped and have not ended.
const AT_ONCE: usize = 4;
/// One answer of the resolver to a script.
const NAME: Duration = Duration::from_millis(800);
/// After its deadline a script is given so long to notice.
const GRACE: Duration = Duration::from_millis(250);

/// Runs scripts, and keeps the last one for a while.
pub(crate) struct Scripts {
    kept: Mutex<Option<Kept>>,
    running: Arc<Semaphore>,
}

struct Kept {
    place: String,
    script: Arc<str>,
    at: Instant,
}

impl Default for Scripts {
    fn default() -> Self {
        Self { kept: Mutex::default(), running: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl Scripts {
    /// The proxies for a destination, by the script at this place; `None` in the list is "direct". Answers by `until`.
    pub(crate) async fn ask(
        &self,
        place: &str,
        to: &Endpoint,
        resolver: &Arc<dyn Resolve>,
        until: Instant,
    ) -> Result<Vec<Option<ProxyServer>>, ScriptError> {
        let late = |_| ScriptError::NotRead { because: "no answer in time".into() };
        let script = timeout_at(until, self.script(place)).await.map_err(late)??;
        let permit = Arc::clone(&self.running).try_acquire_owned().map_err(|_| ScriptError::Busy)?;
        let (runtime, names) = (Handle::current(), Arc::clone(resolver));
        let resolve = move |name: &str| -> Option<IpAddr> {
            let limit = NAME.min(until.saturating_duration_since(Instant::now()));
            let found = runtime.block_on(async { tokio::time::timeout(limit, names.system(name)).await });
            found.ok()?.into_iter().map(|address| address.ip()).find(IpAddr::is_ipv4)
        };
        let own = super::machine::own_address().unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
        let (host, scheme) = (to.host.to_string(), if to.secure { "wss" } else { "ws" });
        let shown = if host.contains(':') { format!("[{host}]") } else { host.clone() };
        let url = format!("{scheme}://{shown}:{}/", to.port);
        let (answer, answered) = oneshot::channel();
        // A thread of its own: one that is stuck in a lookup must not keep the runtime from ending.
        let work = move || {
            let questions = Questions { resolve: Box::new(resolve), own };
            let _ = answer.send(engine::run(&script, &url, &host, questions, until.into_std()));
            drop(permit);
        };
        let started = std::thread::Builder::new().name("proxy-script".into()).spawn(work);
        started.map_err(|error| ScriptError::NotRead { because: error.to_string() })?;
        match timeout_at(until + GRACE, answered).await {
            Ok(Ok(answer)) => Ok(parse_script_answer(&answer?)?),
            Ok(Err(_)) => Err(ScriptError::Failed { because: "the interpreter ended".into() }),
            Err(_) => Err(ScriptError::TooLong),
        }
    }

    async fn script(&self, place: &str) -> Result<Arc<str>, ScriptError> {
        let kept = {
            let kept = self.kept.lock().await;
            let fresh = kept.as_ref().filter(|kept| kept.place == place && kept.at.elapsed() < FRESH);
            fresh.map(|kept| Arc::clone(&kept.script))
        };
        if let Some(script) = kept {
            return Ok(script);
        }
        let bytes = fetch::fetch(place).await?;
        let text = String::from_utf8(bytes).map_err(|_| ScriptError::NotText)?;
        let script: Arc<str> = text.trim_start_matches('\u{feff}').into();
        let (place, at) = (place.to_owned(), Instant::now());
        *self.kept.lock().await = Some(Kept { place, script: Arc::clone(&script), at });
        Ok(script)
    }
}
