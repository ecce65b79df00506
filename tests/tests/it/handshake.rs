//! `boardwalk handshake` against servers that answer by a script: each wrong way has its own code.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use futures::future::join_all;
use serde_json::Value;
use sha1::{Digest as _, Sha1};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use crate::child::{Done, boardwalk};

/// A board's own reply; `ACCEPT` stands for the right answer to the key.
const BOARD: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Accept: ACCEPT\r\n\r\n";
/// A board's page, as firmware from 1.20 on sends it.
const PAGE: &str = "HTTP/1.0 200 OK\r\n\r\n<base href=\"https://micropython.org/webrepl/\"></base>\r\n\
    <script src=\"webrepl_content.js\"></script>\r\n";
const PROMPT: &[u8] = b"\x81\x0aPassword: ";
/// For servers that say too little: long enough for a loaded machine to read what they do say.
const SHORT: &str = "3";
/// For all others: only a failing test waits so long.
const LONG: &str = "15";

/// What a server does once it has answered.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Then {
    Close,
    Reset,
    /// Waits until the client has gone.
    Hold,
}

/// What a server saw.
struct Seen {
    request: Vec<u8>,
    /// The reply that it sent, `ACCEPT` filled in.
    sent: Vec<u8>,
    after: Vec<u8>,
}

/// Answers one client.
async fn serve(reply: Vec<u8>, then: Then) -> (u16, JoinHandle<Seen>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = tokio::spawn(async move {
        let mut client = listener.accept().await.unwrap().0;
        let request = read_request(&mut client).await;
        let sent = fill_in(&reply, &request);
        client.write_all(&sent).await.unwrap();
        let mut after = Vec::new();
        match then {
            Then::Reset => client.set_zero_linger().unwrap(),
            Then::Close => {
                client.shutdown().await.unwrap();
                let _ = client.read_to_end(&mut after).await;
            }
            Then::Hold => {
                let _ = client.read_to_end(&mut after).await;
            }
        }
        Seen { request, sent, after }
    });
    (port, server)
}

async fn read_request(client: &mut TcpStream) -> Vec<u8> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        assert!(client.read_buf(&mut request).await.unwrap() > 0, "no whole request: {request:?}");
    }
    request
}

