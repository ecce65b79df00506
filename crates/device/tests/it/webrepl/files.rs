//! Files by records, and where they cannot go so.

use std::sync::{Arc, Mutex};

use boardwalk_device::{Consent, DeviceError, Progress, Step};
use boardwalk_tests::{Board, Variant, WebRepl};

use super::{BOTH, noise, ready};
use crate::desk::{Desk, no_cancel, soon};

const LEAVE: Consent = Consent::LeaveRunning;

fn opened(desk: &Desk) -> u64 {
    desk.board.webrepl().stats().opened_files
}

/// Nothing that was done cost the session its connection.
fn one_login(desk: &Desk) {
    assert_eq!(desk.board.webrepl().stats().logins, 1);
}

#[tokio::test]
async fn sizes_of_every_kind_go_and_come_by_records() {
    for generation in BOTH {
        let desk = ready(Board::unix(), WebRepl::new().generation(generation)).await;
        let sizes = [0, 1, 2, 255, 256, 257, 512, 513, 3584, 14_336, 14_337, 100_000];
        for (i, size) in (1u64..).zip(sizes) {
            let data = noise(size);
            desk.write("/a.bin", &data).await.unwrap_or_else(|e| panic!("{size}: {e:?}"));
            assert_eq!(desk.board.read_file("a.bin").unwrap().unwrap(), data, "{size}");
            assert_eq!(desk.read("/a.bin").await.unwrap(), data, "{size}");
            assert_eq!(opened(&desk), 2 * i);
        }
        let files = desk.board.files().unwrap();
        assert_eq!(files.keys().collect::<Vec<_>>(), ["a.bin"]);
        desk.works().await;
        one_login(&desk);
    }
}

/// A board forgets a byte that comes alone, and waits for ever for one more.
#[tokio::test]
async fn no_byte_comes_alone() {
    let desk = ready(Board::unix(), WebRepl::new().loses_lonely_bytes()).await;
    for size in [1, 2, 513, 3585, 3586, 14_337, 14_338, 28_673] {
        let data = noise(size);
        desk.write("/a.bin", &data).await.unwrap_or_else(|e| panic!("{size}: {e:?}"));
        assert_eq!(desk.read("/a.bin").await.unwrap(), data, "{size}");
    }
}

#[tokio::test]
async fn an_esp8266_rests_after_each_piece() {
    let desk = ready(Board::unix(), WebRepl::new().variant(Variant::Esp8266)).await;
    let data = noise(5000);
    desk.write("/a.bin", &data).await.unwrap();
    assert_eq!(desk.read("/a.bin").await.unwrap(), data);
    assert_eq!(opened(&desk), 2);
}

#[tokio::test]
async fn names_that_no_record_carries_go_through_the_repl() {
    let desk = ready(Board::unix(), WebRepl::new()).await;
    let folder = format!("/{}", "d".repeat(40));
    soon(desk.session.make_folder(&folder, false, LEAVE, no_cancel())).await.unwrap();
    let names = [
        // (the name, whether it is written and whether it is read by records)
        (format!("/{}", "n".repeat(57)), 1, 1),
        // The temporary name is longer, so it gets a short one.
        (format!("/{}", "n".repeat(62)), 1, 1),
        (format!("/{}", "n".repeat(63)), 1, 0),
        (format!("/{}", "é".repeat(127)), 1, 0),
        (format!("{folder}/{}", "n".repeat(21)), 1, 1),
        (format!("{folder}/{}", "n".repeat(200)), 1, 0),
        (format!("{folder}/{folder}/x"), 0, 0),
        ("/new\nline 温度 ' \" \\ 😀".to_owned(), 1, 1),
    ];
    soon(desk.session.make_folder(&format!("{folder}/{folder}"), false, LEAVE, no_cancel())).await.unwrap();
    for (name, written, read) in names {
        let before = opened(&desk);
        desk.write(&name, name.as_bytes()).await.unwrap_or_else(|e| panic!("{name}: {e:?}"));
        assert_eq!(opened(&desk) - before, written, "{name}");
        assert_eq!(desk.read(&name).await.unwrap(), name.as_bytes(), "{name}");
        assert_eq!(opened(&desk) - before, written + read, "{name}");
    }
    one_login(&desk);
}

