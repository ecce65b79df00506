use super::*;
use crate::peer::LinkClosed;

fn pair() -> (Link, LinkPeer) {
    Link::pair(LinkInfo::plain("/dev/ttyACM0".parse().unwrap(), LinkKind::Serial))
}

fn lost() -> TransportError {
    TransportError::Unplugged { path: "/dev/ttyACM0".into() }
}

#[tokio::test]
async fn what_arrived_is_delivered_before_the_end_and_the_end_for_ever() {
    let (mut link, peer) = pair();
    peer.push("one").await.unwrap();
    peer.push("two").await.unwrap();
    peer.fail(lost());
    assert_eq!(link.recv().await.unwrap(), "one");
    assert_eq!(link.recv().await.unwrap(), "two");
    assert_eq!(link.recv().await.unwrap_err(), lost());
    assert_eq!(link.recv().await.unwrap_err(), lost());
    assert_eq!(link.sender().send("x".into()).await.unwrap_err(), lost());
    assert_eq!(link.sender().flush().await.unwrap_err(), lost());
    assert_eq!(peer.push("late").await, Err(LinkClosed));
}

#[tokio::test]
async fn the_first_cause_stands() {
    let (mut link, peer) = pair();
    peer.fail(lost());
    peer.fail(TransportError::Closed);
    assert_eq!(link.recv().await.unwrap_err(), lost());
}

#[tokio::test]
async fn a_session_that_does_not_read_stops_its_transport() {
    let (mut link, peer) = pair();
    for _ in 0..INCOMING_CHUNKS {
        peer.push("x").await.unwrap();
    }
    let mut push = std::pin::pin!(peer.push("y"));
    assert!(futures::poll!(&mut push).is_pending());
    assert_eq!(link.recv().await.unwrap(), "x");
    push.await.unwrap();
}

#[tokio::test]
async fn a_full_queue_does_not_hold_up_the_end() {
    let (link, peer) = pair();
    let sender = link.sender();
    for _ in 0..OUTGOING_ITEMS {
        sender.send("x".into()).await.unwrap();
    }
    let mut send = std::pin::pin!(sender.send("y".into()));
    assert!(futures::poll!(&mut send).is_pending());
    peer.fail(lost());
    assert_eq!(send.await.unwrap_err(), lost());
}

#[tokio::test]
async fn signals_and_flushes_keep_their_place_among_the_bytes() {
    let (link, mut peer) = pair();
    let sender = link.sender();
    let far = async {
        let mut seen = Vec::new();
        while let Some(next) = peer.next().await {
            match next {
                Outgoing::Data(bytes) | Outgoing::Record(bytes) => {
                    seen.push(String::from_utf8_lossy(&bytes).into_owned())
                }
                Outgoing::Flush(done) => done.send(()).unwrap(),
                Outgoing::Signals(signals, done) => {
                    seen.push(format!("dtr {:?}", signals.dtr));
                    done.send(Ok(())).unwrap();
                }
            }
        }
        seen
    };
    let near = async {
        sender.send("a".into()).await.unwrap();
        sender.signals(LineSignals::ASSERTED).await.unwrap();
        sender.send("b".into()).await.unwrap();
        sender.flush().await.unwrap();
        drop(link);
    };
    let (seen, ()) = futures::join!(far, near);
    assert_eq!(seen, ["a", "dtr Some(true)", "b"]);
    assert_eq!(sender.send("c".into()).await.unwrap_err(), TransportError::Closed);
}

#[tokio::test]
async fn a_discard_lets_what_follows_overtake() {
    let (link, mut peer) = pair();
    let sender = link.sender();
    sender.send("first".into()).await.unwrap();
    let Some(Outgoing::Data(first)) = peer.next().await else { panic!("no data") };
    assert_eq!(first, "first");
    sender.send("second".into()).await.unwrap();
    sender.discard_queued().await;
    sender.send("\x03".into()).await.unwrap();
    let (_, mut drain) = peer.split();
    assert!(drain.is_discarded(), "the rest of what is being written goes too");
    let Some(Outgoing::Data(next)) = drain.next().await else { panic!("no data") };
    assert_eq!(next, "\x03");
    assert!(!drain.is_discarded());
}

