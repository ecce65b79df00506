//! Code runs, and what it prints and raises comes back as values.

use std::time::{Duration, Instant};

use boardwalk_device::{DeviceError, Output, State};
use boardwalk_tests::Board;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::desk::{Desk, exec, no_cancel, soon};

#[tokio::test]
async fn output_and_traceback_are_apart() {
    let desk = Desk::for_work(Board::unix().start().unwrap()).await;
    let (to, mut from) = mpsc::channel(64);
    let code = "print('out')\nraise ValueError('oh: no')";
    let consent = boardwalk_device::Consent::MayInterrupt;
    let end = soon(desk.session.exec(code, to, None, consent, no_cancel())).await.unwrap();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    while let Some(output) = from.recv().await {
        match output {
            Output::Stdout(bytes) => {
                assert!(err.is_empty(), "standard output comes first");
                out.extend_from_slice(&bytes);
            }
            Output::Stderr(bytes) => err.extend_from_slice(&bytes),
        }
    }
    assert_eq!(out, b"out\r\n");
    let err = String::from_utf8(err).unwrap();
    assert!(err.starts_with("Traceback") && err.ends_with("ValueError: oh: no\r\n"), "{err}");
    let exception = end.exception.unwrap();
    assert_eq!((exception.kind.as_str(), exception.message.as_str()), ("ValueError", "oh: no"));
    assert_eq!(exception.line, Some(2));
}

