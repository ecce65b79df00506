//! Copying files and folders between this computer and a board. A plan is made first, so that progress knows the whole.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use boardwalk_device::{Consent, Progress, Session, Step, child};
use tokio_util::sync::CancellationToken;

use crate::AppError;
use crate::local;
use crate::wire;

/// How deep folders may nest, and how many files one copy may touch: a loop of links ends.
const DEEPEST: usize = 32;
const MOST: usize = 20_000;

/// Where progress goes; the same events feed the window and the command line.
pub type Tell = Arc<dyn Fn(wire::Progress) + Send + Sync>;

/// What a transfer needs besides its paths.
#[derive(Clone)]
pub struct Transfer {
    /// The board.
    pub session: Session,
    /// The id that stands in progress events.
    pub op: String,
    /// Where progress goes.
    pub tell: Tell,
    /// May it stop a program?
    pub consent: Consent,
    /// Stops it.
    pub cancel: CancellationToken,
}

/// What was copied.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Copied {
    /// Files, by their path on the receiving side.
    pub files: Vec<String>,
    /// Bytes in all.
    pub bytes: u64,
}

/// One step of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Planned {
    Folder { to: String },
    File { from: String, to: String, bytes: u64 },
}

impl Transfer {
    /// Copies a file or folder of this computer to `to` on the board.
    ///
    /// # Errors
    /// The first file that fails ends it; what was copied stays.
    pub async fn put(&self, from: &Path, to: &str) -> Result<Copied, AppError> {
        self.put_all(vec![(from.to_owned(), to.to_owned())]).await
    }

    /// Copies several, each to its own place, as one operation: what cannot be read fails before anything is copied.
    ///
    /// # Errors
    /// As [`put`](Self::put).
    pub async fn put_all(&self, paths: Vec<(PathBuf, String)>) -> Result<Copied, AppError> {
        let plan = blocking(move || {
            let mut plan = Vec::new();
            for (from, to) in &paths {
                plan.extend(plan_local(from, to)?);
            }
            Ok(plan)
        })
        .await?;
        let mut count = Count::of(&plan);
        for step in plan {
            match step {
                Planned::Folder { to } => {
                    self.session.make_folder(&to, true, self.consent, self.cancel.clone()).await?;
                }
                Planned::File { from, to, .. } => {
                    let path = PathBuf::from(&from);
                    let data = blocking(move || local::read(&path)).await?;
                    let bytes = data.len() as u64;
                    let progress = self.progress(&to, &count);
                    let written =
                        self.session.write(&to, data, progress, self.consent, self.cancel.clone()).await;
                    written.inspect_err(|_| self.report(&to, &count, 0, wire::Phase::Failed))?;
                    count.add(to, bytes);
                }
            }
        }
        Ok(self.done(count))
    }

    /// Copies a file or folder of the board to `to` on this computer.
    ///
    /// # Errors
    /// The first file that fails ends it; what was copied stays. A name that this computer cannot hold is refused.
    pub async fn get(&self, from: &str, to: &Path) -> Result<Copied, AppError> {
        self.get_all(&[(from.to_owned(), to.to_owned())]).await
    }

