//! Somebody cancels in the middle of a wait: nothing is left behind. Measured by `cargo xtask bench doctor`, checked here.

use std::{
    any::Any,
    cell::Cell,
    fs,
    io::{Read as _, Write as _},
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use boardwalk_tests::{Board, Script, ScriptedServer, WebRepl, proxies::bad};
use libtest_mimic::Trial;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::{
    ask::{Ask, Front, about},
    network::{Full, SWALLOW, board, free_port},
};

/// Only used up when a test fails.
const PATIENCE: Duration = Duration::from_secs(30);
/// Nobody speaks for so long only where somebody waits for silence.
const SILENCE: Duration = Duration::from_millis(700);

/// Something that makes a doctor wait, and how one sees that it does.
pub(crate) struct Wait {
    ask: Ask,
    waits: Box<dyn Fn() -> bool>,
    /// the other side sees that nobody is there any more
    left: Box<dyn Fn() -> bool>,
    /// the serial port, and its settings after a diagnosis that nobody cancelled
    port: Option<(String, String)>,
    _kept: Box<dyn Any>,
}

/// What a cancel took.
pub(crate) struct Cancelled {
    /// until its program had ended, or the app had said so and had nothing of it any more
    pub(crate) took: Duration,
    /// what the app had more than before, for good
    left: Vec<String>,
}

pub(crate) type Make = fn() -> Wait;

/// The waits, by name.
pub(crate) const WAITS: [(&str, Make); 8] = [
    ("a server that is silent", silent_server),
    ("a proxy that is silent", silent_proxy),
    ("a proxy that opens a tunnel without an end", endless_tunnel),
    ("nobody answers", nobody),
    ("a serial port that is silent", silent_port),
    ("a program that swallows Ctrl-C", swallowed),
    ("a silence to be measured", silence),
    ("a server that is silent, and a board at USB", both_cables),
];

pub(crate) fn trials() -> Vec<Trial> {
    let trial = |(name, make): (&str, Make), front: Front| {
        let title = format!("cancelled: {name}{}", if front == Front::App { " · app" } else { "" });
        Trial::test(title, move || {
            let cancelled = cancel(make, front);
            if cancelled.left.is_empty() { Ok(()) } else { Err(format!("left: {:?}", cancelled.left).into()) }
        })
    };
    WAITS.into_iter().flat_map(|wait| Front::ALL.map(|front| trial(wait, front))).collect()
}

/// Cancels in the middle, and waits until the other side is free. The port has the settings it had.
pub(crate) fn cancel(make: Make, front: Front) -> Cancelled {
    let wait = front.asks(make);
    let mut child = wait.ask.cancelled_by_hand().spawn();
    until("the doctor waits", || (wait.waits)() || !is_there(&mut child));
    assert!(is_there(&mut child), "it ended by itself: {}", said(&mut child));
    let cancelled = match front {
        Front::CommandLine => interrupt(child),
        Front::App => tell(child),
    };
    until("the other side is free", || (wait.left)());
    if let Some((port, before)) = &wait.port {
        assert_eq!(*before, settings(port), "as a diagnosis leaves it that nobody cancels");
    }
    cancelled
}

fn interrupt(mut child: Child) -> Cancelled {
    let began = Instant::now();
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let status = child.wait().unwrap();
    let took = began.elapsed();
    assert!(status.code().is_some(), "it did not end by itself: {status}");
    Cancelled { took, left: Vec::new() }
}

/// The app looks itself at what it has.
fn tell(mut child: Child) -> Cancelled {
    child.stdin.take().unwrap().write_all(b"\n").unwrap();
    let text = said(&mut child);
    assert!(child.wait().unwrap().success(), "{text}");
    let answer: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    assert_eq!(answer["state"], "cancelled");
    let left = answer["left"].as_array().unwrap().iter().map(|left| left.as_str().unwrap().to_owned());
    Cancelled { took: Duration::from_secs_f64(answer["ms"].as_f64().unwrap() / 1e3), left: left.collect() }
}

fn said(child: &mut Child) -> String {
    let mut text = String::new();
    child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
    text
}

fn is_there(child: &mut Child) -> bool {
    child.try_wait().unwrap().is_none()
}

fn until(what: &str, holds: impl FnMut() -> bool) {
    let mut holds = holds;
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < PATIENCE, "not in time: {what}");
        pause();
    }
}

#[expect(clippy::disallowed_methods, reason = "nothing tells what /proc says")]
fn pause() {
    std::thread::sleep(Duration::from_millis(5));
}

fn silent_server() -> Wait {
    server_that_is_silent(|ask| ask)
}

fn server_that_is_silent(more: impl FnOnce(Ask) -> Ask) -> Wait {
    let server = ScriptedServer::start(Script::silent()).unwrap();
    let (port, ask) = (server.port(), more(about(&server.url())));
    let server = std::rc::Rc::new(server);
    let heard = std::rc::Rc::clone(&server);
    let waits = Box::new(move || heard.received().ends_with(b"\r\n\r\n"));
    Wait { ask, waits, left: Box::new(move || clients(port) == 0), port: None, _kept: Box::new(server) }
}

