//! Files on a board with folders and flash of its own.

use boardwalk_device::{Consent, DeviceError, Progress, Step};
use boardwalk_tests::Board;
use sha2::{Digest as _, Sha256};
use tokio_util::sync::CancellationToken;

use crate::desk::{Desk, no_cancel, soon};

const LEAVE: Consent = Consent::LeaveRunning;

fn odd_names() -> Vec<String> {
    let mut names: Vec<String> = [
        "with space.py",
        "quo'te\"s.txt",
        "back\\slash",
        "温度.py",
        "😀 emoji.txt",
        "percent%s {0} $HOME",
        "tab\tand\u{7f}",
        "-rf",
        ".hidden",
        "new\nline",
    ]
    .map(str::to_owned)
    .to_vec();
    names.push("n".repeat(255));
    names.push("é".repeat(127));
    names
}

#[tokio::test]
async fn names_of_every_kind() {
    let desk = Desk::ready(Board::unix().unthrottled().start().unwrap()).await;
    let mut names = odd_names();
    for (i, name) in names.iter().enumerate() {
        desk.write(&format!("/{name}"), format!("{i}").as_bytes())
            .await
            .unwrap_or_else(|e| panic!("{name:?}: {e:?}"));
    }
    let files = desk.board.files().unwrap();
    for (i, name) in names.iter().enumerate() {
        assert_eq!(files.get(name).map(Vec::as_slice), Some(format!("{i}").as_bytes()), "{name:?}");
        assert_eq!(desk.read(&format!("/{name}")).await.unwrap(), format!("{i}").as_bytes(), "{name:?}");
    }
    let mut listed = desk.names("/").await;
    names.sort();
    listed.sort();
    assert_eq!(listed, names);
    for name in &names {
        let (from, to) = (format!("/{name}"), format!("/{}~", name.chars().take(60).collect::<String>()));
        let rename = desk.session.rename(&from, &to, false, LEAVE, no_cancel());
        soon(rename).await.unwrap_or_else(|e| panic!("{name:?}: {e:?}"));
        soon(desk.session.remove(&to, false, LEAVE, no_cancel())).await.unwrap();
    }
    assert!(desk.board.files().unwrap().is_empty());
}