#[tokio::test]
async fn exceptions_are_values() {
    let desk = Desk::ready(Board::unix().heap(300_000).start().unwrap()).await;
    for (code, kind) in [
        ("1/0", "ZeroDivisionError"),
        ("def f(:", "SyntaxError"),
        ("x = 'unterminated", "SyntaxError"),
        ("if True:\n    x = 1\n  y = 2", "IndentationError"),
        ("open('/nothing')", "OSError"),
        ("b = bytearray(10_000_000)", "MemoryError"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("def f(): f()\nf()", "RuntimeError"),
        ("import nothing_of_that_name", "ImportError"),
        ("class Odd(Exception): pass\nraise Odd('a\\nb')", "Odd"),
    ] {
        let (end, out) = desk.exec(code).await;
        let exception = end.unwrap_or_else(|e| panic!("{code}: {e:?}")).exception;
        assert_eq!(exception.map(|e| e.kind).as_deref(), Some(kind), "{code}");
        assert!(out.is_empty(), "{code}: {out:?}");
    }
    desk.works().await;
}

/// SystemExit starts the interpreter anew (shared/runtime/pyexec.c).
#[tokio::test]
async fn system_exit_restarts_the_interpreter() {
    let desk = Desk::ready(Board::unix().start().unwrap()).await;
    let (end, out) = desk.exec("print('bye')\nraise SystemExit").await;
    assert!(matches!(end, Err(DeviceError::Restarted { .. })), "{end:?}");
    assert!(out.starts_with(b"bye\r\n"), "{out:?}");
    desk.is_ready().await;
    desk.works().await;
    assert_eq!(desk.board.stats().soft_reboots, 1);
}

#[cfg(target_os = "linux")]
fn memory_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn ten_megabytes_come_through_in_little_memory() {
    let desk = Desk::for_work(Board::unix().unthrottled().start().unwrap()).await;
    let (to, mut from) = mpsc::channel(4);
    let code = "s = 'x' * 1023\nfor i in range(10240): print(s)";
    let session = desk.session.clone();
    let run = tokio::spawn(async move {
        session.exec(code, to, None, boardwalk_device::Consent::MayInterrupt, no_cancel()).await
    });
    let (before, mut most, mut total) = (memory_kb(), 0, 0);
    soon(async {
        while let Some(Output::Stdout(bytes)) = from.recv().await {
            if total / 1_000_000 != (total + bytes.len()) / 1_000_000 {
                most = most.max(memory_kb());
            }
            total += bytes.len();
        }
    })
    .await;
    assert_eq!(soon(run).await.unwrap().unwrap().exception, None);
    assert_eq!(total, 10240 * 1025);
    assert!(most < before + 30_000, "{before} kB grew to {most} kB");
}

#[tokio::test]
async fn every_byte_but_the_mark_comes_through() {
    let desk = Desk::for_work(Board::unix().start().unwrap()).await;
    let code = "import sys\n_ = sys.stdout.buffer.write(bytes(b for b in range(256) if b != 4) * 3)";
    let (end, out) = desk.exec(code).await;
    assert_eq!(end.unwrap().exception, None);
    let all: Vec<u8> = (0..=255).filter(|b| *b != 4).collect();
    assert_eq!(out, all.repeat(3));
}

/// 0x04 ends the output in this protocol. Where it is followed by something else, it was the program's; a program that
/// prints the whole end cannot be told from one that ends, and does not disturb the next.
#[tokio::test]
async fn the_mark_itself_in_output() {
    let desk = Desk::ready(Board::unix().start().unwrap()).await;
    for text in ["a\x04b", "\x04", "\x04\x04", "a\x04b\x04c", "\x04>"] {
        let code = format!("import sys, time\n_ = sys.stdout.write({text:?})\ntime.sleep(0.1)\nprint('end')")
            .replace("\\u{4}", "\\x04");
        assert_eq!(desk.prints(&code).await, format!("{text}end\r\n"));
        desk.works().await;
    }
    let code = "import sys, time\n_ = sys.stdout.write('\\x04\\x04>x')\ntime.sleep(0.1)\nprint('end')";
    let _ = desk.exec(code).await;
    desk.works().await;
    let forever = "import sys\nwhile True: _ = sys.stdout.write('\\x04 and on')";
    let (end, _) = exec(&desk.session, forever, Some(Duration::from_millis(500)), no_cancel()).await;
    assert!(matches!(end, Err(DeviceError::Timeout { .. })), "{end:?}");
    desk.works().await;
    assert_eq!(desk.board.stats().soft_reboots, 0);
}

#[tokio::test]
async fn a_cancelled_loop_ends_and_the_board_is_ready() {
    let desk = Desk::ready(Board::unix().start().unwrap()).await;
    for code in ["print('go')\nwhile True: pass", "print('go')\nwhile True: print('flood' * 10)"] {
        let cancel = CancellationToken::new();
        let (to, mut from) = mpsc::channel(16);
        let session = desk.session.clone();
        let token = cancel.clone();
        let run = tokio::spawn(async move {
            session.exec(code, to, None, boardwalk_device::Consent::MayInterrupt, token).await
        });
        assert!(soon(from.recv()).await.is_some());
        let collect = tokio::spawn(async move { while from.recv().await.is_some() {} });
        cancel.cancel();
        assert_eq!(soon(run).await.unwrap().unwrap_err(), DeviceError::Cancelled);
        desk.works().await;
        soon(collect).await.unwrap();
    }
}

/// Nobody takes the output: the board waits, and the work still ends when it is told to.
#[tokio::test]
async fn a_reader_that_stands_still_can_be_cancelled_and_timed_out() {
    let desk = Desk::ready(Board::unix().unthrottled().start().unwrap()).await;
    let flood = "while True: print('flood' * 10)";
    let consent = boardwalk_device::Consent::MayInterrupt;
    let (to, still) = mpsc::channel(1);
    let limit = Some(Duration::from_millis(500));
    let end = soon(desk.session.exec(flood, to, limit, consent, no_cancel())).await;
    assert!(matches!(end, Err(DeviceError::Timeout { .. })), "{end:?}");
    drop(still);
    let (to, mut still) = mpsc::channel(1);
    let cancel = CancellationToken::new();
    let run = desk.session.exec(flood, to, None, consent, cancel.clone());
    let stop = async {
        while still.is_empty() {
            tokio::task::yield_now().await;
        }
        cancel.cancel();
    };
    let (end, ()) = soon(async { tokio::join!(run, stop) }).await;
    assert_eq!(end.unwrap_err(), DeviceError::Cancelled);
    still.close();
    desk.works().await;
}

#[tokio::test]
async fn a_deadline_is_not_moved_by_output() {
    let desk = Desk::ready(Board::unix().start().unwrap()).await;
    let began = Instant::now();
    let chatty = "import time\nwhile True:\n print('.')\n time.sleep(0.01)\n";
    let (end, out) = exec(&desk.session, chatty, Some(Duration::from_millis(700)), no_cancel()).await;
    assert!(matches!(end, Err(DeviceError::Timeout { what: "the program", .. })), "{end:?}");
    assert!(began.elapsed() < Duration::from_secs(10) && !out.is_empty());
    desk.works().await;
}

#[tokio::test]
async fn a_program_that_cannot_be_stopped_is_told_truthfully() {
    let desk = Desk::ready(Board::unix().start().unwrap()).await;
    let deaf =
        "import micropython, time\nmicropython.kbd_intr(-1)\nprint('go')\nwhile True: time.sleep(0.05)\n";
    let cancel = CancellationToken::new();
    let (to, mut from) = mpsc::channel(16);
    let session = desk.session.clone();
    let token = cancel.clone();
    let run = tokio::spawn(async move {
        session.exec(deaf, to, None, boardwalk_device::Consent::MayInterrupt, token).await
    });
    assert!(soon(from.recv()).await.is_some());
    let began = Instant::now();
    cancel.cancel();
    let end = soon(run).await.unwrap();
    assert!(matches!(end, Err(DeviceError::InterruptSwallowed { .. })), "{end:?}");
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    desk.is_running().await;
    let refused = soon(desk.session.list("/", boardwalk_device::Consent::LeaveRunning, no_cancel())).await;
    assert_eq!(refused.unwrap_err(), DeviceError::ProgramRunning);
    desk.board.reset().unwrap();
    desk.is_ready().await;
    desk.works().await;
}

/// Work waits its turn; a cancel does not wait for it.
#[tokio::test]
async fn work_in_the_queue_can_be_cancelled() {
    let desk = Desk::ready(Board::unix().start().unwrap()).await;
    let first = CancellationToken::new();
    let (session, token) = (desk.session.clone(), first.clone());
    let run = tokio::spawn(async move { exec(&session, "while True: pass", None, token).await.0 });
    desk.is_busy().await;
    let second = CancellationToken::new();
    let (session, token) = (desk.session.clone(), second.clone());
    let consent = boardwalk_device::Consent::MayInterrupt;
    let queued = tokio::spawn(async move { session.list("/", consent, token).await });
    second.cancel();
    assert_eq!(soon(queued).await.unwrap().unwrap_err(), DeviceError::Cancelled);
    assert!(matches!(desk.state(), State::Busy { .. }));
    first.cancel();
    assert_eq!(soon(run).await.unwrap().unwrap_err(), DeviceError::Cancelled);
    desk.works().await;
}
