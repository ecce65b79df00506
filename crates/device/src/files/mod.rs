//! Files on a board. Every operation is one piece of work of a session, made of small scripts that run in the raw REPL.
//!
//! Progress is told to a callback, in this order: any number of [`Step::Moved`], then [`Step::Verifying`], and the
//! result of the operation itself. Bytes count as moved when the board has acknowledged them; over a WebREPL, whose records
//! are acknowledged as a whole, when the operating system has taken them, which keeps little.

mod blame;
mod digest;
mod list;
mod path;
mod read;
mod records;
mod scripts;
mod tree;
mod write;

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::error::DeviceError;
use crate::info::{Capabilities, Space};
use crate::line::Line;
use crate::session::Session;
use crate::state::State;
use crate::work::{Consent, Work};

pub use list::{Entry, Stat};
pub use path::{child, normal};
pub use write::WriteOutcome;

pub(crate) use list::space;
pub(crate) use scripts::scoped;

/// A step of a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// So many bytes have arrived on the other side.
    Moved {
        /// Bytes so far.
        done: u64,
        /// Bytes in all, where known.
        total: Option<u64>,
    },
    /// All have; the copies are compared.
    Verifying,
}

/// Where the steps of an operation go. It is called in the session's task: it must not block.
#[derive(Clone)]
pub struct Progress(Arc<dyn Fn(Step) + Send + Sync>);

impl Progress {
    /// Calls `tell` at each step.
    pub fn new(tell: impl Fn(Step) + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }

    /// For callers who do not care.
    #[must_use]
    pub fn none() -> Self {
        Self::new(|_| {})
    }

    pub(crate) fn tell(&self, step: Step) {
        (self.0)(step);
    }
}

impl std::fmt::Debug for Progress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Progress")
    }
}

impl Session {
    /// What stands in a folder, folders first, then by name. An empty path is the folder the board works in.
    ///
    /// # Errors
    /// `file-not-found`, `not-a-folder`, and as all work.
    pub async fn list(
        &self,
        path: &str,
        consent: Consent,
        cancel: CancellationToken,
    ) -> Result<Vec<Entry>, DeviceError> {
        let path = path::checked(path)?;
        self.job(busy(Work::Listing, &path), consent, cancel, move |line| {
            Box::pin(async move {
                let (caps, path) = ready(line, consent, &path).await?;
                let done = list::list(line, &caps, &path).await;
                blame::in_the_way(line, done).await
            })
        })
        .await
    }

    /// What a path is.
    ///
    /// # Errors
    /// `file-not-found`, and as all work.
    pub async fn stat(
        &self,
        path: &str,
        consent: Consent,
        cancel: CancellationToken,
    ) -> Result<Stat, DeviceError> {
        let path = path::checked(path)?;
        self.job(busy(Work::Listing, &path), consent, cancel, move |line| {
            Box::pin(async move {
                let (caps, path) = ready(line, consent, &path).await?;
                let done = list::stat(line, &caps, &path).await;
                blame::in_the_way(line, done).await
            })
        })
        .await
    }

    /// The bytes of a file, checked against the hash that the board computes while it reads.
    ///
    /// # Errors
    /// `file-not-found`, `is-a-folder`, `read-damaged`, and as all work.
    pub async fn read(
        &self,
        path: &str,
        progress: Progress,
        consent: Consent,
        cancel: CancellationToken,
    ) -> Result<Vec<u8>, DeviceError> {
        let path = path::checked(path)?;
        self.job(busy(Work::Reading, &path), consent, cancel, move |line| {
            Box::pin(async move {
                let (caps, path) = ready(line, consent, &path).await?;
                let done = read::read(line, &caps, &path, &progress).await;
                blame::in_the_way(line, done).await
            })
        })
        .await
    }

    /// Writes a file: to a temporary name, compared by length and hash, then renamed. At every moment the path holds
    /// the old file or the new one.
    ///
    /// # Errors
    /// `disk-full` before anything was changed where the board says what is free; `file-not-found` when the folder is
    /// missing; `verify-failed`; and as all work.
    pub async fn write(
        &self,
        path: &str,
        data: impl Into<bytes::Bytes>,
        progress: Progress,
        consent: Consent,
        cancel: CancellationToken,
    ) -> Result<WriteOutcome, DeviceError> {
        let path = path::checked_file(path)?;
        let data = data.into();
        let mut first = None;
        loop {
            let (path, data, progress) = (path.clone(), data.clone(), progress.clone());
            let attempt = self.job(busy(Work::Writing, &path), consent, cancel.clone(), move |line| {
                Box::pin(async move {
                    let stalled_before = line.io.put_stalls;
                    let (caps, path) = ready(line, consent, &path).await?;
                    let written = write::write(line, &caps, &path, &data, &progress).await;
                    match blame::in_the_way(line, written).await {
                        Err(error) if line.io.put_stalls && !stalled_before => Ok(Err(error)),
                        result => result.map(Ok),
                    }
                })
            });
            match attempt.await {
                Ok(Ok(outcome)) => return Ok(outcome),
                // We have hung up, and the way through the REPL is still open.
                Ok(Err(stalled)) if self.regained(&cancel).await => first = Some(stalled),
                Ok(Err(error)) | Err(error @ DeviceError::Cancelled) => return Err(error),
                Err(error) => return Err(first.unwrap_or(error)),
            }
        }
    }

