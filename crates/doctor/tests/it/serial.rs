//! Serial failures of other systems, or that need a world of their own.

use std::fs;
use std::path::Path;

use boardwalk_doctor::{Action, Code, Os, World};
use boardwalk_transport::{PortGuess, PortInfo, PortSource};

use crate::built::{blocked, port, report, world};

fn at(root: &Path) -> World {
    World { root: root.to_owned(), ..world() }
}

/// In a sandbox there are no ports, or they do not open; either way that is the cause.
#[tokio::test]
async fn a_sandbox_keeps_ports_away() {
    let flatpak = tempfile::tempdir().unwrap();
    fs::write(flatpak.path().join(".flatpak-info"), "[Application]\n").unwrap();
    let snap = tempfile::tempdir().unwrap();
    fs::create_dir_all(snap.path().join("proc/self")).unwrap();
    let group = "0::/user.slice/user-1000.slice/snap.boardwalk.boardwalk-1a2b.scope\n";
    fs::write(snap.path().join("proc/self/cgroup"), group).unwrap();
    for (root, command) in [(&flatpak, "flatpak override"), (&snap, "snap connect")] {
        for target in ["", "serial:/dev/ttyACM77"] {
            let report = report(at(root.path()), target).await;
            blocked(&report, Code::Sandboxed);
            let commands: Vec<_> =
                report.root().unwrap().remedies.iter().filter_map(|r| r.command.as_deref()).collect();
            assert!(commands[0].contains(command), "{commands:?}");
        }
    }
    let outside = tempfile::tempdir().unwrap();
    blocked(&report(at(outside.path()), "serial:/dev/ttyACM77").await, Code::NoPort);
}

#[tokio::test]
async fn a_name_of_windows_on_another_system() {
    let report = report(World { os: Os::Linux, ..world() }, "COM3").await;
    blocked(&report, Code::NoPort);
    assert!(report.summary.contains("Windows"), "{}", report.summary);
}

/// An Arduino Uno is not even opened: that would restart its sketch.
#[tokio::test]
async fn an_arduino_with_an_avr_chip_is_left_alone() {
    let listed = || {
        let uno = port("/dev/null", PortGuess::Other, "7");
        vec![PortInfo { vid: Some(0x2341), pid: Some(0x0043), title: "Arduino".to_owned(), ..uno }]
    };
    let report = report(World { ports: PortSource::from_fn(listed), ..world() }, "serial:/dev/null").await;
    blocked(&report, Code::NotMicropython);
    assert!(
        report.checks.iter().any(|check| check.id == "open" && check.outcome.because.starts_with("Not run"))
    );
    assert!(report.root().unwrap().remedies.iter().any(|r| r.action == Some(Action::ChoosePort)));
}
