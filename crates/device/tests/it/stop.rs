//! The Stop button.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

use boardwalk_device::{DeviceError, State};
use boardwalk_tests::{Board, find_tool};

use crate::desk::{Desk, no_cancel, soon};

#[tokio::test]
async fn it_stops_what_we_run() {
    let desk = Desk::ready(Board::unix().start().unwrap()).await;
    for code in [
        "print('go')\nwhile True: pass",
        "import time\nprint('go')\ntime.sleep(100)",
        "print('go')\ninput()",
        "print('go')\nwhile True: print('flood' * 20)",
    ] {
        desk.screen.clear();
        let session = desk.session.clone();
        let run = tokio::spawn(async move { session.run("p.py".into(), code, no_cancel()).await });
        desk.screen.shows("go\r\n").await;
        soon(desk.session.stop()).await.unwrap();
        let end = soon(run).await.unwrap().unwrap();
        assert_eq!(end.exception.unwrap().kind, "KeyboardInterrupt", "{code}");
        desk.screen.shows("KeyboardInterrupt").await;
        desk.is_ready().await;
    }
    desk.works().await;
}

#[tokio::test]
async fn it_stops_what_is_typed() {
    let desk = Desk::ready(Board::unix().start().unwrap()).await;
    for code in ["while True: pass\r\r", "import time; time.sleep(100)\r"] {
        desk.types(code).await;
        desk.is_running().await;
        soon(desk.session.stop()).await.unwrap();
        desk.is_ready().await;
    }
    desk.works().await;
}

#[tokio::test]
async fn at_a_prompt_it_drops_the_line() {
    let desk = Desk::ready(Board::unix().start().unwrap()).await;
    desk.types("half a li").await;
    desk.screen.ends_with(">>> half a li").await;
    soon(desk.session.stop()).await.unwrap();
    desk.screen.ends_with("half a li\r\n>>> ").await;
    assert_eq!(desk.state(), State::Ready);
    desk.works().await;
}

/// A loop that catches the first Ctrl-C; the ladder's next ones land in its handler or in its second round.
#[tokio::test]
async fn it_tries_harder() {
    let stubborn = "import time\nprint('running')\nfor i in range(3):\n    try:\n        while True: time.sleep(0.01)\n    except KeyboardInterrupt:\n        print('not now')\ntime.sleep(100)\n";
    let desk = Desk::attach(Board::unix().file("main.py", stubborn).start().unwrap()).await;
    desk.is_running().await;
    soon(desk.session.stop()).await.unwrap();
    desk.is_ready().await;
    desk.works().await;
}

/// The board asks the host of an mpremote mount for a file, deaf for Ctrl-C, and the host was killed.
#[tokio::test]
async fn a_mount_whose_host_is_gone_lets_go() {
    let board = Board::unix().unthrottled().start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let code = "import os\nprint('reading')\nwhile True: os.listdir('/remote')";
    let mut host = std::process::Command::new(find_tool("mpremote"));
    host.args(["connect", &board.path(), "mount"]).arg(folder.path()).args(["exec", code]);
    let mut host = host.stdout(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(host.stdout.take().unwrap()).lines();
    assert!(said.any(|line| line.unwrap().contains("reading")));
    host.kill().unwrap();
    host.wait().unwrap();
    let desk = Desk::attach(board).await;
    desk.is_running().await;
    soon(desk.session.stop()).await.unwrap();
    desk.is_ready().await;
    desk.works().await;
}

#[tokio::test]
async fn a_deaf_program_is_told_after_four_seconds() {
    let deaf = "import micropython, time\nmicropython.kbd_intr(-1)\nn = 0\nwhile True:\n    print('n', n)\n    n += 1\n    time.sleep(0.1)\n";
    let desk = Desk::attach(Board::unix().file("main.py", deaf).start().unwrap()).await;
    desk.is_running().await;
    let began = Instant::now();
    // Two who press it get the same answer.
    let (one, two) = soon(async { tokio::join!(desk.session.stop(), desk.session.stop()) }).await;
    let took = began.elapsed();
    assert!(matches!(one, Err(DeviceError::InterruptSwallowed { .. })), "{one:?}");
    assert!(took > Duration::from_millis(3800) && took < Duration::from_secs(8), "{took:?}");
    assert_eq!(two.unwrap_err().code(), "interrupt-swallowed");
    assert!(matches!(desk.state(), State::Running { .. }));
    soon(desk.session.close()).await;
    assert_eq!(soon(desk.session.stop()).await, Err(DeviceError::NotConnected));
}

/// Stop during work of ours ends that work, not more.
#[tokio::test]
async fn it_cancels_our_own_work() {
    let desk = Desk::ready(Board::unix().file("a.bin", "old").start().unwrap()).await;
    let session = desk.session.clone();
    let data = vec![9; 100_000];
    let write = tokio::spawn(async move { crate::desk::write(&session, "/a.bin", &data).await });
    desk.is_busy().await;
    let sent = desk.board.stats().to_board;
    soon(desk.board.until(|s| s.to_board > sent + 3000)).await;
    soon(desk.session.stop()).await.unwrap();
    assert_eq!(soon(write).await.unwrap().unwrap_err(), DeviceError::Cancelled);
    desk.is_ready().await;
    let files = desk.board.files().unwrap();
    assert_eq!(files.get("a.bin").map(Vec::as_slice), Some(&b"old"[..]));
    assert_eq!(files.len(), 1, "{:?}", files.keys());
    assert_eq!(desk.board.stats().soft_reboots, 0, "the end of a paste is no soft reset");
    desk.works().await;
}
