//! The terminal and our work share the line: nothing typed is lost, repeated, or mixed into what we send.

use boardwalk_device::{Consent, DeviceError, State, Step, Work};
use boardwalk_tests::Board;

use crate::desk::{Desk, no_cancel, soon};

#[tokio::test]
async fn what_is_typed_during_a_write_arrives_after_it_once_and_in_order() {
    let desk = Desk::ready(Board::unix().start().unwrap()).await;
    let data: Vec<u8> = (0..30_000u32).map(|i| (i * 7 % 251) as u8).collect();
    let session = desk.session.clone();
    let sent = data.clone();
    let write = tokio::spawn(async move { crate::desk::write(&session, "/data.bin", &sent).await });
    desk.is("writing", |s| matches!(s, State::Busy { work: Work::Writing, .. })).await;
    for piece in ["a = [", "1,", "2]\r", "a.append(", "3)\r", "print('a is', a)\r"] {
        desk.types(piece).await;
    }
    soon(write).await.unwrap().unwrap();
    desk.screen.shows("\r\na is [1, 2, 3]\r\n>>> ").await;
    desk.is_ready().await;
    assert_eq!(desk.screen.text().matches("a is [").count(), 1, "{:?}", desk.screen.text());
    assert_eq!(desk.board.read_file("data.bin").unwrap().unwrap(), data);
    assert_eq!(desk.board.stats().dropped, 0);
}

#[tokio::test]
async fn a_half_typed_line_is_there_again_after_work() {
    let desk = Desk::ready(Board::unix().start().unwrap()).await;
    desk.types("prinx\x7f").await;
    desk.screen.until("the echo", |text| text.contains("prinx") && !text.ends_with("prinx")).await;
    desk.names("/").await;
    desk.types("t(6*").await;
    desk.names("/").await;
    desk.types("7)\r").await;
    desk.screen.shows("\r\n42\r\n>>> ").await;
    // The line as it stands after the last redraw.
    let text = desk.screen.text();
    assert_eq!(text.matches("\x1b[2K\r>>> ").count(), 2, "{text:?}");
    assert!(text.ends_with("\x1b[2K\r>>> prinx\x08\x1b[Kt(6*7)\r\n42\r\n>>> "), "{text:?}");
    assert!(!text.contains("KeyboardInterrupt"));
}

#[tokio::test]
async fn our_work_shows_nothing() {
    let desk = Desk::ready(Board::unix().file("a.txt", "hello").start().unwrap()).await;
    desk.works().await;
    let before = desk.screen.total();
    desk.names("/").await;
    desk.read("/a.txt").await.unwrap();
    desk.write("/b.txt", b"x").await.unwrap();
    desk.works().await;
    let info = soon(desk.session.info(Consent::LeaveRunning, no_cancel())).await.unwrap();
    assert_eq!(info.unique_id.as_deref(), Some("e6605481db318236"));
    desk.is_ready().await;
    desk.types("'end'\r").await;
    desk.screen.ends_with("'end'\r\n'end'\r\n>>> ").await;
    let shown = desk.screen.total() - before;
    assert_eq!(shown, "'end'\r\n'end'\r\n>>> ".len() as u64, "{:?}", desk.screen.text());
}

#[tokio::test]
async fn a_begun_block_is_left_alone() {
    let desk = Desk::ready(Board::unix().start().unwrap()).await;
    desk.types("for i in range(3):\r").await;
    desk.screen.shows("\r\n... ").await;
    let refused = soon(desk.session.list("/", Consent::LeaveRunning, no_cancel())).await;
    assert_eq!(refused.unwrap_err(), DeviceError::ProgramRunning);
    desk.types("print('i', i)\r\x7f\r").await;
    desk.screen.shows("i 0\r\ni 1\r\ni 2\r\n").await;
    desk.screen.ends_with(">>> ").await;
    desk.works().await;
}

#[tokio::test]
async fn a_program_that_is_run_gets_what_is_typed() {
    let desk = Desk::ready(Board::unix().start().unwrap()).await;
    let session = desk.session.clone();
    let code = "name = input('n? ')\nprint('hi', name)\n1/0\n";
    let run = tokio::spawn(async move { session.run("hello.py".into(), code, no_cancel()).await });
    desk.screen.shows("n? ").await;
    let running = desk.state();
    assert!(matches!(&running, State::Running { name: Some(name), .. } if name == "hello.py"), "{running:?}");
    desk.types("joe\r").await;
    let end = soon(run).await.unwrap().unwrap();
    assert_eq!(end.exception.unwrap().kind, "ZeroDivisionError");
    desk.screen.shows("hi joe\r\n").await;
    desk.screen.shows("File \"hello.py\", line 3").await;
    desk.screen.ends_with(">>> ").await;
    desk.is_ready().await;
    let text = desk.screen.text();
    let order = ["n? ", "hi joe", "Traceback", "hello.py", "ZeroDivisionError", ">>> "];
    let mut from = text.find("n? ").unwrap();
    for what in order {
        from += text[from..].find(what).unwrap_or_else(|| panic!("{what} in {text:?}"));
    }
}

