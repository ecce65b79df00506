use boardwalk_device::{Consent, DeviceError, Session, child};
use sha2::{Digest as _, Sha256};
use tokio_util::sync::CancellationToken;

use crate::AppError;
use crate::app::App;
use crate::folder;
use crate::local;
use crate::transfer::{Transfer, blocking};
use crate::wire::*;

use super::place::At;

/// A larger file is not opened in the editor.
const EDITOR_MAX: usize = 4 << 20;
/// The window never stops a program to look at files: it says so and offers Stop.
const CONSENT: Consent = Consent::LeaveRunning;

impl App {
    /// What stands in a folder.
    ///
    /// # Errors
    /// `file-not-found`, `not-a-folder`, `program-running`, …
    pub async fn files_list(&self, request: PathAt) -> Result<Vec<FileEntry>, AppError> {
        let operation = self.operation(request.op.as_ref());
        match self.at(&request.place, &request.path).await? {
            At::Board { session, path } => {
                let entries = session.list(&path, CONSENT, operation.cancel.clone()).await?;
                let entry = |entry: boardwalk_device::Entry| FileEntry {
                    path: child(&request.path, &entry.name),
                    name: entry.name,
                    folder: entry.folder,
                    size: entry.size,
                };
                Ok(entries.into_iter().map(entry).collect())
            }
            At::Folder { .. } => {
                let root = self.folder_root()?;
                blocking(move || folder::list(&root, &request.path)).await
            }
        }
    }

    /// A file for the editor.
    ///
    /// # Errors
    /// `too-large`, `file-not-found`, …
    pub async fn file_read(&self, request: PathAt) -> Result<FileText, AppError> {
        let operation = self.operation(request.op.as_ref());
        let read = async {
            match self.at(&request.place, &request.path).await? {
                At::Board { session, path } => {
                    let stat = session.stat(&path, CONSENT, operation.cancel.clone()).await?;
                    not_too_large(stat.size)?;
                    let progress = self.progress(request.op.as_ref(), &request.path);
                    Ok(session.read(&path, progress, CONSENT, operation.cancel.clone()).await?)
                }
                At::Folder { path } => {
                    blocking(move || {
                        let meta =
                            std::fs::metadata(&path).map_err(|error| AppError::local(&error, &path))?;
                        not_too_large(meta.len())?;
                        local::read(&path)
                    })
                    .await
                }
            }
        }
        .await;
        self.ended(request.op.as_ref(), &request.path, &read);
        let data = read?;
        let version = version(&data);
        let size = data.len() as u64;
        let text = if data.contains(&0) { None } else { String::from_utf8(data).ok() };
        Ok(FileText { path: request.path, text, size, version })
    }

    /// Writes a file from the editor.
    ///
    /// # Errors
    /// `file-changed` and `file-exists` when the file is not as expected; nothing was changed then. `disk-full`, …
    pub async fn file_write(&self, request: WriteFile) -> Result<FileVersion, AppError> {
        let operation = self.operation(request.op.as_ref());
        let data = request.text.into_bytes();
        let written = FileVersion { version: version(&data), size: data.len() as u64 };
        let write = async {
            match self.at(&request.place, &request.path).await? {
                At::Board { session, path } => {
                    let cancel = &operation.cancel;
                    if let Some(expect) = &request.expect {
                        let now = board_version(&session, &path, cancel).await?;
                        as_expected(expect, now.as_deref(), &request.path)?;
                    }
                    let progress = self.progress(request.op.as_ref(), &request.path);
                    session.write(&path, data, progress, CONSENT, cancel.clone()).await?;
                    Ok(())
                }
                At::Folder { path } => {
                    let (expect, shown) = (request.expect.clone(), request.path.clone());
                    blocking(move || {
                        if let Some(expect) = expect {
                            let now = match local::read(&path) {
                                Ok(data) => Some(version(&data)),
                                Err(error) if error.code == "file-not-found" => None,
                                Err(error) => return Err(error),
                            };
                            as_expected(&expect, now.as_deref(), &shown)?;
                        }
                        local::write(&path, &data)
                    })
                    .await
                }
            }
        }
        .await;
        self.ended(request.op.as_ref(), &request.path, &write);
        write?;
        self.files_changed(&request.place);
        Ok(written)
    }

    /// Renames within one side.
    ///
    /// # Errors
    /// `file-exists`, `file-not-found`, …
    pub async fn file_rename(&self, request: RenamePath) -> Result<(), AppError> {
        let from = self.at(&request.place, &request.path).await?;
        let to = self.at(&request.place, &request.to).await?;
        match (from, to) {
            (At::Board { session, path }, At::Board { path: to, .. }) => {
                session.rename(&path, &to, false, CONSENT, CancellationToken::new()).await?;
            }
            (At::Folder { path }, At::Folder { path: to }) => {
                blocking(move || {
                    if to.symlink_metadata().is_ok() {
                        let taken = std::io::Error::from(std::io::ErrorKind::AlreadyExists);
                        return Err(AppError::local(&taken, &to));
                    }
                    std::fs::rename(&path, &to).map_err(|error| AppError::local(&error, &path))
                })
                .await?;
            }
            _ => {}
        }
        self.files_changed(&request.place);
        Ok(())
    }