/// RFC 6455 1.3, once more.
fn fill_in(reply: &[u8], request: &[u8]) -> Vec<u8> {
    let Some(at) = reply.windows(6).position(|window| window == b"ACCEPT") else { return reply.to_vec() };
    let request = String::from_utf8(request.to_vec()).unwrap();
    let key = request.lines().find_map(|line| line.strip_prefix("Sec-WebSocket-Key: ")).unwrap();
    let accept = Sha1::digest(format!("{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
    [&reply[..at], STANDARD.encode(accept).as_bytes(), &reply[at + 6..]].concat()
}

fn document(done: &Done) -> Value {
    serde_json::from_slice(&done.out).unwrap_or_else(|e| panic!("{e}: {:?} {:?}", done.out, done.err_text()))
}

/// Looks at such a server: the code, the document, what the server saw.
async fn look(reply: &[u8], then: Then, limit: &str) -> (String, Value, Seen) {
    let (port, server) = serve(reply.to_vec(), then).await;
    let url = format!("ws://127.0.0.1:{port}");
    let done = boardwalk(["handshake", &url, "--json", "--timeout", limit]).run().await;
    let seen = server.await.unwrap();
    let document = document(&done);
    let code = document["verdict"]["code"].as_str().unwrap().to_owned();
    assert_eq!(done.code(), i32::from(code != "ok"), "{document}");
    check_document(&document, &url, &seen);
    (code, document, seen)
}

/// What holds for every X-ray.
fn check_document(document: &Value, url: &str, seen: &Seen) {
    assert_eq!(document["url"], url);
    assert_eq!(document["echoes"], serde_json::json!([]));
    let path = &document["paths"][0];
    assert_eq!((&path["path"], &path["proxy"]), (&"direct".into(), &Value::Null));
    assert_eq!(path["verdict"], document["verdict"]);
    assert!(!document["verdict"]["message"].as_str().unwrap().is_empty());
    let ok = document["verdict"]["code"] == "ok";
    assert_eq!(document["verdict"]["help"].as_str().unwrap().is_empty(), ok);
    let times: Vec<_> = events(document).iter().map(|event| event["ms"].as_f64().unwrap()).collect();
    assert!(times.is_sorted(), "{times:?}");
    assert_eq!(bytes(document, "sent", &["http"]), seen.request, "every byte of the request is there");
    let received = bytes(document, "received", &["http", "ws"]);
    assert!(seen.sent.starts_with(&received) || received.starts_with(&seen.sent), "{received:?}");
}

fn events(document: &Value) -> &Vec<Value> {
    document["paths"][0]["events"].as_array().unwrap()
}

fn bytes(document: &Value, dir: &str, what: &[&str]) -> Vec<u8> {
    let ours = |event: &&Value| event["dir"] == dir && what.contains(&event["what"].as_str().unwrap());
    let decode = |event: &Value| STANDARD.decode(event["bytes"].as_str().unwrap()).unwrap();
    events(document).iter().filter(ours).flat_map(decode).collect()
}

/// All at the same time: most of it is waiting.
async fn each(cases: &[(&str, &[u8], Then)]) {
    let one = async |&(code, reply, then): &(&str, &[u8], Then)| {
        let unfinished = reply.starts_with(b"HTTP") && !reply.windows(4).any(|end| end == b"\r\n\r\n");
        let waits = ["silent-after-request", "no-password-prompt"].contains(&code) || unfinished;
        let (got, document, _) = look(reply, then, if waits { SHORT } else { LONG }).await;
        assert_eq!(got, code, "{:?} {then:?}: {document}", String::from_utf8_lossy(reply));
    };
    join_all(cases.iter().map(one)).await;
}

#[tokio::test]
async fn a_board_is_ok_and_is_left_free() {
    let reply = [BOARD.as_bytes(), PROMPT].concat();
    let (code, document, seen) = look(&reply, Then::Hold, LONG).await;
    assert_eq!(code, "ok", "{document}");
    let request = String::from_utf8(seen.request.clone()).unwrap();
    let key = request.lines().find_map(|line| line.strip_prefix("Sec-WebSocket-Key: ")).unwrap();
    let host = document["url"].as_str().unwrap().trim_start_matches("ws://");
    assert_eq!(
        request,
        format!(
            "GET / HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
        ),
        "nothing else, in this order and case"
    );
    assert_eq!(STANDARD.decode(key).unwrap().len(), 16);
    assert_eq!(bytes(&document, "received", &["ws"]), PROMPT, "the frame is told apart from the reply");
    assert_eq!(seen.after.len(), 6, "an empty close frame and nothing typed: {:?}", seen.after);
    assert_eq!(seen.after[..2], [0x88, 0x80]);
    assert_eq!(bytes(&document, "sent", &["ws"]), seen.after);
    let parsed = &document["paths"][0]["parsed"];
    assert_eq!(parsed["reply"]["status"], 101);
    assert_eq!(parsed["reply"]["headers"][0], serde_json::json!(["Upgrade", "websocket"]));
    assert_eq!(parsed["reply"]["headers"][2][1], parsed["expectedAccept"]);
    assert_eq!(parsed["firstFrame"], "text \"Password: \"");
    let first: Vec<_> =
        events(&document).iter().take(2).map(|event| (&event["what"], &event["dir"])).collect();
    assert_eq!(first, [(&"tcp".into(), &"sent".into()), (&"tcp".into(), &"received".into())]);
}

#[tokio::test]
async fn what_the_rfc_forgives_is_ok() {
    for head in [
        BOARD.replace("Connection: Upgrade", "connection: keep-alive, Upgrade"),
        BOARD.replace("Upgrade: websocket", "UPGRADE: WebSocket").replace("Sec-WebSocket", "sec-websocket"),
        BOARD.replace("Switching Protocols", "Web Socket Protocol Handshake"),
        format!("HTTP/1.1 100 Continue\r\n\r\n{BOARD}"),
    ] {
        let (code, document, _) = look(&[head.as_bytes(), PROMPT].concat(), Then::Hold, LONG).await;
        assert_eq!(code, "ok", "{head:?}: {document}");
    }
}

#[tokio::test]
async fn no_reply() {
    each(&[
        ("silent-after-request", b"", Then::Hold),
        ("closed-before-reply", b"", Then::Close),
        ("closed-before-reply", b"", Then::Reset),
        ("closed-before-reply", b"HTTP/1.1 101 Switch", Then::Close),
        ("not-webrepl", b"HTTP/1.1 101 Switch", Then::Hold),
    ])
    .await;
}

#[tokio::test]
async fn a_101_that_is_wrong() {
    let without = |line: &str| BOARD.replace(line, "").into_bytes();
    let with = |from: &str, to: &str| BOARD.replace(from, to).into_bytes();
    each(&[
        ("accept-missing", &without("Sec-WebSocket-Accept: ACCEPT\r\n"), Then::Hold),
        ("accept-mismatch", &with("ACCEPT", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), Then::Hold),
        ("upgrade-header-wrong", &without("Upgrade: websocket\r\n"), Then::Hold),
        ("upgrade-header-wrong", &with("Upgrade: websocket", "Upgrade: h2c"), Then::Hold),
        ("upgrade-header-wrong", &without("Connection: Upgrade\r\n"), Then::Hold),
        ("upgrade-header-wrong", &with("Connection: Upgrade", "Connection: close"), Then::Hold),
        (
            "not-webrepl",
            &with("\r\n\r\n", "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"),
            Then::Hold,
        ),
        ("not-webrepl", &with("\r\n\r\n", "\r\nSec-WebSocket-Protocol: chat\r\n\r\n"), Then::Hold),
        ("not-http", &with("Upgrade: websocket", "a line without a colon\r\nUpgrade: websocket"), Then::Hold),
    ])
    .await;
}

#[tokio::test]
async fn a_page_in_the_place_of_a_board() {
    let via = PAGE.replace("OK\r\n\r\n", "OK\r\nVia: 1.1 tinyproxy (tinyproxy/1.11.1)\r\n\r\n");
    each(&[
        ("board-served-page", PAGE.as_bytes(), Then::Close),
        ("handshake-stripped", via.as_bytes(), Then::Close),
        ("captive-portal", b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>Log in", Then::Close),
        ("captive-portal", b"HTTP/1.1 511 Network Authentication Required\r\n\r\n", Then::Close),
        ("redirected-to-tls", b"HTTP/1.1 301 Moved\r\nLocation: https://b/\r\n\r\n", Then::Hold),
        ("redirected-to-tls", b"HTTP/1.1 308 Moved\r\nLocation: wss://b/\r\n\r\n", Then::Hold),
        ("redirected", b"HTTP/1.1 302 Found\r\nLocation: http://login.example/\r\n\r\n", Then::Hold),
        ("not-webrepl", b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno", Then::Hold),
        ("not-webrepl", b"HTTP/1.1 426 Upgrade Required\r\n\r\n", Then::Close),
        ("not-webrepl", b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nhello", Then::Close),
        ("not-webrepl", b"HTTP/1.1 100 Continue\r\n\r\n", Then::Close),
        ("proxy-auth-required", b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", Then::Close),
        ("proxy-cannot-reach-board", b"HTTP/1.1 502 Bad Gateway\r\n\r\n", Then::Close),
    ])
    .await;
}

#[tokio::test]
async fn what_is_not_http() {
    each(&[
        ("not-http", b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", Then::Hold),
        ("not-http", b"<html><body>HTTP/0.9</body></html>", Then::Close),
        ("not-http", b"\0\x01\x02\x03", Then::Close),
        ("tls-mismatch", b"\x15\x03\x03\0\x02\x02\x46", Then::Close),
        (
            "tls-mismatch",
            b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n",
            Then::Close,
        ),
    ])
    .await;
}

#[tokio::test]
async fn after_the_101() {
    let then = |frames: &[u8]| [BOARD.as_bytes(), frames].concat();
    each(&[
        ("busy-other-client", &then(b""), Then::Close),
        ("no-password-prompt", &then(b""), Then::Hold),
        ("no-password-prompt", &then(b"\x81\x04Pass"), Then::Hold),
        ("not-webrepl", &then(b"\x81\x05hello"), Then::Hold),
        ("not-webrepl", &then(b"\x82\x0aPassword: "), Then::Hold),
        ("not-webrepl", &then(b"\x88\x02\x03\xe8"), Then::Hold),
        ("not-webrepl", &then(b"\x81\x8a\0\0\0\0Password: "), Then::Hold),
        ("not-webrepl", &then(b"\xc1\x05hello"), Then::Hold),
        ("not-webrepl", &then(b"\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xff"), Then::Hold),
    ])
    .await;
}

/// Sends `begin`, then `flood` for as long as anybody listens; gives how many bytes went out.
async fn flood(begin: &'static [u8], flood: &'static [u8]) -> (u16, JoinHandle<u64>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = tokio::spawn(async move {
        let mut client = listener.accept().await.unwrap().0;
        let request = read_request(&mut client).await;
        client.write_all(&fill_in(begin, &request)).await.unwrap();
        let block = flood.repeat(65536 / flood.len());
        let mut sent = 0;
        while client.write_all(&block).await.is_ok() {
            sent += block.len() as u64;
            assert!(sent < 1 << 30, "a gigabyte was taken");
        }
        sent
    });
    (port, server)
}

#[tokio::test]
async fn floods_are_cut_off() {
    const PLAIN_101: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\n";
    const OPENED: &[u8] = b"HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ACCEPT\r\n\r\n\x01\x00";
    for (code, begin, flow) in [
        ("not-webrepl", PLAIN_101, &b"X-Header: value\r\n"[..]),
        ("not-webrepl", PLAIN_101, b"x"),
        ("captive-portal", b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", b"<p>and so on"),
        ("not-http", b"", b"\0"),
        ("not-webrepl", OPENED, b"\0\0"),
    ] {
        let (port, server) = flood(begin, flow).await;
        let url = format!("ws://127.0.0.1:{port}");
        let done = boardwalk(["handshake", &url, "--json", "--timeout", LONG]).run().await;
        let document = document(&done);
        assert_eq!((done.code(), &document["verdict"]["code"]), (1, &code.into()), "{begin:?} {document}");
        server.await.unwrap();
    }
}

#[tokio::test]
async fn a_reply_byte_by_byte() {
    let reply = [BOARD.as_bytes(), PROMPT].concat();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://127.0.0.1:{}", listener.local_addr().unwrap().port());
    let server = tokio::spawn(async move {
        let mut client = listener.accept().await.unwrap().0;
        client.set_nodelay(true).unwrap();
        let request = read_request(&mut client).await;
        for byte in fill_in(&reply, &request) {
            client.write_all(&[byte]).await.unwrap();
            tokio::task::yield_now().await;
        }
        let mut after = Vec::new();
        let _ = client.read_to_end(&mut after).await;
    });
    let done = boardwalk(["handshake", &url, "--json"]).run().await;
    assert_eq!(document(&done)["verdict"]["code"], "ok");
    server.await.unwrap();
}

#[tokio::test]
async fn text_for_people() {
    let (port, server) = serve([BOARD.as_bytes(), PROMPT].concat(), Then::Hold).await;
    let shown = boardwalk(["handshake", &format!("ws://127.0.0.1:{port}")]).text().await;
    server.await.unwrap();
    for line in [
        "  > GET / HTTP/1.1\\r\\n\n",
        "  > Upgrade: websocket\\r\\n\n",
        "  < HTTP/1.1 101 Switching Protocols\\r\\n\n",
        "  < frame \\x81\\nPassword: \n",
        "reply   101 Switching Protocols\n",
        "[ok]\n",
    ] {
        assert!(shown.contains(line), "{line:?} in {shown}");
    }
    let (port, server) =
        serve(b"HTTP/1.1 404 \x1b[31m\r\n\r\n<p>\x1b]0;title\x07".to_vec(), Then::Close).await;
    let done = boardwalk(["handshake", &format!("ws://127.0.0.1:{port}")]).run().await;
    server.await.unwrap();
    let shown = String::from_utf8(done.out.clone()).unwrap();
    assert_eq!(done.code(), 1);
    assert!(shown.contains("]\n  "), "a code, then what to do: {shown}");
    assert!(
        !shown.contains(['\x1b', '\x07']),
        "what a server sends reaches no terminal unescaped: {shown:?}"
    );
}

#[tokio::test]
async fn nobody_there_or_no_such_address() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let done = boardwalk(["handshake", &format!("ws://127.0.0.1:{closed}"), "--json"]).run().await;
    assert_eq!((done.code(), &document(&done)["verdict"]["code"]), (1, &"port-refused".into()));
    for wrong in ["http://127.0.0.1", "ws://", "ws://host:99999", "/dev/ttyACM0"] {
        let done = boardwalk(["handshake", wrong, "--json"]).run().await;
        assert_eq!((done.code(), &document(&done)["code"]), (2, &"address-invalid".into()), "{wrong}");
    }
}

#[tokio::test]
async fn tls_to_a_plain_server() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("wss://127.0.0.1:{}", listener.local_addr().unwrap().port());
    let server = tokio::spawn(async move {
        let mut client = listener.accept().await.unwrap().0;
        let mut hello = [0; 1];
        client.read_exact(&mut hello).await.unwrap();
        client.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        hello[0]
    });
    let done = boardwalk(["handshake", &url, "--json"]).run().await;
    assert_eq!(server.await.unwrap(), 0x16, "a TLS handshake record");
    let document = document(&done);
    assert_eq!((done.code(), &document["verdict"]["code"]), (1, &"tls-mismatch".into()), "{document}");
    assert_eq!(bytes(&document, "sent", &["tls"])[0], 0x16, "its bytes are kept, too");
}