/// The code takes three seconds to arrive; what is typed meanwhile must not become part of it.
#[tokio::test]
async fn what_is_typed_while_a_program_travels_is_for_the_program() {
    let desk = Desk::ready(Board::unix().start().unwrap()).await;
    let session = desk.session.clone();
    let mut code = String::new();
    for i in 0..600 {
        code.push_str(&format!("x{i} = {i} # 0123456789012345678901234567890\n"));
    }
    code.push_str("print('heard', input(), sum(eval('x%d' % i) for i in range(600)))\n");
    let run = tokio::spawn(async move { session.run("long.py".into(), code, no_cancel()).await });
    desk.is_running().await;
    let before = desk.board.stats().to_board;
    let half_way = desk.board.until(|s| s.to_board > before + 5_000);
    soon(half_way).await;
    desk.types("abc\r").await;
    assert_eq!(soon(run).await.unwrap().unwrap().exception, None);
    desk.screen.shows("heard abc 179700\r\n").await;
    desk.is_ready().await;
    assert_eq!(desk.board.stats().dropped, 0);
    desk.works().await;
}

/// What a program did not take does not end up in our next script.
#[tokio::test]
async fn keys_that_a_program_did_not_take_are_harmless() {
    let desk = Desk::ready(Board::unix().start().unwrap()).await;
    for keys in ["x", "junk\r", "import machine\r\x02", "\x01", "\x05A"] {
        let session = desk.session.clone();
        let run = tokio::spawn(async move {
            session.run("s.py".into(), "import time\nprint('go')\ntime.sleep(0.3)\n", no_cancel()).await
        });
        desk.screen.shows("go\r\n").await;
        desk.screen.clear();
        desk.types(keys).await;
        assert_eq!(soon(run).await.unwrap().unwrap().exception, None);
        assert_eq!(desk.prints("print(6*7)").await, "42\r\n", "after {keys:?}");
        desk.is_ready().await;
    }
}

#[tokio::test]
async fn work_while_a_program_runs() {
    let desk = Desk::ready(Board::unix().start().unwrap()).await;
    let session = desk.session.clone();
    let endless = "import time\nprint('go')\nwhile True: time.sleep(0.01)\n";
    let run = tokio::spawn(async move { session.run("loop.py".into(), endless, no_cancel()).await });
    desk.screen.shows("go\r\n").await;
    let refused = soon(desk.session.list("/", Consent::LeaveRunning, no_cancel())).await;
    assert_eq!(refused.unwrap_err(), DeviceError::ProgramRunning);
    let second = soon(desk.session.run("second.py".into(), "print('second')", no_cancel())).await;
    assert_eq!(second.unwrap().exception, None);
    assert_eq!(soon(run).await.unwrap().unwrap_err(), DeviceError::Cancelled);
    desk.screen.shows("second\r\n").await;
    desk.screen.shows("KeyboardInterrupt").await;
    desk.is_ready().await;
}

#[tokio::test]
async fn pasted_lines_run_as_a_whole() {
    let desk = Desk::ready(Board::unix().start().unwrap()).await;
    let text = "for i in range(2):\r\n    if i:\r\n        print('größe', i)\r\n\r\n    print('温度')\r\n";
    let end = soon(desk.session.paste(text.into(), no_cancel())).await.unwrap();
    assert_eq!(end.exception, None);
    desk.screen.shows("温度\r\ngröße 1\r\n温度\r\n>>> ").await;
    desk.is_ready().await;
    let end = soon(desk.session.paste("1/0".into(), no_cancel())).await.unwrap();
    assert_eq!(end.exception.unwrap().kind, "ZeroDivisionError");
}

#[tokio::test]
async fn progress_is_told_in_order() {
    let desk = Desk::ready(Board::unix().unthrottled().start().unwrap()).await;
    let steps = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = std::sync::Arc::clone(&steps);
    let progress = boardwalk_device::Progress::new(move |step| seen.lock().unwrap().push(step));
    let write = desk.session.write("/p", vec![1u8; 20_000], progress, Consent::LeaveRunning, no_cancel());
    soon(write).await.unwrap();
    let steps = steps.lock().unwrap().clone();
    assert_eq!(steps.last(), Some(&Step::Verifying));
    let moved: Vec<u64> = steps
        .iter()
        .filter_map(|step| match step {
            Step::Moved { done, total: Some(20_000) } => Some(*done),
            _ => None,
        })
        .collect();
    assert_eq!(moved.len(), steps.len() - 1);
    assert!(moved.windows(2).all(|w| w[0] < w[1]), "{moved:?}");
    assert_eq!((moved.first(), moved.last()), (Some(&0), Some(&20_000)));
}
