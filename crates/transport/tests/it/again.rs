//! The board comes back: under its name, under another, or somebody else in its place.

use std::path::Path;

use boardwalk_transport::{Dial, PortSource, SerialDial, SerialOptions};
use serde_json::{Value, json};

use super::pty::{PATIENCE, Pty, dial};

fn entry(path: &str, serial: &str) -> Value {
    json!({"path": path, "vid": 0x2E8A, "pid": 5, "serial": serial, "product": "Board in FS mode"})
}

fn ports(file: &Path, entries: &[Value]) {
    std::fs::write(file, Value::from(entries).to_string()).unwrap();
}

#[tokio::test]
async fn a_board_is_followed_to_its_new_name_by_its_serial_number() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("ports.json");
    let (first, other) = (Pty::new(), Pty::new());
    ports(&file, &[entry(&first.path, "A"), entry(&other.path, "B")]);
    let source = PortSource::none().with_extra_file(&file);
    let mut dial = SerialDial::new(first.path.parse().unwrap(), source, SerialOptions::default());

    let mut link = dial.dial().await.unwrap();
    assert_eq!(link.info().identity.as_ref().and_then(|id| id.serial_number.as_deref()), Some("A"));
    first.unplug();
    assert_eq!(link.recv().await.unwrap_err().code(), "lost");
    link.close().await;
    // The system gives the number of a pseudo terminal to the next one; a real board's entry goes with it.
    ports(&file, &[entry(&other.path, "B")]);
    assert!(!dial.is_present().await, "the other board of its kind is not it");
    assert_eq!(dial.dial().await.err().map(|e| e.code()), Some("no-port"));

    let mut waiting = Box::pin(dial.wait_until_present());
    assert!(futures::poll!(&mut waiting).is_pending());
    let back = Pty::new();
    // Whoever writes the file may be seen half way.
    std::fs::write(&file, "[{\"path\": \"/dev/p").unwrap();
    ports(&file, &[entry(&other.path, "B"), entry(&back.path, "A")]);
    tokio::time::timeout(PATIENCE, waiting).await.unwrap();

    let link = dial.dial().await.unwrap();
    assert_eq!(link.info().target.to_string(), format!("serial:{}", back.path));
    assert_eq!(dial.target(), &link.info().target);
}

#[tokio::test]
async fn another_board_on_the_old_name_is_not_opened() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("ports.json");
    let pty = Pty::new();
    ports(&file, &[entry(&pty.path, "A")]);
    let source = PortSource::none().with_extra_file(&file);
    let mut dial = SerialDial::new(pty.path.parse().unwrap(), source, SerialOptions::default());
    dial.dial().await.unwrap().close().await;
    ports(&file, &[entry(&pty.path, "B")]);
    assert!(!dial.is_present().await);
    assert_eq!(dial.dial().await.err().map(|e| e.code()), Some("no-port"));
}

#[tokio::test]
async fn a_port_without_identity_is_followed_by_its_name_through_a_link() {
    let dir = tempfile::tempdir().unwrap();
    let name = dir.path().join("board");
    let first = Pty::new();
    std::os::unix::fs::symlink(&first.path, &name).unwrap();
    let mut dial = dial(name.to_str().unwrap(), SerialOptions::default());
    let mut link = dial.dial().await.unwrap();
    let second = Pty::new();
    first.unplug();
    assert_eq!(link.recv().await.unwrap_err().code(), "lost");
    drop(link);
    std::fs::remove_file(&name).unwrap();
    std::os::unix::fs::symlink(dir.path().join("nothing"), &name).unwrap();
    assert!(!dial.is_present().await, "a link to nowhere is no board");

    std::fs::remove_file(&name).unwrap();
    std::os::unix::fs::symlink(&second.path, &name).unwrap();
    tokio::time::timeout(PATIENCE, dial.wait_until_present()).await.unwrap();
    let link = dial.dial().await.unwrap();
    link.sender().send("hello".into()).await.unwrap();
    assert_eq!(second.hears(5).await, b"hello");
}

/// Dialling and waiting in a loop must not spin when the board is there and cannot be opened.
#[tokio::test]
async fn a_failed_dial_is_followed_by_a_rest() {
    let pty = Pty::new();
    let _held = pty.open().await;
    let mut dial = pty.dial();
    let started = std::time::Instant::now();
    for _ in 0..3 {
        assert_eq!(dial.dial().await.err().map(|e| e.code()), Some("port-busy"));
        dial.wait_until_present().await;
    }
    assert!(started.elapsed().as_millis() >= 600, "{:?}", started.elapsed());
}
