//! Opening a port: on a thread of its own, since drivers can take any time, and with its causes told apart.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::line_policy::LinePolicy;
use super::raw_port::{RawPort, release, set_lines};
use crate::error::TransportError;

/// What to open, and how.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) path: String,
    pub(super) baud: u32,
    pub(super) policy: LinePolicy,
    /// USB vendor, for causes that depend on it
    pub(super) vid: Option<u16>,
}

/// How long a refusal may be the system still working on the port: udev sets the group of a new node a moment after
/// it appears, and Windows says "access denied" for a port that is being torn down.
const GRACE: Duration = Duration::from_millis(1500);
const GRACE_STEP: Duration = Duration::from_millis(50);

/// Opens the port within the deadline; waits out refusals that a system gives while it sets a port up.
pub(super) async fn open(request: Request, limit: Duration) -> Result<Arc<dyn RawPort>, TransportError> {
    let started = Instant::now();
    loop {
        let left = limit.saturating_sub(started.elapsed());
        match attempt(request.clone(), left, limit).await {
            Err(refusal) if started.elapsed() < GRACE && may_pass(&refusal, &request.path) => {
                tokio::time::sleep(GRACE_STEP).await;
            }
            outcome => return outcome,
        }
    }
}

async fn attempt(
    request: Request,
    left: Duration,
    limit: Duration,
) -> Result<Arc<dyn RawPort>, TransportError> {
    let path = request.path.clone();
    let (done, opened) = oneshot::channel();
    let work = move || {
        // Nobody waits any more: close it as carefully as any other.
        if let Err(Ok(port)) = done.send(open_blocking(&request)) {
            release(&*port);
        }
    };
    let io = |path: &str| TransportError::Io { path: path.to_owned(), code: None, what: "opening" };
    std::thread::Builder::new().name("serial-open".into()).spawn(work).map_err(|_| io(&path))?;
    match tokio::time::timeout(left, opened).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Err(io(&path)),
        Err(_) => Err(TransportError::OpenTimeout { path, seconds: limit.as_secs() }),
    }
}

fn open_blocking(request: &Request) -> Result<Arc<dyn RawPort>, TransportError> {
    #[cfg(unix)]
    let opened = super::unix::UnixPort::open(request);
    #[cfg(windows)]
    let opened = super::windows::WindowsPort::open(request);
    let port: Arc<dyn RawPort> = Arc::new(opened.map_err(|refusal| match refusal {
        TransportError::DriverError { path, .. } => TransportError::DriverError { path, vid: request.vid },
        other => other,
    })?);
    if let Err(why) = set_lines(&*port, request.policy.signals()) {
        // Some drivers cannot; the port may well work without. A port that is gone shows at the first read.
        tracing::debug!(path = %request.path, %why, "DTR and RTS not set");
    }
    Ok(port)
}

#[cfg(unix)]
fn may_pass(refusal: &TransportError, path: &str) -> bool {
    use std::os::unix::fs::MetadataExt;
    use std::time::SystemTime;
    // The time of the last change to the node itself; traffic moves only the other two times.
    let new = || {
        let changed = std::fs::metadata(path).ok()?.ctime().try_into().ok()?;
        let age = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .ok()?
            .checked_sub(Duration::from_secs(changed));
        Some(age.is_none_or(|age| age < GRACE + Duration::from_secs(1)))
    };
    matches!(refusal, TransportError::PermissionDenied { .. }) && new() == Some(true)
}

#[cfg(windows)]
fn may_pass(refusal: &TransportError, _: &str) -> bool {
    matches!(refusal, TransportError::PortBusy { .. })
}
