use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One of the two sides files live on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "side")]
#[ts(export)]
pub enum Place {
    /// A board. Paths are absolute, with `/`: `/lib/bme280.py`.
    Board {
        /// `Board::id`.
        board: String,
    },
    /// The open folder. Paths begin with `/` and mean the folder itself: `/main.py`; they cannot leave it.
    Folder,
}

/// A place alone.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct PlaceRef {
    /// Which side.
    pub place: Place,
}

/// A path on one side.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct PathAt {
    /// Which side.
    pub place: Place,
    /// The path there.
    pub path: String,
    /// An id for progress and cancel.
    pub op: Option<String>,
}

/// A file or folder in a listing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct FileEntry {
    /// The name alone.
    pub name: String,
    /// The whole path on its side.
    pub path: String,
    /// Whether it is a folder.
    pub folder: bool,
    /// Bytes, where known.
    #[ts(type = "number | null")]
    pub size: Option<u64>,
}

/// A file read for the editor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct FileText {
    /// Its path.
    pub path: String,
    /// The text; none when the bytes are not UTF-8 text.
    pub text: Option<String>,
    /// Bytes.
    #[ts(type = "number")]
    pub size: u64,
    /// The version that was read, for `WriteFile::expect`.
    pub version: String,
}

/// Writes a file: temporary name, verify, rename. The old file or the new one stands there, never a part.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct WriteFile {
    /// Which side.
    pub place: Place,
    /// The path there.
    pub path: String,
    /// The new content.
    pub text: String,
    /// The version the editor started from. If another one stands there now, the write fails with `file-changed`
    /// and changes nothing. `""` means: there must be no such file (`file-exists`). Null: write whatever is there.
    pub expect: Option<String>,
    /// An id for progress and cancel.
    pub op: Option<String>,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct FileVersion {
    /// The version that stands there now.
    pub version: String,
    /// Bytes.
    #[ts(type = "number")]
    pub size: u64,
}

/// Renames within one side. Fails with `file-exists` when the new name is taken.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct RenamePath {
    /// Which side.
    pub place: Place,
    /// The old path.
    pub path: String,
    /// The new path.
    pub to: String,
}

/// Removes a file, or a folder and all in it. The UI asks first.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct RemovePath {
    /// Which side.
    pub place: Place,
    /// The path there.
    pub path: String,
    /// An id for progress and cancel.
    pub op: Option<String>,
}

/// Copies a file, or a folder and all in it, from one side to the other (or between boards).
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct CopyPath {
    /// The side to read from.
    pub from: Place,
    /// The path there.
    pub path: String,
    /// The side to write to.
    pub to: Place,
    /// The path there.
    pub to_path: String,
    /// False: fail with `file-exists` when something stands there.
    pub overwrite: bool,
    /// An id for progress and cancel.
    pub op: Option<String>,
}

/// The open folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Folder {
    /// Its own name: `greenhouse`.
    pub name: String,
    /// For people, with `~` for the home folder: `~/projects/greenhouse`.
    pub shown: String,
}