#[tokio::test]
async fn sizes_of_every_kind() {
    let desk = Desk::ready(Board::unix().unthrottled().flash_kb(4096).start().unwrap()).await;
    for size in [0, 1, 383, 384, 385, 6143, 6144, 6145, 1 << 20] {
        let data: Vec<u8> = (0..size as u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        desk.write("/a.bin", &data).await.unwrap();
        assert_eq!(desk.board.read_file("a.bin").unwrap().unwrap(), data, "{size}");
        assert_eq!(desk.read("/a.bin").await.unwrap(), data, "{size}");
        let stat = soon(desk.session.stat("/a.bin", LEAVE, no_cancel())).await.unwrap();
        assert_eq!((stat.folder, stat.size), (false, size as u64));
        let digest = soon(desk.session.digest("/a.bin", LEAVE, no_cancel())).await.unwrap();
        assert_eq!(digest, <[u8; 32]>::from(Sha256::digest(&data)));
    }
}

#[tokio::test]
async fn folders() {
    let board = Board::unix().unthrottled().file("main.py", "1").file("lib/a.py", "2").start().unwrap();
    let desk = Desk::ready(board).await;
    let session = &desk.session;
    soon(session.make_folder("/lib/deep/er", true, LEAVE, no_cancel())).await.unwrap();
    soon(session.make_folder("/lib/deep/er", true, LEAVE, no_cancel())).await.unwrap();
    let again = soon(session.make_folder("/lib", false, LEAVE, no_cancel())).await;
    assert_eq!(again.unwrap_err(), DeviceError::Exists { path: "/lib".into() });
    let orphan = soon(session.make_folder("/no/where", false, LEAVE, no_cancel())).await;
    assert_eq!(orphan.unwrap_err().code(), "file-not-found");
    let through = soon(session.make_folder("/main.py/x", true, LEAVE, no_cancel())).await;
    assert_eq!(through.unwrap_err().code(), "not-a-folder");
    for i in 0..12 {
        desk.write(&format!("/lib/deep/er/{i}.py"), b"x").await.unwrap();
    }
    assert_eq!(desk.names("/").await, ["lib", "main.py"]);
    assert_eq!(desk.names("/lib").await, ["deep", "a.py"]);
    assert_eq!(desk.names("lib/deep/").await, ["er"]);
    let list = |path: &'static str| soon(session.list(path, LEAVE, no_cancel()));
    assert_eq!(list("/main.py").await.unwrap_err().code(), "not-a-folder");
    assert_eq!(list("/nothing").await.unwrap_err().code(), "file-not-found");
    assert_eq!(desk.read("/lib").await.unwrap_err().code(), "is-a-folder");
    assert_eq!(desk.read("/nothing").await.unwrap_err().code(), "file-not-found");
    assert_eq!(desk.write("/lib", b"x").await.unwrap_err().code(), "is-a-folder");
    assert_eq!(desk.write("/no/where", b"x").await.unwrap_err().code(), "file-not-found");
    let refused = desk.write("/main.py/x", b"x").await.unwrap_err();
    assert_eq!(refused.code(), "not-a-folder");
    // The file in the way is named, and not what was to stand below it.
    assert!(refused.to_string().starts_with("/main.py is"), "{refused}");
    let remove = |path: &'static str, tree| soon(session.remove(path, tree, LEAVE, no_cancel()));
    assert_eq!(remove("/lib", false).await.unwrap_err().code(), "is-a-folder");
    assert_eq!(remove("/nothing", true).await.unwrap_err().code(), "file-not-found");
    let rename =
        |from: &'static str, to: &'static str, over| soon(session.rename(from, to, over, LEAVE, no_cancel()));
    assert_eq!(rename("/lib/a.py", "/main.py", false).await.unwrap_err().code(), "file-exists");
    assert_eq!(rename("/lib/a.py", "/lib/deep", true).await.unwrap_err().code(), "file-exists");
    assert_eq!(rename("/nothing", "/x", false).await.unwrap_err().code(), "file-not-found");
    rename("/lib/a.py", "/main.py", true).await.unwrap();
    rename("/lib/deep", "/lib/flat", false).await.unwrap();
    assert_eq!(desk.board.read_file("main.py").unwrap().unwrap(), b"2");
    remove("/lib", true).await.unwrap();
    let files = desk.board.files().unwrap();
    assert_eq!(files.keys().collect::<Vec<_>>(), ["main.py"]);
    for bad in ["", "/", "a\0b", "..", &"x".repeat(256)] {
        assert_eq!(desk.write(bad, b"x").await.unwrap_err().code(), "bad-name", "{bad:?}");
    }
}

#[tokio::test]
async fn a_full_disk() {
    let old = vec![b'o'; 5_000];
    let board = Board::unix().unthrottled().flash_kb(128).file("a.bin", old.clone()).start().unwrap();
    let desk = Desk::ready(board).await;
    // Told before anything is touched.
    let end = desk.write("/a.bin", &vec![1; 300_000]).await.unwrap_err();
    assert!(matches!(end, DeviceError::DiskFull { needed: 300_000, free: Some(1..), .. }), "{end:?}");
    // The board says that there is room, and there is none.
    let lie = "import os\nos.statvfs = None\n";
    let (end, _) = desk.exec(lie).await;
    // Where the module cannot be changed, the space is taken between the look and the write instead.
    let fits = soon(desk.session.space(LEAVE, no_cancel())).await.unwrap().free.unwrap();
    assert!(end.is_ok() && fits > 50_000);
    let session = desk.session.clone();
    let sent = std::sync::Arc::new(tokio::sync::Notify::new());
    let begun = std::sync::Arc::clone(&sent);
    let progress = Progress::new(move |step| {
        if matches!(step, Step::Moved { done: 1.., .. }) {
            begun.notify_one();
        }
    });
    let data = vec![2; usize::try_from(fits).unwrap() - 100];
    let end = soon(session.write("/b.bin", data, progress, LEAVE, no_cancel())).await;
    assert!(matches!(end, Err(DeviceError::DiskFull { .. })), "littlefs needs blocks of its own: {end:?}");
    soon(sent.notified()).await;
    let files = desk.board.files().unwrap();
    assert_eq!(files.keys().collect::<Vec<_>>(), ["a.bin"], "the temporary file is gone");
    assert_eq!(files["a.bin"], old);
    desk.write("/a.bin", b"small").await.unwrap();
    desk.works().await;
}

#[tokio::test]
async fn a_stale_temporary_file_is_replaced_and_a_cancelled_write_leaves_none() {
    let board = Board::unix().file("a.bin", "old").file(".a.bin.bw~", vec![b'x'; 9000]).start().unwrap();
    let desk = Desk::ready(board).await;
    desk.write("/a.bin", b"new").await.unwrap();
    let files = desk.board.files().unwrap();
    assert_eq!(files.keys().collect::<Vec<_>>(), ["a.bin"]);
    assert_eq!(files["a.bin"], b"new");
    let cancel = CancellationToken::new();
    let token = cancel.clone();
    let progress = Progress::new(move |step| {
        if matches!(step, Step::Moved { done: 1.., .. }) {
            token.cancel();
        }
    });
    let end = soon(desk.session.write("/a.bin", vec![3; 50_000], progress, LEAVE, cancel)).await;
    assert_eq!(end.unwrap_err(), DeviceError::Cancelled);
    desk.is_ready().await;
    let files = desk.board.files().unwrap();
    assert_eq!(files.keys().collect::<Vec<_>>(), ["a.bin"]);
    assert_eq!(files["a.bin"], b"new");
    let cancel = CancellationToken::new();
    let token = cancel.clone();
    let progress = Progress::new(move |_| token.cancel());
    let end = soon(desk.session.read("/a.bin", progress, LEAVE, cancel)).await;
    assert_eq!(end.unwrap_err(), DeviceError::Cancelled);
    desk.works().await;
}

#[tokio::test]
async fn the_persons_own_names_stay() {
    let desk = Desk::ready(Board::unix().unthrottled().file("a.bin", vec![0; 2000]).start().unwrap()).await;
    desk.prints("x = 1\nos = 'mine'\nimport sys as hashlib\nf = lambda: 2\nprint()").await;
    let globals = "print(sorted(globals().keys()))";
    let before = desk.prints(globals).await;
    let session = &desk.session;
    soon(session.info(LEAVE, no_cancel())).await.unwrap();
    soon(session.space(LEAVE, no_cancel())).await.unwrap();
    desk.names("/").await;
    soon(session.stat("/a.bin", LEAVE, no_cancel())).await.unwrap();
    desk.read("/a.bin").await.unwrap();
    desk.write("/b.bin", &[1; 9000]).await.unwrap();
    soon(session.digest("/b.bin", LEAVE, no_cancel())).await.unwrap();
    soon(session.make_folder("/d/e", true, LEAVE, no_cancel())).await.unwrap();
    soon(session.rename("/b.bin", "/d/c", true, LEAVE, no_cancel())).await.unwrap();
    soon(session.remove("/d", true, LEAVE, no_cancel())).await.unwrap();
    for failing in ["/nothing", "/no/where"] {
        desk.read(failing).await.unwrap_err();
        desk.names("/").await;
    }
    desk.write("/no/where", b"x").await.unwrap_err();
    assert_eq!(desk.prints(globals).await, before);
    assert_eq!(desk.prints("print(x, os, f())").await, "1 mine 2\r\n");
}

/// A board with little memory: the pieces are small, and what does not fit is told.
#[tokio::test]
async fn little_memory() {
    let desk = Desk::ready(Board::unix().unthrottled().heap(90_000).start().unwrap()).await;
    let data: Vec<u8> = (0..30_000u32).map(|i| (i % 255) as u8).collect();
    desk.write("/a.bin", &data).await.unwrap();
    assert_eq!(desk.read("/a.bin").await.unwrap(), data);
    assert_eq!(desk.board.read_file("a.bin").unwrap().unwrap(), data);
}

/// The packaged interpreter renames nothing where a VfsPosix has a root, and does not say so. We do.
#[tokio::test]
async fn a_rename_that_did_nothing_is_no_success() {
    let desk = Desk::ready(Board::unix().unthrottled().folder().file("a.txt", "old").start().unwrap()).await;
    let end = desk.write("/a.txt", b"new").await;
    let stored = desk.board.read_file("a.txt").unwrap().unwrap();
    match end {
        Ok(()) => assert_eq!(stored, b"new"),
        Err(error) => {
            assert_eq!(error.code(), "file-system");
            assert_eq!(stored, b"old");
        }
    }
    desk.write("a.txt", b"new").await.unwrap();
    assert_eq!(desk.board.read_file("a.txt").unwrap().unwrap(), b"new");
}