    /// Copies several, each to its own place, as one operation.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn get_all(&self, paths: &[(String, PathBuf)]) -> Result<Copied, AppError> {
        let mut plan = Vec::new();
        for (from, to) in paths {
            plan.extend(self.plan_board(from, to).await?);
        }
        let mut count = Count::of(&plan);
        for step in plan {
            match step {
                Planned::Folder { to } => {
                    let path = PathBuf::from(to);
                    blocking(move || local::make_folder(&path)).await?;
                }
                Planned::File { from, to, .. } => {
                    let progress = self.progress(&to, &count);
                    let read = self.session.read(&from, progress, self.consent, self.cancel.clone()).await;
                    let data = read.inspect_err(|_| self.report(&to, &count, 0, wire::Phase::Failed))?;
                    let (path, bytes) = (PathBuf::from(&to), data.len() as u64);
                    blocking(move || local::write(&path, &data)).await?;
                    count.add(to, bytes);
                }
            }
        }
        Ok(self.done(count))
    }

    /// Makes a folder of this computer and those above it; one that is there is fine. Blocking.
    ///
    /// # Errors
    /// `not-a-folder` when a file has that name, `not-allowed`, …
    pub fn make_folder(path: &Path) -> Result<(), AppError> {
        local::make_folder(path)
    }

    async fn plan_board(&self, from: &str, to: &Path) -> Result<Vec<Planned>, AppError> {
        let stat = self.session.stat(from, self.consent, self.cancel.clone()).await?;
        let mut plan = Vec::new();
        let mut open = vec![(from.to_owned(), to.to_owned(), stat.folder, stat.size, 0)];
        while let Some((from, to, folder, bytes, depth)) = open.pop() {
            if plan.len() >= MOST || depth > DEEPEST {
                return Err(too_much());
            }
            let local = text(&to)?;
            if !folder {
                plan.push(Planned::File { from, to: local, bytes });
                continue;
            }
            plan.push(Planned::Folder { to: local });
            let entries = self.session.list(&from, self.consent, self.cancel.clone()).await?;
            for entry in entries.into_iter().rev() {
                let path = local::inside(&to, &entry.name)?;
                open.push((
                    child(&from, &entry.name),
                    path,
                    entry.folder,
                    entry.size.unwrap_or(0),
                    depth + 1,
                ));
            }
        }
        Ok(plan)
    }

    /// Progress of one file, counted from what the files before it had.
    fn progress(&self, name: &str, count: &Count) -> Progress {
        let (tell, op, name) = (Arc::clone(&self.tell), self.op.clone(), name.to_owned());
        let (before, total) = (count.copied.bytes, count.total);
        let last = AtomicU64::new(before);
        Progress::new(move |step| {
            let phase = match step {
                Step::Moved { done, .. } => {
                    last.store(before + done, Ordering::Relaxed);
                    wire::Phase::Transferring
                }
                Step::Verifying => wire::Phase::Verifying,
            };
            let done = last.load(Ordering::Relaxed);
            tell(wire::Progress {
                op: op.clone(),
                name: name.clone(),
                done,
                total: Some(total.max(done)),
                phase,
            });
        })
    }

    fn report(&self, name: &str, count: &Count, more: u64, phase: wire::Phase) {
        let done = count.copied.bytes + more;
        let total = Some(count.total.max(done));
        (self.tell)(wire::Progress { op: self.op.clone(), name: name.to_owned(), done, total, phase });
    }

    fn done(&self, count: Count) -> Copied {
        let last = count.copied.files.last().cloned().unwrap_or_default();
        self.report(&last, &count, 0, wire::Phase::Done);
        count.copied
    }
}

struct Count {
    copied: Copied,
    total: u64,
}

impl Count {
    fn of(plan: &[Planned]) -> Self {
        let total = plan.iter().map(|p| if let Planned::File { bytes, .. } = p { *bytes } else { 0 }).sum();
        Self { copied: Copied::default(), total }
    }

    fn add(&mut self, file: String, bytes: u64) {
        self.copied.files.push(file);
        self.copied.bytes += bytes;
    }
}

/// What is to be copied from this computer. Links are followed for files and left out for folders, so that a loop of
/// them cannot grow.
fn plan_local(from: &Path, to: &str) -> Result<Vec<Planned>, AppError> {
    let wrap = |error: std::io::Error, path: &Path| local::io_error(&error, path);
    let mut plan = Vec::new();
    let mut open = vec![(from.to_owned(), to.to_owned(), 0)];
    while let Some((from, to, depth)) = open.pop() {
        if plan.len() >= MOST || depth > DEEPEST {
            return Err(too_much());
        }
        let meta = std::fs::metadata(&from).map_err(|e| wrap(e, &from))?;
        if !meta.is_dir() {
            plan.push(Planned::File { from: text(&from)?, to, bytes: meta.len() });
            continue;
        }
        let mut entries = std::fs::read_dir(&from)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|e| wrap(e, &from))?;
        entries.sort_by_key(std::fs::DirEntry::file_name);
        plan.push(Planned::Folder { to: to.clone() });
        for entry in entries.into_iter().rev() {
            let path = entry.path();
            let link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
            let name = text(Path::new(&entry.file_name()))?;
            if !(link && path.is_dir()) && name != "__pycache__" && name != ".git" {
                open.push((path, child(&to, &name), depth + 1));
            }
        }
    }
    Ok(plan)
}

fn text(path: &Path) -> Result<String, AppError> {
    path.to_str().map(ToOwned::to_owned).ok_or_else(|| {
        AppError::new(
            "bad-name",
            format!("The name {} is not UTF-8.", path.display()),
            "Rename it, then copy it again.",
        )
    })
}

fn too_much() -> AppError {
    AppError::new(
        "too-many-files",
        format!("There are more than {MOST} files, or folders nested deeper than {DEEPEST}."),
        "Copy a smaller folder.",
    )
}

/// Runs file work of this computer off the async threads.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, AppError> + Send + 'static,
) -> Result<T, AppError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(_) => Err(AppError::new("crashed", "Work on a file of this computer broke off.", "Try again.")),
    }
}
