//! From the address to the reply to the handshake.

use std::time::Instant;

use boardwalk_transport::{Dial, WebReplDial};
use tokio::io::AsyncReadExt;

use super::script::{Far, Server, hasty, options, reply_to};

#[tokio::test]
async fn a_name_that_leads_nowhere_and_a_port_where_nobody_listens() {
    let mut dial = WebReplDial::new("ws://no-such-board.invalid".parse().unwrap(), options());
    assert_eq!(dial.dial().await.err().unwrap().code(), "name-not-found");

    let address = Server::new().await.address;
    for host in ["127.0.0.1", "localhost"] {
        let target = format!("ws://{host}:{}", address.port()).parse().unwrap();
        let error = WebReplDial::new(target, options()).dial().await.err().unwrap();
        assert_eq!(error.code(), "port-refused");
        assert!(error.to_string().contains(&address.port().to_string()), "{error}");
    }
}

/// The kernel drops what comes to a full queue: to the client a host that does not answer.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_host_that_does_not_answer() {
    use socket2::{Domain, Socket, Type};
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    listener.bind(&std::net::SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    listener.listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    let queue: Vec<Socket> = (0..4)
        .map(|_| {
            let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
            socket.set_nonblocking(true).unwrap();
            let _ = socket.connect(&address);
            socket
        })
        .collect();
    let target = format!("ws://{}", address.as_socket().unwrap()).parse().unwrap();
    let error = WebReplDial::new(target, hasty()).dial().await.err().unwrap();
    assert_eq!(error.code(), "no-answer");
    drop(queue);
}

/// A board that has accepted does nothing else until it has read the request.
#[tokio::test]
async fn the_request_comes_at_once_and_in_one_piece() {
    let server = Server::new().await;
    let script = async {
        let mut stream = server.accept().await;
        let mut request = vec![0; 4096];
        let got = stream.read(&mut request).await.unwrap();
        String::from_utf8(request[..got].to_vec()).unwrap()
    };
    let (_, request) = server.refusal(options(), script).await;
    let lines: Vec<&str> = request.split("\r\n").collect();
    assert_eq!(lines[0], "GET / HTTP/1.1");
    assert_eq!(lines[1], format!("Host: {}", server.address));
    assert!(lines.contains(&"Connection: Upgrade") && lines.contains(&"Upgrade: websocket"), "{lines:?}");
    assert_eq!(lines[lines.len() - 2..], ["", ""], "{lines:?}");
}

#[tokio::test]
async fn every_wrong_reply_has_its_code() {
    let page = "HTTP/1.0 200 OK\r\n\r\n<base href=\"https://micropython.org/webrepl/\"></base>\r\n\
                <script src=\"webrepl_content.js\"></script>\r\n";
    let other_key = reply_to("Sec-WebSocket-Key: AAAA\r\n");
    for (reply, code) in [
        (page, "board-served-page"),
        ("", "closed-before-reply"),
        ("HTTP/1.1 404 Not Found\r\n\r\n", "not-webrepl"),
        ("SSH-2.0-OpenSSH_9.2\r\n", "not-http"),
        (other_key.as_str(), "accept-mismatch"),
        ("HTTP/1.1 302 Found\r\nLocation: wss://elsewhere/\r\n\r\n", "redirected-to-tls"),
    ] {
        let server = Server::new().await;
        let script = async {
            let mut far = Far::plain(server.accept().await);
            far.request().await;
            far.sends(reply.as_bytes()).await;
        };
        let (error, ()) = server.refusal(options(), script).await;
        assert_eq!(error.code(), code, "{error}");
        assert!(!error.help().is_empty());
    }
}

#[tokio::test]
async fn silence_and_a_drip_end_at_the_same_deadline() {
    let server = Server::new().await;
    let (error, _held) = server.refusal(hasty(), server.accept()).await;
    assert_eq!(error.code(), "silent-after-request");

    // A deadline that moved with each byte would let this go on for minutes.
    let started = Instant::now();
    let script = async {
        let mut far = Far::plain(server.accept().await);
        far.request().await;
        let mut tick = tokio::time::interval(std::time::Duration::from_millis(20));
        for byte in
            "HTTP/1.1 101 Switching Protocols\r\nX: ".bytes().chain(std::iter::repeat(b'a')).take(10_000)
        {
            tick.tick().await;
            if tokio::io::AsyncWriteExt::write_all(&mut far.stream, &[byte]).await.is_err() {
                break;
            }
        }
    };
    let (error, ()) = server.refusal(hasty(), script).await;
    assert_eq!(error.code(), "not-webrepl", "{error}");
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

#[tokio::test]
async fn headers_without_end_are_not_collected() {
    let server = Server::new().await;
    let script = async {
        let mut far = Far::plain(server.accept().await);
        far.request().await;
        far.sends(b"HTTP/1.1 101 Switching Protocols\r\n").await;
        let line = [b"X-Long: ".as_slice(), &[b'a'; 4000], b"\r\n"].concat();
        let mut sent = 0_usize;
        while tokio::io::AsyncWriteExt::write_all(&mut far.stream, &line).await.is_ok() {
            sent += line.len();
            assert!(sent < 64 << 20, "it takes everything");
        }
    };
    let (error, ()) = server.refusal(options(), script).await;
    assert_eq!(error.code(), "not-webrepl", "{error}");
}
