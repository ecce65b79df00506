//! The types that cross to a front end, as JSON. Domain types of the rooms above never do; conversion is explicit.
//! `cargo test -p boardwalk-app` writes them as TypeScript into `ui/src/bindings`.

mod board;
mod doctor;
mod event;
mod file;
mod question;
mod run;
mod settings;

pub use board::*;
pub use doctor::*;
pub use event::*;
pub use file::*;
pub use question::*;
pub use run::*;
pub use settings::*;

pub use crate::proxy::{
    ChooseProxy, ProxyChoices, ProxyDocument, ProxyRouteOf, SetLanBypass, SourceDocument,
};

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The request of a command that needs nothing.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct NoArgs {}

/// Names a running operation, by the id its caller chose for it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[ts(export)]
pub struct OpRef {
    /// The id that stood in the request which started the operation.
    pub op: String,
}
