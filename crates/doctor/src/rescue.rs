//! A board that does not let itself be stopped: it is caught while it starts, the line that swallows Ctrl-C is shown, and the
//! program is set aside under another name.

use std::time::Duration;

use boardwalk_device::{Consent, DeviceError, Progress, Session};
use tokio_util::sync::CancellationToken;

/// Long enough to read what to do, and to press a button.
const CATCH: Duration = Duration::from_secs(30);
/// What the program is called afterwards.
const ASIDE: &str = ".off";
/// A longer file is not read: the line is a courtesy, the prompt is what counts.
const READ_MOST: u64 = 256 * 1024;

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rescued {
    /// the program, `main.py`; `None`: the board was caught, and there was none
    pub program: Option<String>,
    /// what it is called now, `main.py.off`
    pub renamed: Option<String>,
    /// what swallows Ctrl-C in it, as far as that shows
    pub culprit: Option<Culprit>,
}

/// A line of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Culprit {
    /// from 1
    pub line: u32,
    /// without its indentation, at most 120 characters, without control characters
    pub text: String,
}

/// Catches the board, with its reset line or while a person presses its reset button; then renames `main.py`. Nothing is
/// removed, and nothing overwritten.
///
/// # Errors
/// `interrupt-swallowed` when it could not be caught within 30 s, and as all work.
pub async fn rescue(session: &Session, cancel: CancellationToken) -> Result<Rescued, DeviceError> {
    session.catch_at_boot(CATCH, cancel.clone()).await?;
    let program = "/main.py";
    let stat = match session.stat(program, Consent::MayInterrupt, cancel.clone()).await {
        Ok(stat) => stat,
        Err(DeviceError::NotFound { .. }) => {
            return Ok(Rescued { program: None, renamed: None, culprit: None });
        }
        Err(error) => return Err(error),
    };
    let culprit = if stat.size <= READ_MOST {
        let read = session.read(program, Progress::none(), Consent::MayInterrupt, cancel.clone()).await?;
        culprit(&String::from_utf8_lossy(&read))
    } else {
        None
    };
    let renamed = set_aside(session, program, ASIDE, cancel).await?;
    Ok(Rescued { program: Some(plain(program)), renamed: Some(plain(&renamed)), culprit })
}

/// Gives the program its name back.
///
/// # Errors
/// `file-exists` when there is a new `main.py`, `file-not-found`, and as all work.
pub async fn undo_rescue(
    session: &Session,
    rescued: &Rescued,
    cancel: CancellationToken,
) -> Result<(), DeviceError> {
    let (Some(program), Some(renamed)) = (&rescued.program, &rescued.renamed) else { return Ok(()) };
    session.rename(&format!("/{renamed}"), &format!("/{program}"), false, Consent::MayInterrupt, cancel).await
}

/// Renames to the first name that is free: `main.py.off`, `main.py.off-2`, …
pub(crate) async fn set_aside(
    session: &Session,
    path: &str,
    end: &str,
    cancel: CancellationToken,
) -> Result<String, DeviceError> {
    const NAMES: u32 = 20;
    for number in 1..=NAMES {
        let name = if number == 1 { format!("{path}{end}") } else { format!("{path}{end}-{number}") };
        match session.rename(path, &name, false, Consent::MayInterrupt, cancel.clone()).await {
            Ok(()) => return Ok(name),
            Err(DeviceError::Exists { .. }) if number < NAMES => {}
            Err(error) => return Err(error),
        }
    }
    Err(DeviceError::Exists { path: format!("{path}{end}") })
}

fn plain(path: &str) -> String {
    path.trim_start_matches('/').to_owned()
}

/// The first line that keeps Ctrl-C from ending the program (micropython#11682, #17097). A handler that ends in `raise`
/// or leaves the loop is not looked into: it would be caught by Ctrl-C as well.
pub(crate) fn culprit(program: &str) -> Option<Culprit> {
    let swallows = |code: &str| {
        let words: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let caught = words.strip_prefix("except");
        words.contains("kbd_intr(-1)")
            || caught.is_some_and(|caught| {
                caught.starts_with(':')
                    || ["KeyboardInterrupt", "BaseException"].iter().any(|name| caught.contains(name))
            })
    };
    let (at, line) =
        program.lines().enumerate().find(|(_, line)| swallows(line.split('#').next().unwrap_or(line)))?;
    let text = line.trim().chars().filter(|c| !c.is_control()).take(120).collect();
    Some(Culprit { line: u32::try_from(at + 1).unwrap_or(u32::MAX), text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_that_swallows_ctrl_c() {
        for (program, line) in [
            ("while True:\n    try:\n        work()\n    except:\n        pass\n", Some(4)),
            (
                "try:\n    a()\nexcept OSError:\n    pass\ntry:\n    b()\nexcept BaseException as e :\n    pass\n",
                Some(7),
            ),
            ("try:\n    a()\nexcept (OSError, KeyboardInterrupt):\n    pass\n", Some(3)),
            ("import micropython\nmicropython.kbd_intr( -1 )\n", Some(2)),
            ("try:\n    a()\nexcept Exception:\n    pass\n", None),
            ("# except: is bad\nexception = 1\nmicropython.kbd_intr(3)\n", None),
            ("", None),
        ] {
            assert_eq!(culprit(program).map(|culprit| culprit.line), line, "{program}");
        }
        let long = format!("except: \x1b[2J{}", "x".repeat(500));
        let text = culprit(&long).unwrap().text;
        assert!(text.len() == 120 && !text.contains('\x1b'), "{text}");
    }
}
