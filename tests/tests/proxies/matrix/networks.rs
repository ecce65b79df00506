//! Networks that lead elsewhere or nowhere, each in a namespace of its own.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Stdio},
    time::Duration,
};

use boardwalk_tests::proxies::{Namespace, ProxyError};
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _},
    time::{sleep, timeout},
};

use super::command::Boardwalk;
use crate::{rows::Row, wire::PATIENCE};

pub(super) fn rows() -> Vec<Row> {
    let available: Result<(), ProxyError> = Namespace::new().map(drop);
    let row = |name: &str, run: fn()| Row::new(format!("network/{name}"), &available, run);
    vec![
        row("a TUN takes the way", tun),
        row("a name that a TUN invented", fake_name),
        row("no way", no_way),
        row("a board that is not behind the TUN", board_beside_a_tun),
        row("packets are lost for a while", lost_packets),
    ]
}

fn tun() {
    let space = Namespace::new().unwrap();
    space.tun("Meta").unwrap();
    let target = "ws://10.1.2.3";
    let error = Boardwalk::inside(&space, target, &["exec", "1", "--timeout", "8"]).fails("no-answer", None);
    assert!(error["message"].as_str().unwrap().contains("10.1.2.3"), "{error}");
    let route = json(Boardwalk::inside(&space, target, &["proxy"]));
    assert!(route["reason"].as_str().unwrap().contains("Meta"), "{route}");
    assert_eq!(cause(&space, target), "tun-route");
}

fn fake_name() {
    let mut space = Namespace::new().unwrap();
    space.tun("Meta").unwrap();
    space.hosts("198.18.0.7 board.example").unwrap();
    assert_eq!(cause(&space, "ws://board.example"), "fake-ip-name");
}

fn no_way() {
    let space = Namespace::new().unwrap();
    space.unreachable("10.8.0.0/16").unwrap();
    let target = "ws://10.8.1.2";
    Boardwalk::inside(&space, target, &["exec", "1"]).fails("host-unreachable", None);
    assert_eq!(cause(&space, target), "host-unreachable");
}

fn board_beside_a_tun() {
    let space = Namespace::new().unwrap();
    space.tun("Meta").unwrap();
    space.address("192.168.4.1/24").unwrap();
    let (_board, target) = board(&space);
    let out = Boardwalk::inside(&space, &target, &["exec", "print(6*7)"]).ok(None);
    assert_eq!(out, b"42\r\n");
    // Nor is one on a network of this computer.
    let route = json(Boardwalk::inside(&space, "ws://192.168.4.7", &["proxy"]));
    assert!(!route["reason"].as_str().unwrap().contains("Meta"), "{route}");
}

/// Nothing is lost for it: TCP sends again.
fn lost_packets() {
    let space = Namespace::new().unwrap();
    let (_board, target) = board(&space);
    let code = "import time\nprint('begun')\nfor i in range(20): print(i); time.sleep(0.1)";
    let command = Boardwalk::inside(&space, &target, &["exec", code]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let out = runtime.block_on(async {
        let (mut child, _home) = command.start();
        let mut out = tokio::io::BufReader::new(child.stdout.take().unwrap());
        let mut first = String::new();
        timeout(PATIENCE, out.read_line(&mut first)).await.expect("it begins").unwrap();
        assert_eq!(first, "begun\r\n");
        space.loopback(false).unwrap();
        // The time without a network is what this is about.
        sleep(Duration::from_secs(1)).await;
        space.loopback(true).unwrap();
        let mut rest = String::new();
        timeout(PATIENCE, out.read_to_string(&mut rest)).await.expect("it ends").unwrap();
        assert!(child.wait().await.unwrap().success());
        rest
    });
    assert_eq!(out, (0..20).map(|i| format!("{i}\r\n")).collect::<String>());
}

/// A board in there, and its address.
fn board(space: &Namespace) -> (Ended, String) {
    let mut child = space
        .command(env!("CARGO_BIN_EXE_testboard"))
        .args(["--webrepl", "0", "--webrepl-password", "secret", "--baud", "none"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let target =
        lines.by_ref().map(Result::unwrap).find(|line| line.starts_with("ws://")).expect("its address");
    (Ended(child), target)
}

/// Ends with its standard input.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

fn cause(space: &Namespace, target: &str) -> Value {
    let done = Boardwalk::inside(space, target, &["doctor", "--json"]).run();
    assert_eq!(done.status.code(), Some(1), "{}", done.told());
    let report: Value = serde_json::from_slice(&done.out).unwrap();
    report["cause"].clone()
}

fn json(command: Boardwalk) -> Value {
    serde_json::from_slice(&command.arg("--json").ok(None)).unwrap()
}
