//! A board that lies in its file records, or is lied about: a file is the right one or none, here and there.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
};

use boardwalk_tests::{Board, WebRepl};
use futures::{StreamExt as _, stream};

use super::meddler::{Lie, Meddler};
use crate::{
    board::{PASSWORD, by_air, is_free, is_left_well, noise},
    child::{Done, boardwalk, on},
};

const SIZE: u32 = 20_000;
/// In seconds: for a board that does not say its last word. Without it we wait for 15.
const LIMIT: &str = "8";
/// Boards at a time.
const AT_ONCE: usize = 4;
const OF_PIECES: [&str; 8] = [
    "longer",
    "shorter",
    "an early end",
    "longer than it says",
    "a length of 64 kB",
    "a changed byte",
    "the wrong order",
    "pieces without end",
];

/// `WB` and a code.
fn is_verdict(data: &[u8]) -> bool {
    data.starts_with(b"WB")
}

/// A length in two bytes, and so many bytes.
fn is_piece(data: &[u8]) -> bool {
    data.len() > 100
}

/// What comes in the place of a frame, if something does; with how often it was done before.
type Tell = fn(&[u8], u32) -> Option<Vec<Vec<u8>>>;

/// Every way to lie; the count tells how often it was done.
fn lies(count: &Arc<AtomicU32>) -> Vec<(&'static str, Lie)> {
    let told = |tell: Tell| -> Lie {
        let count = Arc::clone(count);
        Box::new(move |data| match tell(data, count.load(Relaxed)) {
            Some(instead) => {
                count.fetch_add(1, Relaxed);
                instead
            }
            None => vec![data.to_vec()],
        })
    };
    let mut held = None;
    let counted = Arc::clone(count);
    let swapped: Lie = Box::new(move |data| match held.take() {
        Some(first) => vec![data.to_vec(), first],
        None if is_piece(data) => {
            counted.fetch_add(1, Relaxed);
            held = Some(data.to_vec());
            Vec::new()
        }
        None => vec![data.to_vec()],
    });
    vec![
        ("another signature", told(|data, _| is_verdict(data).then(|| vec![b"XB\0\0".to_vec()]))),
        ("a code of failure", told(|data, _| is_verdict(data).then(|| vec![b"WB\x01\0".to_vec()]))),
        ("half a verdict", told(|data, _| is_verdict(data).then(|| vec![b"WB\0".to_vec()]))),
        ("no verdict at all", told(|data, _| is_verdict(data).then(Vec::new))),
        ("a verdict too many", told(|data, _| is_verdict(data).then(|| vec![data.to_vec(); 2]))),
        ("longer", told(|data, n| (is_piece(data) && n < 1).then(|| vec![data.to_vec(); 2]))),
        ("shorter", told(|data, n| (is_piece(data) && n < 1).then(Vec::new))),
        ("an early end", told(|data, n| (is_piece(data) && n < 1).then(|| vec![b"\0\0".to_vec()]))),
        (
            "longer than it says",
            told(|data, _| is_piece(data).then(|| vec![[b"\x01\0", &data[2..]].concat()])),
        ),
        (
            "a length of 64 kB",
            told(|data, _| is_piece(data).then(|| vec![[b"\xff\xff", &data[2..]].concat()])),
        ),
        (
            "a changed byte",
            told(|data, n| (is_piece(data) && n < 1).then(|| vec![[&data[..9], b"?", &data[10..]].concat()])),
        ),
        ("the wrong order", swapped),
        ("pieces without end", told(|data, _| is_piece(data).then(|| vec![data.to_vec(); 4000]))),
        ("a version of another length", told(|data, _| (data.len() == 3).then(|| vec![vec![1; 200]]))),
        ("nothing but text", told(|_, _| Some(Vec::new()))),
    ]
}

fn limit(name: &str) -> &'static str {
    if name == "no verdict at all" { LIMIT } else { "60" }
}

async fn run(url: &str, subcommand: &str, words: &[&str]) -> Done {
    let words = [&[subcommand, url][..], words, &["--json"]].concat();
    let running = boardwalk(words).env("BOARDWALK_PASSWORD", PASSWORD).start();
    let (done, memory) = running.finish_measured().await;
    assert!(memory < 64 << 10, "{memory} kB");
    done
}

// The meddlers go on while a test looks at a port.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_get_is_whole_or_nothing() {
    let all = lies(&Arc::default()).len();
    stream::iter(0..all).for_each_concurrent(AT_ONCE, get).await;
}

async fn get(at: usize) {
    let count = Arc::new(AtomicU32::new(0));
    let (name, lie) = lies(&count).remove(at);
    let board = by_air(Board::unix().file("file.bin", noise(SIZE)), WebRepl::new());
    let meddler = Meddler::start(board.webrepl().port(), lie).await;
    let folder = tempfile::tempdir().unwrap();
    let local = folder.path().join("local.bin");
    fs::write(&local, "old").unwrap();
    let done =
        run(&meddler.url(), "get", &["/file.bin", local.to_str().unwrap(), "--timeout", limit(name)]).await;
    assert!(count.load(Relaxed) > 0, "{name}: nothing was changed");
    let wanted = if done.code() == 0 { noise(SIZE) } else { b"old".to_vec() };
    assert!(fs::read(&local).unwrap() == wanted, "{name}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "{name}: no part of a file");
    is_free(&board).await;
    assert_eq!(on(&board, &["exec", "print(1)"]).ok().await, b"1\r\n", "{name}");
    is_left_well(&board).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_put_is_whole_or_nothing() {
    // What becomes of pieces is nothing to a put.
    let all = lies(&Arc::default());
    let verdicts = (0..all.len()).filter(|at| !OF_PIECES.contains(&all[*at].0));
    stream::iter(verdicts).for_each_concurrent(AT_ONCE, put).await;
}

async fn put(at: usize) {
    let count = Arc::new(AtomicU32::new(0));
    let (name, lie) = lies(&count).remove(at);
    let board = by_air(Board::unix().file("file.bin", "old"), WebRepl::new());
    let meddler = Meddler::start(board.webrepl().port(), lie).await;
    let folder = tempfile::tempdir().unwrap();
    let local = folder.path().join("local.bin");
    fs::write(&local, noise(SIZE)).unwrap();
    let done =
        run(&meddler.url(), "put", &[local.to_str().unwrap(), "/file.bin", "--timeout", limit(name)]).await;
    assert!(count.load(Relaxed) > 0, "{name}: nothing was changed");
    let file = board.read_file("file.bin").unwrap().unwrap();
    assert!(file == noise(SIZE) || (file == b"old" && done.code() == 1), "{name}");
    is_free(&board).await;
    assert_eq!(on(&board, &["exec", "print(1)"]).ok().await, b"1\r\n", "{name}");
    is_left_well(&board).await;
}
