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

/// What runs at each start, in this order (MicroPython, shared/runtime/pyexec.c and the ports' main.c).
const PROGRAMS: [&str; 2] = ["main.py", "boot.py"];

/// Catches the board, with its reset line or while a person presses its reset button; then renames `main.py`, or `boot.py`
/// when that is what keeps Ctrl-C away. Nothing is removed, and nothing overwritten.
///
/// # Errors
/// `interrupt-swallowed` when it could not be caught within 30 s, and as all work.
pub async fn rescue(session: &Session, cancel: CancellationToken) -> Result<Rescued, DeviceError> {
    session.catch_at_boot(CATCH, cancel.clone()).await?;
    let mut there = None;
    for program in PROGRAMS {
        let Some(culprit) = look_into(session, program, &cancel).await? else { continue };
        if culprit.is_some() {
            return rename(session, program, culprit, cancel).await;
        }
        // Without a line that shows it, the program that goes on for ever is more likely than what starts it.
        there = there.or((program == PROGRAMS[0]).then_some(program));
    }
    match there {
        Some(program) => rename(session, program, None, cancel).await,
        None => Ok(Rescued { program: None, renamed: None, culprit: None }),
    }
}

/// A program that was set aside before, by whatever run of whatever front end: the name on the board tells. The newest,
/// when there are several.
///
/// # Errors
/// As all work.
pub async fn set_aside_before(
    session: &Session,
    consent: Consent,
    cancel: CancellationToken,
) -> Result<Option<Rescued>, DeviceError> {
    let entries = session.list("/", consent, cancel).await?;
    Ok(found(entries.iter().map(|entry| entry.name.as_str())))
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

/// What swallows Ctrl-C in a program, if it is there and if that shows.
async fn look_into(
    session: &Session,
    program: &str,
    cancel: &CancellationToken,
) -> Result<Option<Option<Culprit>>, DeviceError> {
    let path = format!("/{program}");
    let stat = match session.stat(&path, Consent::MayInterrupt, cancel.clone()).await {
        Ok(stat) => stat,
        Err(DeviceError::NotFound { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    if stat.size > READ_MOST {
        return Ok(Some(None));
    }
    let read = session.read(&path, Progress::none(), Consent::MayInterrupt, cancel.clone()).await?;
    Ok(Some(culprit(&String::from_utf8_lossy(&read))))
}

async fn rename(
    session: &Session,
    program: &str,
    culprit: Option<Culprit>,
    cancel: CancellationToken,
) -> Result<Rescued, DeviceError> {
    let renamed = set_aside(session, &format!("/{program}"), ASIDE, cancel).await?;
    Ok(Rescued { program: Some(program.to_owned()), renamed: Some(plain(&renamed)), culprit })
}

/// Among the names in the root: the program that was set aside last.
pub(crate) fn found<'a>(names: impl Iterator<Item = &'a str>) -> Option<Rescued> {
    let aside = |name: &'a str| {
        PROGRAMS.into_iter().find_map(|program| {
            let end = name.strip_prefix(program)?.strip_prefix(ASIDE)?;
            let number = if end.is_empty() { 1 } else { end.strip_prefix('-')?.parse::<u32>().ok()? };
            Some((program, number, name))
        })
    };
    // main.py before boot.py, and of each the newest.
    let last = names.filter_map(aside).max_by_key(|(program, number, _)| (*program, *number))?;
    let (program, _, name) = last;
    Some(Rescued { program: Some(program.to_owned()), renamed: Some(name.to_owned()), culprit: None })
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

/// The first line that keeps Ctrl-C from ending the program (micropython#11682, #17097); without one, the first that takes
/// the board away before Ctrl-C arrives. A handler that ends in `raise` or leaves the loop is not looked into: it would be
/// caught by Ctrl-C as well.
pub(crate) fn culprit(program: &str) -> Option<Culprit> {
    let lines = || program.lines().map(|line| line.split('#').next().unwrap_or(line)).enumerate();
    let (at, _) =
        lines().find(|(_, code)| swallows(code)).or_else(|| lines().find(|(_, code)| leaves(code)))?;
    let line = program.lines().nth(at).unwrap_or_default();
    let text = line.trim().chars().filter(|c| !c.is_control()).take(120).collect();
    Some(Culprit { line: u32::try_from(at + 1).unwrap_or(u32::MAX), text })
}

fn swallows(code: &str) -> bool {
    let words: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let caught = words.strip_prefix("except");
    words.contains("kbd_intr(-1)")
        || caught.is_some_and(|caught| {
            caught.starts_with(':')
                || ["KeyboardInterrupt", "BaseException"].iter().any(|name| caught.contains(name))
        })
}

/// A chip that sleeps hears nothing (thonny#2448), and a watchdog that has been started cannot be stopped (micropython#7766).
fn leaves(code: &str) -> bool {
    let words: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    ["lightsleep(", "deepsleep(", "machine.sleep(", "WDT(", "machine.reset(", "machine.soft_reset("]
        .iter()
        .any(|call| words.contains(call))
        && !words.starts_with("def")
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
            ("from machine import WDT\nw = WDT(timeout=2000)\n", Some(2)),
            ("import machine\nwhile True:\n    machine.lightsleep(1000)\n", Some(3)),
            ("w = WDT(timeout=2000)\ntry:\n    a()\nexcept:\n    pass\n", Some(4)),
            ("# except: is bad\nexception = 1\nmicropython.kbd_intr(3)\n", None),
            ("", None),
        ] {
            assert_eq!(culprit(program).map(|culprit| culprit.line), line, "{program}");
        }
        let long = format!("except: \x1b[2J{}", "x".repeat(500));
        let text = culprit(&long).unwrap().text;
        assert!(text.len() == 120 && !text.contains('\x1b'), "{text}");
    }

    #[test]
    fn what_was_set_aside_before() {
        let named = |names: &[&str]| found(names.iter().copied()).and_then(|rescued| rescued.renamed);
        assert_eq!(named(&["main.py", "lib"]), None);
        assert_eq!(named(&["main.py.off", "boot.py"]).as_deref(), Some("main.py.off"));
        assert_eq!(
            named(&["main.py.off-10", "main.py.off", "main.py.off-9"]).as_deref(),
            Some("main.py.off-10")
        );
        assert_eq!(named(&["boot.py.off", "main.py.off"]).as_deref(), Some("main.py.off"));
        assert_eq!(
            named(&["boot.py.off", "main.py.officer", "main.py.off-x"]).as_deref(),
            Some("boot.py.off")
        );
        let rescued = found(["boot.py.off"].into_iter()).unwrap();
        assert_eq!(rescued.program.as_deref(), Some("boot.py"));
    }
}
