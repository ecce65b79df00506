//! The state tells what the board does, as it changes.

use boardwalk_device::{Consent, Reset, State};
use boardwalk_tests::Board;

use crate::desk::{Desk, no_cancel, soon};

#[tokio::test]
async fn a_typed_command_runs_and_ends() {
    let desk = Desk::ready(Board::unix().start().unwrap()).await;
    desk.types("1+1\r").await;
    desk.screen.shows("1+1\r\n2\r\n>>> ").await;
    desk.is_ready().await;
    desk.types("import time; time.sleep(0.6); print('slept')\r").await;
    desk.is_running().await;
    desk.screen.shows("\r\nslept\r\n>>> ").await;
    desk.is_ready().await;
}

/// Work that follows a short command at once waits for its prompt instead of refusing.
#[tokio::test]
async fn work_right_behind_a_typed_command() {
    let desk = Desk::ready(Board::unix().start().unwrap()).await;
    for i in 0..10 {
        desk.types(&format!("x{i} = {i}\r")).await;
        soon(desk.session.list("/", Consent::LeaveRunning, no_cancel())).await.unwrap();
    }
    assert_eq!(desk.prints("print(x0 + x9)").await, "9\r\n");
}

#[tokio::test]
async fn since_when_a_program_runs_does_not_change_while_it_is_typed_to() {
    let desk = Desk::ready(Board::unix().start().unwrap()).await;
    desk.types("while input('? ') != 'end': print('more')\r\r").await;
    desk.is_running().await;
    let before = desk.state();
    desk.types("a\r").await;
    desk.screen.shows("more\r\n? ").await;
    desk.types("b\r").await;
    desk.screen.shows("more\r\n? b\r\nmore\r\n? ").await;
    // Longer than it takes to call a command running.
    desk.types("import\r").await;
    desk.screen.until("three times", |text| text.matches("\r\nmore").count() == 3).await;
    assert_eq!(desk.state(), before);
    desk.types("end\r").await;
    desk.is_ready().await;
}

#[tokio::test]
async fn the_reset_button_is_noticed() {
    let desk = Desk::attach(Board::unix().running().start().unwrap()).await;
    desk.is_running().await;
    soon(desk.session.stop()).await.unwrap();
    desk.is_ready().await;
    desk.board.reset().unwrap();
    desk.is_running().await;
    desk.screen.shows("count 3").await;
    soon(desk.session.stop()).await.unwrap();
    desk.works().await;
}

#[tokio::test]
async fn a_soft_reset_by_typing() {
    let desk = Desk::ready(Board::unix().start().unwrap()).await;
    desk.types("x = 5\r").await;
    desk.screen.ends_with("x = 5\r\n>>> ").await;
    desk.types("\x04").await;
    desk.screen.shows("MPY: soft reboot").await;
    desk.is_ready().await;
    assert_eq!(desk.prints("print('x' in globals())").await, "False\r\n");
    assert_eq!(desk.board.stats().soft_reboots, 1);
}

#[tokio::test]
async fn resets_by_the_session() {
    let board = Board::unix().file("main.py", "print('main ran')").start().unwrap();
    let desk = Desk::ready(board).await;
    desk.screen.clear();
    soon(desk.session.reset(Reset::Soft, no_cancel())).await.unwrap();
    desk.screen.shows("main ran").await;
    desk.is_ready().await;
    assert_eq!(desk.board.stats().soft_reboots, 1);
    desk.works().await;
    desk.screen.clear();
    soon(desk.session.reset(Reset::Hard, no_cancel())).await.unwrap();
    desk.screen.shows("main ran").await;
    desk.is_ready().await;
    assert_eq!(desk.board.stats().boots, 2);
    desk.works().await;
}

#[tokio::test]
async fn close_leaves_a_running_program_running() {
    let desk = Desk::ready(Board::unix().start().unwrap()).await;
    let session = desk.session.clone();
    let endless = "import time\nn = 0\nwhile True:\n n += 1\n print('n', n)\n time.sleep(0.02)\n";
    let run = tokio::spawn(async move { session.run("n.py".into(), endless, no_cancel()).await });
    desk.screen.shows("n 5\r\n").await;
    soon(desk.session.close()).await;
    assert_eq!(desk.state(), State::Closed);
    assert_eq!(soon(run).await.unwrap().unwrap_err().code(), "not-connected");
    let again = Desk::attach(desk.board).await;
    again.is_running().await;
    again.screen.shows("\r\nn ").await;
    assert!(!again.screen.text().contains("KeyboardInterrupt"));
}

#[tokio::test]
async fn close_ends_work_under_way_and_leaves_a_prompt() {
    let desk = Desk::ready(Board::unix().file("a.bin", "old").start().unwrap()).await;
    let session = desk.session.clone();
    let data = vec![7; 200_000];
    let write = tokio::spawn(async move { crate::desk::write(&session, "/a.bin", &data).await });
    desk.is_busy().await;
    soon(desk.session.close()).await;
    assert!(soon(write).await.unwrap().is_err());
    assert_eq!(desk.board.read_file("a.bin").unwrap().unwrap(), b"old");
    let again = Desk::ready(desk.board).await;
    again.works().await;
}
