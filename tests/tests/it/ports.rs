//! `ports`: what is plugged in. A pseudo terminal is listed by the file that `BOARDWALK_EXTRA_PORTS` names.

use boardwalk_tests::{Board, Identity, PortsFile};
use serde_json::Value;

use crate::{board::start, child::boardwalk};

#[tokio::test]
async fn a_board_is_listed_while_it_is_plugged() {
    let folder = tempfile::tempdir().unwrap();
    let file = PortsFile::create(folder.path().join("ports.json")).unwrap();
    let board = start(Board::unix().listed(&file, Identity::pico("E6605481DB318236")));
    let ports = || boardwalk(["ports"]).env("BOARDWALK_EXTRA_PORTS", file.path());

    let text = ports().text().await;
    let line = text.lines().find(|line| line.starts_with(&board.path())).expect("it is listed");
    assert!(line.contains("2e8a:0005") && line.contains("E6605481DB318236"), "{line}");
    assert!(line.contains("micropython"), "{line}");

    let document: Value = serde_json::from_slice(
        &boardwalk(["ports", "--json"]).env("BOARDWALK_EXTRA_PORTS", file.path()).ok().await,
    )
    .unwrap();
    let port = &document["ports"][0];
    assert_eq!(port["target"], board.target(), "boards come first");
    assert_eq!(
        (&port["vid"], &port["pid"], &port["serial"]),
        (&0x2e8a.into(), &5.into(), &"E6605481DB318236".into())
    );
    assert_eq!(
        (&port["guess"], &port["likely"], &port["demo"]),
        (&"micropython".into(), &true.into(), &false.into())
    );

    // The target of the list is the target of every other command.
    let target = port["target"].as_str().unwrap();
    assert_eq!(boardwalk(["exec", target, "print(1)"]).ok().await, b"1\r\n");

    board.unplug();
    assert!(!ports().text().await.contains("E6605481DB318236"));
    board.plug().unwrap();
    assert!(ports().text().await.contains("E6605481DB318236"));
}

#[tokio::test]
async fn a_file_that_is_missing_or_broken_adds_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ports.json");
    for content in
        [None, Some(""), Some("[{\"path\": 1}]"), Some("{"), Some("[{\"path\": \"/dev/no-such\"}]")]
    {
        if let Some(content) = content {
            std::fs::write(&file, content).unwrap();
        }
        let list = boardwalk(["ports", "--json"]).env("BOARDWALK_EXTRA_PORTS", &file).ok().await;
        let document: Value = serde_json::from_slice(&list).unwrap();
        assert!(document["ports"].as_array().unwrap().iter().all(|port| port["demo"] == false), "{document}");
    }
}

#[tokio::test]
async fn what_usb_says_cannot_draw_on_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let file = PortsFile::create(folder.path().join("ports.json")).unwrap();
    let evil = Identity::pico("A\x1b[2JB").named("Pico\x1b]0;title\x07\n");
    let _board = start(Board::unix().listed(&file, evil));
    for words in [&["ports"][..], &["ports", "--all"]] {
        let text = boardwalk(words).env("BOARDWALK_EXTRA_PORTS", file.path()).text().await;
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
    }
}
