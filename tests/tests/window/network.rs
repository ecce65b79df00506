//! A board on the network: its address, its password, its files, losing the network and getting it back.

use boardwalk_tests::{Board, Identity, PortsFile, WebRepl};

use crate::driver::{Launch, Window};
use crate::flow::{board_holds, state, terminal_shows, type_in_terminal, write_in_editor};
use crate::page::By;

/// One that stands nowhere else.
const PASSWORD: &str = "geheim77";
const REASON: By<'static> = By::TestId("password-reason");

fn board() -> Board {
    Board::unix().file("main.py", "print('hello')\n").webrepl(WebRepl::new()).start().expect("a board")
}

/// Types the bare address, as a person does.
pub(crate) async fn connect(window: &Window, url: &str) {
    let bare = url.strip_prefix("ws://").unwrap_or(url);
    window.fill(By::TestId("connect-target"), bare).await;
    window.click(By::TestId("connect-button")).await;
}

/// Waits for the question and why it is asked, and answers it.
pub(crate) async fn give_password(window: &Window, reason: &str, password: &str) {
    window.find(By::Css(&format!("[data-testid=password-reason][data-reason={reason}]"))).await;
    window.fill(By::TestId("password-field"), password).await;
    window.click(By::TestId("answer-connect")).await;
}

async fn connected(url: &str) -> Window {
    let window = Launch::new().start().await;
    connect(&window, url).await;
    give_password(&window, "needed", "secret").await;
    state(&window, "ready").await;
    window
}

#[tokio::test]
async fn connects_by_address_with_the_second_password_and_works_like_any_board() {
    let webrepl = WebRepl::new().password(PASSWORD);
    let board = Board::unix().file("main.py", "print('hello')\n").webrepl(webrepl).start().expect("a board");
    let url = board.webrepl_url();
    let window = Launch::new().env("BOARDWALK_LOG", "trace").start().await;
    connect(&window, &url).await;
    assert_eq!(window.text(By::Css("[data-testid=dialog-password] h1")).await, format!("Password of {url}"));
    // No key store here: the choice is off, and says why.
    window.find(By::TestId("password-no-store")).await;
    give_password(&window, "needed", "abc").await;
    window.find(By::Css("[data-testid=password-field][aria-invalid=true]")).await;
    assert_eq!(board.webrepl().stats().connections, 1, "what no board can have is not sent");
    window.fill(By::TestId("password-field"), "wrong").await;
    window.click(By::TestId("answer-connect")).await;
    give_password(&window, "rejected", PASSWORD).await;
    state(&window, "ready").await;
    window.gone(REASON).await;

    type_in_terminal(&window, "1+1\n").await;
    terminal_shows(&window, "2").await;
    window.double_click(By::Css("[data-testid=tree-row][data-side=board][data-path='/main.py']")).await;
    window.find(By::Css("[data-testid=tab][data-path='/main.py']")).await;
    write_in_editor(&window, "print('温室')").await;
    window.press("Control+s").await;
    window.find(By::Css("[data-testid=tab][data-path='/main.py'][data-unsaved=false]")).await;
    board_holds(&window, &board, "main.py", Some("print('温室')")).await;
    window.press("F5").await;
    terminal_shows(&window, "温室").await;
    state(&window, "ready").await;
    let log = window.log();
    assert!(log.contains("TRACE") || log.contains("DEBUG"), "everything is logged: {log}");
    assert!(!log.contains(PASSWORD), "but the password");
    window.close().await;
}

#[tokio::test]
async fn a_lost_network_is_said_and_comes_back_by_itself() {
    let board = board();
    let window = connected(&board.webrepl_url()).await;
    // Idle: a cut in the middle of our own work is a matter of the session's tests.
    window.find(By::Css("[data-testid=tree-row][data-path='/main.py']")).await;
    type_in_terminal(&window, "1+1\n").await;
    terminal_shows(&window, "2").await;
    state(&window, "ready").await;
    board.webrepl().drop_network();
    board.webrepl().rst();
    state(&window, "reconnecting").await;
    window.find(By::TestId("reconnecting-stop")).await;
    board.webrepl().restore_network();
    state(&window, "ready").await;
    assert!(window.find_now(REASON).await.is_none(), "the same password is used again");
    type_in_terminal(&window, "20+3\n").await;
    terminal_shows(&window, "23").await;

    // And whoever does not want to wait gives it up.
    board.webrepl().drop_network();
    board.webrepl().rst();
    window.click(By::TestId("reconnecting-stop")).await;
    window.find(By::Css("[data-testid=device-row][data-state=absent]")).await;
    window.close().await;
}

