//! The micro:bit: MicroPython 1.9.2 without raw-paste, folders, rename and binascii, with 64 bytes of receive ring.

use boardwalk_device::{Consent, DeviceError, Missing, Progress, State, Step};
use boardwalk_tests::Board;
use tokio_util::sync::CancellationToken;

use crate::desk::{Desk, no_cancel, soon};

const LEAVE: Consent = Consent::LeaveRunning;

#[tokio::test]
async fn it_says_what_it_is_and_what_it_lacks() {
    let desk = Desk::ready(Board::microbit().start().unwrap()).await;
    let info = soon(desk.session.info(LEAVE, no_cancel())).await.unwrap();
    assert_eq!(info.capabilities.platform, "microbit");
    assert!(!info.raw_paste);
    assert_eq!(info.capabilities.missing(), [Missing::Folders, Missing::Rename, Missing::Space]);
    let folder = soon(desk.session.make_folder("/lib", true, LEAVE, no_cancel())).await;
    assert_eq!(folder.unwrap_err().code(), "no-folders");
    let rename = soon(desk.session.rename("a", "b", true, LEAVE, no_cancel())).await;
    assert_eq!(rename.unwrap_err().code(), "no-rename");
    assert_eq!(desk.write("/lib/a.py", b"x").await.unwrap_err().code(), "no-folders");
    assert_eq!(desk.read("/nothing").await.unwrap_err().code(), "file-not-found");
    desk.works().await;
}

#[tokio::test]
async fn its_files() {
    let desk = Desk::ready(Board::microbit().start().unwrap()).await;
    let data: Vec<u8> = (0..700u32).map(|i| (i % 256) as u8).collect();
    for (name, bytes) in [("data.bin", &data[..]), ("empty", b""), ("with space's \"q\".py", b"1")] {
        desk.write(&format!("/{name}"), bytes).await.unwrap_or_else(|e| panic!("{name}: {e:?}"));
        assert_eq!(desk.read(name).await.unwrap(), bytes, "{name}");
    }
    let list = soon(desk.session.list("/", LEAVE, no_cancel())).await.unwrap();
    let sizes: Vec<_> = list.iter().map(|e| (e.name.as_str(), e.size)).collect();
    assert_eq!(sizes, [("data.bin", Some(700)), ("empty", Some(0)), ("with space's \"q\".py", Some(1))]);
    soon(desk.session.remove("/empty", false, LEAVE, no_cancel())).await.unwrap();
    assert_eq!(desk.names("/").await, ["data.bin", "with space's \"q\".py"]);
    assert_eq!(desk.prints("print(open('data.bin','rb').read()[255:258])").await, "b'\\xff\\x00\\x01'\r\n");
    desk.works().await;
}

/// There is no rename: a write that ends early puts the old bytes back.
#[tokio::test]
async fn a_write_that_ends_early_puts_the_old_bytes_back() {
    let desk = Desk::ready(Board::microbit().start().unwrap()).await;
    desk.write("/a.py", b"print('old')\n").await.unwrap();
    let cancel = CancellationToken::new();
    let token = cancel.clone();
    let progress = Progress::new(move |step| {
        if matches!(step, Step::Moved { done: 1.., .. }) {
            token.cancel();
        }
    });
    let end = soon(desk.session.write("/a.py", vec![b'#'; 900], progress, LEAVE, cancel)).await;
    assert_eq!(end.unwrap_err(), DeviceError::Cancelled);
    desk.is_ready().await;
    assert_eq!(desk.read("/a.py").await.unwrap(), b"print('old')\n");
    // And so does one that finds the flash full: it has some 30 kB.
    let end = desk.write("/a.py", &vec![b'#'; 40_000]).await.unwrap_err();
    assert!(matches!(end, DeviceError::DiskFull { .. } | DeviceError::FileSystem { .. }), "{end:?}");
    assert_eq!(desk.read("/a.py").await.unwrap(), b"print('old')\n");
    desk.works().await;
}

#[tokio::test]
async fn its_programs_run_and_stop() {
    let desk = Desk::ready(Board::microbit().start().unwrap()).await;
    let session = desk.session.clone();
    let run = tokio::spawn(async move {
        session.run("p.py".into(), "print('hi', input('n? '))\nwhile True: pass\n", no_cancel()).await
    });
    desk.screen.shows("n? ").await;
    desk.types("joe\r").await;
    desk.screen.shows("hi joe\r\n").await;
    soon(desk.session.stop()).await.unwrap();
    let end = soon(run).await.unwrap().unwrap();
    assert_eq!(end.exception.unwrap().kind, "KeyboardInterrupt");
    desk.is_ready().await;
    let cancel = CancellationToken::new();
    let session = desk.session.clone();
    let token = cancel.clone();
    let exec =
        tokio::spawn(async move { crate::desk::exec(&session, "while True: pass", None, token).await.0 });
    desk.is("busy", |s| matches!(s, State::Busy { .. })).await;
    cancel.cancel();
    assert_eq!(soon(exec).await.unwrap().unwrap_err(), DeviceError::Cancelled);
    desk.works().await;
    let end = desk.exec("1/0").await.0.unwrap();
    assert_eq!(end.exception.unwrap().kind, "ZeroDivisionError");
}
