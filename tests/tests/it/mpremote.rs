//! mpremote, the other client: what one writes the other reads, and neither disturbs the other.

use std::fs;

use boardwalk_tests::{Board, WebRepl};
use rustix::process::Signal;

use crate::{
    board::{air, both, fast, is_free, is_left_well, noise, slow, start},
    child::{mpremote, on},
};

#[tokio::test]
async fn what_one_writes_the_other_reads() {
    let folder = tempfile::tempdir().unwrap();
    let (local, back) = (folder.path().join("local.bin"), folder.path().join("back.bin"));
    let (local_name, back_name) = (local.to_str().unwrap(), back.to_str().unwrap());
    // Over Wi-Fi ours: mpremote has the port of the same board.
    for (board, sizes) in [(fast(), &[0, 1, 5_000][..]), (slow(), &[257]), (air(WebRepl::new()), &[0, 5_000])]
    {
        for &size in sizes {
            fs::write(&local, noise(size)).unwrap();
            on(&board, &["put", local_name, "/ours.bin"]).ok().await;
            mpremote(&board, &["fs", "cp", ":/ours.bin", back_name]).ok().await;
            assert!(fs::read(&back).unwrap() == noise(size), "{size} bytes of ours differ");
            mpremote(&board, &["fs", "cp", local_name, ":/theirs.bin"]).ok().await;
            on(&board, &["get", "/theirs.bin", back_name]).ok().await;
            assert!(fs::read(&back).unwrap() == noise(size), "{size} bytes of theirs differ");
        }
        let sums = mpremote(&board, &["fs", "sha256sum", ":/ours.bin", ":/theirs.bin"]).text().await;
        let mut sums = sums.lines().filter(|line| line.len() == 64);
        assert_eq!(sums.next().expect("a hash"), sums.next().expect("another"));
        is_left_well(&board).await;
    }
}

#[tokio::test]
async fn both_see_the_same_folders() {
    let board = start(Board::unix().unthrottled());
    on(&board, &["mkdir", "-p", "/lib/温 度"]).ok().await;
    mpremote(&board, &["fs", "touch", ":/lib/theirs.py"]).ok().await;
    on(&board, &["put", "/etc/hostname", "/lib/ours.py"]).ok().await;
    let theirs = mpremote(&board, &["fs", "ls", ":/lib"]).text().await;
    let ours = on(&board, &["ls", "/lib"]).text().await;
    for name in ["温 度/", "theirs.py", "ours.py"] {
        assert!(theirs.contains(name) && ours.contains(name), "{name}: {theirs}, {ours}");
    }
    mpremote(&board, &["fs", "rm", ":/lib/ours.py"]).ok().await;
    on(&board, &["cat", "/lib/ours.py"]).fails("file-not-found").await;
}

#[tokio::test]
async fn each_works_right_after_the_other() {
    for board in both() {
        for n in 0..3 {
            let code = format!("print({n})");
            let answer = format!("{n}\r\n");
            assert_eq!(on(&board, &["exec", &code]).text().await, answer);
            assert_eq!(mpremote(&board, &["exec", &code]).text().await, answer);
        }
    }
}

#[tokio::test]
async fn mpremote_works_after_a_run_of_ours_that_failed() {
    let board = fast();
    on(&board, &["exec", "while True: pass", "--timeout", "0.3"]).fails("timeout").await;
    assert_eq!(mpremote(&board, &["exec", "print(1)"]).ok().await, b"1\r\n");
    on(&board, &["cat", "none"]).fails("file-not-found").await;
    assert_eq!(mpremote(&board, &["exec", "print(2)"]).ok().await, b"2\r\n");
    let mut running = on(&board, &["exec", "print('go')\nwhile True: pass"]).start();
    running.out.expect("go").await;
    running.signal(Signal::INT);
    running.finish().await;
    assert_eq!(mpremote(&board, &["exec", "print(3)"]).ok().await, b"3\r\n");
    // Killed: nobody tidies up.
    let mut running = on(&board, &["exec", "print('go')\nwhile True: pass"]).start();
    running.out.expect("go").await;
    running.kill().await;
    assert_eq!(mpremote(&board, &["exec", "print(4)"]).ok().await, b"4\r\n");
    assert_eq!(on(&board, &["exec", "print(5)"]).ok().await, b"5\r\n");
}

#[tokio::test]
async fn we_work_after_a_run_of_mpremote_that_was_killed() {
    let board = fast();
    let mut running = mpremote(&board, &["exec", "print('go')\nwhile True: pass"]).start();
    running.out.expect("go").await;
    running.kill().await;
    assert_eq!(on(&board, &["exec", "print(1)"]).ok().await, b"1\r\n");
    is_left_well(&board).await;
}

#[tokio::test]
async fn we_work_while_mpremote_left_a_mount_open() {
    let board = fast();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("forever.py"), "import time\nprint('go')\nwhile True: time.sleep(0.01)\n")
        .unwrap();
    let folder = folder.path().to_str().unwrap().to_owned();
    let mut running = mpremote(&board, &["mount", &folder, "exec", "import forever"]).start();
    running.out.expect("go").await;
    running.kill().await;
    assert_eq!(on(&board, &["exec", "print(1)"]).ok().await, b"1\r\n");
    is_left_well(&board).await;
}

#[tokio::test]
async fn a_resume_of_mpremote_sees_what_we_left_in_memory() {
    let board = fast();
    on(&board, &["exec", "kept = 6 * 7"]).ok().await;
    assert_eq!(mpremote(&board, &["resume", "exec", "print(kept)"]).ok().await, b"42\r\n");
    let names = on(&board, &["exec", "print([n for n in globals() if n.startswith('_bw')])"]).text().await;
    assert_eq!(names, "[]\r\n", "nothing of ours stays in the person's globals");
}

/// The board asks its host for a file and waits, deaf for Ctrl-C; the host was killed.
#[tokio::test]
async fn a_mount_whose_host_is_gone_lets_go() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("here.txt"), "").unwrap();
    let board = fast();
    let code = "import os\nprint('reading')\nwhile True: os.stat('/remote/here.txt')";
    let mut host = mpremote(&board, &["mount", folder.path().to_str().unwrap(), "exec", code]).start();
    host.out.expect("reading").await;
    host.kill().await;
    is_free(&board).await;
    assert_eq!(on(&board, &["exec", "print(1)"]).ok().await, b"1\r\n");
    is_left_well(&board).await;
}
