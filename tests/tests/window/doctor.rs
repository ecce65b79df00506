//! The doctor opens by itself when a board does not connect, says why in a sentence, and its button helps.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;

use boardwalk_tests::{
    Board, WebRepl,
    proxies::{Forward, Program, Proxy},
};

use crate::driver::{Launch, Window};
use crate::flow::{state, terminal_shows, type_in_terminal};
use crate::network::{connect, give_password};
use crate::page::By;
use crate::route::{clash, goes};

const HEADLINE: By<'static> = By::TestId("doctor-headline");

fn board() -> Board {
    Board::unix().webrepl(WebRepl::new()).start().expect("a board")
}

/// A proxy that opens the tunnel and writes the HTTP inside it anew.
pub(crate) fn inspecting() -> Proxy {
    Forward::new(Program::Inspecting).start().expect("a proxy: cargo xtask setup test installs Go")
}

/// This proxy was chosen for the board some other day.
pub(crate) fn chosen(home: &Path, board: &str, proxy: &str) {
    let folder = home.join("config/dev.boardwalk.ide");
    std::fs::create_dir_all(&folder).expect("a folder for settings");
    let choices = serde_json::json!({ "default": "system", "lanBypass": true, "boards": { board: proxy } });
    std::fs::write(folder.join("proxy.json"), choices.to_string()).expect("a file of settings");
}

/// Waits until the doctor, which nobody called, has found this cause.
pub(crate) async fn finds(window: &Window, cause: &str) {
    window.find(By::Css("[data-testid=doctor-page][data-state=done]")).await;
    let page = window.find(By::TestId("doctor-page")).await;
    let found = page.attr("data-cause").await.expect("the page is there");
    assert_eq!(found.as_deref(), Some(cause), "{}", window.text(By::TestId("doctor-page")).await);
}

async fn one_and_one_is_two(window: &Window) {
    type_in_terminal(window, "1+1\n").await;
    terminal_shows(window, "2").await;
}

#[tokio::test]
async fn names_the_proxy_that_rewrites_inside_the_tunnel_and_goes_around_it() {
    let (board, proxy) = (board(), inspecting());
    let url = board.webrepl_url();
    let launch = Launch::new();
    chosen(launch.home(), &url, &proxy.url());
    let window = launch.start().await;
    connect(&window, &url).await;
    finds(&window, "handshake-rewritten").await;
    let headline = window.text(HEADLINE).await;
    assert!(headline.contains("middlebox"), "the name of the program: {headline}");
    assert!(headline.contains(&proxy.address().to_string()), "where it listens: {headline}");
    goes(&window, "proxy", "option").await;

    // Both requests, side by side; what the board does not understand is marked.
    let arrived = "[data-testid=request-diff][data-way=connect] [role=group]:last-of-type";
    window.wait_for_text(By::Css(arrived), "Sec-Websocket-Key").await;
    window.wait_for_text(By::Css("[data-testid=request-diff][data-way=connect]"), "Sec-WebSocket-Key").await;
    let marked = format!(
        "[...document.querySelectorAll('{arrived} .line')].some((line) => line.textContent.includes('Sec-Websocket-Key') \
         && line.querySelector('mark')?.textContent === 's')"
    );
    window.wait_for_script("the letter is marked", &marked).await;

    window.click(By::Css("[data-testid=remedy-main][data-action=bypass-proxy]")).await;
    give_password(&window, "needed", "secret").await;
    state(&window, "ready").await;
    goes(&window, "direct", "option").await;
    one_and_one_is_two(&window).await;
    window.close().await;
}

#[tokio::test]
async fn a_proxy_that_forbids_the_way_is_gone_around() {
    let board = board();
    let proxy = Forward::new(Program::Squid).start().expect("a proxy");
    let url = board.webrepl_url();
    let launch = Launch::new();
    chosen(launch.home(), &url, &proxy.url());
    let window = launch.start().await;
    connect(&window, &url).await;
    finds(&window, "proxy-forbids-connect").await;
    window.click(By::Css("[data-testid=remedy-main][data-action=bypass-proxy]")).await;
    give_password(&window, "needed", "secret").await;
    state(&window, "ready").await;
    one_and_one_is_two(&window).await;
    window.close().await;
}

