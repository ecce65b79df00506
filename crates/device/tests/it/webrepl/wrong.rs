//! Boards that answer file records wrongly, or not at all: a typed error within the deadline.

use std::time::Duration;

use boardwalk_device::{Attach, Consent, DeviceError, Progress, Session, SessionOptions};
use boardwalk_tests::{Script, ScriptedServer};

use super::{dial_to, noise};
use crate::desk::{no_cancel, soon, write};

const TEXT: u8 = 0x81;
const BINARY: u8 = 0x82;
const HEADER: usize = 82;
const WB: &[u8] = b"WB\0\0";

/// A board in its raw REPL that knows records.
fn board() -> Script {
    answers(begins().read_payload(HEADER).frame(BINARY, &[1, 29, 0]), WHAT)
}

/// Already in the raw REPL, and saying so before it is asked to be, in one write with the end of the login: a question that
/// had to wait would be asked again.
fn begins() -> Script {
    let (greeting, banner) = (b"\r\nWebREPL connected\r\n>>> ", b"raw REPL; CTRL-B to exit\r\n>");
    let mut both = Vec::new();
    for text in [&greeting[..], banner] {
        both.extend([TEXT, u8::try_from(text.len()).unwrap()]);
        both.extend(text);
    }
    let login = Script::new().upgrade().frame(TEXT, b"Password: ").read_frames_until(b'\r').send(both);
    // Ctrl-C, Ctrl-A.
    login.read_frames_until(0x01)
}

const WHAT: &str = "['micropython', [1, 29, 0], 'esp32']\r\nplayed\r\n\
    ['stat', 'statvfs', 'rename', 'mkdir', 'ilistdir']\r\n['hashlib', 'binascii']\r\n['>>> ', '... ']\r\n100000\r\n['/']\r\n";

/// Takes a script by raw-paste, with a window that all of it fits into, and answers it.
fn answers(script: Script, answer: &str) -> Script {
    let reply = format!("\x04{answer}\x04\x04>");
    script
        .read_frames_until(0x01)
        .frame(TEXT, b"R\x01\xff\x7f\x01")
        .read_frames_until(0x04)
        .frame(TEXT, reply.as_bytes())
}

/// A board that lets a PUT begin.
fn put() -> Script {
    answers(board(), "[100000000, 1]\r\n").read_payload(HEADER)
}

/// A board that lets a GET of so many bytes begin.
fn get(size: usize) -> Script {
    answers(board(), &format!("[{size}, b'{}']\r\n", "x".repeat(32))).read_payload(HEADER)
}

async fn session(script: Script) -> (ScriptedServer, Session) {
    let server = ScriptedServer::start(script).unwrap();
    let options = SessionOptions { attach: Attach::ForWork, reconnect: false };
    let (session, _terminal) = Session::open(dial_to(&server.url()), options).await.unwrap();
    (server, session)
}

async fn putting(script: Script, size: usize) -> DeviceError {
    let (_server, session) = session(script).await;
    let error = write(&session, "/a.bin", &noise(size)).await.unwrap_err();
    soon(session.close()).await;
    error
}

async fn getting(script: Script) -> Result<Vec<u8>, DeviceError> {
    let (_server, session) = session(script).await;
    let read = session.read("/a.bin", Progress::none(), Consent::LeaveRunning, no_cancel());
    let result = soon(read).await;
    soon(session.close()).await;
    result
}

fn chunk(bytes: &[u8]) -> Vec<u8> {
    [&u16::try_from(bytes.len()).unwrap().to_le_bytes(), bytes].concat()
}

#[tokio::test]
async fn wrong_answers_to_a_put() {
    let cases: [(&[u8], _); 4] = [
        (b"WA\0\0", "record-out-of-step"),
        (b"WB\x02\0", "record-refused"),
        (b"\x02\0ab", "record-out-of-step"),
        (b"WB\0\0WB\0\0extra", "record-out-of-step"),
    ];
    for (answer, code) in cases {
        let error = putting(put().frame(BINARY, answer).hold(), 100).await;
        assert_eq!(error.code(), code, "{answer:?}: {error}");
        assert!(!error.help().is_empty());
    }
}

