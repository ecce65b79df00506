//! KDE's settings: a file.

use std::io::ErrorKind;
use std::path::PathBuf;

use boardwalk_protocol::proxy::{Endpoint, Settings};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use tokio::io::AsyncReadExt as _;

use super::{Environment, ReadSettings};

/// More of the file is not read, in bytes.
const MOST: u64 = 256 << 10;

/// Reads `kioslaverc`.
pub struct Kde {
    environment: Environment,
}

impl Kde {
    /// With `XDG_CONFIG_HOME` and `HOME`, and the variables that the file may name.
    #[must_use]
    pub fn new(environment: &Environment) -> Self {
        Self { environment: environment.clone() }
    }

    fn file(&self) -> Option<PathBuf> {
        let set = |name: &str| self.environment.get(name).filter(|value| !value.is_empty());
        let folder = set("XDG_CONFIG_HOME").map(PathBuf::from);
        let folder = folder.or_else(|| Some(PathBuf::from(set("HOME")?).join(".config")))?;
        Some(folder.join("kioslaverc"))
    }
}

impl ReadSettings for Kde {
    fn name(&self) -> &'static str {
        "kde"
    }

    fn read<'a>(&'a self, _: &'a Endpoint) -> BoxFuture<'a, Result<Settings, String>> {
        async {
            let file = self.file().ok_or_else(|| "HOME is not set".to_owned())?;
            let told = |error: std::io::Error| format!("{}: {error}", file.display());
            let opened = match tokio::fs::File::open(&file).await {
                Ok(opened) => opened,
                // Nobody has ever set anything.
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    return Ok(Settings::unset("kde", "in the settings of KDE"));
                }
                Err(error) => return Err(told(error)),
            };
            let mut bytes = Vec::new();
            opened.take(MOST).read_to_end(&mut bytes).await.map_err(told)?;
            let text = String::from_utf8_lossy(&bytes);
            Ok(Settings::from_kioslaverc(&text, |name| self.environment.get(name)))
        }
        .boxed()
    }
}
