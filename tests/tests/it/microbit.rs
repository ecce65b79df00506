//! The micro:bit: MicroPython 1.9.2 without raw-paste, folders, stat, rename or hashes, and 64 bytes of receive ring.

use std::fs;

use rustix::process::Signal;

use crate::{
    board::{is_left_well, microbit, noise},
    child::on,
};

#[tokio::test]
async fn code_runs_and_stops() {
    let (board, _one) = microbit().await;
    assert_eq!(on(&board, &["exec", "print(6*7)"]).ok().await, b"42\r\n");
    let done = on(&board, &["exec", "print('x')\n1/0"]).run().await;
    assert_eq!((done.code(), &done.out[..]), (1, &b"x\r\n"[..]));
    assert!(done.err_text().contains("ZeroDivisionError"), "{}", done.err_text());
    // Longer than its ring and its line editor take at once.
    let code = format!("x = '{}'\nprint(len(x))", "y".repeat(1500));
    assert_eq!(on(&board, &["exec", &code]).ok().await, b"1500\r\n");
    on(&board, &["exec", "while True: pass", "--timeout", "1"]).fails("timeout").await;
    assert_eq!(on(&board, &["exec", "print('usable')"]).ok().await, b"usable\r\n");
    let mut running = on(&board, &["exec", "print('go')\nwhile True: pass"]).start();
    running.out.expect("go").await;
    running.signal(Signal::INT);
    assert_eq!(running.finish().await.code(), 1);
    is_left_well(&board).await;
}

#[tokio::test]
async fn files_go_there_and_back() {
    let (board, _one) = microbit().await;
    let folder = tempfile::tempdir().unwrap();
    let (local, back) = (folder.path().join("local.bin"), folder.path().join("back.bin"));
    for size in [0, 1, 300, 2_000] {
        fs::write(&local, noise(size)).unwrap();
        on(&board, &["put", local.to_str().unwrap(), "/file.bin"]).ok().await;
        on(&board, &["get", "file.bin", back.to_str().unwrap()]).ok().await;
        assert!(fs::read(&back).unwrap() == noise(size), "{size} bytes differ");
    }
    assert_eq!(on(&board, &["ls"]).text().await, "      2000  file.bin\n");
    assert_eq!(on(&board, &["ls", "file.bin"]).text().await, "      2000  file.bin\n");
    assert_eq!(on(&board, &["tree"]).text().await, ".\n  file.bin  2.0 kB\n");
    on(&board, &["cat", "none.py"]).fails("file-not-found").await;
    on(&board, &["rm", "file.bin"]).ok().await;
    on(&board, &["rm", "file.bin"]).fails("file-not-found").await;
    assert_eq!(on(&board, &["ls"]).text().await, "");
    is_left_well(&board).await;
}

#[tokio::test]
async fn what_it_cannot_is_said() {
    let (board, _one) = microbit().await;
    on(&board, &["mkdir", "d"]).fails("no-folders").await;
    on(&board, &["put", "/etc/hostname", "d/h"]).fails("no-folders").await;
    on(&board, &["put", "/etc/hostname", "h"]).ok().await;
    on(&board, &["mv", "h", "i"]).fails("no-rename").await;
    let info: serde_json::Value =
        serde_json::from_slice(&on(&board, &["info", "--json"]).ok().await).unwrap();
    assert_eq!(
        (&info["rawPaste"], &info["space"]["free"]),
        (&false.into(), &serde_json::Value::Null),
        "{info}"
    );
    assert_eq!(on(&board, &["df"]).text().await, "the board does not say\n");
    is_left_well(&board).await;
}

#[tokio::test]
async fn it_restarts_both_ways() {
    let (board, _one) = microbit().await;
    on(&board, &["exec", "kept = 1"]).ok().await;
    on(&board, &["reset"]).ok().await;
    let done = on(&board, &["exec", "kept"]).run().await;
    assert!(done.err_text().contains("NameError"), "{}", done.err_text());
    on(&board, &["exec", "kept = 1"]).ok().await;
    on(&board, &["reset", "--hard"]).ok().await;
    let done = on(&board, &["exec", "kept"]).run().await;
    assert!(done.err_text().contains("NameError"), "{}", done.err_text());
    is_left_well(&board).await;
}
