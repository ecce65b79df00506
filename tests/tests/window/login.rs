//! A proxy that wants to know who we are: asked for in the window, told to the proxy and to nobody else.

use boardwalk_tests::{
    Board, WebRepl,
    proxies::{Auth, Forward, PASSWORD, Program, USER},
};

use crate::doctor::chosen;
use crate::driver::{Launch, Window};
use crate::flow::{state, terminal_shows, type_in_terminal};
use crate::network::{connect, give_password};
use crate::page::By;
use crate::pictures::{pictures, set};
use crate::route::goes;

/// Waits for the question and why it is asked, and answers it.
async fn introduce(window: &Window, reason: &str, password: &str) {
    window.find(By::Css(&format!("[data-testid=proxy-login-reason][data-reason={reason}]"))).await;
    window.fill(By::TestId("proxy-login-user"), USER).await;
    window.fill(By::TestId("proxy-login-password"), password).await;
    window.click(By::TestId("answer-connect")).await;
}

/// In each theme, language and size; the page is loaded anew for it, and the question is still there.
async fn photograph(window: &Window, dialog: &str) {
    for (theme, language) in [("light", "zh-CN"), ("dark", "en"), ("dark", "zh-CN"), ("light", "en")] {
        set(window, theme, language).await;
        for (width, height) in [(800, 600), (1280, 800)] {
            window.resize(width, height).await;
            window.find(By::TestId(dialog)).await;
            let name = format!("{dialog}-{theme}-{language}-{width}.png");
            window.screenshot(&pictures().join(name)).await;
        }
    }
}

#[tokio::test]
async fn a_proxy_is_told_its_name_and_password_and_the_board_its_own() {
    let board = Board::unix().webrepl(WebRepl::new()).start().expect("a board");
    let proxy = Forward::new(Program::Tinyproxy).asks(Auth::Basic).start().expect("a proxy");
    let url = board.webrepl_url();
    let launch = Launch::new().env("BOARDWALK_LOG", "trace");
    chosen(launch.home(), &url, &proxy.url());
    let window = launch.start().await;
    connect(&window, &url).await;
    window.find(By::TestId("dialog-proxy-login")).await;
    photograph(&window, "dialog-proxy-login").await;
    introduce(&window, "needed", "not-this-one").await;
    introduce(&window, "rejected", PASSWORD).await;
    window.find(By::TestId("dialog-password")).await;
    photograph(&window, "dialog-password").await;
    give_password(&window, "needed", "secret").await;
    state(&window, "ready").await;
    goes(&window, "proxy", "option").await;
    type_in_terminal(&window, "1+1\n").await;
    terminal_shows(&window, "2").await;
    assert!(!window.log().contains(PASSWORD), "no log knows it");
    window.close().await;
}
