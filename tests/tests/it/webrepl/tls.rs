//! `wss://`: which certificates are believed, and what the X-ray sees of it.

use boardwalk_tests::{Script, ScriptedServer, TlsFront, WebRepl};
use serde_json::Value;

use crate::{
    board::{PASSWORD, air, is_left_well, noise},
    child::{Program, boardwalk, on},
};

fn trusting(program: Program, fingerprint: &str) -> Program {
    program.arg("--trust").arg(fingerprint)
}

#[tokio::test]
async fn a_board_behind_tls_is_used_by_its_fingerprint() {
    let board = air(WebRepl::new().tls());
    let fingerprint = board.webrepl().tls().unwrap().fingerprint();
    let folder = tempfile::tempdir().unwrap();
    let local = folder.path().join("local.bin");
    std::fs::write(&local, noise(20_000)).unwrap();
    for words in [&["exec", "print('温度')"][..], &["put", local.to_str().unwrap(), "/a.bin"], &["ls"]] {
        trusting(on(&board, words), &fingerprint).ok().await;
    }
    let read = trusting(on(&board, &["cat", "a.bin"]), &fingerprint).ok().await;
    assert!(read == noise(20_000), "the bytes differ");
    is_left_well(&board).await;
}

#[tokio::test]
async fn an_unknown_certificate_is_refused_and_shown() {
    let board = air(WebRepl::new().tls());
    let fingerprint = board.webrepl().tls().unwrap().fingerprint();
    for program in [on(&board, &["exec", "print(1)"]), trusting(on(&board, &["ls"]), &"ab".repeat(32))] {
        let error = program.fails("tls-mismatch").await;
        let shown = error["detail"].as_str().unwrap().to_lowercase().replace(':', "");
        assert!(shown.contains(&fingerprint), "{error}");
    }
    assert_eq!(board.webrepl().stats().logins, 0);
}

#[tokio::test]
async fn plain_and_encrypted_are_told_apart() {
    let board = air(WebRepl::new().tls());
    let tls = board.webrepl().tls().unwrap().port();
    let plain = board.webrepl().port();
    let work = async |url: String| {
        boardwalk(["ls", &url]).env("BOARDWALK_PASSWORD", PASSWORD).fails("tls-mismatch").await;
    };
    let look = async |url: String| {
        let document = xray(boardwalk(["handshake", &url, "--json"])).await;
        assert_eq!(document["verdict"]["code"], "tls-mismatch", "{document}");
    };
    // A board waits for the end of a line that TLS does not send, so that only the deadline tells; one client at a time.
    let (plain, tls) = (format!("wss://127.0.0.1:{plain}"), format!("ws://127.0.0.1:{tls}"));
    let other = ScriptedServer::start(Script::silent()).unwrap();
    let silent = format!("wss://127.0.0.1:{}", other.port());
    tokio::join!(work(plain), look(silent), work(tls.clone()), look(tls));
    is_left_well(&board).await;
}

#[tokio::test]
async fn the_x_ray_sees_the_reply_under_tls() {
    let board = air(WebRepl::new().tls());
    let fingerprint = board.webrepl().tls().unwrap().fingerprint();
    let document = xray(trusting(boardwalk(["handshake", &board.target(), "--json"]), &fingerprint)).await;
    assert_eq!(document["verdict"]["code"], "ok", "{document}");
    let events = document["paths"][0]["events"].as_array().unwrap();
    let seen: Vec<_> =
        events.iter().map(|e| (e["what"].as_str().unwrap(), e["dir"].as_str().unwrap())).collect();
    for wanted in
        [("tls", "sent"), ("tls", "received"), ("http", "sent"), ("http", "received"), ("ws", "received")]
    {
        assert!(seen.contains(&wanted), "{wanted:?} in {seen:?}");
    }
    is_left_well(&board).await;
    // Not trusted: the bytes of TLS are there, no request is.
    let document = xray(boardwalk(["handshake", &board.target(), "--json"])).await;
    assert_eq!(document["verdict"]["code"], "tls-mismatch", "{document}");
    let events = document["paths"][0]["events"].as_array().unwrap();
    assert!(
        events.iter().any(|e| e["what"] == "tls") && events.iter().all(|e| e["what"] != "http"),
        "{document}"
    );
}

#[tokio::test]
async fn the_x_ray_names_what_is_wrong_under_tls() {
    for (script, code) in [
        (Script::page("404 Not Found", "", "none"), "not-webrepl"),
        (Script::wrong_accept(), "accept-mismatch"),
        (Script::redirect("302 Found", "http://login.example/"), "redirected"),
        (Script::endless_headers(), "not-webrepl"),
        (Script::closes(), "closed-before-reply"),
    ] {
        let server = ScriptedServer::start(script).unwrap();
        let front = TlsFront::start(server.port()).unwrap();
        let program = boardwalk(["handshake", &front.url(), "--json"]);
        let document = xray(trusting(program, &front.fingerprint())).await;
        assert_eq!(document["verdict"]["code"], code, "{document}");
    }
}

async fn xray(program: Program) -> Value {
    serde_json::from_slice(&program.run().await.out).unwrap()
}