    /// The SHA-256 of a file's bytes, computed on the board where it can.
    ///
    /// # Errors
    /// `file-not-found`, `is-a-folder`, and as all work.
    pub async fn digest(
        &self,
        path: &str,
        consent: Consent,
        cancel: CancellationToken,
    ) -> Result<[u8; 32], DeviceError> {
        let path = path::checked_file(path)?;
        self.job(busy(Work::Reading, &path), consent, cancel, move |line| {
            Box::pin(async move {
                let (caps, path) = ready(line, consent, &path).await?;
                let done = digest::digest(line, &caps, &path).await;
                blame::in_the_way(line, done).await
            })
        })
        .await
    }

    /// Makes a folder; with `parents` also those above it, and then one that is there already is fine.
    ///
    /// # Errors
    /// `file-exists`, `file-not-found`, `no-folders`, and as all work.
    pub async fn make_folder(
        &self,
        path: &str,
        parents: bool,
        consent: Consent,
        cancel: CancellationToken,
    ) -> Result<(), DeviceError> {
        let path = path::checked_file(path)?;
        self.job(busy(Work::Changing, &path), consent, cancel, move |line| {
            Box::pin(async move {
                let (caps, path) = ready(line, consent, &path).await?;
                let done = tree::make_folder(line, &caps, &path, parents).await;
                blame::in_the_way(line, done).await
            })
        })
        .await
    }

    /// Renames a file or folder. Without `overwrite` a taken name is refused; a folder is never overwritten.
    ///
    /// # Errors
    /// `file-not-found`, `file-exists`, and as all work.
    pub async fn rename(
        &self,
        from: &str,
        to: &str,
        overwrite: bool,
        consent: Consent,
        cancel: CancellationToken,
    ) -> Result<(), DeviceError> {
        let from = path::checked_file(from)?;
        let to = path::checked_file(to)?;
        self.job(busy(Work::Changing, &from), consent, cancel, move |line| {
            Box::pin(async move {
                let (caps, from) = ready(line, consent, &from).await?;
                let done = tree::rename(line, &caps, &from, &to, overwrite).await;
                blame::in_the_way(line, done).await
            })
        })
        .await
    }

    /// Removes a file, or with `recursive` a folder and all in it.
    ///
    /// # Errors
    /// `file-not-found`, `is-a-folder` for a folder without `recursive`, and as all work.
    pub async fn remove(
        &self,
        path: &str,
        recursive: bool,
        consent: Consent,
        cancel: CancellationToken,
    ) -> Result<(), DeviceError> {
        let path = path::checked_file(path)?;
        self.job(busy(Work::Changing, &path), consent, cancel, move |line| {
            Box::pin(async move {
                let (caps, path) = ready(line, consent, &path).await?;
                let done = tree::remove(line, &caps, &path, recursive).await;
                blame::in_the_way(line, done).await
            })
        })
        .await
    }

    /// The space of the file system that holds the board's working folder.
    ///
    /// # Errors
    /// As all work; a board that does not say gives an empty [`Space`].
    pub async fn space(&self, consent: Consent, cancel: CancellationToken) -> Result<Space, DeviceError> {
        self.job(busy(Work::Asking, ""), consent, cancel, move |line| {
            Box::pin(async move {
                line.enter_raw(consent).await?;
                list::space(line, "").await
            })
        })
        .await
    }
}

fn busy(work: Work, path: &str) -> State {
    State::Busy { work, name: (!path.is_empty()).then(|| path.to_owned()) }
}

/// The board in the raw REPL, what it can do, and the path as its file system wants it: without folders there is no
/// leading slash either.
async fn ready(
    line: &mut Line,
    consent: Consent,
    path: &str,
) -> Result<(Arc<Capabilities>, String), DeviceError> {
    line.enter_raw(consent).await?;
    let caps = line.capabilities().await?;
    write::remove_leftovers(line, &caps).await?;
    let path = if caps.folders() { path } else { path.trim_start_matches('/') };
    Ok((caps, path.to_owned()))
}
