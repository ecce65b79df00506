//! Servers that are wrong in every way that was thought of, from the command line: a typed error, soon, in little memory.

use std::time::Duration;

use boardwalk_tests::{Script, ScriptedServer};
use futures::future::join_all;

use crate::{
    board::PASSWORD,
    child::{Done, boardwalk},
};

/// What a wrong server may cost, in kB; the program itself takes about 20 MB.
const MEMORY_MOST: u64 = 64 << 10;
/// Every wait of the handshake and of the login is 5 s; the rest is a loaded machine.
const SOON: Duration = Duration::from_secs(12);

/// What a subcommand makes of such a server.
async fn meets(script: Script, words: &[&str]) -> Done {
    let server = ScriptedServer::start(script).unwrap();
    let url = server.url();
    let (subcommand, rest) = words.split_first().unwrap();
    let words = [&[*subcommand, &url][..], rest, &["--json"]].concat();
    let folder = tempfile::tempdir().unwrap();
    let running = boardwalk(words).env("BOARDWALK_PASSWORD", PASSWORD).folder(folder.path()).start();
    let (done, memory) = running.finish_measured().await;
    assert!(memory < MEMORY_MOST, "{memory} kB: {}", String::from_utf8_lossy(&done.out));
    assert!(done.took < SOON, "{:?}: {}", done.took, String::from_utf8_lossy(&done.out));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left here");
    done
}

/// `exec`, `get` and the X-ray all say so.
async fn is_told(script: Script, code: &str) {
    let work = [&["exec", "print(1)"][..], &["get", "a.txt"]];
    let told = join_all(work.iter().map(|words| meets(script.clone(), words)));
    let (told, seen) = tokio::join!(told, meets(script.clone(), &["handshake"]));
    for done in told {
        done.failed(code);
    }
    let document: serde_json::Value = serde_json::from_slice(&seen.out).unwrap();
    assert_eq!((seen.code(), &document["verdict"]["code"]), (1, &code.into()), "{document}");
}

#[tokio::test]
async fn floods_before_the_session() {
    for (script, code) in [
        (Script::endless_headers(), "not-webrepl"),
        (Script::endless_header_line(), "not-webrepl"),
        (Script::endless_body(), "captive-portal"),
    ] {
        is_told(script, code).await;
    }
}

#[tokio::test]
async fn replies_that_are_wrong() {
    for (script, code) in [
        (Script::header_without_colon(), "not-http"),
        (Script::http_0_9(), "not-http"),
        (Script::ssh(), "not-http"),
        (Script::tls_alert(), "tls-mismatch"),
        (Script::missing_accept(), "accept-missing"),
        (Script::wrong_accept(), "accept-mismatch"),
        (Script::unasked_extension(), "not-webrepl"),
        (Script::redirect("301 Moved Permanently", "https://board/"), "redirected-to-tls"),
        (Script::captive_portal("511 Network Authentication Required"), "captive-portal"),
        (Script::board_page(""), "board-served-page"),
        (Script::closes(), "closed-before-reply"),
        (Script::resets(), "closed-before-reply"),
        (Script::masked_frame(), "not-webrepl"),
        (Script::other_websocket(), "not-webrepl"),
        (Script::new().upgrade(), "busy-other-client"),
    ] {
        is_told(script, code).await;
    }
}

#[tokio::test]
async fn servers_that_say_too_little() {
    let slow = Duration::from_secs(1);
    let lonely = Script::new().upgrade().frame(0x81, b"Pass").hold();
    tokio::join!(
        is_told(Script::silent(), "silent-after-request"),
        is_told(Script::slow(slow), "not-webrepl"),
        is_told(Script::continues(), "no-password-prompt"),
        is_told(lonely, "no-password-prompt"),
    );
}

/// Behind a login that worked.
async fn breaks_off(script: Script, code: &str) {
    let work = [&["exec", "print(1)"][..], &["get", "a.txt"], &["put", "/etc/hostname", "a.txt"]];
    for done in join_all(work.iter().map(|words| meets(script.clone(), words))).await {
        done.failed(code);
    }
}

#[tokio::test]
async fn sessions_that_go_wrong() {
    let floods = Script::new().log_in().flood(b"\x81\x05flood".repeat(1000), 1_000_000);
    let binary = Script::new().log_in().flood(b"\x82\x05flood".repeat(1000), 1_000_000);
    let never = Script::new().upgrade().frame(0x81, b"Password: ").read_frames_until(b'\r').hold();
    tokio::join!(
        breaks_off(Script::huge_frame(), "not-webrepl"),
        breaks_off(Script::endless_fragments(), "not-webrepl"),
        breaks_off(Script::new().log_in().send(*b"\x81\x84\0\0\0\0>>> ").hold(), "not-webrepl"),
        breaks_off(Script::new().log_in().send(*b"\xc1\x04>>> ").hold(), "not-webrepl"),
        breaks_off(Script::new().log_in().frame(0x88, b"").hold(), "lost"),
        breaks_off(Script::new().log_in(), "lost"),
        breaks_off(Script::new().log_in().reset(), "lost"),
        breaks_off(Script::new().log_in().hold(), "no-response"),
        breaks_off(floods, "interrupt-swallowed"),
        breaks_off(binary, "no-response"),
        breaks_off(never, "proxy-half-relay"),
    );
}
