//! Boards that are not there, and boards that stop being there.

use boardwalk_tests::{Board, WebRepl};

use crate::{
    board::{PASSWORD, air, by_air, is_left_well, networks},
    child::{Program, boardwalk, on},
};

fn ls(url: &str) -> Program {
    boardwalk(["ls", url]).env("BOARDWALK_PASSWORD", PASSWORD)
}

#[tokio::test]
async fn nobody_listens() {
    let board = air(WebRepl::new().started_by_program());
    let error = on(&board, &["ls"]).fails("port-refused").await;
    assert!(error["help"].as_str().unwrap().contains("WebREPL"), "{error}");
    // What the help says, done by the port.
    let start = "import webrepl; webrepl.start(password='secret')";
    boardwalk(["exec", &Board::target(&board), start]).ok().await;
    assert_eq!(on(&board, &["ls"]).text().await, "");
    is_left_well(&board).await;
}

#[tokio::test]
async fn the_x_ray_of_every_board_is_ok_and_leaves_it_free() {
    for board in networks().map(air) {
        let document = boardwalk(["handshake", &board.target(), "--json"]).text().await;
        let document: serde_json::Value = serde_json::from_str(&document).unwrap();
        assert_eq!(document["verdict"]["code"], "ok", "{document}");
        is_left_well(&board).await;
        assert_eq!(
            (board.webrepl().stats().logins, board.webrepl().stats().denied),
            (0, 0),
            "nothing was typed"
        );
        assert_eq!(on(&board, &["exec", "print(1)"]).ok().await, b"1\r\n");
    }
}

#[tokio::test]
async fn no_such_name() {
    let error = ls("ws://no-such-board.invalid").fails("name-not-found").await;
    assert!(error["message"].as_str().unwrap().contains("no-such-board.invalid"), "{error}");
}

#[tokio::test]
async fn nobody_answers() {
    let board = air(WebRepl::new());
    board.webrepl().drop_network();
    let done = on(&board, &["ls", "--json"]).run().await;
    let took = done.took;
    let error = done.failed("no-answer");
    // Said in 5 s; the rest is a loaded machine.
    assert!(took.as_secs() < 10, "{took:?} {error}");
    board.webrepl().restore_network();
    assert_eq!(on(&board, &["exec", "print(1)"]).ok().await, b"1\r\n");
}

#[tokio::test]
async fn a_deadline_of_the_person_comes_first() {
    let board = air(WebRepl::new());
    board.webrepl().drop_network();
    let error = on(&board, &["exec", "print(1)", "--timeout", "0.5"]).fails("timeout").await;
    assert!(error["message"].as_str().unwrap().contains("0.5 s"), "{error}");
}

#[tokio::test]
async fn a_board_that_would_not_start_its_webrepl_again_is_not_reset_by_chance() {
    for how in [&["reset"][..], &["reset", "--hard"]] {
        let board = air(WebRepl::new().not_in_boot_py());
        let error = on(&board, how).fails("would-lose-webrepl").await;
        assert!(error["help"].as_str().unwrap().contains("boot.py"), "{error}");
        assert_eq!((board.stats().boots, board.stats().soft_reboots), (1, 0));
        let document = on(&board, &[how, &["--force", "--json"]].concat()).text().await;
        assert!(document.contains("\"away\""), "{document}");
        on(&board, &["ls"]).fails("port-refused").await;
    }
}

#[tokio::test]
async fn a_board_that_starts_its_webrepl_itself_comes_back() {
    let boot = "import webrepl\nwebrepl.start()\n";
    let builder = || Board::unix().file("boot.py", boot).file("webrepl_cfg.py", "PASS = 'secret'\n");
    for network in networks() {
        let board = by_air(builder(), network.not_in_boot_py());
        for how in [&["reset", "--json"][..], &["reset", "--hard", "--json"]] {
            on(&board, &["exec", "kept = 1"]).ok().await;
            let document: serde_json::Value = serde_json::from_slice(&on(&board, how).ok().await).unwrap();
            assert_eq!(document["state"], "ready", "{document}");
            is_left_well(&board).await;
            assert!(on(&board, &["exec", "kept"]).run().await.err_text().contains("NameError"));
        }
        assert_eq!((board.stats().boots, board.stats().soft_reboots), (2, 1));
    }
}
