//! One port, several who want it.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use boardwalk_transport::{Dial, TransportError};
use rustix::fs::{FlockOperation, flock};

use super::pty::{FORKS, Pty, again_as_nobody, refused};

/// The lock is what pyserial's `exclusive=True` takes, and with it mpremote; root is not kept out by anything else.
#[tokio::test]
async fn another_process_with_the_lock_is_named_and_refused_until_it_ends() {
    if let Some(path) = std::env::var_os("BOARDWALK_TEST_HOLD") {
        let port = std::fs::File::open(path).unwrap();
        flock(&port, FlockOperation::NonBlockingLockExclusive).unwrap();
        println!("held");
        std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
        return;
    }
    let pty = Pty::new();
    let test = "busy::another_process_with_the_lock_is_named_and_refused_until_it_ends";
    let forking = FORKS.lock().await;
    let mut holder = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env("BOARDWALK_TEST_HOLD", &pty.path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(forking);
    let mut lines = BufReader::new(holder.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("held")), "the other process did not get the lock");

    let error = refused(&pty.path).await;
    let TransportError::PortBusy { path, holder: named } = &error else { panic!("{error:?}") };
    assert_eq!(path, &pty.path);
    if cfg!(target_os = "linux") {
        let named = named.as_ref().expect("nobody named");
        assert_eq!(named.pid, holder.id());
        let own_name = std::fs::read_to_string(format!("/proc/{}/comm", std::process::id())).unwrap();
        assert_eq!(named.name, own_name.trim());
    }

    drop(holder.stdin.take());
    holder.wait().unwrap();
    pty.open().await;
}

#[tokio::test]
async fn our_own_second_session_is_refused_and_the_first_goes_on() {
    let pty = Pty::new();
    let link = pty.open().await;
    let error = refused(&pty.path).await;
    let TransportError::PortBusy { holder, .. } = &error else { panic!("{error:?}") };
    if cfg!(target_os = "linux") {
        assert_eq!(holder.as_ref().map(|h| h.pid), Some(std::process::id()));
    }
    link.sender().send("x".into()).await.unwrap();
    assert_eq!(pty.hears(1).await, b"x");
}

#[tokio::test]
async fn close_leaves_the_port_free_for_the_next_client_at_once() {
    let pty = Pty::new();
    let _nobody_forks = FORKS.lock().await;
    let lock = || flock(&pty.slave, FlockOperation::NonBlockingLockExclusive);
    for _ in 0..20 {
        let link = pty.open().await;
        assert!(lock().is_err(), "not locked while open");
        link.close().await;
        lock().unwrap();
        flock(&pty.slave, FlockOperation::Unlock).unwrap();
    }
}

/// A board made of software has its own pseudo terminal open, too.
#[tokio::test]
async fn somebody_who_merely_has_the_port_open_does_not_hold_it() {
    let pty = Pty::new();
    let other = std::fs::OpenOptions::new().read(true).write(true).open(&pty.path).unwrap();
    assert!(pty.dial().dial().await.is_ok());
    drop(other);
}

/// TIOCEXCL, as `screen` and older programs set it, without any lock: the system refuses plain users the open.
#[tokio::test]
async fn a_port_that_another_program_has_to_itself() {
    const EXCLUSIVE: &str = "BOARDWALK_TEST_EXCLUSIVE";
    let busy = async |path: &str| assert_eq!(refused(path).await.code(), "port-busy");
    if let Ok(path) = std::env::var(EXCLUSIVE) {
        return busy(&path).await;
    }
    let pty = Pty::new();
    std::fs::set_permissions(&pty.path, std::fs::Permissions::from_mode(0o666)).unwrap();
    rustix::termios::ioctl_tiocexcl(&pty.slave).unwrap();
    if rustix::process::geteuid().is_root() {
        again_as_nobody("busy::a_port_that_another_program_has_to_itself", EXCLUSIVE, &pty.path).await;
    } else {
        busy(&pty.path).await;
    }
}
