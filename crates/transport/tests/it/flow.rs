//! Bytes in quantity, bytes that nobody takes, and the end of the line.

use std::io::{ErrorKind, Read, Write};
use std::time::{Duration, Instant};

use boardwalk_transport::{Dial, Link, SerialOptions, TransportError};

use super::pty::{PATIENCE, Pty, receive};

/// Bytes whose place shows in them, so that a loss or a swap is seen.
fn pattern(length: usize) -> Vec<u8> {
    (0_u32..).flat_map(u32::to_le_bytes).take(length).collect()
}

#[tokio::test]
async fn a_flood_arrives_whole() {
    const FLOOD: usize = 16 << 20;
    let pty = Pty::new();
    let mut link = pty.open().await;
    let mut board = pty.master.try_clone().unwrap();
    let sent = pattern(FLOOD);
    let writer = std::thread::spawn(move || {
        board.write_all(&sent).unwrap();
        sent
    });
    let started = Instant::now();
    let received = receive(&mut link, FLOOD).await;
    let seconds = started.elapsed().as_secs_f64();
    println!("{:.0} MB/s", FLOOD as f64 / seconds / 1e6);
    assert!(received == writer.join().unwrap(), "bytes were lost or swapped");
}

#[tokio::test]
async fn a_large_write_arrives_whole_at_a_board_that_reads_slowly() {
    const FILE: usize = 1 << 20;
    let pty = Pty::new();
    let link = pty.open().await;
    let sent = pattern(FILE);
    let sender = link.sender();
    let file = sent.clone();
    let write = async {
        for chunk in file.chunks(1000) {
            sender.send(chunk.to_vec().into()).await.unwrap();
        }
        sender.flush().await.unwrap();
    };
    let ((), heard) = futures::join!(write, pty.hears(FILE));
    assert!(heard == sent, "bytes were lost or swapped");
}

#[tokio::test]
async fn a_session_that_does_not_read_stops_the_board() {
    let pty = Pty::new();
    let mut link = pty.open().await;
    rustix::io::ioctl_fionbio(&pty.master, true).unwrap();
    let block = [b'x'; 4096];
    let mut accepted = 0;
    let mut full_since = Instant::now();
    // Full is when the board could write nothing for a while: the reader has stopped.
    while full_since.elapsed() < Duration::from_millis(200) {
        match (&pty.master).write(&block) {
            Ok(count) => {
                accepted += count;
                full_since = Instant::now();
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => tokio::task::yield_now().await,
            Err(error) => panic!("{error}"),
        }
        assert!(accepted < 8 << 20, "nothing stops the board");
    }
    assert_eq!(receive(&mut link, accepted).await.len(), accepted);
}

#[tokio::test]
async fn a_key_stroke_is_not_kept_waiting() {
    let pty = Pty::new();
    let mut link = pty.open().await;
    let sender = link.sender();
    let mut times = Vec::new();
    for _ in 0..200 {
        let started = Instant::now();
        sender.send("k".into()).await.unwrap();
        let mut key = [0];
        (&pty.master).read_exact(&mut key).unwrap();
        pty.says(&key);
        assert_eq!(link.recv().await.unwrap(), "k");
        times.push(started.elapsed());
    }
    times.sort();
    println!("there and back: median {:?}, 99th {:?}", times[100], times[198]);
    assert!(times[100] < Duration::from_millis(10), "{:?}", times[100]);
}

#[tokio::test]
async fn an_unplugging_is_noticed_at_once_though_nothing_moves() {
    let pty = Pty::new();
    let mut link = pty.open().await;
    let path = pty.path.clone();
    let mut recv = waiting_for(&mut link).await;
    let started = Instant::now();
    pty.unplug();
    let error = tokio::time::timeout(PATIENCE, &mut recv).await.unwrap().unwrap_err();
    println!("noticed after {:?}", started.elapsed());
    assert_eq!(error, TransportError::Unplugged { path });
}

/// A receive that has begun to wait.
async fn waiting_for(
    link: &mut Link,
) -> std::pin::Pin<Box<dyn Future<Output = Result<bytes::Bytes, TransportError>> + '_>> {
    let mut recv = Box::pin(link.recv());
    assert!(futures::poll!(&mut recv).is_pending());
    recv
}

#[tokio::test]
async fn an_unplugging_in_the_middle_of_a_flood_and_of_a_write() {
    let pty = Pty::new();
    let mut link = pty.open().await;
    let sender = link.sender();
    let writing = tokio::spawn(async move {
        loop {
            if let Err(error) = sender.send(vec![b'w'; 1000].into()).await {
                return error;
            }
        }
    });
    pty.says(&[b'x'; 1000]);
    receive(&mut link, 1000).await;
    pty.unplug();
    let read = async {
        loop {
            if let Err(error) = link.recv().await {
                return error;
            }
        }
    };
    assert_eq!(tokio::time::timeout(PATIENCE, read).await.unwrap().code(), "lost");
    assert_eq!(tokio::time::timeout(PATIENCE, writing).await.unwrap().unwrap().code(), "lost");
}

#[tokio::test]
async fn a_board_that_takes_nothing_is_hung() {
    let pty = Pty::new();
    let options = SerialOptions { write_timeout: Duration::from_millis(300), ..SerialOptions::default() };
    let mut link = pty.dial_with(options).dial().await.unwrap();
    link.sender().send(vec![b'x'; 1 << 20].into()).await.unwrap();
    let error = tokio::time::timeout(PATIENCE, link.recv()).await.unwrap().unwrap_err();
    assert_eq!(error.code(), "device-hung");
    let started = Instant::now();
    link.close().await;
    assert!(started.elapsed() < Duration::from_millis(1500), "{:?}", started.elapsed());
}
