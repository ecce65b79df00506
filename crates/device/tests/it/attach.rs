//! Opening a board finds out what it does and disturbs nothing.

use boardwalk_device::{Consent, DeviceError, State};
use boardwalk_tests::{Board, Builder, ResetOnOpen};

use crate::desk::{Desk, Other, no_cancel, soon};

fn with_main(code: &str) -> Builder {
    Board::unix().file("main.py", code)
}

async fn undisturbed(desk: &Desk) {
    let stats = desk.board.stats();
    assert_eq!((stats.boots, stats.soft_reboots, stats.crashes, stats.dropped), (1, 0, 0, 0));
    assert!(!desk.screen.text().contains("KeyboardInterrupt"), "{:?}", desk.screen.text());
}

#[tokio::test]
async fn a_board_at_its_prompt_is_ready() {
    let desk = Desk::ready(Board::unix().start().unwrap()).await;
    desk.screen.ends_with(">>> ").await;
    undisturbed(&desk).await;
    desk.works().await;
}

#[tokio::test]
async fn a_printing_program_goes_on() {
    let desk = Desk::attach(Board::unix().running().start().unwrap()).await;
    desk.is_running().await;
    let counted = |text: &str| text.matches("count ").count();
    let at_first = counted(&desk.screen.text());
    desk.screen.until("more counts", |text| counted(text) >= at_first + 5).await;
    let refused = soon(desk.session.list("/", Consent::LeaveRunning, no_cancel())).await;
    assert_eq!(refused.unwrap_err(), DeviceError::ProgramRunning);
    let counts: Vec<u32> = desk
        .screen
        .text()
        .lines()
        .filter_map(|line| line.strip_prefix("count ")?.trim().parse().ok())
        .collect();
    assert!(counts.windows(2).all(|w| w[1] == w[0] + 1), "{counts:?}");
    undisturbed(&desk).await;
    assert!(matches!(desk.state(), State::Running { .. }));
}

#[tokio::test]
async fn a_silent_program_goes_on_to_its_end() {
    let program = "import time\nfor i in range(60): time.sleep(0.05)\nprint('done', i)";
    let desk = Desk::attach(with_main(program).start().unwrap()).await;
    desk.is_running().await;
    desk.screen.shows("done 59").await;
    desk.is_ready().await;
    undisturbed(&desk).await;
    desk.works().await;
}

#[tokio::test]
async fn a_program_that_waits_for_input_still_waits() {
    let program = "n = 0\nwhile True:\n    s = input('? ')\n    n += 1\n    print('got', n, repr(s))\n";
    let desk = Desk::attach(with_main(program).start().unwrap()).await;
    desk.is_running().await;
    desk.types("abc\r").await;
    desk.screen.shows("'abc'\r\n? ").await;
    undisturbed(&desk).await;
    assert!(matches!(desk.state(), State::Running { .. }));
}

#[tokio::test]
async fn a_board_left_in_another_mode_is_brought_back() {
    let board = Board::unix().start().unwrap();
    let cases: [(&[u8], &[u8]); 4] = [
        (b"\x01", b"raw REPL; CTRL-B to exit\r\n>"),
        (b"\x01half a command", b"raw REPL; CTRL-B to exit\r\n>"),
        (b"\x05print('never')\r", b"print('never')\r\n=== "),
        (b"for i in range(3):\rprint('never')\r", b"print('never')\r\n... "),
    ];
    let mut board = Some(board);
    for (left, seen) in cases {
        let held = board.take().unwrap();
        let mut other = Other::open(&held).await;
        other.says(b"\r\x03", b">>> ").await;
        other.says(left, seen).await;
        other.leaves().await;
        let desk = Desk::ready(held).await;
        assert_eq!(desk.prints("print(len('abc'))").await, "3\r\n");
        desk.is_ready().await;
        desk.types("7*6\r").await;
        desk.screen.shows("7*6\r\n42\r\n>>> ").await;
        soon(desk.session.close()).await;
        let Desk { board: back, .. } = desk;
        board = Some(back);
    }
}

