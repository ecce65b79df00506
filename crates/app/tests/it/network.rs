//! Boards on the network: passwords, giving up, coming back, being remembered.

use std::sync::Arc;

use boardwalk_app::wire::*;
use boardwalk_tests::{Board as TestBoard, Direction, WebRepl};

use crate::window::{Keys, Window, in_time};

fn board() -> TestBoard {
    TestBoard::unix().webrepl(WebRepl::new().password("secret")).start().unwrap()
}

fn reference(board: &str) -> BoardRef {
    BoardRef { board: board.to_owned() }
}

#[tokio::test]
async fn asks_for_the_password_until_it_is_right_and_keeps_the_right_one() {
    let (board, config, keys) = (board(), tempfile::tempdir().unwrap(), Arc::new(Keys::default()));
    let url = board.webrepl().url();
    let mut window = Window::open(config.path(), &keys).await;
    let bare = url.strip_prefix("ws://").unwrap();
    assert_eq!(window.app.target_complete(OpenBoard { target: bare.into() }).await.unwrap(), url);
    let opened = window.connect(bare);

    let asked = window.board(|board| board.question.is_some()).await;
    assert_eq!((asked.id.as_str(), asked.place.as_str()), (url.as_str(), bare));
    assert_eq!(asked.state, BoardState::Connecting { waiting_for: WaitingFor::Password });
    let short = window.answer(&url, "abc", true).await.unwrap_err();
    assert_eq!(short.code, "password-impossible", "it was not sent");
    window.answer(&url, "wrong", true).await.unwrap();
    let refused = |board: &Board| {
        matches!(board.question, Some(Question::Password { reason: PasswordReason::Rejected, .. }))
    };
    window.board(refused).await;
    window.answer(&url, "secret", true).await.unwrap();
    assert_eq!(opened.await.unwrap().unwrap().id, url);
    window.ready().await;
    window.board(|board| board.network.as_ref().unwrap().password_kept).await;
    assert_eq!(keys.of(&url).as_deref(), Some("secret"));

    // The next start asks nobody, and forgets the password only when it is told to.
    window.app.shut_down().await;
    let mut window = Window::open(config.path(), &keys).await;
    let known = &window.app.boards_list(NoArgs {}).await.unwrap()[..];
    let known = known.iter().find(|board| board.id == url).expect("it is remembered");
    assert_eq!((&known.state, known.network.as_ref().unwrap().password_kept), (&BoardState::Absent, true));
    window.connect(&url).await.unwrap().unwrap();
    window.ready().await;
    window.app.password_forget(reference(&url)).await.unwrap();
    assert_eq!(keys.of(&url), None);
    window.board(|board| !board.network.as_ref().unwrap().password_kept).await;

    for file in std::fs::read_dir(config.path()).unwrap().flatten() {
        let text = std::fs::read_to_string(file.path()).unwrap();
        assert!(!text.contains("secret"), "{}: {text}", file.path().display());
    }
    window.app.shut_down().await;
}

#[tokio::test]
async fn without_a_key_store_it_says_why_and_works_all_the_same() {
    let (board, config) = (board(), tempfile::tempdir().unwrap());
    let url = board.webrepl().url();
    let mut window = Window::open(config.path(), &Arc::new(Keys::none())).await;
    let opened = window.connect(&url);
    let Question::Password { no_key_store: Some(because), .. } = window.question().await else { panic!() };
    assert_eq!(because.code, "key-store-unavailable");
    window.answer(&url, "secret", true).await.unwrap();
    opened.await.unwrap().unwrap();
    window.ready().await;
    assert_eq!(window.notice().await.code, "key-store-unavailable");
    window.app.shut_down().await;
}

#[tokio::test]
async fn giving_up_ends_the_question_and_leaves_the_board_free() {
    let (board, config, keys) = (board(), tempfile::tempdir().unwrap(), Arc::new(Keys::default()));
    let url = board.webrepl().url();
    let mut window = Window::open(config.path(), &keys).await;
    let opened = window.connect(&url);
    window.question().await;
    window.app.board_close(reference(&url)).await.unwrap();
    assert_eq!(opened.await.unwrap().unwrap_err().code, "cancelled");
    window.nothing().await;
    in_time(board.webrepl().until(|stats| stats.clients == 0)).await;

    let opened = window.connect(&url);
    window.answer(&url, "secret", false).await.unwrap();
    opened.await.unwrap().unwrap();
    window.ready().await;
    assert_eq!(keys.of(&url), None, "nobody wanted it to be kept");
    window.app.shut_down().await;
}

