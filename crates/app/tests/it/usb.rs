//! What the doctor's remedies do over USB to a board that is open in the window.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;

use boardwalk_app::wire::*;
use boardwalk_app::{AppError, Vault as _};
use boardwalk_tests::{Board as TestBoard, Generation, Identity, PortsFile, WebRepl};

use crate::window::{Keys, Window, in_time};

/// What the unix port lacks: a Wi-Fi, in which it is.
const NETWORK: &str = "
STA_IF = 0
AP_IF = 1

class WLAN:
    def __init__(self, interface):
        self.station = interface == STA_IF
    def active(self, value=None):
        return self.station
    def isconnected(self):
        return True
    def ifconfig(self):
        return ('127.0.0.1', '255.0.0.0', '127.0.0.1', '127.0.0.1')
";

async fn window(board: &TestBoard, config: &tempfile::TempDir) -> Window {
    let mut window = Window::open(config.path(), &Arc::new(Keys::default())).await;
    window.connect(&board.target()).await.unwrap().unwrap();
    window.plugged(|board| matches!(board.state, BoardState::Ready | BoardState::Running { .. })).await;
    window
}

async fn apply(window: &Window, run: u32, action: &str) -> Result<Option<String>, AppError> {
    in_time(window.app.remedy_apply(ApplyRemedy { run, action: action.to_owned() })).await
}

/// The board listens, and asks for a password.
async fn asks_for_its_password(window: &mut Window, url: &str) {
    let opened = window.connect(url);
    window.question().await;
    window.app.board_close(BoardRef { board: url.to_owned() }).await.unwrap();
    assert_eq!(opened.await.unwrap().unwrap_err().code, "cancelled");
}

#[tokio::test]
async fn a_board_that_another_client_holds_is_freed() {
    for generation in [Generation::New, Generation::Old] {
        let board = TestBoard::unix()
            .webrepl(WebRepl::new().generation(generation))
            .file("webrepl_cfg.py", "PASS = 'secret'\n")
            .start()
            .unwrap();
        let (url, config) = (board.webrepl_url(), tempfile::tempdir().unwrap());
        let mut other = TcpStream::connect(("127.0.0.1", board.webrepl().port())).unwrap();
        let request = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
            Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        other.write_all(request.as_bytes()).unwrap();
        let (mut seen, mut byte) = (Vec::new(), [0]);
        while !seen.ends_with(b"Password: ") {
            other.read_exact(&mut byte).unwrap();
            seen.push(byte[0]);
        }
        let keys = Arc::<Keys>::default();
        let mut window = Window::open(config.path(), &keys).await;
        window.connect(&board.target()).await.unwrap().unwrap();
        window.plugged(|board| board.state == BoardState::Ready).await;
        let (run, report) = window.diagnosed(&url, false).await;
        assert!(report.contains("[busy-other-client]"), "{report}");
        assert!(report.contains("Concurrent WebREPL connection"), "the console is shown: {report}");
        apply(&window, run, "free-webrepl-over-usb").await.unwrap();
        assert!(matches!(other.read(&mut byte), Ok(0) | Err(_)), "the other client is out");
        let account = window.app.target_complete(OpenBoard { target: url.clone() }).await.unwrap();
        keys.set(&account, "secret").unwrap();
        let (_, report) = window.diagnosed(&url, false).await;
        assert!(report.contains("All well"), "{generation:?}: {report}");
        window.app.shut_down().await;
    }
}

/// Opening the port of a bridge could restart its board: it is offered, asked at a click, and then the remedies reach it, too.
#[tokio::test]
async fn a_board_that_was_offered_is_asked_and_its_webrepl_started() {
    let folder = tempfile::tempdir().unwrap();
    let ports = PortsFile::create(folder.path().join("ports.json")).unwrap();
    let bridge = Identity {
        vid: 0x10C4,
        pid: 0xEA60,
        manufacturer: "Silicon Labs".into(),
        product: "CP2102".into(),
        ..Identity::pico("A")
    };
    let board = TestBoard::unix()
        .webrepl(WebRepl::new().started_by_program())
        .file("network.py", NETWORK)
        .file("boot.py", "import webrepl\nwebrepl.stop()\n")
        .file("webrepl_cfg.py", "PASS = 'secret'\n")
        .listed(&ports, bridge)
        .start()
        .unwrap();
    let url = board.webrepl_url();
    let mut window =
        Window::open_with_ports(&folder.path().join("config"), &Arc::default(), ports.path()).await;
    window.plugged(|_| true).await;
    let (run, report) = window.diagnosed(&url, false).await;
    assert!(
        report.contains("[port-refused]") && report.contains(&format!("--usb {}", board.path())),
        "{report}"
    );
    assert_eq!(board.stats().opened, 0);
    apply(&window, run, "ask-over-usb").await.unwrap();
    let (run, report) = window.diagnosed(&url, false).await;
    assert!(report.contains("[webrepl-not-running]"), "{report}");
    apply(&window, run, "start-webrepl-over-usb").await.unwrap();
    asks_for_its_password(&mut window, &url).await;
    window.app.shut_down().await;
}

