//! A port of our own making: it writes down what is done to it, since pseudo terminals have no modem lines.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex};

use super::*;
use crate::link::{Link, LinkInfo, LinkKind};

#[derive(Default)]
struct Bench {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    done: Vec<String>,
    to_read: VecDeque<io::Result<Vec<u8>>>,
    woken: bool,
    /// bytes the port takes before it takes no more
    room: usize,
    /// what was offered last, taken or not
    offered: Vec<u8>,
    dropped: bool,
}

struct RecordingPort(Arc<Bench>);

impl Bench {
    fn with_room(room: usize) -> Arc<Self> {
        Arc::new(Self { state: Mutex::new(State { room, ..State::default() }), changed: Condvar::new() })
    }

    fn note(&self, what: impl Into<String>) {
        self.state.lock().unwrap().done.push(what.into());
    }

    fn done(&self) -> Vec<String> {
        self.state.lock().unwrap().done.clone()
    }

    fn says(&self, what: io::Result<Vec<u8>>) {
        self.state.lock().unwrap().to_read.push_back(what);
        self.changed.notify_all();
    }
}

impl RawPort for RecordingPort {
    fn read(&self, buf: &mut [u8]) -> io::Result<usize> {
        let mut state = self.0.state.lock().unwrap();
        loop {
            if let Some(next) = state.to_read.pop_front() {
                let bytes = next?;
                buf[..bytes.len()].copy_from_slice(&bytes);
                return Ok(bytes.len());
            }
            if state.woken {
                return Err(ErrorKind::Interrupted.into());
            }
            state = self.0.changed.wait(state).unwrap();
        }
    }

    fn write(&self, bytes: &[u8], _: Duration) -> io::Result<usize> {
        let mut state = self.0.state.lock().unwrap();
        state.offered = bytes.to_vec();
        let count = bytes.len().min(state.room);
        if count == 0 {
            return Err(ErrorKind::TimedOut.into());
        }
        state.room -= count;
        state.done.push(format!("write {}", String::from_utf8_lossy(&bytes[..count])));
        Ok(count)
    }

    fn set_dtr(&self, up: bool) -> io::Result<()> {
        self.0.note(format!("dtr {up}"));
        Ok(())
    }

    fn set_rts(&self, up: bool) -> io::Result<()> {
        self.0.note(format!("rts {up}"));
        Ok(())
    }

    fn unsent(&self) -> usize {
        0
    }

    fn drop_unsent(&self) {
        self.0.note("drop unsent");
    }

    fn restore(&self) {
        self.0.note("restore");
    }

    fn wake_reader(&self) {
        self.0.state.lock().unwrap().woken = true;
        self.0.changed.notify_all();
    }
}

impl Drop for RecordingPort {
    fn drop(&mut self) {
        self.0.note("close");
        self.0.state.lock().unwrap().dropped = true;
    }
}

fn open(bench: &Arc<Bench>, fragile: bool, write_timeout: Duration) -> Link {
    let (link, peer) = Link::pair(LinkInfo::plain("/dev/ttyUSB0".parse().unwrap(), LinkKind::Serial));
    let setup = PumpSetup { path: "/dev/ttyUSB0".into(), write_timeout, fragile };
    start(Arc::new(RecordingPort(Arc::clone(bench))), peer, setup).unwrap();
    link
}

const LONG: Duration = Duration::from_secs(600);

#[tokio::test]
async fn close_lets_rts_fall_before_dtr_and_then_closes_the_port() {
    let bench = Bench::with_room(1000);
    let link = open(&bench, false, LONG);
    link.sender().send("\x02".into()).await.unwrap();
    link.close().await;
    assert_eq!(bench.done(), ["write \x02", "drop unsent", "rts false", "dtr false", "restore", "close"]);
}

