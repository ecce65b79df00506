//! The two sides that files live on, as the commands see them.

use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use boardwalk_device::{Progress as DeviceProgress, Session, Step};

use crate::AppError;
use crate::app::{App, lock};
use crate::folder::resolve;
use crate::transfer::{Tell, blocking};
use crate::wire::{AppEvent, Phase, Place, Progress};

/// Progress is told at most so often, except when the phase changes.
const OFTEN: Duration = Duration::from_millis(50);

/// A path on one side, looked up.
pub(super) enum At {
    Board { session: Session, path: String },
    Folder { path: PathBuf },
}

impl App {
    /// The session, or the path on disk.
    pub(super) async fn at(&self, place: &Place, path: &str) -> Result<At, AppError> {
        match place {
            Place::Board { board } => Ok(At::Board {
                session: self.0.boards.line(board)?.session,
                path: self.board_path(board, path),
            }),
            Place::Folder => {
                let (root, path) = (self.folder_root()?, path.to_owned());
                Ok(At::Folder { path: blocking(move || resolve(&root, &path)).await? })
            }
        }
    }

    /// The open folder's path on disk.
    pub(super) fn folder_root(&self) -> Result<PathBuf, AppError> {
        lock(&self.0.folder).clone().ok_or_else(|| {
            AppError::new("no-folder", "No folder is open.", "Open a folder of this computer first.")
        })
    }

    /// The window's paths begin at the folder the board works in, which is `/` on every board but not on the unix
    /// port of MicroPython.
    pub(super) fn board_path(&self, board: &str, path: &str) -> String {
        let info = self.0.boards.get(board).map(|open| open.working_folder);
        match info {
            Some(folder) if folder.len() > 1 => format!("{}{path}", folder.trim_end_matches('/')),
            _ => path.to_owned(),
        }
    }

    pub(super) fn files_changed(&self, place: &Place) {
        self.0.host.event(AppEvent::FilesChanged { place: place.clone() });
    }

    /// Where the progress of an operation with this id goes.
    pub(super) fn tell(&self) -> Tell {
        let app = self.clone();
        let last: Mutex<Option<(Instant, Phase)>> = Mutex::new(None);
        std::sync::Arc::new(move |progress: Progress| {
            let mut last = lock(&last);
            let now = Instant::now();
            let soon = last.is_some_and(|(at, phase)| phase == progress.phase && now - at < OFTEN);
            let complete = progress.total == Some(progress.done);
            if !soon || complete {
                *last = Some((now, progress.phase));
                drop(last);
                app.0.host.event(AppEvent::Progress { progress });
            }
        })
    }

    /// Progress of one file.
    pub(super) fn progress(&self, op: Option<&String>, name: &str) -> DeviceProgress {
        let Some(op) = op.cloned() else { return DeviceProgress::none() };
        let (tell, name) = (self.tell(), name.to_owned());
        let last = Mutex::new((0, None));
        DeviceProgress::new(move |step| {
            let mut last = lock(&last);
            let phase = match step {
                Step::Moved { done, total } => {
                    *last = (done, total);
                    Phase::Transferring
                }
                Step::Verifying => Phase::Verifying,
            };
            let (done, total) = *last;
            tell(Progress { op: op.clone(), name: name.clone(), done, total, phase });
        })
    }

    /// The last event of an operation.
    pub(super) fn ended<T>(&self, op: Option<&String>, name: &str, result: &Result<T, AppError>) {
        if let Some(op) = op {
            let phase = if result.is_ok() { Phase::Done } else { Phase::Failed };
            let progress = Progress { op: op.clone(), name: name.to_owned(), done: 0, total: None, phase };
            self.0.host.event(AppEvent::Progress { progress });
        }
    }
}