#[tokio::test]
async fn of_two_boards_at_usb_the_one_that_had_this_address_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    let ports = PortsFile::create(folder.path().join("ports.json")).unwrap();
    let other = TestBoard::unix().listed(&ports, Identity::pico("B")).unique_id("bb02").start().unwrap();
    let board = TestBoard::unix()
        .webrepl(WebRepl::new().not_in_boot_py())
        .unique_id("aa01")
        .listed(&ports, Identity::pico("A"))
        .start()
        .unwrap();
    let (url, keys) = (board.webrepl_url(), Arc::<Keys>::default());
    let mut window = Window::open_with_ports(&folder.path().join("config"), &keys, ports.path()).await;
    let account = window.app.target_complete(OpenBoard { target: url.clone() }).await.unwrap();
    keys.set(&account, "secret").unwrap();
    // It was here by both cables.
    window.connect(&url).await.unwrap().unwrap();
    window.board(|board| board.info.is_some()).await;
    window.app.board_close(BoardRef { board: url.clone() }).await.unwrap();
    let plugged = window.connect(&board.target()).await.unwrap().unwrap();
    window.plugged(|board| board.info.is_some()).await;
    window.app.board_close(BoardRef { board: plugged.id }).await.unwrap();
    board.reset().unwrap();
    in_time(board.until(|stats| stats.boots > 1 && stats.at_prompt)).await;
    let (_, report) = window.diagnosed(&url, false).await;
    assert!(report.contains(&format!("The board at {} answered", board.path())), "{report}");
    assert_eq!(other.stats().opened, 0);
    window.app.shut_down().await;
}

#[tokio::test]
async fn a_webrepl_that_is_not_started_is_started() {
    for (configured, works) in [(true, true), (false, false)] {
        let board = TestBoard::unix()
            .webrepl(WebRepl::new().started_by_program())
            .file("network.py", NETWORK)
            .file("boot.py", "import webrepl\nwebrepl.stop()\n");
        let board = if configured { board.file("webrepl_cfg.py", "PASS = 'secret'\n") } else { board };
        let (board, config) = (board.start().unwrap(), tempfile::tempdir().unwrap());
        let url = board.webrepl_url();
        let mut window = window(&board, &config).await;
        let (run, report) = window.diagnosed(&url, false).await;
        assert!(
            report.contains("Cause: WebREPL is not started") && report.contains("[webrepl-not-running]"),
            "{report}"
        );
        let started = apply(&window, run, "start-webrepl-over-usb").await;
        assert_eq!(started.is_ok(), works, "{started:?}");
        match started {
            Ok(_) => asks_for_its_password(&mut window, &url).await,
            Err(error) => assert_eq!(error.code, "webrepl-not-running"),
        }
        window.app.shut_down().await;
    }
}

#[tokio::test]
async fn a_board_that_swallows_ctrl_c_is_rescued_and_the_rescue_undone() {
    const PROGRAM: &str = "import time
time.sleep(0.5)
def run(depth):
    while True:
        try:
            run(depth - 1) if depth else time.sleep(0.05)
        except:
            print('not now')
print('.')
run(30)
";
    let (board, config) =
        (TestBoard::unix().file("main.py", PROGRAM).start().unwrap(), tempfile::tempdir().unwrap());
    in_time(board.until(|stats| stats.from_board + stats.unheard > 0)).await;
    let (target, window) = (board.target(), window(&board, &config).await);
    let (run, report) = window.diagnosed(&target, true).await;
    assert!(report.contains("[interrupt-swallowed]"), "{report}");
    let (rescued, ()) = tokio::join!(apply(&window, run, "rescue"), async {
        // The person presses the button when Ctrl-C is on its way.
        let so_far = board.stats().to_board;
        in_time(board.until(|stats| stats.to_board > so_far + 20)).await;
        board.reset().unwrap();
    });
    rescued.unwrap();
    let (run, report) = window.diagnosed(&target, false).await;
    assert!(
        report.contains("main.py.off") && report.contains("line 7") && report.contains("except:"),
        "{report}"
    );
    assert!(report.contains("All well"), "{report}");
    assert!(board.read_file("main.py").unwrap().is_none());
    apply(&window, run, "undo-rescue").await.unwrap();
    assert_eq!(board.read_file("main.py").unwrap().as_deref(), Some(PROGRAM.as_bytes()));
    window.app.shut_down().await;
}

#[tokio::test]
async fn without_a_board_at_usb_a_remedy_says_what_to_do() {
    let config = tempfile::tempdir().unwrap();
    let window = Window::open(config.path(), &Arc::new(Keys::default())).await;
    let (run, _) = window.diagnosed("ws://127.0.0.1:1", false).await;
    assert_eq!(apply(&window, run, "free-webrepl-over-usb").await.unwrap_err().code, "not-connected");
    let scanned = window.app.wifi_scan(DoctorRef { run }).await;
    assert_eq!(scanned.unwrap_err().code, "not-connected");
    window.app.shut_down().await;
}
