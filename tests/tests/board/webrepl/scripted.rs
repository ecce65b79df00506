//! Servers that do what they are told, and the TLS front.

use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::TcpStream,
    sync::Arc,
    time::{Duration, Instant},
};

use boardwalk_tests::{Board, Script, ScriptedServer, WebRepl};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    time::timeout,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{
        ClientConfig, RootCertStore,
        crypto::ring,
        pki_types::{CertificateDer, ServerName},
    },
};

use super::socket::{REPLY, REQUEST};
use crate::client::PATIENCE;

fn call(script: Script) -> (ScriptedServer, TcpStream) {
    let server = ScriptedServer::start(script).unwrap();
    let mut stream = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(REQUEST.as_bytes()).unwrap();
    (server, stream)
}

/// What comes until the end.
fn answer(script: Script) -> String {
    let (_server, mut stream) = call(script);
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8(answer).unwrap()
}

/// The first `n` bytes.
fn first(script: Script, n: usize) -> Vec<u8> {
    let (_server, mut stream) = call(script);
    let mut bytes = vec![0; n];
    stream.read_exact(&mut bytes).unwrap();
    bytes
}

#[test]
fn it_can_be_right() {
    let (server, mut stream) = call(Script::new().log_in().send(*b"\x82\x04WB\x01\x00"));
    let mut reply = vec![0; REPLY.len() + 12];
    stream.read_exact(&mut reply).unwrap();
    assert_eq!(reply, [REPLY.as_bytes(), b"\x81\x0aPassword: "].concat());
    stream.write_all(b"\x81\x83\x01\x01\x01\x01bb\x0c").unwrap();
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).unwrap();
    assert!(rest.ends_with(b">>> \x82\x04WB\x01\x00"), "{rest:?}");
    assert_eq!(server.connections(), 1);
    assert!(server.received().starts_with(REQUEST.as_bytes()));
}

#[test]
fn it_can_be_wrong_in_many_ways() {
    assert_eq!(answer(Script::closes()), "");
    assert!(answer(Script::http_0_9()).starts_with("<html>"));
    let redirect = answer(Script::redirect("302 Found", "https://board/"));
    assert!(redirect.starts_with("HTTP/1.1 302 Found\r\nLocation: https://board/\r\n"), "{redirect}");
    assert!(answer(Script::captive_portal("511 Network Authentication Required")).contains(" 511 "));
    assert!(
        answer(Script::board_page("Via: 1.1 proxy\r\n")).contains("\r\nVia: 1.1 proxy\r\n\r\n<base href=")
    );
    let size = REPLY.len();
    let text = |script, n| String::from_utf8(first(script, n)).unwrap();
    assert!(
        text(Script::lower_case(), size + 12).contains("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    );
    assert!(!text(Script::missing_accept(), 70).contains("Accept"));
    assert!(text(Script::header_without_colon(), size - 1).contains("\r\nConnection Upgrade\r\n"));
    assert!(text(Script::continues(), 25 + size).starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 101 "));
    assert!(text(Script::unasked_extension(), size + 46).contains("permessage-deflate"));
    assert!(first(Script::masked_frame(), size + 16).ends_with(b"\x81\x8a\0\0\0\0Password: "));
    assert_eq!(first(Script::tls_alert(), 2), b"\x15\x03");
    assert_eq!(first(Script::ssh(), 4), b"SSH-");
    assert_eq!(first(Script::endless_headers(), 1 << 20).len(), 1 << 20);
}

#[test]
fn it_can_be_silent_slow_and_rude() {
    let (_server, mut stream) = call(Script::silent());
    stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    let silence = stream.read(&mut [0]).unwrap_err().kind();
    assert!(matches!(silence, ErrorKind::WouldBlock | ErrorKind::TimedOut));
    let start = Instant::now();
    assert_eq!(first(Script::slow(Duration::from_millis(50)), 5), b"HTTP/");
    assert!(start.elapsed() >= Duration::from_millis(200));
    let (_server, mut stream) = call(Script::resets());
    assert_eq!(stream.read(&mut [0]).unwrap_err().kind(), ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn a_flood_ends_with_the_client() {
    let (server, stream) = call(Script::endless_fragments());
    drop(stream);
    timeout(PATIENCE, server.until_over(1)).await.expect("it noticed");
}

#[tokio::test]
async fn a_tls_server_stands_in_front_of_the_board() {
    let board = Board::unix().webrepl(WebRepl::new().tls()).start().unwrap();
    let tls = board.webrepl().tls().unwrap();
    assert_eq!(board.webrepl_url(), format!("wss://localhost:{}", tls.port()));
    assert_eq!(tls.fingerprint().len(), 64);
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(tls.certificate().to_vec())).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = tokio::net::TcpStream::connect(("127.0.0.1", tls.port())).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let mut stream =
        TlsConnector::from(Arc::new(config)).connect(name, stream).await.expect("it trusts the certificate");
    stream.write_all(REQUEST.as_bytes()).await.unwrap();
    let mut reply = vec![0; REPLY.len() + 12];
    timeout(PATIENCE, stream.read_exact(&mut reply)).await.expect("an answer").unwrap();
    assert_eq!(reply, [REPLY.as_bytes(), b"\x81\x0aPassword: "].concat());
    drop(stream);
    timeout(PATIENCE, board.webrepl().until(|s| s.clients == 0)).await.expect("the board sees the end");
}
