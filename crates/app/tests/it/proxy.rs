//! A proxy on the way to a board that asks who we are: what the person answers, keeps, or does not want to answer.

use std::sync::Arc;

use boardwalk_app::proxy::ChooseProxy;
use boardwalk_app::wire::*;
use boardwalk_tests::proxies::{Auth, Forward, PASSWORD, Program, Proxy, USER, bad};
use boardwalk_tests::{Board as TestBoard, WebRepl};

use crate::window::{Keys, Window};

struct Asked {
    id: u64,
    realm: String,
    reason: PasswordReason,
    user: Option<String>,
    kept: bool,
}

fn board() -> TestBoard {
    TestBoard::unix().webrepl(WebRepl::new().password("secret")).start().unwrap()
}

/// It lets ada in, to any port.
fn tinyproxy() -> Proxy {
    Forward::new(Program::Tinyproxy).opened().asks(Auth::Basic).start().unwrap()
}

fn reference(board: &str) -> BoardRef {
    BoardRef { board: board.to_owned() }
}

async fn choose(window: &Window, board: &str, choice: &str) {
    let choice = ChooseProxy { url: Some(board.to_owned()), choice: Some(choice.to_owned()) };
    window.app.proxy_choose(choice).await.unwrap();
}

impl Window {
    /// What the proxy at this address is to be told.
    async fn proxy_asks(&mut self, address: &str) -> Asked {
        let asks = |board: &Board| matches!(board.question, Some(Question::Proxy { .. }));
        let Some(Question::Proxy { id, proxy, realm, reason, user, kept, .. }) =
            self.board(asks).await.question
        else {
            unreachable!()
        };
        assert_eq!(proxy, address);
        Asked { id, realm, reason, user, kept }
    }

    /// Answers, as the page does, and waits until the question is gone.
    async fn tell_proxy(&mut self, board: &str, asked: &Asked, answer: (&str, &str), remember: bool) {
        let (user, password) = answer;
        let answer = serde_json::json!({
            "board": board, "question": asked.id, "user": user, "password": password, "remember": remember,
        });
        self.app.proxy_answer(serde_json::from_value(answer).unwrap()).await.unwrap();
        let id = asked.id;
        self.board(|board| !matches!(board.question, Some(Question::Proxy { id: open, .. }) if open == id))
            .await;
    }
}

#[tokio::test]
async fn a_proxy_is_told_what_the_person_says_and_the_right_answer_is_kept() {
    let (board, proxy) = (board(), tinyproxy());
    let (config, keys) = (tempfile::tempdir().unwrap(), Arc::new(Keys::default()));
    let url = board.webrepl().url();
    let mut window = Window::open_proxied(config.path(), &keys, &[]).await;
    choose(&window, &url, &proxy.url()).await;
    let opened = window.connect(&url);

    let asked = window.proxy_asks(&proxy.url()).await;
    assert_eq!((asked.reason, asked.user.clone(), asked.kept), (PasswordReason::Needed, None, false));
    assert!(!asked.realm.is_empty());
    let waits = window.app.boards_list(NoArgs {}).await.unwrap();
    let waits = waits.into_iter().find(|board| board.id == url).unwrap().state;
    assert_eq!(waits, BoardState::Connecting { waiting_for: WaitingFor::ProxyPassword });
    window.tell_proxy(&url, &asked, (USER, "wrong"), true).await;
    let asked = window.proxy_asks(&proxy.url()).await;
    assert_eq!((asked.reason, asked.user.as_deref()), (PasswordReason::Rejected, Some(USER)));
    window.tell_proxy(&url, &asked, (USER, PASSWORD), true).await;
    window.answer(&url, "secret", false).await.unwrap();
    opened.await.unwrap().unwrap();
    let ready = window.ready().await;
    assert_eq!(ready.network.unwrap().route.unwrap().proxy.as_deref(), Some(&*proxy.url()));
    assert_eq!(keys.of(&proxy.url()), Some(format!("{USER}\n{PASSWORD}")));
    assert_eq!(keys.of(&url), None, "the board's password is another matter");
    window.app.shut_down().await;

    // The next start asks nobody about the proxy.
    let mut window = Window::open_proxied(config.path(), &keys, &[]).await;
    let opened = window.connect(&url);
    window.answer(&url, "secret", false).await.unwrap();
    opened.await.unwrap().unwrap();
    window.ready().await;
    window.app.proxy_forget(ProxyRef { proxy: proxy.url() }).await.unwrap();
    assert_eq!(keys.of(&proxy.url()), None, "the person wanted it forgotten");
    window.app.shut_down().await;
    for file in std::fs::read_dir(config.path()).unwrap().flatten() {
        let text = std::fs::read_to_string(file.path()).unwrap();
        assert!(!text.contains(PASSWORD), "{}: {text}", file.path().display());
    }
}

