//! Which name of a path is the one in the way.

use boardwalk_protocol::literal::{Value, string};

use crate::error::DeviceError;
use crate::line::Line;

use super::scripts::scoped;

/// A board says ENOTDIR for `d/x/y` whichever of `d` and `d/x` is a file: it is asked, and that one is named.
pub(super) async fn in_the_way<T>(line: &mut Line, done: Result<T, DeviceError>) -> Result<T, DeviceError> {
    let Err(DeviceError::NotAFolder { path }) = &done else { return done };
    let above: Vec<&str> =
        path.match_indices('/').map(|(at, _)| &path[..at]).filter(|name| !name.is_empty()).collect();
    if above.is_empty() || line.is_over() {
        return done;
    }
    let names: Vec<String> = above.iter().map(|name| string(name)).collect();
    let script = format!(
        "for p in({},):\n try:\n  if os.stat(p)[0]&16384:continue\n  print(repr(p))\n  return\n except OSError:\n  return\n",
        names.join(",")
    );
    // Whoever asked has a true answer already; a better one is a courtesy.
    let Ok(answer) = line.ask(&scoped(&script), path).await else { return done };
    match Value::parse(&answer).as_ref().and_then(Value::as_str) {
        Some(file) if above.contains(&file) => Err(DeviceError::NotAFolder { path: file.to_owned() }),
        _ => done,
    }
}
