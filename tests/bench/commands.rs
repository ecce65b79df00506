//! The command line against mpremote, on the same board, one after the other.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use boardwalk_tests::{Board, find_tool};

use crate::{median, row};

const RUNS: usize = 11;

pub fn exec() {
    for (line, board) in [("no rate", Board::unix().unthrottled()), ("115200 baud", Board::unix())] {
        let board = board.start().expect("a board");
        let target = board.path();
        let ours = repeat(|| timed(Command::new(boardwalk()).args(["exec", &target, "print(1)"])));
        let other = repeat(|| timed(Command::new(mpremote()).args(["connect", &target, "exec", "print(1)"])));
        row(
            &format!("exec print(1), {line}"),
            format!("{:.0} ms", ours * 1e3),
            format!("{:.0} ms", other * 1e3),
            format!("{:.1} times faster than mpremote", other / ours),
        );
    }
}

pub fn files() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("random.bin");
    let bytes = random(50_000);
    std::fs::write(&path, &bytes).expect("a file");
    let back = folder.path().join("back.bin");
    for (line, board) in [("no rate", Board::unix().unthrottled()), ("115200 baud", Board::unix())] {
        let board = board.start().expect("a board");
        let target = board.path();
        let put = timed(Command::new(boardwalk()).args(["put", &target]).arg(&path).arg("a.bin"));
        let cp =
            timed(Command::new(mpremote()).args(["connect", &target, "fs", "cp"]).arg(&path).arg(":b.bin"));
        let get = timed(Command::new(boardwalk()).args(["get", &target, "a.bin"]).arg(&back));
        let cp_back =
            timed(Command::new(mpremote()).args(["connect", &target, "fs", "cp", ":b.bin"]).arg(&back));
        for (what, ours, other) in [("put", put, cp), ("get", get, cp_back)] {
            row(
                &format!("{what} 50 kB of random bytes, {line}"),
                format!("{ours:.2} s"),
                format!("{other:.2} s"),
                format!("{:.1} times faster; the line's limit is 4.34 s at 115200", other / ours),
            );
        }
    }
}

/// The same every time; nothing compresses them.
pub fn random(count: usize) -> Vec<u8> {
    let mut state = 88_172_645_463_325_252_u64;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    std::iter::repeat_with(next).take(count).collect()
}

fn repeat(mut run: impl FnMut() -> f64) -> f64 {
    run();
    median((0..RUNS).map(|_| run()).collect())
}

pub fn timed(command: &mut Command) -> f64 {
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let begun = Instant::now();
    let status = command.status().expect("the program starts");
    assert!(status.success(), "{command:?} failed");
    begun.elapsed().as_secs_f64()
}

/// Beside the window that xtask built, else beside this program.
pub fn boardwalk() -> PathBuf {
    let beside = std::env::var_os("BOARDWALK_DESKTOP").map(PathBuf::from);
    let folder = beside.as_deref().and_then(Path::parent).map(Path::to_owned);
    let here = std::env::current_exe().expect("a path");
    folder
        .unwrap_or_else(|| here.ancestors().nth(2).expect("target/<profile>/deps").to_owned())
        .join("boardwalk")
}

pub fn mpremote() -> PathBuf {
    find_tool("mpremote")
}
