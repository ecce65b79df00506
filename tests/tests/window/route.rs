//! The way to a board, in the status bar: which one, why, and another one at once.

use boardwalk_tests::{
    Board, WebRepl,
    proxies::{Forward, Program, Proxy},
};

use crate::driver::{Launch, Window};
use crate::flow::{state, terminal_shows, type_in_terminal};
use crate::network::{connect, give_password};
use crate::page::By;

const ROUTE: By<'static> = By::TestId("status-route");

fn board() -> Board {
    Board::unix().webrepl(WebRepl::new()).start().expect("a board")
}

/// Forwards as Clash does.
pub(crate) fn clash() -> Proxy {
    Forward::new(Program::Clash).start().expect("a proxy: cargo xtask setup test installs Go")
}

/// Waits until the status bar says `direct` or `proxy`, and who said so.
pub(crate) async fn goes(window: &Window, route: &str, source: &str) {
    let shown = format!("[data-testid=status-route][data-route={route}][data-source={source}]");
    window.find(By::Css(&shown)).await;
}

/// Chooses a way for the board in the menu of the status bar.
pub(crate) async fn choose(window: &Window, entry: &str) {
    // The last that a connection brings: from here on, nothing in the status bar moves.
    window.find(By::TestId("status-free")).await;
    window.click(ROUTE).await;
    window.click(By::TestId(entry)).await;
}

#[tokio::test]
async fn a_proxy_of_the_system_does_not_come_between_the_window_and_a_board() {
    let (board, clash) = (board(), clash());
    let window = Launch::new().env("http_proxy", clash.url()).start().await;
    connect(&window, &board.webrepl_url()).await;
    give_password(&window, "needed", "secret").await;
    state(&window, "ready").await;
    goes(&window, "direct", "lan").await;
    let shown = window.text(ROUTE).await;
    assert!(shown.starts_with("Direct") && shown.contains(':'), "the way and why: {shown}");
    type_in_terminal(&window, "1+1\n").await;
    terminal_shows(&window, "2").await;
    let port = format!(":{}", board.webrepl().port());
    assert!(!clash.log().contains(&port), "nothing of it went through the proxy: {}", clash.log());
    window.close().await;
}

#[tokio::test]
async fn another_way_holds_at_once_and_asks_for_nothing_again() {
    let (board, clash) = (board(), clash());
    let window = Launch::new().start().await;
    connect(&window, &board.webrepl_url()).await;
    give_password(&window, "needed", "secret").await;
    state(&window, "ready").await;
    goes(&window, "direct", "none").await;

    choose(&window, "route-proxy").await;
    window.fill(By::TestId("proxy-field"), &clash.url()).await;
    window.click(By::TestId("answer-proxy")).await;
    goes(&window, "proxy", "option").await;
    window.wait_for_text(ROUTE, &clash.address().to_string()).await;
    logged_in(&window, &board, 2).await;
    state(&window, "ready").await;
    type_in_terminal(&window, "1+1\n").await;
    terminal_shows(&window, "2").await;
    let asked = format!("CONNECT 127.0.0.1:{}", board.webrepl().port());
    assert!(clash.log().contains(&asked), "it went through the proxy: {}", clash.log());
    assert!(!clash.log().contains("upgrade"), "and never in the way that changes headers: {}", clash.log());

    choose(&window, "route-direct").await;
    goes(&window, "direct", "option").await;
    logged_in(&window, &board, 3).await;
    state(&window, "ready").await;
    // Whoever goes direct does not miss the proxy.
    drop(clash);
    type_in_terminal(&window, "20+3\n").await;
    terminal_shows(&window, "23").await;
    window.close().await;
}

/// Waits until the board has let the window in so often, and fails when a password is asked for again.
async fn logged_in(window: &Window, board: &Board, times: u64) {
    let arrived = async || board.webrepl().stats().logins == times;
    window.wait_for(&format!("the board lets the window in for the {times}th time"), arrived).await;
    assert!(window.find_now(By::TestId("password-field")).await.is_none(), "the same password is used again");
}