#[tokio::test]
async fn what_cannot_be_opened_never_ends_the_session() {
    for generation in BOTH {
        let board = Board::unix().file("main.py", "1").file("lib/a.py", "2");
        let desk = ready(board, WebRepl::new().generation(generation)).await;
        let cases = [
            ("/no/where", "file-not-found", "file-not-found"),
            ("/lib", "is-a-folder", "is-a-folder"),
            ("/main.py/x", "not-a-folder", "not-a-folder"),
            ("/", "is-a-folder", "bad-name"),
            ("..", "is-a-folder", "bad-name"),
            ("a\0b", "bad-name", "bad-name"),
        ];
        for (path, read, written) in cases {
            assert_eq!(desk.read(path).await.unwrap_err().code(), read, "{path:?}");
            assert_eq!(desk.write(path, b"x").await.unwrap_err().code(), written, "{path:?}");
        }
        assert_eq!(desk.read("/nothing").await.unwrap_err().code(), "file-not-found");
        assert_eq!(desk.read("../../lib/../lib/a.py").await.unwrap(), b"2");
        desk.write("../main.py", b"3").await.unwrap();
        let files = desk.board.files().unwrap();
        assert_eq!(files.keys().collect::<Vec<_>>(), ["lib/", "lib/a.py", "main.py"]);
        assert_eq!(files["main.py"], b"3");
        one_login(&desk);
    }
}

/// An ESP32 whose disk fills up in the middle of a PUT stops with a failed assertion, so what is tight goes through the
/// REPL, which says it with an exception.
#[tokio::test]
async fn a_full_disk() {
    for variant in [Variant::Esp32, Variant::Esp8266] {
        let old = vec![b'o'; 5_000];
        let board = Board::unix().flash_kb(128).file("a.bin", old.clone());
        let desk = ready(board, WebRepl::new().variant(variant)).await;
        let end = desk.write("/a.bin", &vec![1; 300_000]).await.unwrap_err();
        assert!(matches!(end, DeviceError::DiskFull { needed: 300_000, free: Some(1..), .. }), "{end:?}");
        let fits = soon(desk.session.space(LEAVE, no_cancel())).await.unwrap().free.unwrap();
        let end = desk.write("/b.bin", &vec![2; usize::try_from(fits).unwrap() - 100]).await;
        assert!(
            matches!(end, Err(DeviceError::DiskFull { .. })),
            "littlefs needs blocks of its own: {end:?}"
        );
        assert_eq!(opened(&desk), 0);
        let files = desk.board.files().unwrap();
        assert_eq!(files.keys().collect::<Vec<_>>(), ["a.bin"], "the temporary file is gone");
        assert_eq!(files["a.bin"], old);
        desk.write("/a.bin", b"small").await.unwrap();
        assert_eq!(opened(&desk), 1);
        desk.works().await;
        one_login(&desk);
    }
}

#[tokio::test]
async fn progress_is_told_in_order() {
    let desk = ready(Board::unix(), WebRepl::new()).await;
    let data = noise(100_000);
    let told: Arc<Mutex<Vec<Step>>> = Arc::default();
    let progress = || {
        let told = Arc::clone(&told);
        Progress::new(move |step| told.lock().unwrap().push(step))
    };
    soon(desk.session.write("/a.bin", data, progress(), LEAVE, no_cancel())).await.unwrap();
    let written = std::mem::take(&mut *told.lock().unwrap());
    soon(desk.session.read("/a.bin", progress(), LEAVE, no_cancel())).await.unwrap();
    let read = std::mem::take(&mut *told.lock().unwrap());
    for steps in [written, read] {
        assert_eq!(steps.last(), Some(&Step::Verifying));
        let done: Vec<u64> = steps
            .iter()
            .filter_map(|step| match step {
                Step::Moved { done, total: Some(100_000) } => Some(*done),
                Step::Moved { .. } => panic!("{step:?}"),
                Step::Verifying => None,
            })
            .collect();
        assert_eq!(done.len(), steps.len() - 1, "it is verified once");
        assert!(done.is_sorted() && done.len() > 2, "{done:?}");
        assert_eq!((done.first(), done.last()), (Some(&0), Some(&100_000)));
    }
}

/// Text that comes in the middle of a record is no part of the file: a timer that prints, played by the test board's own
/// file work.
#[tokio::test]
async fn text_in_the_middle_of_a_record_is_not_the_file() {
    const PRINTS: &str = "\
import webrepl
ticks = []
def prints(work):
 def f(data):
  ticks.append(print('tick'))
  return work(data)
 return f
for kind in b'WG':
 kind = bytes([kind])
 webrepl._WORK[kind] = prints(webrepl._WORK[kind])
";
    let desk = ready(Board::unix(), WebRepl::new()).await;
    desk.prints(PRINTS).await;
    let data = noise(60_000);
    for _ in 0..2 {
        desk.write("/a.bin", &data).await.unwrap();
        assert_eq!(desk.read("/a.bin").await.unwrap(), data);
    }
    assert_eq!(desk.prints("print(len(ticks) > 40)").await, "True\r\n");
    one_login(&desk);
}
