//! Is there a file system, and room in it?

use std::time::Duration;

use boardwalk_device::{Consent, DeviceError, Session};
use boardwalk_protocol::errno::Errno;
use futures::future::{BoxFuture, FutureExt as _};
use tokio_util::sync::CancellationToken;

use super::latency::VERY_SLOW;
use super::{at_prompt, over, restarted, session};
use crate::case::Case;
use crate::check::{Check, Need, Outcome};
use crate::code::Code;
use crate::finding::Finding;
use crate::rescue;

pub(crate) struct Storage;

/// How many folders at the top are looked into.
const FOLDERS: usize = 8;
/// Less than this many bytes is not enough for a small program and its second copy while it is replaced.
const LITTLE: u64 = 8 * 1024;

impl Check for Storage {
    fn id(&self) -> &'static str {
        "storage"
    }

    fn title(&self) -> &'static str {
        "File system"
    }

    fn needs(&self) -> &'static [Need] {
        &[Need::Passed("prompt"), Need::Over("latency"), Need::Over("bytes")]
    }

    fn deadline(&self) -> Duration {
        Duration::from_secs(8)
    }

    fn run<'a>(&'a self, case: &'a Case) -> BoxFuture<'a, Outcome> {
        look(case).boxed()
    }
}

async fn look(case: &Case) -> Outcome {
    let Some(session) = session(case).await else {
        return Outcome::skipped("Not run, because there is no session.");
    };
    if !at_prompt(&session).await {
        return Outcome::skipped("Not run, because the board is not at its prompt.");
    }
    if case.facts.round_trip.get().is_some_and(|trip| *trip >= VERY_SLOW) {
        return Outcome::skipped("Not run, because it would take long: round trips are slow.");
    }
    if case.url().is_none() && !case.was_reached() {
        return Outcome::skipped("Not run, because the board does not run code.");
    }
    case.waiting("storage", "the board's files");
    let cancel = CancellationToken::new;
    let listed = session.list("/", Consent::LeaveRunning, cancel()).await;
    if let Err(DeviceError::FileSystem { path, code }) = &listed {
        return Outcome::found(unreadable(path, *code));
    }
    let names = match listed {
        Ok(entries) => entries,
        Err(DeviceError::Unsupported(_)) => {
            return Outcome::skipped("Not run, because this firmware has no folders.");
        }
        Err(DeviceError::ProgramRunning | DeviceError::InterruptSwallowed { .. }) => {
            return Outcome::skipped("Not run, because a program has the board.");
        }
        Err(DeviceError::Transport(_) | DeviceError::NotConnected) if case.url().is_none() => {
            return over(case, &session).await;
        }
        Err(DeviceError::Restarted { .. }) => return restarted(),
        Err(error) => {
            if case.url().is_none() {
                case.not_reached();
            }
            return Outcome::crashed(error.to_string());
        }
    };
    // FAT that was overwritten lists names that no file can have (micropython#4408).
    if names.iter().any(|entry| entry.name.contains(['/', '\0'])) {
        return Outcome::found(damaged("The board lists files with impossible names.".to_owned()));
    }
    for folder in names.iter().filter(|entry| entry.folder).take(FOLDERS) {
        let path = format!("/{}", folder.name);
        if let Err(DeviceError::FileSystem { path, code }) =
            session.list(&path, Consent::LeaveRunning, cancel()).await
        {
            return Outcome::found(unreadable(&path, code));
        }
    }
    let aside = match case.options.rescued {
        None => rescue::found(names.iter().map(|entry| entry.name.as_str())),
        Some(_) => None,
    };
    let outcome = space(&session, names.len()).await;
    aside.as_ref().and_then(super::prompt::set_aside).into_iter().fold(outcome, Outcome::and)
}

async fn space(session: &Session, files: usize) -> Outcome {
    match session.space(Consent::LeaveRunning, CancellationToken::new()).await {
        Ok(space) => match (space.free, space.total) {
            // What MicroPython says of "/" when nothing is mounted there.
            (_, Some(0)) => Outcome::found(damaged(
                "No file system is mounted on the board: it has no place for files.".to_owned(),
            )),
            (Some(free), Some(total)) if free < LITTLE => Outcome::found(
                Finding::warns(
                    Code::DiskFull,
                    format!("{free} of {total} bytes are free on the board."),
                    "A file is written beside the old one before it takes its place: there has to be room for both.",
                )
                .with("free", free.to_string())
                .advice("Remove files that are not needed, or compile modules to .mpy."),
            ),
            (Some(free), Some(total)) => {
                Outcome::pass(format!("{}; {free} of {total} bytes are free.", entries(files)))
            }
            _ => Outcome::pass(format!("{}.", entries(files))),
        },
        Err(_) => Outcome::pass(format!("{}.", entries(files))),
    }
}

fn entries(count: usize) -> String {
    match count {
        1 => "1 file or folder".to_owned(),
        _ => format!("{count} files and folders"),
    }
}

fn unreadable(path: &str, code: Errno) -> Finding {
    let what = match code {
        Errno::Io => "an input/output error".to_owned(),
        Errno::NoDevice => "that there is no such device".to_owned(),
        // EILSEQ is what littlefs' LFS_ERR_CORRUPT (-84) looks like (lfs.h).
        Errno::Other(84) => "that its data is corrupt (error 84)".to_owned(),
        Errno::Other(number) => format!("error {number}"),
        named => format!("{named:?}"),
    };
    damaged(format!("The board cannot list {path}: its file system reports {what}."))
}

fn damaged(saw: String) -> Finding {
    Finding::blocks(
        Code::FilesystemDamaged,
        saw,
        "The flash lost power while it was written, the flash is worn, or other firmware left its own format there.",
    )
    .advice("Copy what can still be read, then make the file system anew (os.VfsLfs2.mkfs) or write the firmware after an erase.")
}