#[tokio::test]
async fn what_was_kept_and_is_refused_goes_when_the_person_says_so() {
    let (board, proxy) = (board(), tinyproxy());
    let (config, keys) = (tempfile::tempdir().unwrap(), Arc::new(Keys::default()));
    let url = board.webrepl().url();
    boardwalk_app::Vault::set(&*keys, &proxy.url(), &format!("{USER}\nold")).unwrap();
    let mut window = Window::open_proxied(config.path(), &keys, &[]).await;
    choose(&window, &url, &proxy.url()).await;
    let opened = window.connect(&url);
    let asked = window.proxy_asks(&proxy.url()).await;
    assert_eq!(
        (asked.reason, asked.user.as_deref(), asked.kept),
        (PasswordReason::Rejected, Some(USER), true)
    );
    window.tell_proxy(&url, &asked, (USER, PASSWORD), false).await;
    window.answer(&url, "secret", false).await.unwrap();
    opened.await.unwrap().unwrap();
    window.ready().await;
    // Nobody is asked again in this run, whichever board it is.
    window.app.board_close(reference(&url)).await.unwrap();
    window.board(|board| board.state == BoardState::Absent).await;
    let opened = window.connect(&url);
    window.answer(&url, "secret", false).await.unwrap();
    opened.await.unwrap().unwrap();
    window.ready().await;
    crate::window::in_time(async {
        while keys.of(&proxy.url()).is_some() {
            // Nothing tells when a key store has forgotten.
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    })
    .await;
    window.app.shut_down().await;
}

/// Whoever is connected and comes to a proxy that asks may leave it at that, and choose another way later.
#[tokio::test]
async fn a_person_who_does_not_want_to_answer_is_not_asked_at_each_try() {
    let board = board();
    let (proxy, address) = bad::start(bad::wants(&["Basic realm=\"Lab \\\"7\\\" \u{202e}\""])).unwrap();
    let (config, keys) = (tempfile::tempdir().unwrap(), Arc::new(Keys::default()));
    let url = board.webrepl().url();
    let mut window = Window::open_proxied(config.path(), &keys, &[]).await;
    let opened = window.connect(&url);
    window.answer(&url, "secret", true).await.unwrap();
    opened.await.unwrap().unwrap();
    window.ready().await;

    choose(&window, &url, &address).await;
    let asked = window.proxy_asks(&address).await;
    assert!(!asked.realm.contains('\u{202e}'), "{:?}", asked.realm);
    let declined = QuestionRef { board: url.clone(), question: asked.id };
    window.app.proxy_decline(declined).await.unwrap();
    let tries = |least: u32| {
        move |board: &Board| {
            matches!(&board.state, BoardState::Reconnecting { attempt, because }
            if *attempt >= least && because.code == "proxy-auth-required")
        }
    };
    let first = window.board(tries(1)).await;
    let BoardState::Reconnecting { attempt, .. } = first.state else { unreachable!() };
    let before = proxy.connections();
    let again = window.board(tries(attempt + 2)).await;
    assert_eq!(again.question, None);
    assert!(proxy.connections() > before, "it goes on trying");

    // Another way, and this one again: now it is a question again.
    choose(&window, &url, "direct").await;
    window.ready().await;
    choose(&window, &url, &address).await;
    assert!(window.proxy_asks(&address).await.id > asked.id);
    window.app.board_close(reference(&url)).await.unwrap();
    window.board(|board| board.state == BoardState::Absent && board.question.is_none()).await;
}

#[tokio::test]
async fn what_no_proxy_can_be_told_is_not_sent() {
    let board = board();
    let (_proxy, address) = bad::start(bad::wants(&["Basic"])).unwrap();
    let (config, keys) = (tempfile::tempdir().unwrap(), Arc::new(Keys::none()));
    let url = board.webrepl().url();
    let mut window = Window::open_proxied(config.path(), &keys, &[]).await;
    choose(&window, &url, &address).await;
    let opened = window.connect(&url);
    let asked = window.proxy_asks(&address).await;
    let Question::Proxy { no_key_store: Some(because), .. } = window.question().await else { panic!() };
    assert_eq!(because.code, "key-store-unavailable");
    for (user, password) in [("", "x"), ("a\r\nX: y", "x"), ("a", "x\n")] {
        let answer = serde_json::json!({
            "board": url, "question": asked.id, "user": user, "password": password, "remember": false,
        });
        let refused = window.app.proxy_answer(serde_json::from_value(answer).unwrap()).await.unwrap_err();
        assert_eq!(refused.code, "proxy-auth-rejected");
        assert_eq!(window.proxy_asks(&address).await.id, asked.id, "it is asked still");
    }
    window.app.board_close(reference(&url)).await.unwrap();
    assert_eq!(opened.await.unwrap().unwrap_err().code, "cancelled");
}
