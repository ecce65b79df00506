//! WebREPL: files against the official client's way and against mpremote by USB, the round trip of the REPL, and the way to it.
//! All on one board, in one run.

use std::{
    io::{Read as _, Write as _},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use boardwalk_tests::{Board, WebRepl};

use crate::commands::{boardwalk, mpremote, random, timed};
use crate::official::Official;
use crate::{median, row};

const SIZE: usize = 100_000;
const PASSWORD: &str = "secret";
const RUNS: usize = 5;
const LINES: usize = 200;

pub fn all() {
    let board =
        Board::unix().unthrottled().webrepl(WebRepl::new().password(PASSWORD)).start().expect("a board");
    files(&board);
    round_trip(&board);
    connect(&board);
}

/// Ours are whole runs of the program: start, login, verified, atomic. The official client's start and login are not counted.
fn files(board: &Board) {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, back) = (folder.path().join("random.bin"), folder.path().join("back.bin"));
    let bytes = random(SIZE);
    std::fs::write(&path, &bytes).expect("a file");
    let (mut put, mut get, mut their_put) = (Vec::new(), Vec::new(), Vec::new());
    // In turn, so that a busy machine is as busy for both.
    for _ in 0..RUNS {
        put.push(timed(on(board, "put").arg(&path).arg("/ours.bin")));
        get.push(timed(on(board, "get").arg("/ours.bin").arg(&back)));
        assert!(std::fs::read(&back).expect("a file") == bytes, "the bytes differ");
        let mut official = Official::connect(board.webrepl().port(), PASSWORD);
        their_put.push(seconds(|| official.put("theirs.bin", &bytes)));
        drop(official);
        is_free(board);
    }
    let (put, get, their_put) = (median(put), median(get), median(their_put));
    assert_eq!(board.read_file("ours.bin").expect("a flash").as_deref(), Some(&bytes[..]));
    let mut official = Official::connect(board.webrepl().port(), PASSWORD);
    let their_get = seconds(|| assert!(official.get("theirs.bin") == bytes, "the bytes differ"));
    drop(official);

    let usb = |words: &[&str]| {
        let mut command = Command::new(mpremote());
        command.args(["connect", &board.path(), "fs", "cp"]).args(words);
        timed(&mut command)
    };
    let path = path.to_str().expect("a name");
    let usb_put = usb(&[path, ":usb.bin"]);
    let usb_get = usb(&[":usb.bin", back.to_str().expect("a name")]);

    for (what, ours, other, how) in [
        ("put", put, their_put, "official client's way; aim: not slower"),
        ("get", get, their_get, "official client's way; aim: 50"),
        ("put", put, usb_put, "mpremote, USB without a rate"),
        ("get", get, usb_get, "mpremote, USB without a rate"),
    ] {
        row(
            &format!("{what} 100 kB of random bytes over WebREPL"),
            format!("{:.0} ms", ours * 1e3),
            format!("{:.0} ms", other * 1e3),
            format!("{:.1} times as fast as {how}", other / ours),
        );
    }
}

/// A line typed, its answer and the prompt.
fn round_trip(board: &Board) {
    let mut repl = Repl::start(board);
    repl.expect(b">>> ");
    let ours = median((0..LINES).map(|n| seconds(|| repl.answers(n))).collect());
    repl.end(board);
    let mut official = Official::connect(board.webrepl().port(), PASSWORD);
    let direct = (0..LINES).map(|n| seconds(|| official.type_in(&format!("{n}\r"), b">>> "))).collect();
    let direct = median(direct);
    row(
        "a line typed to its answer over WebREPL, median",
        format!("{:.1} ms", ours * 1e3),
        format!("{:.1} ms", direct * 1e3),
        "other: official client's way".into(),
    );
}

/// From nothing to a prompt on which one can type.
fn connect(board: &Board) {
    let once = |_| {
        let begun = Instant::now();
        let mut repl = Repl::start(board);
        repl.expect(b">>> ");
        let took = begun.elapsed().as_secs_f64();
        repl.end(board);
        took
    };
    let ready = median((0..RUNS * 3).map(once).collect());
    row(
        "start of `repl` over WebREPL to its prompt, median",
        format!("{:.0} ms", ready * 1e3),
        String::new(),
        "aim 150 ms, with the start of the program".into(),
    );
}

fn on(board: &Board, subcommand: &str) -> Command {
    let mut command = Command::new(boardwalk());
    command.args([subcommand, &board.webrepl_url()]).env("BOARDWALK_PASSWORD", PASSWORD);
    command
}

/// `boardwalk repl` at two pipes.
struct Repl {
    child: Child,
}

impl Repl {
    fn start(board: &Board) -> Self {
        let mut command = on(board, "repl");
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
        Self { child }
    }

    fn answers(&mut self, n: usize) {
        let stdin = self.child.stdin.as_mut().expect("a pipe");
        stdin.write_all(format!("{n}\r").as_bytes()).and_then(|()| stdin.flush()).expect("it reads");
        self.expect(b">>> ");
    }

    /// Until the board is free for the next.
    fn end(mut self, board: &Board) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
        is_free(board);
    }

    fn expect(&mut self, end: &[u8]) {
        let stdout = self.child.stdout.as_mut().expect("a pipe");
        let (mut seen, mut buffer) = (Vec::new(), [0; 4096]);
        while !seen.ends_with(end) {
            let count = stdout.read(&mut buffer).expect("it writes");
            assert!(count > 0, "it ended");
            seen.extend(&buffer[..count]);
        }
    }
}

/// The board has seen the end of its last client.
fn is_free(board: &Board) {
    let deadline = Instant::now() + Duration::from_secs(5);
    while board.webrepl().clients() > 0 && Instant::now() < deadline {
        std::thread::yield_now();
    }
}

fn seconds(work: impl FnOnce()) -> f64 {
    let begun = Instant::now();
    work();
    begun.elapsed().as_secs_f64()
}