#[tokio::test]
async fn close_waits_for_the_port_to_be_closed() {
    let (link, mut peer) = pair();
    let sender = link.sender();
    sender.send("\x02".into()).await.unwrap();
    let mut close = std::pin::pin!(link.close());
    assert!(futures::poll!(&mut close).is_pending());
    assert!(matches!(peer.next().await, Some(Outgoing::Data(_))), "queued bytes still go out");
    let Some(Outgoing::Flush(done)) = peer.next().await else { panic!("no flush") };
    done.send(()).unwrap();
    assert!(futures::poll!(&mut close).is_pending());
    assert!(peer.next().await.is_none());
    assert!(futures::poll!(&mut close).is_pending(), "the peer is not gone yet");
    drop(peer);
    close.await;
}

#[tokio::test(start_paused = true)]
async fn close_does_not_wait_for_ever() {
    let (link, _stuck_peer) = pair();
    let before = tokio::time::Instant::now();
    link.close().await;
    assert!(before.elapsed() <= Duration::from_secs(1), "{:?}", before.elapsed());
}

#[tokio::test]
async fn records_travel_beside_the_bytes_to_whoever_took_them() {
    let (mut link, mut peer) =
        Link::pair(LinkInfo::plain("ws://10.0.0.1".parse().unwrap(), LinkKind::WebRepl));
    peer.push_record("nobody asked").await.unwrap();
    let mut records = link.take_records().unwrap();
    assert!(link.take_records().is_none(), "once");
    peer.push("text").await.unwrap();
    peer.push_record("one").await.unwrap();
    peer.push_record("two").await.unwrap();
    assert_eq!(records.recv().await.unwrap(), "one");
    assert_eq!(link.recv().await.unwrap(), "text");

    let sender = link.sender();
    sender.send_record("PUT".into()).await.unwrap();
    sender.discard_queued().await;
    assert!(matches!(peer.next().await, Some(Outgoing::Record(bytes)) if bytes == "PUT"), "not discarded");
    peer.fail(lost());
    assert_eq!(records.recv().await.unwrap(), "two");
    assert_eq!(records.recv().await.unwrap_err(), lost());
    assert_eq!(records.recv().await.unwrap_err(), lost());
}

#[tokio::test]
async fn records_nobody_reads_any_more_do_not_stop_the_line() {
    let (mut link, peer) = Link::pair(LinkInfo::plain("ws://10.0.0.1".parse().unwrap(), LinkKind::WebRepl));
    drop(link.take_records());
    for _ in 0..1000 {
        peer.push_record("x").await.unwrap();
    }
}

#[tokio::test]
async fn records_between_two_transfers_do_not_stop_the_line() {
    let (mut link, peer) = Link::pair(LinkInfo::plain("ws://10.0.0.1".parse().unwrap(), LinkKind::WebRepl));
    let mut records = link.take_records().unwrap();
    let many = async {
        for _ in 0..1000 {
            peer.push_record("late").await.unwrap();
        }
    };
    tokio::pin!(many);
    assert!(futures::poll!(&mut many).is_pending(), "the queue is full");
    records.end();
    many.await;
    records.begin();
    peer.push_record("asked for").await.unwrap();
    assert_eq!(records.recv().await.unwrap(), "asked for");
}

#[tokio::test]
async fn who_hangs_up_ends_the_line_for_both() {
    let (mut link, mut peer) = pair();
    let sender = link.sender();
    sender.send("not sent any more".into()).await.unwrap();
    sender.hang_up();
    assert!(peer.next().await.is_none() && sender.is_closed());
    assert_eq!(link.recv().await.unwrap_err(), TransportError::Closed);
}

#[tokio::test]
async fn a_serial_line_carries_no_records() {
    let (mut link, peer) = pair();
    assert!(link.take_records().is_none());
    assert_eq!(link.sender().send_record("x".into()).await.unwrap_err().code(), "no-records");
    peer.push_record("x").await.unwrap();
}