#[tokio::test]
async fn tells_that_another_client_holds_the_board() {
    let board = board();
    let first = first_client(board.webrepl().port());
    let window = Launch::new().start().await;
    connect(&window, &board.webrepl_url()).await;
    finds(&window, "busy-other-client").await;
    // It goes, and the board is free.
    drop(first);
    window.wait_for("the board notices", async || board.webrepl().clients() == 0).await;
    window.click(By::TestId("doctor-again")).await;
    window.click(By::TestId("doctor-connect")).await;
    give_password(&window, "needed", "secret").await;
    state(&window, "ready").await;
    window.close().await;
}

#[tokio::test]
async fn tells_that_the_password_is_wrong() {
    let board = board();
    let window = Launch::new().start().await;
    connect(&window, &board.webrepl_url()).await;
    for reason in ["needed", "rejected", "rejected"] {
        give_password(&window, reason, "wrong").await;
    }
    finds(&window, "wrong-password").await;
    window.click(By::Css("[data-testid=remedy-main][data-action=enter-password]")).await;
    give_password(&window, "needed", "secret").await;
    state(&window, "ready").await;
    window.close().await;
}

#[tokio::test]
async fn names_the_program_that_holds_the_port() {
    let board = Board::unix().start().expect("a board");
    let holder = board.hold().expect("another process");
    let window = Launch::new().start().await;
    connect(&window, &board.target()).await;
    finds(&window, "port-busy").await;
    let headline = window.text(HEADLINE).await;
    assert!(headline.contains("python"), "the name of the program: {headline}");
    drop(holder);
    window.click(By::TestId("doctor-again")).await;
    window.click(By::TestId("doctor-connect")).await;
    state(&window, "ready").await;
    window.close().await;
}

#[tokio::test]
async fn shows_what_a_proxy_does_to_other_programs_when_all_is_well() {
    let (board, clash) = (board(), clash());
    let window = Launch::new().env("http_proxy", clash.url()).start().await;
    connect(&window, &board.webrepl_url()).await;
    give_password(&window, "needed", "secret").await;
    state(&window, "ready").await;
    window.click(By::TestId("doctor")).await;
    window.find(By::Css("[data-testid=doctor-page][data-state=done][data-verdict=ok]")).await;
    window.click(By::Css("[data-testid=doctor-check][data-check=self-echo] button")).await;
    let plain = By::Css("[data-testid=request-diff][data-way=plain] [role=group]:last-of-type");
    window.wait_for_text(plain, "Sec-Websocket-Key").await;
    let tunnel = By::Css("[data-testid=request-diff][data-way=connect] [role=group]:last-of-type");
    window.wait_for_text(tunnel, "Sec-WebSocket-Key").await;
    // The board was used, not disturbed.
    assert_eq!(board.webrepl().connections(), 1);
    window.click(By::TestId("doctor-close")).await;
    one_and_one_is_two(&window).await;
    window.close().await;
}

/// A client that has the board to itself.
fn first_client(port: u16) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("the board listens");
    let request = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    stream.write_all(request.as_bytes()).expect("a request");
    let (mut seen, mut byte) = (Vec::new(), [0]);
    // The prompt shows that the board has taken this client in.
    while !seen.ends_with(b"Password: ") {
        stream.read_exact(&mut byte).expect("an answer");
        seen.push(byte[0]);
    }
    stream
}

#[tokio::test]
async fn an_address_that_never_connected_stays_in_the_side_bar_and_can_be_corrected() {
    const STRANGER: By<'static> = By::TestId("stranger-row");
    let board = board();
    let wrong = {
        let nobody = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        format!("ws://127.0.0.1:{}", nobody.local_addr().expect("bound").port())
    };
    let window = Launch::new().start().await;
    connect(&window, &wrong).await;
    finds(&window, "port-refused").await;
    window.find(By::Css("[data-testid=stranger-row][data-state=blocked]")).await;
    window.context_click(STRANGER).await;
    window.click(By::TestId("stranger-edit")).await;
    let there =
        format!("document.querySelector('[data-testid=connect-target]')?.value.startsWith('{wrong}')");
    window.wait_for_script("the address is there to be corrected", &there).await;
    window.fill(By::TestId("connect-target"), &board.webrepl_url()).await;
    window.click(By::TestId("connect-button")).await;
    give_password(&window, "needed", "secret").await;
    state(&window, "ready").await;
    window.context_click(STRANGER).await;
    window.click(By::TestId("stranger-dismiss")).await;
    window.gone(STRANGER).await;
    window.close().await;
}