/// The line is ended in the middle of work, and the session closed before it is open again: the board still is in the raw REPL, so
/// it is met once more and left at its prompt.
#[tokio::test]
async fn a_board_that_was_hung_up_on_is_not_left_in_the_raw_repl() {
    let (server, session) = session(put().frame(BINARY, b"WA\0\0").hold()).await;
    let error = write(&session, "/a.bin", &noise(100)).await.unwrap_err();
    assert_eq!(error.code(), "record-out-of-step", "{error}");
    soon(session.close()).await;
    assert!(server.connections() >= 2, "{}", server.connections());
}

/// A board that has taken a file before all of it was sent.
#[tokio::test]
async fn an_end_that_comes_early() {
    // Nobody reads the file, so it is never through.
    let script = put().frame(BINARY, b"WB\0\0WB\0\0").wait(Duration::from_secs(60));
    let error = putting(script, 16 << 20).await;
    assert_eq!(error.code(), "record-out-of-step", "{error}");
}

#[tokio::test]
async fn wrong_answers_to_a_get() {
    let longest = vec![b'x'; 257];
    let cases = [
        ("data before the file is open", chunk(b"12345"), "record-out-of-step"),
        ("a wrong signature", b"XB\0\0".to_vec(), "record-out-of-step"),
        ("refused", b"WB\x01\0".to_vec(), "record-refused"),
        ("a file that is longer", [WB, &chunk(b"123456")].concat(), "changed-while-read"),
        ("a file that is shorter", [WB, &chunk(b"1234"), b"\0\0", WB].concat(), "changed-while-read"),
        ("no end but more", [WB, &chunk(b"12345"), &chunk(b"6")].concat(), "changed-while-read"),
        ("a chunk above the limit", [WB, &chunk(&longest)].concat(), "record-out-of-step"),
        ("an end without its answer", [WB, &chunk(b"12345"), b"\0\0", b"no"].concat(), "record-out-of-step"),
        ("another file's bytes", [WB, &chunk(b"12345"), b"\0\0", WB].concat(), "read-damaged"),
    ];
    for (what, answer, code) in cases {
        let error = getting(get(5).frame(BINARY, &answer).hold()).await.unwrap_err();
        assert_eq!(error.code(), code, "{what}: {error}");
    }
}

/// The answers come in frames of one byte, and a text frame stands between any two of them.
#[tokio::test]
async fn answers_in_pieces_with_text_in_between() {
    use sha2::Digest as _;
    let hash: String = sha2::Sha256::digest(b"12345").iter().map(|b| format!("\\x{b:02x}")).collect();
    let mut script = answers(board(), &format!("[5, b'{hash}']\r\n")).read_payload(HEADER);
    for byte in [WB, &chunk(b"12345"), b"\0\0", WB].concat() {
        script = script.frame(BINARY, &[byte]).frame(TEXT, b"WB");
    }
    assert_eq!(getting(script.hold()).await.unwrap(), b"12345");
}

#[tokio::test]
async fn a_board_that_goes_silent() {
    let (first, second, third) =
        tokio::join!(putting(put().hold(), 100), putting(put().frame(BINARY, WB).hold(), 100), async {
            getting(get(5000).frame(BINARY, &[WB, &chunk(b"1")].concat()).hold()).await.unwrap_err()
        },);
    for error in [first, second, third] {
        assert_eq!(error.code(), "timeout", "{error}");
    }
}

/// Neither records nor text without end fill the memory or keep the deadline from passing.
#[tokio::test]
async fn floods() {
    let frame = [&[BINARY, 126, 4, 0][..], &[b'x'; 1024]].concat();
    let records = getting(get(5).flood(frame, 1 << 20)).await.unwrap_err();
    assert_eq!(records.code(), "record-out-of-step", "{records}");
    let text = [&[TEXT, 126, 4, 0][..], &[b'x'; 1024]].concat();
    let error = getting(get(5).flood(text.clone(), 1 << 24)).await.unwrap_err();
    assert_eq!(error.code(), "timeout", "{error}");
}

/// A WebREPL that is not MicroPython's own: its files go through the REPL.
#[tokio::test]
async fn a_board_that_does_not_answer_the_version() {
    for answer in [&b""[..], b"\x01", b"WB\0\0"] {
        let mut script = begins().read_payload(HEADER);
        if !answer.is_empty() {
            script = script.frame(BINARY, answer);
        }
        let script = answers(answers(script, WHAT), "[32768, 5]\r\n");
        let script = answers(script, "MTIzNDU=\r\n[5, None]\r\n").hold();
        assert_eq!(getting(script).await.unwrap(), b"12345", "{answer:?}");
    }
}
