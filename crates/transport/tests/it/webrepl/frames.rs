//! Bytes both ways over an open line, and file records beside them.

use std::time::Duration;

use boardwalk_transport::{Link, WebReplOptions};
use bytes::Bytes;
use tokio::io::AsyncWriteExt;

use super::script::{BINARY, Far, PATIENCE, PING, Server, TEXT, frame, options};

async fn hears(link: &mut Link, count: usize) -> Vec<u8> {
    let mut all = Vec::new();
    while all.len() < count {
        all.extend(tokio::time::timeout(PATIENCE, link.recv()).await.expect("nothing came").unwrap());
    }
    all
}

#[tokio::test]
async fn every_byte_value_passes_both_ways() {
    let server = Server::new().await;
    let (mut link, mut far) = server.line(options()).await;
    let all: Vec<u8> = (0..=255).collect();
    far.says(&all).await;
    assert_eq!(hears(&mut link, 256).await, all);
    link.sender().send(all.clone().into()).await.unwrap();
    assert_eq!(far.hears().await, Some((TEXT, all)));
}

#[tokio::test]
async fn a_character_over_three_frames_split_anywhere() {
    let server = Server::new().await;
    let (mut link, mut far) = server.line(options()).await;
    let text = "中文 °C\r\n".as_bytes();
    for byte in text {
        for part in frame(TEXT, &[*byte]) {
            far.sends(&[part]).await;
        }
    }
    assert_eq!(hears(&mut link, text.len()).await, text);
}

#[tokio::test]
async fn long_writes_go_in_small_masked_frames() {
    let server = Server::new().await;
    let (link, mut far) = server.line(options()).await;
    let long: Vec<u8> = (0..100_000_u32).flat_map(|n| n.to_le_bytes()).collect();
    let sender = link.sender();
    let sending = async {
        sender.send(long.clone().into()).await.unwrap();
        sender.send_record(long.clone().into()).await.unwrap();
        sender.flush().await.unwrap();
    };
    let hearing = async {
        assert!(far.hears_all(TEXT, long.len()).await == long);
        assert!(far.hears_all(BINARY, long.len()).await == long);
    };
    futures::join!(sending, hearing);
}

#[tokio::test]
async fn text_and_records_stay_apart() {
    let server = Server::new().await;
    let (mut link, mut far) = server.line(options()).await;
    let mut records = link.take_records().unwrap();
    let mixed =
        [frame(BINARY, b"WB\0\0"), frame(TEXT, b"2\r\n"), frame(9, b"ping"), frame(BINARY, b"\x01\x00x")];
    far.sends(&mixed.concat()).await;
    assert_eq!(hears(&mut link, 3).await, b"2\r\n");
    let mut got = Vec::new();
    while got.len() < 7 {
        got.extend(records.recv().await.unwrap());
    }
    assert_eq!(got, b"WB\0\0\x01\x00x");
}

#[tokio::test]
async fn fragments_are_joined_with_their_kind() {
    let server = Server::new().await;
    let (mut link, mut far) = server.line(options()).await;
    let mut records = link.take_records().unwrap();
    far.sends(b"\x02\x02ab\x80\x01c\x01\x01d\x80\x01e").await;
    assert_eq!(records.recv().await.unwrap(), "abc");
    assert_eq!(hears(&mut link, 2).await, b"de");
}

/// The rule of wire.md for tunnels that forget silent connections: empty, and nothing is expected back.
#[tokio::test]
async fn silence_is_filled_with_empty_pings() {
    let server = Server::new().await;
    let ping_after = Duration::from_millis(30);
    let (link, mut far) = server.line(WebReplOptions { ping_after, ..options() }).await;
    for _ in 0..3 {
        assert_eq!(far.hears().await, Some((PING, Vec::new())));
    }
    link.sender().send("x".into()).await.unwrap();
    while far.hears().await != Some((TEXT, b"x".to_vec())) {}
}

#[tokio::test]
async fn a_flood_arrives_whole() {
    let server = Server::new().await;
    let (mut link, mut far) = server.line(options()).await;
    let flood: Vec<u8> = (0..65_536_u32).map(|n| (n % 251) as u8).collect();
    let frames: Vec<u8> = flood.chunks(3).flat_map(|piece| frame(TEXT, piece)).collect();
    let (got, ()) = futures::join!(hears(&mut link, flood.len()), far.sends(&frames));
    assert!(got == flood);
}

/// How much the far side gets rid of before it is stopped.
async fn fills(far: &mut Far, most: usize) -> usize {
    let piece = frame(TEXT, &[b'x'; 60_000]);
    let mut sent = 0;
    while sent < most {
        match tokio::time::timeout(Duration::from_secs(1), far.stream.write(&piece)).await {
            Ok(written) => sent += written.unwrap(),
            Err(_) => break,
        }
    }
    sent
}

#[tokio::test]
async fn a_session_that_does_not_read_stops_the_board() {
    let server = Server::new().await;
    let (link, mut far) = server.line(options()).await;
    let most = 256 << 20;
    assert!(fills(&mut far, most).await < most, "all of it was taken into memory");
    // Stopped one way only: an interrupt gets out.
    link.sender().send("\x03".into()).await.unwrap();
    assert_eq!(far.hears().await, Some((TEXT, b"\x03".to_vec())));
}

#[tokio::test]
async fn an_interrupt_overtakes_what_is_queued() {
    let server = Server::new().await;
    let (link, mut far) = server.line(options()).await;
    let sender = link.sender();
    // More than the two systems hold between us while the far side does not read.
    let paste = Bytes::from(vec![b'p'; 32 << 20]);
    sender.send(paste.clone()).await.unwrap();
    sender.discard_queued().await;
    sender.send("\x03".into()).await.unwrap();
    let mut heard = 0;
    loop {
        let (_, payload) = far.hears().await.unwrap();
        if payload == b"\x03" {
            break;
        }
        heard += payload.len();
    }
    assert!(heard < paste.len() / 2, "{heard} bytes came first");
}