fn silent_proxy() -> Wait {
    behind(bad::silent(), 1)
}

/// The doctor listens for its own request meanwhile.
fn endless_tunnel() -> Wait {
    behind(bad::hangs_after_200(), 2)
}

fn behind(script: Script, connections: u64) -> Wait {
    let (server, url) = bad::start(script).unwrap();
    let (port, ask) = (server.port(), about(&format!("ws://127.0.0.1:{}", free_port())).proxy(&url));
    let server = std::rc::Rc::new(server);
    let heard = std::rc::Rc::clone(&server);
    let waits =
        Box::new(move || heard.connections() >= connections && heard.received().ends_with(b"\r\n\r\n"));
    Wait { ask, waits, left: Box::new(move || clients(port) == 0), port: None, _kept: Box::new(server) }
}

fn nobody() -> Wait {
    let full = Full::new();
    let port = full.port;
    let ask = about(&format!("ws://127.0.0.1:{port}"));
    let waits = Box::new(move || knocking(port) > 0);
    Wait { ask, waits, left: Box::new(move || knocking(port) == 0), port: None, _kept: Box::new(full) }
}

fn silent_port() -> Wait {
    at_usb(Board::silent().start().unwrap(), 0)
}

fn swallowed() -> Wait {
    // A Ctrl-C or two are typed at once, the others one after the other.
    at_usb(Board::unix().file("main.py", SWALLOW).start().unwrap(), 3)
}

fn at_usb(board: Board, typed: u64) -> Wait {
    let port = left_by_itself(&board);
    let ask = about(&board.target()).arg("--may-interrupt");
    let (seen, left) = (board.watch(), board.watch());
    let before = seen.borrow().to_board;
    let waits = Box::new(move || seen.borrow().open > 0 && seen.borrow().to_board >= before + typed);
    Wait { ask, waits, left: Box::new(move || left.borrow().open == 0), port, _kept: Box::new(board) }
}

fn silence() -> Wait {
    let board = board(WebRepl::new());
    let ask = about(&board.webrepl_url()).secret().arg("--idle").arg("60");
    let (port, last) = (board.webrepl().port(), Cell::new((0, Instant::now())));
    let board = std::rc::Rc::new(board);
    let heard = std::rc::Rc::clone(&board);
    let waits = Box::new(move || {
        let so_far = heard.webrepl().stats().to_client;
        if so_far != last.get().0 {
            last.set((so_far, Instant::now()));
        }
        so_far > 0 && clients(port) > 0 && last.get().1.elapsed() > SILENCE
    });
    Wait { ask, waits, left: Box::new(move || clients(port) == 0), port: None, _kept: Box::new(board) }
}

fn both_cables() -> Wait {
    let board = Board::unix().start().unwrap();
    let (port, path) = (left_by_itself(&board), board.path());
    let left = board.watch();
    let mut wait = server_that_is_silent(|ask| ask.arg("--usb").arg(&path));
    let free = wait.left;
    wait.left = Box::new(move || free() && left.borrow().open == 0);
    wait.port = port;
    wait._kept = Box::new((board, wait._kept));
    wait
}

fn left_by_itself(board: &Board) -> Option<(String, String)> {
    about(&board.target()).now();
    let path = board.path();
    let settings = settings(&path);
    Some((path, settings))
}

/// How many connections to this port of this computer some program has, or tries to get.
fn clients(port: u16) -> usize {
    connections(port).len()
}

/// How many it tries to get: SYN_SENT.
fn knocking(port: u16) -> usize {
    connections(port).iter().filter(|state| *state == "02").count()
}

/// The states of connections to this port.
fn connections(port: u16) -> Vec<String> {
    let table = fs::read_to_string("/proc/net/tcp").unwrap();
    let far = format!(":{port:04X}");
    let held = |line: &str| {
        // sl, local, remote, state, queues, timer, retransmits, uid, timeout, inode: without an inode it is nobody's any more.
        let fields: Vec<&str> = line.split_whitespace().collect();
        let ours = fields.get(2)?.ends_with(&far) && *fields.get(9)? != "0";
        ours.then(|| fields[3].to_owned())
    };
    table.lines().skip(1).filter_map(held).collect()
}

/// The settings of a port that is open nowhere, for people to compare.
fn settings(port: &str) -> String {
    let flags = fs::OpenOptions::new().read(true).write(true).open(port).unwrap();
    format!("{:?}", rustix::termios::tcgetattr(&flags).unwrap())
}

impl Ask {
    /// Waits for a line on its input, then cancels; the command line takes a signal.
    fn cancelled_by_hand(self) -> Self {
        self.env(crate::app::CANCELS, "1")
    }

    fn spawn(mut self) -> Child {
        self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap()
    }
}