#[tokio::test]
async fn a_lost_network_is_told_and_comes_back_without_a_question() {
    let (board, config, keys) = (board(), tempfile::tempdir().unwrap(), Arc::new(Keys::default()));
    let url = board.webrepl().url();
    let mut window = Window::open(config.path(), &keys).await;
    let opened = window.connect(&url);
    window.answer(&url, "secret", false).await.unwrap();
    opened.await.unwrap().unwrap();
    window.ready().await;
    board.webrepl().drop_network();
    board.webrepl().rst();
    let lost = window.board(|board| matches!(board.state, BoardState::Reconnecting { .. })).await;
    assert_eq!(lost.question, None);
    board.webrepl().restore_network();
    assert_eq!(window.ready().await.question, None);

    // And while it is away, a person may give it up.
    board.webrepl().drop_network();
    board.webrepl().rst();
    window.board(|board| matches!(board.state, BoardState::Reconnecting { .. })).await;
    window.app.board_close(reference(&url)).await.unwrap();
    window.board(|board| board.state == BoardState::Absent).await;
}

#[tokio::test]
async fn a_name_holds_until_the_board_is_forgotten() {
    let (board, config, keys) = (board(), tempfile::tempdir().unwrap(), Arc::new(Keys::default()));
    let url = board.webrepl().url();
    let mut window = Window::open(config.path(), &keys).await;
    let opened = window.connect(&url);
    window.answer(&url, "secret", true).await.unwrap();
    opened.await.unwrap().unwrap();
    let named = window.ready().await;
    assert_eq!(named.title, "127.0.0.1");
    let name = |name: &str| RenameBoard { board: url.clone(), name: name.into() };
    window.app.board_rename(name(" 温室\n ")).await.unwrap();
    window.board(|board| board.title == "温室" && board.network.as_ref().unwrap().password_kept).await;
    window.app.board_close(reference(&url)).await.unwrap();
    window.app.board_forget(reference(&url)).await.unwrap();
    let left = window.app.boards_list(NoArgs {}).await.unwrap();
    assert!(left.iter().all(|board| board.id != url), "{left:?}");
    assert_eq!(keys.of(&url), None, "its password is forgotten, too");
    window.saved(&config.path().join("board-settings.json"), |text| !text.contains("温室")).await;
    window.saved(&config.path().join("boards.json"), |text| !text.contains("127.0.0.1")).await;
}

#[tokio::test]
async fn a_cut_in_the_middle_of_our_work_leaves_a_board_at_its_prompt() {
    let (board, config, keys) = (board(), tempfile::tempdir().unwrap(), Arc::new(Keys::default()));
    let url = board.webrepl().url();
    let mut window = Window::open(config.path(), &keys).await;
    let opened = window.connect(&url);
    window.answer(&url, "secret", false).await.unwrap();
    opened.await.unwrap().unwrap();
    window.board(|board| board.state == BoardState::Ready && board.info.is_some()).await;
    let root = PathAt { place: Place::Board { board: url.clone() }, path: "/".into(), op: None };
    for bytes in [20, 60, 110, 160, 240, 400] {
        board.webrepl().close_after(Direction::ToBoard, bytes);
        // The listing, or one of those after it, is cut there.
        in_time(async { while window.app.files_list(root.clone()).await.is_ok() {} }).await;
        in_time(async {
            loop {
                window.ready().await;
                if window.app.files_list(root.clone()).await.is_ok() {
                    return;
                }
            }
        })
        .await;
    }
    window.app.shut_down().await;
}

#[tokio::test]
async fn the_doctor_is_no_second_client_of_a_board_that_was_connected_this_moment() {
    // Every byte takes its time, so the session is still listening for the prompt.
    let slow = WebRepl::new().password("secret").delay(std::time::Duration::from_millis(5));
    let board = TestBoard::unix().webrepl(slow).start().unwrap();
    let (config, keys) = (tempfile::tempdir().unwrap(), Arc::new(Keys::default()));
    let url = board.webrepl().url();
    let mut window = Window::open(config.path(), &keys).await;
    let opened = window.connect(&url);
    window.answer(&url, "secret", false).await.unwrap();
    opened.await.unwrap().unwrap();
    let (_, report) = window.diagnosed(&url, false).await;
    assert!(report.contains("is connected already"), "{report}");
    window.ready().await;
    assert_eq!(board.webrepl().stats().connections, 1, "{report}");
    window.app.shut_down().await;
}
