//! The board goes away and comes back: the session knows why, recovers, and its next work works.

use std::time::{Duration, Instant};

use boardwalk_device::{Attach, Consent, DeviceError, Progress, Reset, SessionOptions, State};
use boardwalk_tests::{Board, Identity, PortsFile};
use boardwalk_transport::{PortSource, SerialDial, SerialOptions};
use tokio::sync::mpsc;

use crate::desk::{Desk, no_cancel, soon};

fn is_lost(state: &State) -> bool {
    matches!(state, State::Reconnecting { .. })
}

#[tokio::test]
async fn unplugged_at_its_prompt_and_plugged_again() {
    let desk = Desk::lasting(Board::unix()).await;
    desk.is_ready().await;
    let mut fastest = Duration::MAX;
    for _ in 0..3 {
        desk.board.unplug();
        let state = desk.is("lost", is_lost).await;
        let State::Reconnecting { because, .. } = state else { unreachable!() };
        assert!(["lost", "no-port"].contains(&because.code()), "{because:?}");
        let refused = soon(desk.session.list("/", Consent::MayInterrupt, no_cancel())).await;
        assert_eq!(refused.unwrap_err(), DeviceError::NotConnected);
        let plugged = Instant::now();
        desk.board.plug().unwrap();
        desk.is_ready().await;
        fastest = fastest.min(plugged.elapsed());
        desk.works().await;
    }
    // This machine may do much else; the session itself waits for nothing longer.
    println!("ready {fastest:?} after the plug");
    assert!(fastest < Duration::from_secs(1), "{fastest:?}");
}

#[tokio::test]
async fn a_board_that_comes_back_under_another_name() {
    let dir = tempfile::tempdir().unwrap();
    let file = PortsFile::create(dir.path().join("ports.json")).unwrap();
    let board = Board::unix().listed(&file, Identity::pico("E66-1")).start().unwrap();
    let source = PortSource::none().with_extra_file(file.path());
    let first = board.path();
    let dial = SerialDial::new(board.target().parse().unwrap(), source, SerialOptions::default());
    let desk = Desk::with(board, dial, SessionOptions { attach: Attach::Gently, reconnect: true }).await;
    desk.is_ready().await;
    desk.board.unplug();
    desk.is("lost", is_lost).await;
    desk.board.plug_elsewhere().unwrap();
    assert_ne!(desk.board.path(), first);
    desk.is_ready().await;
    desk.works().await;
}

/// In every kind of work, with a session that waits for the board: the work ends with the cause, and works again.
#[tokio::test]
async fn unplugged_during_work() {
    let desk = Desk::lasting(Board::unix().file("long.txt", vec![b'x'; 40_000])).await;
    for work in ["exec", "write", "read", "run", "flood"] {
        desk.is_ready().await;
        let before = desk.board.stats();
        let session = desk.session.clone();
        let doing = tokio::spawn(async move {
            match work {
                "exec" | "flood" => {
                    let code = if work == "exec" {
                        "print('go')\nwhile True: pass"
                    } else {
                        "while True: print('flood')"
                    };
                    let (to, mut from) = mpsc::channel(16);
                    let run = session.exec(code, to, None, Consent::MayInterrupt, no_cancel());
                    let drain = async { while from.recv().await.is_some() {} };
                    tokio::join!(run, drain).0.map(|_| ())
                }
                "write" => crate::desk::write(&session, "/new.bin", &[7; 60_000]).await,
                "read" => {
                    let read =
                        session.read("/long.txt", Progress::none(), Consent::MayInterrupt, no_cancel());
                    read.await.map(|_| ())
                }
                _ => session.run("r.py".into(), "while True: pass", no_cancel()).await.map(|_| ()),
            }
        });
        desk.is("at work", |s| matches!(s, State::Busy { .. } | State::Running { .. })).await;
        let moved = |s: &boardwalk_tests::Stats| {
            s.to_board + s.from_board > before.to_board + before.from_board + 300
        };
        if work == "exec" || work == "run" {
            soon(desk.board.until(|s| s.to_board > before.to_board + 16)).await;
        } else {
            soon(desk.board.until(moved)).await;
        }
        let unplugged = Instant::now();
        desk.board.unplug();
        let end = soon(doing).await.unwrap();
        assert_eq!(end.unwrap_err().code(), "lost", "{work}");
        assert!(unplugged.elapsed() < Duration::from_secs(4), "{work}: {:?}", unplugged.elapsed());
        desk.is("lost", is_lost).await;
        desk.board.plug().unwrap();
        desk.is("back", |s| s.is_connected()).await;
        // A board of its own power runs on: what we left running is stopped like any program.
        soon(desk.session.stop()).await.unwrap();
        desk.is_ready().await;
        desk.works().await;
    }
    let files = desk.board.files().unwrap();
    assert_eq!(files.get("long.txt").map(Vec::len), Some(40_000));
    assert!(!files.contains_key("new.bin"), "{:?}", files.keys());
    desk.write("/new.bin", &[7; 1000]).await.unwrap();
    let files = desk.board.files().unwrap();
    assert_eq!(files.len(), 2, "the temporary file of the cut is gone: {:?}", files.keys());
}

#[tokio::test]
async fn a_board_whose_port_leaves_on_reset() {
    let board =
        Board::unix().port_leaves_on_reset(Duration::from_millis(300)).file("main.py", "print('main ran')");
    let desk = Desk::lasting(board).await;
    desk.is_ready().await;
    soon(desk.session.reset(Reset::Hard, no_cancel())).await.unwrap();
    soon(desk.board.until(|s| s.boots == 2 && s.plugged)).await;
    desk.is("lost", is_lost).await;
    desk.is_ready().await;
    desk.works().await;
    assert_eq!(desk.board.stats().boots, 2);
}

/// A port that another program took meanwhile: the session says so and gets it when it is free.
#[tokio::test]
async fn somebody_else_has_the_port_when_it_comes_back() {
    let desk = Desk::lasting(Board::unix()).await;
    desk.is_ready().await;
    desk.board.unplug();
    desk.is("lost", is_lost).await;
    desk.board.plug().unwrap();
    // Whoever is first has it.
    if let Ok(holder) = desk.board.hold() {
        drop(holder);
    }
    desk.is_ready().await;
    desk.works().await;
}

#[tokio::test]
async fn without_reconnect_the_session_is_over() {
    let desk = Desk::ready(Board::unix().start().unwrap()).await;
    let cut = desk.session.clone();
    desk.board.unplug();
    desk.is("closed", |s| *s == State::Closed).await;
    let refused = soon(cut.list("/", Consent::MayInterrupt, no_cancel())).await;
    assert_eq!(refused.unwrap_err().code(), "lost");
    assert_eq!(soon(cut.type_in("x")).await, Err(DeviceError::NotConnected));
    soon(cut.close()).await;
}

#[tokio::test]
async fn close_while_the_board_is_away() {
    let desk = Desk::lasting(Board::unix()).await;
    desk.is_ready().await;
    desk.board.unplug();
    desk.is("lost", is_lost).await;
    let session = desk.session.clone();
    let began = Instant::now();
    soon(session.close()).await;
    assert!(began.elapsed() < Duration::from_secs(2));
    assert_eq!(desk.state(), State::Closed);
}
