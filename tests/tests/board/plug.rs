//! Ports that vanish, come back, move, restart their board, or belong to somebody else.

use std::{fs, path::Path, time::Duration};

use boardwalk_tests::{Board, Identity, PortsFile, ResetOnOpen};
use serde_json::Value;
use tokio::time::timeout;

use crate::client::{Client, PATIENCE};

#[test]
fn an_unplugged_port_hangs_up_and_is_gone() {
    let board = Board::unix().start().unwrap();
    let client = Client::at_prompt(&board);
    board.unplug();
    client.until_hung_up();
    assert!(!board.stats().plugged);
}

#[test]
fn it_comes_back_elsewhere_with_the_board_still_running() {
    let board = Board::unix().start().unwrap();
    let mut client = Client::at_prompt(&board);
    client.send(b"x = 41\r");
    client.expect(b">>> ");
    let before = board.path();
    board.unplug();
    board.plug_elsewhere().unwrap();
    assert_ne!(board.path(), before);
    let mut client = Client::at_prompt(&board);
    client.send(b"x + 1\r");
    client.expect(b"42\r\n>>> ");
}

#[test]
fn a_link_stays_and_the_ports_file_follows() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("ttyBoard");
    let list = PortsFile::create(folder.path().join("ports.json")).unwrap();
    let linked = Board::unix().link(&link).listed(&list, Identity::pico("A1").demo()).start().unwrap();
    let plain = Board::silent().listed(&list, Identity::pico("B2").named("Other")).start().unwrap();
    assert_eq!(linked.path(), link.display().to_string());
    Client::at_prompt(&linked);
    let read = || serde_json::from_slice::<Vec<Value>>(&fs::read(list.path()).unwrap()).unwrap();
    assert_eq!(read().len(), 2);
    assert_eq!(read()[0]["path"], linked.path());
    assert_eq!((read()[0]["vid"].as_u64(), read()[0]["demo"].as_bool()), (Some(0x2e8a), Some(true)));
    linked.unplug();
    assert!(!Path::new(&link).exists());
    let before = plain.path();
    plain.unplug();
    assert!(read().is_empty());
    plain.plug_elsewhere().unwrap();
    assert_eq!(
        (read()[0]["path"].as_str(), read()[0]["serial"].as_str()),
        (Some(&*plain.path()), Some("B2"))
    );
    assert_ne!(plain.path(), before);
    linked.plug().unwrap();
    Client::at_prompt(&linked);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn opening_can_reset_the_board_and_make_it_deaf() {
    let board = Board::unix()
        .file("main.py", "print('main')")
        .reset_on_open(ResetOnOpen { deaf: Duration::from_secs(1), ..ResetOnOpen::default() })
        .start()
        .unwrap();
    for boots in 2..4 {
        let mut client = Client::open(&board);
        client.send(b"1+1\r");
        client.expect(b"rst:0x1 (POWERON_RESET)");
        client.expect(b"main\r\n");
        client.expect(b">>> ");
        timeout(PATIENCE, board.until(|s| s.boots == boots && s.deaf == 4 * u64::from(boots - 1)))
            .await
            .expect("deaf");
    }
}

#[tokio::test]
async fn machine_reset_can_take_the_port_away_for_a_while() {
    let board = Board::unix().port_leaves_on_reset(Duration::from_millis(50)).start().unwrap();
    let mut client = Client::at_prompt(&board);
    client.send(b"import machine; machine.reset()\r");
    client.until_hung_up();
    timeout(PATIENCE, board.until(|s| s.plugged && s.up && s.boots == 2)).await.expect("back again");
    Client::at_prompt(&board);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn another_process_can_hold_the_port() {
    let board = Board::unix().start().unwrap();
    let holder = board.hold().unwrap();
    assert_ne!(holder.pid(), std::process::id());
    let fds = fs::read_dir(format!("/proc/{}/fd", holder.pid())).unwrap();
    assert!(fds.flatten().any(|fd| fs::read_link(fd.path()).unwrap() == Path::new(&board.path())));
    drop(holder);
    timeout(PATIENCE, board.until(|s| s.open == 0 && s.opened == 1)).await.expect("released");
}

#[test]
fn nothing_is_left_when_a_board_is_dropped() {
    let board = Board::unix().folder().start().unwrap();
    let (folder, path) = (board.folder().unwrap(), board.path());
    let home = folder.parent().unwrap().to_path_buf();
    let client = Client::at_prompt(&board);
    drop(board);
    client.until_hung_up();
    assert!(!home.exists());
    assert!(!processes_that_mention(&home), "a process of the board is still there");
    assert!(!Path::new(&path).exists() || cfg!(not(target_os = "linux")) || path_is_anothers(&path));
}

fn processes_that_mention(home: &Path) -> bool {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    processes
        .filter_map(|p| fs::read(p.path().join("cmdline")).ok())
        .any(|command| String::from_utf8_lossy(&command).contains(&home.display().to_string()))
}

/// Tests run at the same time; the number may be in use again.
fn path_is_anothers(path: &str) -> bool {
    path.starts_with("/dev/pts/")
}
