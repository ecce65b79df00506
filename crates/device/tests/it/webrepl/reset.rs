//! A reset over the network ends the connection, and the same session comes back, if the board lets it.

use boardwalk_device::{Consent, DeviceError, NotStarted, Reset, ResetOptions, State};
use boardwalk_tests::{Board, WebRepl};

use super::{BOTH, lasting};
use crate::desk::{Desk, no_cancel, soon};

const BOOT: &str = "#import webrepl\nimport webrepl\nwebrepl.start()\n";
const CONFIGURED: &str = "PASS = 'secret'\n";

async fn reset(desk: &Desk, how: Reset, even_if_lost: bool) -> Result<(), DeviceError> {
    soon(desk.session.reset(ResetOptions { how, even_if_lost }, no_cancel())).await
}

async fn is_back(desk: &Desk, logins: u64) {
    soon(desk.board.webrepl().until(|s| s.logins > logins)).await;
    desk.is("connected", State::is_connected).await;
    desk.is_ready().await;
}

#[tokio::test]
async fn a_session_comes_back_with_the_same_password() {
    for generation in BOTH {
        let board = Board::unix().file("boot.py", BOOT).file("webrepl_cfg.py", CONFIGURED);
        let webrepl = WebRepl::new().generation(generation).started_by_program();
        let desk = lasting(board, webrepl).await;
        for how in [Reset::Soft, Reset::Hard] {
            desk.types("x = 1\r").await;
            let logins = desk.board.webrepl().stats().logins;
            reset(&desk, how, false).await.unwrap();
            assert!(!desk.state().is_connected(), "{:?}", desk.state());
            is_back(&desk, logins).await;
            assert_eq!(desk.prints("print('x' in globals())").await, "False\r\n", "{how:?}");
        }
        desk.screen.shows("MPY: soft reboot").await;
    }
}

#[tokio::test]
async fn a_board_that_would_not_come_back_is_not_reset_silently() {
    // (what is on the board, whether that starts its WebREPL; the test board starts it all the same)
    let cases: [(&[(&str, &str)], _); 5] = [
        (&[], Err(NotStarted::Nowhere)),
        (&[("boot.py", "#import webrepl\n#webrepl.start()\nx = '\u{b0}'\n")], Err(NotStarted::Nowhere)),
        (&[("main.py", "import webrepl\nwebrepl.start()\n")], Err(NotStarted::WithoutPassword)),
        (
            &[
                ("main.py", "import net, time\n"),
                ("lib/net.py", "import webrepl\nwebrepl.start(password='secret')"),
            ],
            Ok(()),
        ),
        (&[("boot.py", BOOT), ("webrepl_cfg.py", CONFIGURED)], Ok(())),
    ];
    for (files, expected) in cases {
        let board = files.iter().fold(Board::unix(), |board, (name, text)| board.file(*name, *text));
        let webrepl = WebRepl::new();
        let webrepl = if expected.is_ok() { webrepl.started_by_program() } else { webrepl };
        let desk = lasting(board, webrepl).await;
        let survives = soon(desk.session.survives_reset(Consent::LeaveRunning, no_cancel())).await;
        assert_eq!(survives.unwrap(), expected.is_ok(), "{files:?}");
        let logins = desk.board.webrepl().stats().logins;
        if let Err(because) = expected {
            for how in [Reset::Soft, Reset::Hard] {
                let refused = reset(&desk, how, false).await.unwrap_err();
                assert_eq!(refused, DeviceError::WouldLoseWebRepl(because), "{files:?}");
                assert_eq!(refused.code(), "would-lose-webrepl");
            }
            desk.works().await;
            assert_eq!(desk.board.webrepl().stats().logins, logins);
            reset(&desk, Reset::Soft, true).await.unwrap();
        } else {
            reset(&desk, Reset::Soft, false).await.unwrap();
        }
        is_back(&desk, logins).await;
    }
}

#[tokio::test]
async fn bytes_that_are_no_text_do_not_hide_what_starts_it() {
    let net = [b"# \xff\xfe\n".as_slice(), BOOT.as_bytes()].concat();
    let board = Board::unix().file("boot.py", "import net").file("net.py", net);
    let board = board.file("webrepl_cfg.py", CONFIGURED);
    let desk = lasting(board, WebRepl::new().started_by_program()).await;
    assert!(soon(desk.session.survives_reset(Consent::LeaveRunning, no_cancel())).await.unwrap());
}

/// A program of the person's that starts the board again: the run says so, and the session comes back.
#[tokio::test]
async fn a_program_may_reset_the_board() {
    for generation in BOTH {
        let desk = lasting(Board::unix(), WebRepl::new().generation(generation)).await;
        for code in ["import machine\nmachine.soft_reset()\n", "import sys\nsys.exit()\n"] {
            let logins = desk.board.webrepl().stats().logins;
            let run = soon(desk.session.run("main.py".into(), code, no_cancel())).await;
            assert_eq!(run.unwrap_err().code(), "board-restarted", "{code} {:?}", desk.screen.text());
            is_back(&desk, logins).await;
            desk.works().await;
        }
        let logins = desk.board.webrepl().stats().logins;
        let run =
            soon(desk.session.run("main.py".into(), "import machine\nmachine.reset()\n", no_cancel())).await;
        assert_eq!(run.unwrap_err().code(), "lost");
        is_back(&desk, logins).await;
        desk.works().await;
    }
}