    /// Removes a file, or a folder and all in it. On this computer it goes to the trash.
    ///
    /// # Errors
    /// `file-not-found`, …
    pub async fn file_remove(&self, request: RemovePath) -> Result<(), AppError> {
        let operation = self.operation(request.op.as_ref());
        match self.at(&request.place, &request.path).await? {
            At::Board { session, path } => {
                session.remove(&path, true, CONSENT, operation.cancel.clone()).await?
            }
            At::Folder { path } => {
                if path == self.folder_root()? {
                    return Err(AppError::new(
                        "bad-name",
                        "The open folder itself stays.",
                        "Name something in it.",
                    ));
                }
                blocking(move || {
                    path.symlink_metadata().map_err(|error| AppError::local(&error, &path))?;
                    trash::delete(&path).map_err(|error| {
                        let what = format!("The system did not put {} into the trash.", path.display());
                        AppError::new("no-trash", what, "Delete it with the system's own file program.")
                            .with_detail(error.to_string())
                    })
                })
                .await?;
            }
        }
        self.files_changed(&request.place);
        Ok(())
    }

    /// Copies a file or a folder to the other side, or to another board.
    ///
    /// # Errors
    /// `file-exists` without `overwrite`, and as reading and writing.
    pub async fn file_copy(&self, request: CopyPath) -> Result<(), AppError> {
        let operation = self.operation(request.op.as_ref());
        let cancel = operation.cancel.clone();
        let from = self.at(&request.from, &request.path).await?;
        let to = self.at(&request.to, &request.to_path).await?;
        let transfer = |session: &Session| Transfer {
            session: session.clone(),
            op: request.op.clone().unwrap_or_default(),
            tell: self.tell(),
            consent: CONSENT,
            cancel: cancel.clone(),
        };
        if !request.overwrite && exists(&to, &cancel).await? {
            return Err(DeviceError::Exists { path: request.to_path }.into());
        }
        match (from, to) {
            (At::Folder { path: from }, At::Board { session, path }) => {
                transfer(&session).put(&from, &path).await?;
            }
            (At::Board { session, path }, At::Folder { path: to }) => {
                transfer(&session).get(&path, &to).await?;
            }
            (At::Board { session, path }, At::Board { session: other, path: to }) => {
                let passing =
                    tempfile::tempdir().map_err(|error| AppError::local(&error, &std::env::temp_dir()))?;
                let middle = passing.path().join("copy");
                transfer(&session).get(&path, &middle).await?;
                transfer(&other).put(&middle, &to).await?;
            }
            (At::Folder { path: from }, At::Folder { path: to }) => {
                blocking(move || local::read(&from).and_then(|data| local::write(&to, &data))).await?;
            }
        }
        self.files_changed(&request.to);
        Ok(())
    }

    /// Makes a folder.
    ///
    /// # Errors
    /// `file-exists`, `no-folders`, …
    pub async fn folder_create(&self, request: PathAt) -> Result<(), AppError> {
        match self.at(&request.place, &request.path).await? {
            At::Board { session, path } => {
                session.make_folder(&path, false, CONSENT, CancellationToken::new()).await?;
            }
            At::Folder { path } => {
                blocking(move || std::fs::create_dir(&path).map_err(|error| AppError::local(&error, &path)))
                    .await?;
            }
        }
        self.files_changed(&request.place);
        Ok(())
    }

    /// The space of a board's file system; of this computer's it is not said.
    ///
    /// # Errors
    /// `program-running`, …
    pub async fn files_space(&self, request: PlaceRef) -> Result<Space, AppError> {
        match &request.place {
            Place::Folder => Ok(Space::default()),
            Place::Board { board } => {
                let session = self.0.boards.line(board)?.session;
                Ok(session.space(CONSENT, CancellationToken::new()).await?.into())
            }
        }
    }
}

/// Two versions are the same when the bytes are.
fn version(data: &[u8]) -> String {
    Sha256::digest(data).iter().map(|b| format!("{b:02x}")).collect()
}

async fn board_version(
    session: &Session,
    path: &str,
    cancel: &CancellationToken,
) -> Result<Option<String>, AppError> {
    match session.digest(path, CONSENT, cancel.clone()).await {
        Ok(digest) => Ok(Some(digest.iter().map(|b| format!("{b:02x}")).collect())),
        Err(DeviceError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn as_expected(expect: &str, now: Option<&str>, path: &str) -> Result<(), AppError> {
    match now {
        Some(_) if expect.is_empty() => Err(DeviceError::Exists { path: path.to_owned() }.into()),
        Some(now) if now == expect => Ok(()),
        // Deleted meanwhile: writing it again loses nothing.
        None => Ok(()),
        Some(_) => Err(AppError::new(
            "file-changed",
            format!("{path} has changed since it was opened here."),
            "Compare the two, then save again to replace it, or open it anew.",
        )),
    }
}

async fn exists(at: &At, cancel: &CancellationToken) -> Result<bool, AppError> {
    match at {
        At::Board { session, path } => match session.stat(path, CONSENT, cancel.clone()).await {
            Ok(_) => Ok(true),
            Err(DeviceError::NotFound { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        },
        At::Folder { path } => {
            let path = path.clone();
            blocking(move || Ok(path.symlink_metadata().is_ok())).await
        }
    }
}

fn not_too_large(size: u64) -> Result<(), AppError> {
    if size <= EDITOR_MAX as u64 {
        return Ok(());
    }
    Err(AppError::new(
        "too-large",
        "The file is larger than 4 MB.",
        "Copy it to the folder and open it with another program.",
    ))
}
