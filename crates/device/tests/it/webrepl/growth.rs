//! A thousand sessions in a row: the board lets each one in at once, and nothing stays behind in this process. It is a
//! process of its own, since the other tests open files and take memory, too.

use std::process::{Command, Stdio};

use boardwalk_device::{Attach, Session, SessionOptions};
use boardwalk_tests::{Board, Generation, WebRepl};

use super::dial;
use crate::desk::{exec, no_cancel, soon};

const INSIDE: &str = "BOARDWALK_TEST_GROWTH";
const CONNECTS: u64 = 500;
/// Until then buffers and tables have their size.
const WARM: u64 = 100;
/// Bytes that the memory may differ by: 4 kB for each session, of which one would keep more if it stayed.
const SLACK: u64 = 400 * (4 << 10);

#[test]
fn a_thousand_sessions_leave_nothing_behind() {
    if std::env::var_os(INSIDE).is_some() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        for generation in [Generation::Old, Generation::New] {
            runtime.block_on(connects(generation));
        }
        return;
    }
    let module = module_path!().split_once("::").unwrap().1;
    let name = format!("{module}::a_thousand_sessions_leave_nothing_behind");
    let child = Command::new(std::env::current_exe().unwrap())
        .args([name.as_str(), "--exact", "--nocapture"])
        .env(INSIDE, "1")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&child.stdout).into_owned() + &String::from_utf8_lossy(&child.stderr);
    assert!(child.status.success() && said.contains("1 passed"), "{said}");
}

async fn connects(generation: Generation) {
    let board = Board::unix().webrepl(WebRepl::new().generation(generation)).start().unwrap();
    let mut warm = None;
    for count in 1..=CONNECTS {
        // Each tenth does something, the others go as they have come.
        let works = count.is_multiple_of(10);
        let attach = if works { Attach::ForWork } else { Attach::Gently };
        let options = SessionOptions { attach, reconnect: false };
        // A ghost would show here: one client at a time, and nobody waits.
        let (session, terminal) = soon(Session::open(dial(&board), options)).await.unwrap();
        if works {
            let (end, out) = exec(&session, "print(6*7)", None, no_cancel()).await;
            assert_eq!((end.unwrap().exception, out), (None, b"42\r\n".to_vec()));
        }
        soon(session.close()).await;
        drop((session, terminal));
        if count == WARM {
            warm = Some(Size::after(&board, usize::MAX).await);
        }
    }
    let warm = warm.unwrap();
    let end = Size::after(&board, warm.files).await;
    assert!(end.memory < warm.memory + SLACK, "{} kB, then {} kB", warm.memory >> 10, end.memory >> 10);
    let stats = board.webrepl().stats();
    assert_eq!((stats.logins, stats.rejected, stats.denied), (CONNECTS, 0, 0));
}

struct Size {
    files: usize,
    memory: u64,
}

impl Size {
    /// Once the board has let the last client go, and every task has ended. It does not take long until no more than so
    /// many files are open: the board's end closes its own a moment later.
    async fn after(board: &Board, files: usize) -> Self {
        soon(board.webrepl().until(|s| s.clients == 0 && !s.logged_in)).await;
        let metrics = tokio::runtime::Handle::current().metrics();
        let open = || std::fs::read_dir("/proc/self/fd").unwrap().count();
        soon(async {
            while metrics.num_alive_tasks() > 0 || open() > files {
                tokio::task::yield_now().await;
            }
        })
        .await;
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        let kilobytes: u64 = resident.trim().trim_end_matches(" kB").parse().unwrap();
        Self { files: open(), memory: kilobytes << 10 }
    }
}