#[tokio::test]
async fn is_in_the_list_at_the_next_start_and_one_click_connects() {
    let board = board();
    let url = board.webrepl_url();
    let window = connected(&url).await;
    let list = window.home().join("config/dev.boardwalk.ide/boards.json");
    window
        .wait_for("the board is remembered", async || {
            std::fs::read_to_string(&list).unwrap_or_default().contains(&url)
        })
        .await;
    let window = Launch::again(window.close_and_keep_home().await).start().await;
    let row = format!("[data-testid=device-row][data-board-id='{url}'][data-state=absent]");
    let shown = window.text(By::Css(&row)).await;
    assert!(shown.contains(url.trim_start_matches("ws://")), "{shown}");
    window.click(By::Css(&format!("{row} [data-testid=device-connect]"))).await;
    give_password(&window, "needed", "secret").await;
    state(&window, "ready").await;
    window.close().await;
}

#[tokio::test]
async fn giving_up_ends_the_attempt_at_once() {
    let board = board();
    let window = Launch::new().start().await;
    connect(&window, &board.webrepl_url()).await;
    window.find(REASON).await;
    window.press("Escape").await;
    window.gone(REASON).await;
    window.wait_for("the board is free", async || board.webrepl().clients() == 0).await;
    window.find(By::TestId("connect-page")).await;
    assert!(window.find_now(By::TestId("connect-error")).await.is_none(), "to give up is no failure");
    window.close().await;
}

#[tokio::test]
async fn a_certificate_of_ones_own_is_shown_and_trusted() {
    let board = Board::unix().webrepl(WebRepl::new().tls()).start().expect("a board");
    let window = Launch::new().start().await;
    connect(&window, &board.webrepl_url()).await;
    let shown = window.text(By::TestId("certificate-fingerprint")).await;
    assert_eq!(shown.split([':', '\n']).count(), 32, "{shown}");
    window.click(By::TestId("answer-trust")).await;
    give_password(&window, "needed", "secret").await;
    state(&window, "ready").await;
    window.close().await;
}

#[tokio::test]
async fn a_reset_that_would_lose_the_webrepl_is_asked_about_first() {
    let board = Board::unix().webrepl(WebRepl::new().not_in_boot_py()).start().expect("a board");
    let window = connected(&board.webrepl_url()).await;
    for answer in ["answer-cancel", "answer-reset"] {
        window.context_click(By::TestId("board-row")).await;
        window.click(By::TestId("board-soft-reset")).await;
        window.find(By::TestId("dialog-reset")).await;
        window.click(By::TestId(answer)).await;
        window.gone(By::TestId("dialog-reset")).await;
        if answer == "answer-cancel" {
            state(&window, "ready").await;
            type_in_terminal(&window, "6*7\n").await;
            terminal_shows(&window, "42").await;
        }
    }
    // Nobody listens any more, and the window says so.
    state(&window, "reconnecting").await;
    window.close().await;
}

#[tokio::test]
async fn a_serial_and_a_network_board_are_open_side_by_side() {
    let scratch = tempfile::tempdir().expect("a folder for the list of ports");
    let ports = PortsFile::create(scratch.path().join("ports.json")).expect("a list of ports");
    let serial = Board::unix().file("cable.py", "").listed(&ports, Identity::pico("E6614C311B7E6F35"));
    let _serial = serial.start().expect("a board");
    let network = board();
    let window = Launch::new().env("BOARDWALK_EXTRA_PORTS", ports.path()).start().await;
    connect(&window, &network.webrepl_url()).await;
    give_password(&window, "needed", "secret").await;
    window.find(By::Css("[data-testid=status-state][data-state=ready]")).await;
    window.find(By::Css("[data-testid=tree-row][data-path='/main.py']")).await;
    window.click(By::Css("[data-testid=board-row][data-board-id^='usb:']")).await;
    window.find(By::Css("[data-testid=tree-row][data-path='/cable.py']")).await;
    window.find(By::Css("[data-testid=board-row][data-board-id^='ws:'][data-state=ready]")).await;
    type_in_terminal(&window, "'by ' + 'cable'\n").await;
    terminal_shows(&window, "'by cable'").await;
    window.click(By::Css("[data-testid=board-row][data-board-id^='ws:']")).await;
    window.find(By::Css("[data-testid=tree-row][data-path='/main.py']")).await;
    type_in_terminal(&window, "'by ' + 'air'\n").await;
    terminal_shows(&window, "'by air'").await;
    window.close().await;
}
