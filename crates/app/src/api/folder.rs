use crate::AppError;
use crate::app::{App, lock};
use crate::folder;
use crate::wire::*;

impl App {
    /// Lets the person choose a folder and opens it.
    ///
    /// # Errors
    /// When the choice cannot be saved for the next start.
    pub async fn folder_choose(&self, _: NoArgs) -> Result<Option<Folder>, AppError> {
        let Some(chosen) = self.0.host.choose_folder().await else {
            return self.folder_current(NoArgs {}).await;
        };
        self.open_folder(chosen).await.map(Some)
    }

    /// The open folder.
    ///
    /// # Errors
    /// None.
    pub async fn folder_current(&self, _: NoArgs) -> Result<Option<Folder>, AppError> {
        let folder = lock(&self.0.folder).clone();
        Ok(folder.map(|folder| folder::describe(&folder, home().as_deref())))
    }

    /// Opens a folder that was named on the command line or chosen.
    ///
    /// # Errors
    /// `not-a-folder`, or when the choice cannot be saved.
    pub async fn open_folder(&self, folder: std::path::PathBuf) -> Result<Folder, AppError> {
        if !folder.is_dir() {
            return Err(AppError::new(
                "not-a-folder",
                format!("{} is not a folder.", folder.display()),
                "Name a folder.",
            ));
        }
        *lock(&self.0.folder) = Some(folder.clone());
        self.0.store.save_folder(&folder).await?;
        self.0.host.event(AppEvent::FilesChanged { place: Place::Folder });
        Ok(folder::describe(&folder, home().as_deref()))
    }
}

/// Only for showing `~`.
fn home() -> Option<std::path::PathBuf> {
    std::env::home_dir()
}
