//! Both cables at once: the board is on the network, or should be, and plugged in by USB as well. Its scripts run on a real
//! interpreter; the module `network`, which the unix port lacks, is a file on its flash.

mod console;
mod firmware;
mod nearby;
mod wifi;

use boardwalk_tests::{Board, WebRepl};

use crate::{
    ask::{Answer, Ask, about},
    network::{Client, free_port},
    table::{
        Expected::{Cause, Healthy},
        Row,
    },
};

pub(crate) fn rows() -> Vec<Row> {
    [named(), nearby::rows(), console::rows(), wifi::rows(), firmware::rows()].into_iter().flatten().collect()
}

/// The port is named, or open in the window.
fn named() -> Vec<Row> {
    vec![
        Row::new("USB: WebREPL is not started", Cause("webrepl-not-running"), || {
            let webrepl = WebRepl::new().started_by_program();
            let board = Board::unix().webrepl(webrepl).file("network.py", wifi(true, true, "127.0.0.1"));
            // As `import webrepl` without a start leaves it.
            let board = board
                .file("boot.py", "import webrepl\nwebrepl.stop()\n")
                .file("webrepl_cfg.py", "PASS = 'secret'\n");
            let board = board.start().unwrap();
            let answer = asked(&board, about(&board.webrepl_url()));
            offers(&answer, "webrepl-not-running", "start-webrepl-over-usb");
            answer
        }),
        Row::new("USB: no WebREPL in the firmware", Cause("webrepl-not-in-firmware"), || {
            let board = Board::unix().start().unwrap();
            asked(&board, about(&nowhere()))
        }),
        Row::new("USB: the Wi-Fi is switched off", Cause("wifi-not-connected"), || {
            let board = Board::unix()
                .file("network.py", wifi(false, false, "0.0.0.0"))
                .file("webrepl.py", "listen_s = None\n");
            let board = board.file("_webrepl.py", "").start().unwrap();
            asked(&board, about(&nowhere()))
        }),
        Row::new("USB: the Wi-Fi's password is wrong", Cause("wifi-not-connected"), || {
            let board = Board::unix().file("network.py", wifi(true, false, "0.0.0.0")).start().unwrap();
            let answer = asked(&board, about(&nowhere()));
            assert!(answer.text.contains("WRONG_PASSWORD"), "{}", answer.text);
            answer
        }),
        Row::new("USB: the board has another address", Cause("wifi-not-connected"), || {
            let board =
                Board::unix().webrepl(WebRepl::new()).file("network.py", wifi(true, true, "10.77.0.5"));
            let board = board.start().unwrap();
            let answer = asked(&board, about(&nowhere()));
            offers(&answer, "wifi-not-connected", "edit-address");
            assert!(answer.text.contains("10.77.0.5"), "{}", answer.text);
            answer
        }),
        Row::new("USB: what the board prints about a second client", Cause("busy-other-client"), || {
            let board = Board::unix().webrepl(WebRepl::new()).start().unwrap();
            let _first = Client::connect(board.webrepl().port());
            let answer = asked(&board, about(&board.webrepl_url()).secret());
            let lines = answer.document["console"]["lines"].to_string();
            assert!(lines.contains("Concurrent WebREPL connection"), "{}", answer.text);
            answer
        }),
        Row::new("USB: a program runs and is left alone", Cause("port-refused"), || {
            let board = Board::unix().running().start().unwrap();
            let answer = asked(&board, about(&nowhere()));
            assert!(answer.document["console"]["lines"].to_string().contains("count"), "{}", answer.text);
            answer
        }),
        Row::new("USB: all well with both cables", Healthy, || {
            let board =
                Board::unix().webrepl(WebRepl::new()).file("network.py", wifi(true, true, "127.0.0.1"));
            let board = board.start().unwrap();
            asked(&board, about(&board.webrepl_url()).secret())
        }),
    ]
}

fn asked(board: &Board, ask: Ask) -> Answer {
    ask.arg("--usb").arg(board.path()).now()
}

fn nowhere() -> String {
    format!("ws://127.0.0.1:{}", free_port())
}

/// The remedy is offered with that finding.
fn offers(answer: &Answer, code: &str, action: &str) {
    let checks = answer.document["checks"].as_array().unwrap().iter();
    let mut findings = checks.flat_map(|check| check["findings"].as_array().into_iter().flatten());
    let of_code = findings.find(|finding| finding["code"] == code);
    let remedies = of_code.map(|finding| finding["remedies"].to_string()).unwrap_or_default();
    assert!(remedies.contains(&format!("\"{action}\"")), "{}", answer.text);
}

/// `network` as the ESP32 port has it, as far as it is asked.
fn wifi(active: bool, connected: bool, address: &str) -> String {
    let flag = |value| if value { "True" } else { "False" };
    format!(
        "\
STA_IF = 0
AP_IF = 1
STAT_GOT_IP = 1010
STAT_WRONG_PASSWORD = 202

class WLAN:
    def __init__(self, interface):
        self.station = interface == STA_IF
    def active(self):
        return self.station and {active}
    def isconnected(self):
        return {connected}
    def status(self):
        return STAT_GOT_IP if self.isconnected() else STAT_WRONG_PASSWORD
    def ifconfig(self):
        return ('{address}', '255.255.255.0', '{address}', '{address}')
",
        active = flag(active),
        connected = flag(connected),
    )
}
