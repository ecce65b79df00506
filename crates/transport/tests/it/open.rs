//! Opening: what is changed at the port, and every way to be refused.

use std::os::unix::fs::PermissionsExt;

use boardwalk_transport::{Dial, PermissionHint, PortSource, SerialDial, SerialOptions, TransportError};
use rustix::termios::{ControlModes, LocalModes, OptionalActions, tcgetattr, tcsetattr};

use super::pty::{Pty, again_as_nobody, receive, refused};

#[tokio::test]
async fn every_byte_passes_both_ways_unchanged() {
    let pty = Pty::new();
    let mut link = pty.open().await;
    let all: Vec<u8> = (0..=255).collect();
    link.sender().send(all.clone().into()).await.unwrap();
    assert_eq!(pty.hears(256).await, all);
    pty.says(&all);
    assert_eq!(receive(&mut link, 256).await, all);
}

#[tokio::test]
async fn the_port_is_raw_and_hangs_nothing_up_while_open_and_is_put_back() {
    let pty = Pty::new();
    let mut settings = tcgetattr(&pty.slave).unwrap();
    settings.control_modes |= ControlModes::HUPCL;
    settings.local_modes |= LocalModes::ECHO | LocalModes::ICANON;
    tcsetattr(&pty.slave, OptionalActions::Now, &settings).unwrap();

    let link = pty.open().await;
    let open = tcgetattr(&pty.slave).unwrap();
    assert!(!open.control_modes.contains(ControlModes::HUPCL));
    assert!(!open.local_modes.intersects(LocalModes::ECHO | LocalModes::ICANON));
    link.close().await;
    assert!(tcgetattr(&pty.slave).unwrap().control_modes.contains(ControlModes::HUPCL));
}

#[tokio::test]
async fn a_port_that_does_not_exist() {
    let error = refused("/dev/ttyACM-none").await;
    assert_eq!(error, TransportError::PortNotFound { path: "/dev/ttyACM-none".into() });
    assert_eq!(error.to_string(), "No port named /dev/ttyACM-none was found.");
}

#[tokio::test]
async fn what_is_no_terminal() {
    for path in ["/dev/null", "/tmp"] {
        assert_eq!(refused(path).await, TransportError::NotATerminal { path: path.into() });
    }
}

#[tokio::test]
async fn a_webrepl_is_for_another_dialler() {
    let mut dial =
        SerialDial::new("ws://192.168.4.1".parse().unwrap(), PortSource::none(), SerialOptions::default());
    assert_eq!(dial.dial().await.err().map(|e| e.code()), Some("address-invalid"));
    assert!(!dial.is_present().await);
}

#[tokio::test]
async fn a_port_this_user_may_not_open() {
    const DENIED: &str = "BOARDWALK_TEST_DENIED";
    if let Ok(path) = std::env::var(DENIED) {
        return denied(&path).await;
    }
    let dir = tempfile::tempdir().unwrap();
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let port = dir.path().join("ttyUSB0");
    std::fs::write(&port, "").unwrap();
    std::fs::set_permissions(&port, std::fs::Permissions::from_mode(0o000)).unwrap();
    let port = port.to_str().unwrap();
    if rustix::process::geteuid().is_root() {
        again_as_nobody("open::a_port_this_user_may_not_open", DENIED, port).await;
    } else {
        denied(port).await;
    }
}

async fn denied(path: &str) {
    let error = refused(path).await;
    let TransportError::PermissionDenied { path: named, group: None, hint: PermissionHint::NodeClosed } =
        &error
    else {
        panic!("{error:?}")
    };
    assert_eq!(named, path);
    assert!(error.help().contains("udev rule"), "{}", error.help());
}
