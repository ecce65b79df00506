//! `wss://` to a board whose certificate this computer does not know.

use std::sync::Arc;

use boardwalk_app::wire::*;
use boardwalk_tests::{Board as TestBoard, WebRepl};
use sha2::{Digest as _, Sha256};

use crate::window::{Keys, Window};

fn board() -> TestBoard {
    TestBoard::unix().webrepl(WebRepl::new().tls().password("secret")).start().unwrap()
}

fn fingerprint(board: &TestBoard) -> String {
    let digest = Sha256::digest(board.webrepl().tls().unwrap().certificate());
    digest.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":")
}

#[tokio::test]
async fn a_certificate_is_trusted_once_and_a_changed_one_is_asked_about_again() {
    let (board, config, keys) = (board(), tempfile::tempdir().unwrap(), Arc::new(Keys::default()));
    let url = board.webrepl().url();
    let mut window = Window::open(config.path(), &keys).await;
    let opened = window.connect(&url);
    let Question::Certificate { id, host, fingerprint: shown, trusted, distrust } = window.question().await
    else {
        panic!("another question")
    };
    assert_eq!((host.as_str(), shown, trusted), ("localhost", fingerprint(&board), None));
    assert_eq!(distrust, CertificateFault::UnknownIssuer);
    window.app.certificate_trust(QuestionRef { board: url.clone(), question: id }).await.unwrap();
    window.board(|board| matches!(board.question, Some(Question::Password { .. }))).await;
    window.answer(&url, "secret", true).await.unwrap();
    opened.await.unwrap().unwrap();
    let known = window.ready().await;
    assert_eq!(known.network.unwrap().certificate, Some(fingerprint(&board)));
    window.app.shut_down().await;

    // The same address, later, with another certificate.
    let settings = config.path().join("board-settings.json");
    let text = std::fs::read_to_string(&settings).unwrap();
    let other = "00".repeat(32);
    std::fs::write(&settings, text.replace(&fingerprint(&board), &other)).unwrap();
    let mut window = Window::open(config.path(), &keys).await;
    let opened = window.connect(&url);
    let Question::Certificate { trusted, distrust, .. } = window.question().await else { panic!() };
    assert_eq!((trusted, distrust), (Some(other), CertificateFault::Changed));
    window.app.board_close(BoardRef { board: url.clone() }).await.unwrap();
    assert_eq!(opened.await.unwrap().unwrap_err().code, "cancelled");
    assert!(std::fs::read_to_string(&settings).unwrap().contains("0000"), "nothing was trusted");
}

#[tokio::test]
async fn a_certificate_that_changes_while_the_board_is_away_is_asked_about_before_the_password_goes_there() {
    let (board, config, keys) = (board(), tempfile::tempdir().unwrap(), Arc::new(Keys::default()));
    let url = board.webrepl().url();
    let mut window = Window::open(config.path(), &keys).await;
    let opened = window.connect(&url);
    let Question::Certificate { id, .. } = window.question().await else { panic!("another question") };
    window.app.certificate_trust(QuestionRef { board: url.clone(), question: id }).await.unwrap();
    window.board(|board| matches!(board.question, Some(Question::Password { .. }))).await;
    window.answer(&url, "secret", false).await.unwrap();
    opened.await.unwrap().unwrap();
    window.ready().await;

    // The connection breaks, and whoever answers now shows another certificate.
    let other = board.webrepl().tls().unwrap().renew().unwrap();
    let before = board.webrepl().connections();
    board.webrepl().rst();
    let asked = window.board(|board| matches!(board.question, Some(Question::Certificate { .. }))).await;
    let Some(Question::Certificate { id, fingerprint: shown, trusted, distrust, .. }) = asked.question else {
        panic!("another question")
    };
    assert_eq!(distrust, CertificateFault::Changed);
    assert_eq!(trusted, Some(fingerprint(&board)));
    assert_eq!(shown.replace(':', "").to_lowercase(), other);
    assert_eq!(board.webrepl().connections(), before, "nothing reached the board in the meantime");

    window.app.certificate_trust(QuestionRef { board: url.clone(), question: id }).await.unwrap();
    let back = window.ready().await;
    assert_eq!(back.network.unwrap().certificate, Some(shown));
    window.app.shut_down().await;
}
