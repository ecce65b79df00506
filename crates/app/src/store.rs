//! What is kept between runs: settings, boards that were used, the open folder. One small JSON file each, so that a
//! damaged one costs little. No secrets are ever among them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::AppError;
use crate::boards::{BoardSettings, Remembered};
use crate::local;
use crate::proxy::ProxyChoices;
use crate::transfer::blocking;
use crate::wire::Settings;

const SETTINGS: &str = "settings.json";
const BOARDS: &str = "boards.json";
const BOARD_SETTINGS: &str = "board-settings.json";
const FOLDER: &str = "folder.json";
const PROXIES: &str = "proxy.json";
/// A file of ours is never larger; a larger one is not ours.
const LARGEST: u64 = 1 << 20;

/// The folder of saved files.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    config: PathBuf,
}

/// What was found in it.
#[derive(Debug, Default)]
pub(crate) struct Saved {
    pub(crate) settings: Settings,
    pub(crate) boards: Vec<Remembered>,
    pub(crate) board_settings: BTreeMap<String, BoardSettings>,
    pub(crate) folder: Option<PathBuf>,
    pub(crate) proxies: ProxyChoices,
}

impl Store {
    pub(crate) fn new(config: PathBuf) -> Self {
        Self { config }
    }

    /// Reads everything; what is missing or damaged is as on the first start.
    pub(crate) async fn load(&self) -> Saved {
        let config = self.config.clone();
        let load = move || {
            Ok(Saved {
                settings: read(&config.join(SETTINGS)).unwrap_or_default(),
                boards: read(&config.join(BOARDS)).unwrap_or_default(),
                board_settings: read(&config.join(BOARD_SETTINGS)).unwrap_or_default(),
                folder: read(&config.join(FOLDER)),
                proxies: read(&config.join(PROXIES)).unwrap_or_default(),
            })
        };
        blocking(load).await.unwrap_or_default()
    }

    pub(crate) async fn save_settings(&self, settings: &Settings) -> Result<(), AppError> {
        self.save(SETTINGS, settings).await
    }

    pub(crate) async fn save_boards(&self, boards: &[Remembered]) -> Result<(), AppError> {
        self.save(BOARDS, &boards).await
    }

    pub(crate) async fn save_board_settings(
        &self,
        settings: &BTreeMap<String, BoardSettings>,
    ) -> Result<(), AppError> {
        self.save(BOARD_SETTINGS, settings).await
    }

    pub(crate) async fn save_folder(&self, folder: &Path) -> Result<(), AppError> {
        self.save(FOLDER, &folder).await
    }

    pub(crate) async fn save_proxies(&self, choices: &ProxyChoices) -> Result<(), AppError> {
        self.save(PROXIES, choices).await
    }

    async fn save(&self, name: &str, value: &impl Serialize) -> Result<(), AppError> {
        let text = serde_json::to_vec_pretty(value).unwrap_or_default();
        let path = self.config.join(name);
        blocking(move || {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder).map_err(|error| AppError::local(&error, folder))?;
            }
            local::write(&path, &text)
        })
        .await
    }
}

fn read<T: DeserializeOwned>(path: &Path) -> Option<T> {
    if std::fs::metadata(path).ok()?.len() > LARGEST {
        return None;
    }
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn damaged_files_are_as_on_the_first_start() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path().join("config"));
        assert_eq!(store.load().await.settings, Settings::default());
        let settings = Settings { text_scale: 150, ..Settings::default() };
        store.save_settings(&settings).await.unwrap();
        assert_eq!(store.load().await.settings, settings);
        std::fs::write(folder.path().join("config").join(SETTINGS), b"{\"theme\": 7").unwrap();
        assert_eq!(store.load().await.settings, Settings::default());
    }
}
