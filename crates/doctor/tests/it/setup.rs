//! WebREPL set up on boards that are not as one would like them.

use boardwalk_doctor::{Chosen, SetUp, SetUpError, scan_wifi, set_up_webrepl};
use boardwalk_tests::{Board, Builder, Direction, WebRepl};
use boardwalk_transport::Secret;
use tokio::time::timeout;

use crate::cable::{PATIENCE, attached, token};

/// A Wi-Fi that takes everybody and notes in a file who came; one that is called `nowhere` is not there.
const NETWORK: &str = "
STAT_NO_AP_FOUND = -2
_state = [False, None, 0]

class WLAN:
    IF_STA = 0
    def __init__(self, interface):
        pass
    def active(self, value=None):
        if value is None:
            return _state[0]
        _state[0] = value
    def scan(self):
        _state[2] += 1
        if _state[2] == 1:
            raise OSError('Wifi Internal State Error')
        return [(b'', b'', 1, -30, 3, True), (b'\\xe5\\xae\\xb6', b'', 1, -80, 3, False)]
    def connect(self, name, *password):
        _state[1] = name
        with open('joined', 'w') as f:
            f.write(repr((name, password)))
    def disconnect(self):
        _state[1] = None
    def isconnected(self):
        return _state[1] not in (None, 'nowhere')
    def status(self):
        return STAT_NO_AP_FOUND
    def ipconfig(self, what):
        return ('127.0.0.1', '255.0.0.0')
";
const BOOT: &str = "import sys\r\nprint('mine')";

fn board() -> Builder {
    Board::unix()
        .webrepl(WebRepl::new().started_by_program())
        .file("network.py", NETWORK)
        .file("boot.py", BOOT)
        .file("webrepl_cfg.py", "PASS = 'older'\n")
}

async fn set_up(board: &Board, wifi: &str, wifi_password: &str) -> Result<SetUp, SetUpError> {
    let session = attached(board).await;
    let chosen = Chosen {
        wifi: wifi.to_owned(),
        wifi_password: Secret::new(wifi_password.to_owned()),
        password: Secret::new("it's\\".to_owned()),
    };
    let done = timeout(PATIENCE, set_up_webrepl(&session, &chosen, token())).await.unwrap();
    session.close().await;
    done
}

fn text(board: &Board, name: &str) -> String {
    String::from_utf8(board.read_file(name).unwrap().unwrap_or_default()).unwrap()
}

#[tokio::test]
async fn names_and_passwords_arrive_as_they_are() {
    for (wifi, password, joined) in [
        (r#"it's "home" \ 1"#, r#"pass'word"\n"#, r#"('it\'s "home" \\ 1', ('pass\'word"\\n',))"#),
        (
            "家庭网络",
            "密码密码密码",
            r"('\u5bb6\u5ead\u7f51\u7edc', ('\u5bc6\u7801\u5bc6\u7801\u5bc6\u7801',))",
        ),
        (
            "exactly-32-bytes-of-a-name-----!",
            "12345678",
            "('exactly-32-bytes-of-a-name-----!', ('12345678',))",
        ),
        ("open", "", "('open', ())"),
    ] {
        let board = board().start().unwrap();
        set_up(&board, wifi, password).await.unwrap();
        assert_eq!(text(&board, "joined"), joined);
        assert_eq!(text(&board, "webrepl_cfg.py"), "PASS = 'it\\'s\\\\'\n");
        assert!(
            text(&board, "boot.py").starts_with(&format!("{BOOT}\n# Wi-Fi")),
            "{}",
            text(&board, "boot.py")
        );
        // The board itself says the same when it starts.
        board.power_off();
        board.write_file("joined", b"").unwrap();
        board.power_on().unwrap();
        timeout(PATIENCE, board.until(|stats| stats.boots > 1 && stats.at_prompt)).await.unwrap();
        assert_eq!(text(&board, "joined"), joined);
    }
}

#[tokio::test]
async fn what_cannot_work_changes_nothing() {
    let board = board().start().unwrap();
    let too_long = "x".repeat(33);
    for wifi in ["", &too_long, "nowhere"] {
        let error = set_up(&board, wifi, "topsecret").await.unwrap_err();
        assert_eq!(error.code(), "wifi-not-connected", "{error}");
        let told = format!("{error} {error:?} {}", error.help());
        assert!(!told.contains("topsecret"), "{told}");
    }
    assert_eq!(
        (text(&board, "boot.py"), text(&board, "webrepl_cfg.py")),
        (BOOT.into(), "PASS = 'older'\n".into())
    );
}

#[tokio::test]
async fn a_board_that_tries_to_join_in_vain_still_scans() {
    let board = board().start().unwrap();
    let session = attached(&board).await;
    let found = scan_wifi(&session, token()).await.unwrap();
    session.close().await;
    assert_eq!(
        found.iter().map(|wifi| wifi.name.as_str()).collect::<Vec<_>>(),
        ["家"],
        "a hidden one has no name"
    );
}

#[tokio::test]
async fn the_cable_is_pulled_at_any_step() {
    let whole = board().start().unwrap();
    set_up(&whole, "home", "12345678").await.unwrap();
    let (all, boot) = (whole.stats().to_board, text(&whole, "boot.py"));
    drop(whole);
    for part in 1..8 {
        let board = board().cut_takes_power().start().unwrap();
        board.cut_after(Direction::ToBoard, all * part / 8);
        let failed = set_up(&board, "home", "12345678").await;
        assert!(failed.is_err(), "part {part}");
        board.plug().unwrap();
        timeout(PATIENCE, board.until(|stats| stats.boots > 1 && stats.at_prompt)).await.unwrap();
        let now = text(&board, "boot.py");
        assert!(now == BOOT || now == boot, "part {part}: {now}");
        let config = text(&board, "webrepl_cfg.py");
        assert!(["PASS = 'older'\n", "PASS = 'it\\'s\\\\'\n"].contains(&&*config), "part {part}: {config}");
        // What was there is there still, or beside it.
        assert!(now == BOOT || text(&board, "boot.py.bak") == BOOT, "part {part}");
        let again = set_up(&board, "home", "12345678").await;
        assert!(again.is_ok(), "part {part}: {again:?}");
        assert_eq!(text(&board, "boot.py"), boot, "part {part}");
    }
}

/// Of 64 kB.
const FILLER: usize = 48 * 1024;

#[tokio::test]
async fn a_flash_without_room_keeps_what_it_has() {
    let board = board().flash_kb(64).file("filler", vec![b'x'; FILLER]).start().unwrap();
    let before = (text(&board, "boot.py"), text(&board, "webrepl_cfg.py"));
    let error = set_up(&board, "home", "12345678").await.unwrap_err();
    assert_eq!(error.code(), "disk-full", "{error:?}");
    assert_eq!((text(&board, "boot.py"), text(&board, "webrepl_cfg.py")), before);
}

#[tokio::test]
async fn a_boot_py_that_does_not_compile_is_told() {
    let board = board().file("boot.py", "print('mine'\n").start().unwrap();
    let error = set_up(&board, "home", "12345678").await.unwrap_err();
    assert!(error.to_string().contains("does not compile"), "{error:?}");
    assert_eq!(text(&board, "boot.py.bak"), "print('mine'\n");
}
