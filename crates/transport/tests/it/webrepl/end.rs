//! How lines end: from the far side in every way, and from ours without leaving a ghost.

use std::time::{Duration, Instant};

use boardwalk_transport::{Dial, Link, TransportError};
#[cfg(target_os = "linux")]
use boardwalk_transport::{NetworkError, WebReplOptions};

use super::script::{CLOSE, Far, PATIENCE, Server, TEXT, frame, options};

/// What the line says after `last`, for ever.
async fn end_of(link: &mut Link, last: &str) -> TransportError {
    let end = async {
        if !last.is_empty() {
            assert_eq!(link.recv().await.unwrap(), last);
        }
        link.recv().await.unwrap_err()
    };
    let error = tokio::time::timeout(PATIENCE, end).await.expect("the end was not noticed");
    assert_eq!(link.recv().await.unwrap_err(), error);
    assert_eq!(link.sender().send("x".into()).await.unwrap_err(), error);
    error
}

#[tokio::test]
async fn the_board_closes_without_a_word() {
    let server = Server::new().await;
    let (mut link, mut far) = server.line(options()).await;
    let mut records = link.take_records().unwrap();
    far.says(b"MPY: soft reboot").await;
    drop(far);
    let error = end_of(&mut link, "MPY: soft reboot").await;
    assert_eq!(error.code(), "lost");
    assert!(error.is_away() && error.is_transient());
    assert_eq!(records.recv().await.unwrap_err(), error);
}

#[tokio::test]
async fn the_network_cuts_the_connection() {
    let server = Server::new().await;
    let mut dial = server.dial(options());
    let script = async {
        let stream = server.accept().await;
        socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
        let mut far = Far::shaken(stream).await;
        far.logs_in().await;
    };
    let (link, ()) = futures::join!(dial.dial(), script);
    // The cut may come before the login is through on our side; both are the same cause.
    let error = match link {
        Ok(mut link) => end_of(&mut link, "").await,
        Err(error) => error,
    };
    assert!(["lost", "link-silent"].contains(&error.code()), "{error}");
}

#[tokio::test]
async fn the_server_says_goodbye_and_is_answered() {
    let server = Server::new().await;
    let (mut link, mut far) = server.line(options()).await;
    far.sends(b"\x88\x00").await;
    assert_eq!(end_of(&mut link, "").await.code(), "lost");
    assert_eq!(far.hears().await, Some((CLOSE, Vec::new())));
    assert_eq!(far.hears().await, None);
}

#[tokio::test]
async fn what_no_board_sends_ends_the_line_with_its_cause() {
    let huge = [b"\x82\x7f".as_slice(), &(1_u64 << 63).to_be_bytes()].concat();
    for nonsense in [b"\x81\x81mask!".as_slice(), &huge, b"\xc1\x01x", b"\x83\x00", b"\x80\x00", b"\x09\x00"]
    {
        let server = Server::new().await;
        let (mut link, mut far) = server.line(options()).await;
        far.says(b"before").await;
        assert_eq!(link.recv().await.unwrap(), "before");
        far.sends(nonsense).await;
        let error = end_of(&mut link, "").await;
        assert_eq!(error.code(), "not-webrepl", "{nonsense:?}: {error}");
    }
}

/// A far side whose window stays closed is, to TCP, one that does not answer.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_link_on_which_nothing_is_acknowledged_is_silent() {
    let server = Server::new().await;
    let silence = Duration::from_secs(2);
    let (mut link, _far) = server.line(WebReplOptions { silence, ..options() }).await;
    let sender = link.sender();
    let filling = async { while sender.send(vec![b'x'; 1 << 20].into()).await.is_ok() {} };
    let ending =
        async { tokio::time::timeout(PATIENCE, link.recv()).await.expect("never noticed").unwrap_err() };
    let ((), error) = futures::join!(filling, ending);
    assert_eq!(error.code(), "link-silent", "{error}");
    assert!(matches!(error, TransportError::Network(NetworkError::LinkSilent { seconds: 2, .. })));
}

#[tokio::test]
async fn closing_sends_what_is_queued_and_says_goodbye() {
    let server = Server::new().await;
    let (link, mut far) = server.line(options()).await;
    link.sender().send("\x02".into()).await.unwrap();
    let heard = async {
        let heard = [far.hears().await, far.hears().await];
        drop(far);
        heard
    };
    let started = Instant::now();
    let ((), heard) = futures::join!(link.close(), heard);
    assert_eq!(heard, [Some((TEXT, b"\x02".to_vec())), Some((CLOSE, Vec::new()))]);
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_dropped_line_says_goodbye_too() {
    let server = Server::new().await;
    let (link, mut far) = server.line(options()).await;
    drop(link);
    assert_eq!(far.hears().await, Some((CLOSE, Vec::new())));
    assert_eq!(far.hears().await, None);
}

/// The board neither reads nor answers: the close is bounded, and the connection is really gone.
#[tokio::test]
async fn a_board_that_does_not_listen_is_left_all_the_same() {
    let server = Server::new().await;
    let (link, mut far) = server.line(options()).await;
    link.sender().send(vec![b'x'; 32 << 20].into()).await.unwrap();
    tokio::time::timeout(PATIENCE, link.close()).await.expect("close waits for the board");
    while far.hears_unless_cut().await {}
}

#[tokio::test]
async fn a_dial_that_is_given_up_leaves_nothing_behind() {
    let server = Server::new().await;
    let mut dial = server.dial(options());
    let mut dialling = dial.dial();
    let mut far = {
        let shaking = server.shaken();
        tokio::pin!(shaking);
        tokio::select! {
            far = &mut shaking => far,
            _ = &mut dialling => panic!("nobody logged in"),
        }
    };
    far.says(b"Pass").await;
    drop(dialling);
    assert_eq!(far.hears().await, None);
}

/// The first retry comes at once: after a soft reset the board may be back already. Then the rests grow.
#[tokio::test]
async fn retries_come_at_once_and_then_slower() {
    let nobody = Server::new().await.target();
    let mut dial = boardwalk_transport::WebReplDial::new(nobody, options());
    tokio::time::timeout(PATIENCE, dial.wait_until_present()).await.unwrap();
    let mut rests = Vec::new();
    for _ in 0..3 {
        assert_eq!(dial.dial().await.err().unwrap().code(), "port-refused");
        let started = Instant::now();
        dial.wait_until_present().await;
        rests.push(started.elapsed());
    }
    for (rest, least) in rests.iter().zip([250, 500, 1000]) {
        assert!(rest.as_millis() >= least, "{rests:?}");
    }
}

/// Like a board: one client at a time, everybody else gets 101 and the end.
#[tokio::test]
async fn hundreds_of_connects_leave_no_ghost() {
    let server = Server::new().await;
    let board = async {
        for _ in 0..300 {
            let mut far = server.shaken().await;
            far.logs_in().await;
            far.says(b"hello").await;
            // The next one is let in only after this.
            while let Some((opcode, _)) = far.hears().await {
                if opcode == CLOSE {
                    far.sends(&frame(CLOSE, b"")).await;
                    break;
                }
            }
        }
    };
    let client = async {
        let mut dial = server.dial(options());
        for _ in 0..300 {
            let mut link = dial.dial().await.unwrap();
            assert_eq!(link.recv().await.unwrap(), "hello");
            link.close().await;
        }
    };
    let started = Instant::now();
    futures::join!(board, client);
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
}
