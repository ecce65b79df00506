//! News of ports.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use boardwalk_transport::{PortGuess, PortInfo, PortSource, PortWatch};

use super::pty::{PATIENCE, Pty};

fn port(path: &str) -> PortInfo {
    PortInfo {
        path: path.into(),
        vid: Some(0x2E8A),
        pid: Some(5),
        serial_number: None,
        manufacturer: None,
        product: None,
        interface: None,
        guess: PortGuess::MicroPython,
        title: path.into(),
        demo: false,
    }
}

#[tokio::test]
async fn a_change_is_told_and_nothing_else_is() {
    let plugged = Arc::new(Mutex::new(vec![port("/dev/ttyACM0")]));
    let looks = Arc::new(Mutex::new(0));
    let (list, count) = (Arc::clone(&plugged), Arc::clone(&looks));
    let source = PortSource::from_fn(move || {
        *count.lock().unwrap() += 1;
        list.lock().unwrap().clone()
    });
    let watch = PortWatch::every(source, Duration::from_millis(10)).await;
    let mut news = watch.subscribe();
    assert_eq!(watch.current().len(), 1);
    while *looks.lock().unwrap() < 5 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert!(!news.has_changed().unwrap(), "the same list is no news");

    plugged.lock().unwrap().push(port("/dev/ttyACM1"));
    tokio::time::timeout(PATIENCE, news.changed()).await.unwrap().unwrap();
    assert_eq!(news.borrow_and_update().len(), 2);
    plugged.lock().unwrap().clear();
    tokio::time::timeout(PATIENCE, news.changed()).await.unwrap().unwrap();
    assert!(news.borrow_and_update().is_empty());

    drop(watch);
    let end = async { while news.changed().await.is_ok() {} };
    tokio::time::timeout(PATIENCE, end).await.expect("the watch ends with its owner");
}

/// The real list of this computer, with the real shortcut for lists that did not change.
#[tokio::test]
async fn a_board_made_of_software_comes_and_goes() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("ports.json");
    let watch =
        PortWatch::every(PortSource::system().with_extra_file(&file), Duration::from_millis(20)).await;
    let mut news = watch.subscribe();
    let mut seen = async |path: &str, present: bool| {
        let there = |ports: &Arc<[PortInfo]>| ports.iter().any(|port| port.path == path) == present;
        tokio::time::timeout(PATIENCE, news.wait_for(there)).await.unwrap().unwrap();
    };
    let pty = Pty::new();
    let path = pty.path.clone();
    std::fs::write(&file, format!("[{{\"path\": \"{path}\", \"vid\": 11914, \"pid\": 5, \"demo\": true}}]"))
        .unwrap();
    seen(&path, true).await;
    assert!(watch.current()[0].demo, "a demo board is likely and comes first");
    pty.unplug();
    std::fs::remove_file(&file).unwrap();
    seen(&path, false).await;
}