#[tokio::test]
async fn signals_rise_and_fall_without_rts_alone_unless_asked_for() {
    let bench = Bench::with_room(1000);
    let link = open(&bench, false, LONG);
    let sender = link.sender();
    sender.signals(LineSignals::ASSERTED).await.unwrap();
    sender.signals(LineSignals::RELEASED).await.unwrap();
    // the reset of a UART bridge: RTS alone, then both released
    sender.signals(LineSignals { dtr: Some(false), rts: Some(true) }).await.unwrap();
    sender.signals(LineSignals::RELEASED).await.unwrap();
    let expected =
        ["dtr true", "rts true", "rts false", "dtr false", "dtr false", "rts true", "rts false", "dtr false"];
    assert_eq!(bench.done(), expected);
}

#[tokio::test]
async fn a_fragile_chip_is_never_pulsed() {
    let bench = Bench::with_room(1000);
    let link = open(&bench, true, LONG);
    let refused = link.sender().signals(LineSignals { dtr: Some(false), rts: Some(true) }).await.unwrap_err();
    assert_eq!(refused.code(), "line-reset-refused");
    assert!(bench.done().is_empty(), "{:?}", bench.done());
    assert!(!link.sender().is_closed(), "the line goes on");
}

#[tokio::test]
async fn what_the_port_says_arrives_and_its_end_is_an_unplugging() {
    let bench = Bench::with_room(1000);
    let mut link = open(&bench, false, LONG);
    bench.says(Ok(b">>> ".to_vec()));
    bench.says(Err(io::Error::from_raw_os_error(if cfg!(windows) { 1167 } else { 5 })));
    assert_eq!(link.recv().await.unwrap(), ">>> ");
    assert_eq!(link.recv().await.unwrap_err(), TransportError::Unplugged { path: "/dev/ttyUSB0".into() });
    link.close().await;
    assert!(bench.state.lock().unwrap().dropped, "the port is closed after an unplugging, too");
}

#[tokio::test]
async fn end_of_file_is_an_unplugging() {
    let bench = Bench::with_room(1000);
    let mut link = open(&bench, false, LONG);
    bench.says(Ok(Vec::new()));
    assert_eq!(link.recv().await.unwrap_err().code(), "lost");
}

#[tokio::test]
async fn a_port_that_takes_nothing_is_hung_and_says_so() {
    let bench = Bench::with_room(3);
    let mut link = open(&bench, false, Duration::from_millis(30));
    link.sender().send("print(1)".into()).await.unwrap();
    let hung = link.recv().await.unwrap_err();
    assert_eq!(hung.code(), "device-hung");
    assert_eq!(link.sender().flush().await.unwrap_err(), hung);
    assert_eq!(bench.done()[0], "write pri");
}

#[tokio::test]
async fn an_interrupt_overtakes_what_the_port_does_not_take() {
    let bench = Bench::with_room(3);
    let link = open(&bench, false, LONG);
    let sender = link.sender();
    sender.send("a long paste".into()).await.unwrap();
    sender.send(" and more".into()).await.unwrap();
    let offered = async |what: &[u8]| {
        while bench.state.lock().unwrap().offered != what {
            tokio::task::yield_now().await;
        }
    };
    offered(b"ong paste").await;
    sender.discard_queued().await;
    sender.send("\x03".into()).await.unwrap();
    offered(b"\x03").await;
    bench.state.lock().unwrap().room = 1000;
    sender.flush().await.unwrap();
    assert_eq!(bench.done(), ["write a l", "write \x03"]);
}

#[tokio::test]
async fn a_stuck_port_closes_within_a_second() {
    let bench = Bench::with_room(0);
    let link = open(&bench, false, LONG);
    link.sender().send("x".into()).await.unwrap();
    let before = Instant::now();
    link.close().await;
    assert!(before.elapsed() < Duration::from_millis(1500), "{:?}", before.elapsed());
    assert!(bench.state.lock().unwrap().dropped, "closed all the same");
}

#[tokio::test]
async fn dropping_the_link_closes_the_port() {
    let bench = Bench::with_room(1000);
    drop(open(&bench, false, LONG));
    let closed = tokio::task::spawn_blocking(move || {
        while !bench.state.lock().unwrap().dropped {
            thread::yield_now();
        }
    });
    tokio::time::timeout(Duration::from_secs(30), closed).await.unwrap().unwrap();
}
