//! A board is at USB, and nobody says so: it is asked when that disturbs nobody, and only when the network does not help.

use boardwalk_tests::{Board, Identity, PortsFile, WebRepl, proxies::Reverse};

use super::{
    console::{old, printed},
    nowhere, offers, wifi,
};
use crate::{
    ask::{Ask, about},
    table::{
        Expected::{Cause, Healthy},
        Row,
    },
};

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::new("USB, not named: WebREPL is not started", Cause("webrepl-not-running"), || {
            let ports = Ports::new();
            let board = Board::unix()
                .webrepl(WebRepl::new().started_by_program())
                .file("network.py", wifi(true, true, "127.0.0.1"))
                .file("boot.py", "import webrepl\nwebrepl.stop()\n")
                .file("webrepl_cfg.py", "PASS = 'secret'\n");
            let board = board.listed(&ports.file, Identity::pico("A")).start().unwrap();
            let answer = ports.known(about(&board.webrepl_url())).now();
            offers(&answer, "webrepl-not-running", "start-webrepl-over-usb");
            answer
        }),
        Row::new("USB, not named: the board has another address", Cause("wifi-not-connected"), || {
            let ports = Ports::new();
            let board = Board::unix()
                .webrepl(WebRepl::new())
                .file("network.py", wifi(true, true, "10.77.0.5"))
                .listed(&ports.file, Identity::pico("A"));
            let _board = board.start().unwrap();
            let answer = ports.known(about(&nowhere())).now();
            offers(&answer, "wifi-not-connected", "edit-address");
            answer
        }),
        Row::new(
            "USB, not named: a Go program in front, 1.19 and older",
            Cause("handshake-rewritten"),
            || {
                let board = old();
                let ports = Ports::new();
                ports.file.put(&board.path(), &Identity::pico("A")).unwrap();
                let front = Reverse::GoTcp.start(board.webrepl().port()).unwrap();
                let answer = ports.known(about(&front.ws_url())).now();
                printed(answer, "OSError: Not a websocket request")
            },
        )
        .needs(Reverse::GoTcp.available()),
        Row::new("USB, not named: a program runs and is left alone", Cause("port-refused"), || {
            let ports = Ports::new();
            let board = Board::unix().running().listed(&ports.file, Identity::pico("A")).start().unwrap();
            let answer = ports.known(about(&nowhere())).now();
            assert!(answer.text.contains("A program runs on the board"), "{}", answer.text);
            assert!(!board.stats().at_prompt);
            answer
        }),
        Row::new("USB, not named: a bridge is not opened, but offered", Cause("port-refused"), || {
            let ports = Ports::new();
            let board = Board::unix().listed(&ports.file, bridge("B")).start().unwrap();
            let answer = ports.known(about(&nowhere())).now();
            offers(&answer, "port-refused", "ask-over-usb");
            assert!(answer.text.contains(&format!("--usb {}", board.path())), "{}", answer.text);
            assert_eq!(board.stats().opened, 0);
            answer
        }),
        Row::new("USB, not named: of two boards none is asked", Cause("port-refused"), || {
            let ports = Ports::new();
            let boards = ["A", "B"]
                .map(|serial| Board::unix().listed(&ports.file, Identity::pico(serial)).start().unwrap());
            let answer = ports.known(about(&nowhere())).now();
            offers(&answer, "port-refused", "ask-over-usb");
            for board in &boards {
                assert!(answer.text.contains(&format!("--usb {}", board.path())), "{}", answer.text);
                assert_eq!(board.stats().opened, 0);
            }
            answer
        }),
        Row::new("USB, not named: another board, without WebREPL", Cause("port-refused"), || {
            let ports = Ports::new();
            let _board = Board::unix().listed(&ports.file, Identity::pico("A")).start().unwrap();
            ports.known(about(&nowhere())).now()
        }),
        Row::new("USB, not named: all well over the network", Healthy, || {
            let ports = Ports::new();
            let other = Board::unix().listed(&ports.file, Identity::pico("A")).start().unwrap();
            let board = Board::unix().webrepl(WebRepl::new()).start().unwrap();
            let answer = ports.known(about(&board.webrepl_url()).secret()).now();
            assert_eq!(other.stats().opened, 0, "nobody's business");
            answer
        }),
    ]
}

struct Ports {
    file: PortsFile,
    _folder: tempfile::TempDir,
}

impl Ports {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { file: PortsFile::create(folder.path().join("ports.json")).unwrap(), _folder: folder }
    }

    fn known(&self, ask: Ask) -> Ask {
        ask.env("BOARDWALK_EXTRA_PORTS", self.file.path())
    }
}

/// A board behind a UART bridge, which may restart when its port is opened.
fn bridge(serial: &str) -> Identity {
    Identity {
        vid: 0x10C4,
        pid: 0xEA60,
        manufacturer: "Silicon Labs".into(),
        product: "CP2102 USB to UART Bridge Controller".into(),
        ..Identity::pico(serial)
    }
}