/// In the middle of raw-paste nothing but a Ctrl-C brings a board back, and that is not for us to send unasked.
#[tokio::test]
async fn a_board_left_in_raw_paste_counts_as_running_and_can_be_stopped() {
    let board = Board::unix().start().unwrap();
    let mut other = Other::open(&board).await;
    other.says(b"\r\x03", b">>> ").await;
    other.says(b"\x01", b"raw REPL; CTRL-B to exit\r\n>").await;
    other.says(b"\x05A\x01", b"R\x01\x80\x00\x01").await;
    // As much as the board takes in, so that it is heard to have arrived.
    other.says(&[&b"print('half"[..], &[b' '; 120]].concat(), b"\x01").await;
    other.leaves().await;
    let desk = Desk::attach(board).await;
    desk.is_running().await;
    soon(desk.session.stop()).await.unwrap();
    desk.is_ready().await;
    desk.works().await;
    assert_eq!(desk.board.stats().soft_reboots, 0);
}

#[tokio::test]
async fn a_board_that_resets_on_open_is_ready_after_its_boot() {
    let board = Board::unix().reset_on_open(ResetOnOpen::default()).start().unwrap();
    let desk = Desk::ready(board).await;
    desk.screen.shows("ets Jul 29").await;
    desk.works().await;
    assert!(desk.board.stats().boots >= 2);
}

#[tokio::test]
async fn work_at_once_on_a_board_that_resets_on_open() {
    let board = Board::unix().reset_on_open(ResetOnOpen::default()).start().unwrap();
    let desk = Desk::for_work(board).await;
    assert_eq!(desk.prints("print(6*7)").await, "42\r\n");
    assert!(desk.board.stats().boots >= 2);
}

#[tokio::test]
async fn a_flood_from_the_first_moment_is_a_running_program() {
    let board = with_main("while True: print('x' * 70)").unthrottled().start().unwrap();
    let desk = Desk::attach(board).await;
    desk.is_running().await;
    let refused = soon(desk.session.list("/", Consent::LeaveRunning, no_cancel())).await;
    assert_eq!(refused.unwrap_err(), DeviceError::ProgramRunning);
    soon(desk.session.stop()).await.unwrap();
    desk.is_ready().await;
    desk.works().await;
}

/// A terminal that nobody reads stops the board's output, and not the session.
#[tokio::test]
async fn a_flood_into_a_terminal_that_nobody_reads() {
    let board = with_main("while True: print('x' * 70)").unthrottled().start().unwrap();
    let options =
        boardwalk_device::SessionOptions { attach: boardwalk_device::Attach::Gently, reconnect: false };
    let opened = boardwalk_device::Session::open(crate::desk::dial(&board), options).await;
    let (session, terminal) = opened.unwrap();
    soon(session.wait_for(|s| matches!(s, State::Running { .. }))).await.unwrap();
    let refused = soon(session.list("/", Consent::LeaveRunning, no_cancel())).await;
    assert_eq!(refused.unwrap_err(), DeviceError::ProgramRunning);
    soon(session.close()).await;
    drop(terminal);
}

#[tokio::test]
async fn a_silent_port_counts_as_running_and_refuses_work() {
    let desk = Desk::attach(Board::silent().start().unwrap()).await;
    desk.is_running().await;
    let refused = soon(desk.session.list("/", Consent::MayInterrupt, no_cancel())).await;
    assert!(matches!(refused, Err(DeviceError::NoResponse { .. })), "{refused:?}");
    assert!(matches!(desk.state(), State::Running { .. }));
    soon(desk.session.close()).await;
}

#[tokio::test]
async fn prompts_of_the_boards_own_are_learned() {
    for prompt in ["pico$ ", "--> ", "\\x1b[32mpy>\\x1b[0m "] {
        let boot = format!("import sys\nsys.ps1 = '{prompt}'");
        let desk = Desk::ready(Board::unix().file("boot.py", boot).start().unwrap()).await;
        desk.works().await;
        desk.types("import time; time.sleep(0.4); 7*6\r").await;
        desk.is_running().await;
        desk.screen.shows("\r\n42\r\n").await;
        desk.is_ready().await;
        soon(desk.session.list("/", Consent::LeaveRunning, no_cancel())).await.unwrap();
        desk.is_ready().await;
        undisturbed(&desk).await;
    }
}
