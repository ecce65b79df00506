//! What is done to a board over USB: WebREPL set up, and a board caught that does not let itself be stopped. The scripts run on a
//! real interpreter; the module `network`, which the unix port lacks, is a file on its flash.

use std::time::Duration;

use boardwalk_device::{Attach, Session, SessionOptions, State};
use boardwalk_doctor::{Chosen, Culprit, rescue, scan_wifi, set_up_webrepl, undo_rescue};
use boardwalk_tests::{Board, WebRepl};
use boardwalk_transport::{PortSource, Secret, SerialDial, SerialOptions};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// Only used up when a test fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

const NETWORK: &str = "
STA_IF = 0
STAT_WRONG_PASSWORD = 202
_state = [False, None]

class WLAN:
    def __init__(self, interface):
        pass
    def active(self, value=None):
        if value is None:
            return _state[0]
        _state[0] = value
    def scan(self):
        assert _state[0]
        return [(b'Garden', b'', 1, -80, 0, False), (b'it\\'s home', b'', 6, -40, 3, False), (b'it\\'s home', b'', 11, -60, 3, False)]
    def connect(self, name, password):
        _state[1] = (name, password)
    def disconnect(self):
        _state[1] = None
    def isconnected(self):
        return _state[1] == (\"it's home\", 'long enough')
    def status(self):
        return STAT_WRONG_PASSWORD
    def ifconfig(self):
        return ('127.0.0.1', '255.0.0.0', '127.0.0.1', '127.0.0.1')
";

pub(crate) async fn attached(board: &Board) -> Session {
    let target = board.target().parse().unwrap();
    let dial = SerialDial::new(target, PortSource::none(), SerialOptions::default());
    let options = SessionOptions { attach: Attach::Gently, reconnect: false };
    let (session, mut terminal) = Session::open(dial, options).await.unwrap();
    tokio::spawn(async move { while terminal.next().await.is_some() {} });
    timeout(PATIENCE, session.wait_for(|state| !matches!(state, State::Connecting(_)))).await.unwrap();
    session
}

fn chosen(wifi_password: &str, password: &str) -> Chosen {
    Chosen {
        wifi: "it's home".to_owned(),
        wifi_password: Secret::new(wifi_password.to_owned()),
        password: Secret::new(password.to_owned()),
    }
}

pub(crate) fn token() -> CancellationToken {
    CancellationToken::new()
}

#[tokio::test]
async fn webrepl_is_set_up_and_what_was_there_is_kept() {
    let board = Board::unix()
        .webrepl(WebRepl::new().started_by_program())
        .file("network.py", NETWORK)
        .file("boot.py", "print('mine')\n")
        .file("webrepl_cfg.py", "PASS = 'older'\n")
        .start()
        .unwrap();
    let session = attached(&board).await;
    let found = scan_wifi(&session, token()).await.unwrap();
    let names: Vec<_> = found.iter().map(|wifi| (wifi.name.as_str(), wifi.rssi, wifi.open)).collect();
    assert_eq!(names, [("it's home", -40, false), ("Garden", -80, true)]);

    let done = set_up_webrepl(&session, &chosen("long enough", "secret"), token()).await.unwrap();
    assert_eq!(done.address.to_string(), "127.0.0.1");
    assert_eq!(done.kept, ["webrepl_cfg.py.bak", "boot.py.bak"]);
    // It listens now, with the new password.
    let login = std::net::TcpStream::connect(("127.0.0.1", board.webrepl().port()));
    assert!(login.is_ok(), "{login:?}");
    drop(login);

    // Once more with another password: the copies of the first time stay, and the lines stand there once.
    let done = set_up_webrepl(&session, &chosen("long enough", "other"), token()).await.unwrap();
    assert_eq!(done.kept, ["webrepl_cfg.py.bak-2"], "boot.py says the same");
    session.close().await;
    let files = board.files().unwrap();
    let file = |name: &str| String::from_utf8_lossy(&files[name]).into_owned();
    assert_eq!(file("webrepl_cfg.py"), "PASS = 'other'\n");
    assert_eq!(
        (file("webrepl_cfg.py.bak"), file("webrepl_cfg.py.bak-2")),
        ("PASS = 'older'\n".into(), "PASS = 'secret'\n".into())
    );
    assert_eq!(file("boot.py.bak"), "print('mine')\n");
    assert!(
        file("boot.py").starts_with("print('mine')\n")
            && file("boot.py").matches("webrepl.start()").count() == 1
    );
    assert_eq!(files.keys().filter(|name| name.contains('~')).count(), 0, "{:?}", files.keys());
}

#[tokio::test]
async fn a_wrong_password_of_the_wifi_changes_nothing() {
    let board = Board::unix()
        .webrepl(WebRepl::new().started_by_program())
        .file("network.py", NETWORK)
        .file("boot.py", "print('mine')\n")
        .start()
        .unwrap();
    let before = board.files().unwrap();
    let session = attached(&board).await;
    let short = set_up_webrepl(&session, &chosen("long enough", "abc"), token()).await.unwrap_err();
    assert_eq!(short.code(), "password-impossible");
    let refused = set_up_webrepl(&session, &chosen("wrong", "secret"), token()).await.unwrap_err();
    assert_eq!(refused.code(), "wifi-not-connected");
    assert!(refused.to_string().contains("WRONG_PASSWORD") && !format!("{refused:?}").contains("secret"));
    session.close().await;
    assert_eq!(board.files().unwrap(), before);
}

#[tokio::test]
async fn without_wifi_it_says_so() {
    let board = Board::unix().start().unwrap();
    let session = attached(&board).await;
    let error = scan_wifi(&session, token()).await.unwrap_err();
    assert_eq!(
        (error.code(), error.to_string().contains("network")),
        ("webrepl-not-in-firmware", true),
        "{error}"
    );
    session.close().await;
}

#[tokio::test]
async fn a_board_that_swallows_ctrl_c_is_caught_while_it_starts() {
    // As on a board, the program takes a moment before its loop: imports from flash, Wi-Fi.
    const PROGRAM: &str = "import time
time.sleep(0.5)
def run(depth):
    while True:
        try:
            run(depth - 1) if depth else time.sleep(0.05)
        except:
            pass
print('.')
run(12)
";
    let board = Board::unix().file("main.py", PROGRAM).file("main.py.off", "# mine\n").start().unwrap();
    timeout(PATIENCE, board.until(|stats| stats.from_board + stats.unheard > 0)).await.unwrap();
    let session = attached(&board).await;
    let (rescued, ()) = tokio::join!(timeout(PATIENCE, rescue(&session, token())), async {
        // The person presses the button when Ctrl-C is on its way.
        let so_far = board.stats().to_board;
        board.until(|stats| stats.to_board > so_far + 20).await;
        board.reset().unwrap();
    });
    let rescued = rescued.unwrap().unwrap();
    assert_eq!(rescued.culprit, Some(Culprit { line: 7, text: "except:".to_owned() }));
    assert_eq!(rescued.renamed.as_deref(), Some("main.py.off-2"));
    timeout(PATIENCE, session.wait_for(|state| *state == State::Ready)).await.unwrap();
    undo_rescue(&session, &rescued, token()).await.unwrap();
    session.close().await;
    let files = board.files().unwrap();
    assert_eq!(
        (files["main.py"].as_slice(), files["main.py.off"].as_slice()),
        (PROGRAM.as_bytes(), &b"# mine\n"[..])
    );
}
