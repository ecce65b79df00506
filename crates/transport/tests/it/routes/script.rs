//! Scripts in files and on servers: good ones, and all the ways in which they are bad.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use boardwalk_protocol::proxy::{Mode, Settings};
use boardwalk_transport::{ReadSettings, SystemRoutes};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::world::{Desktop, World, route, routes, shown};

fn with_script(place: &str) -> SystemRoutes {
    let place = place.to_owned();
    let settings = move || {
        let mode = Mode::Script { setting: "autoconfig-url".into(), place: place.clone() };
        Ok(Settings { source: "gnome", place: "in the settings of GNOME", mode })
    };
    let readers: Vec<Arc<dyn ReadSettings>> = vec![Arc::new(Desktop(Box::new(settings)))];
    routes(&[], readers, &World::default())
}

async fn said(place: &str) -> String {
    let decision = route(&with_script(place), "ws://b.test").await.decision;
    assert_eq!(decision.source, "pac");
    format!("{} | {}", shown(&decision.route), decision.reason)
}

/// A server that answers every request with these bytes; `{me}` in them is its address. Counts the requests.
async fn server(reply: Vec<u8>) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((mut tcp, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::Relaxed);
            let reply = reply.clone();
            tokio::spawn(async move {
                let mut request = Vec::new();
                while !request.ends_with(b"\r\n\r\n") {
                    let Ok(byte) = tcp.read_u8().await else { return };
                    request.push(byte);
                }
                let _ = tcp.write_all(&reply).await;
            });
        }
    });
    (format!("http://{address}"), asked)
}

fn ok(body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

const GOOD: &str =
    "function FindProxyForURL(url, host) { return 'PROXY 127.0.0.1:7890; SOCKS5 127.0.0.1:7891; DIRECT'; }";

#[tokio::test]
async fn a_script_decides_with_its_whole_list() {
    let (place, asked) = server(ok(GOOD)).await;
    let routes = with_script(&format!("{place}/p.pac?x"));
    let decision = route(&routes, "ws://b.test").await.decision;
    assert_eq!(shown(&decision.route), "http://127.0.0.1:7890 socks5://127.0.0.1:7891 direct");
    assert_eq!(
        decision.reason,
        format!("The script {place}/p.pac?x in the settings of GNOME answers http://127.0.0.1:7890.")
    );
    assert_eq!(shown(&route(&routes, "wss://c.test").await.decision.route), shown(&decision.route));
    assert_eq!(asked.load(Ordering::Relaxed), 1, "kept for a while");
    // Loopback and boards on the local network need no script.
    for near in ["ws://127.0.0.1", "ws://192.168.4.1"] {
        assert_eq!(shown(&route(&routes, near).await.decision.route), "direct", "{near}");
    }
}

#[tokio::test]
async fn a_script_may_be_a_file_or_elsewhere() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, format!("\u{feff}{}", GOOD.replace("PROXY 127.0.0.1:7890; ", ""))).unwrap();
    let path = file.path().to_str().unwrap();
    for place in [path.to_owned(), format!("file://{path}")] {
        assert!(said(&place).await.starts_with("socks5://127.0.0.1:7891 direct | "), "{place}");
    }
    let (place, _) = server(ok(GOOD)).await;
    let moved = format!("HTTP/1.1 302 Found\r\nLocation: {place}/x\r\nContent-Length: 0\r\n\r\n");
    let (moved, _) = server(moved.into_bytes()).await;
    assert!(said(&moved).await.starts_with("http://127.0.0.1:7890 "));
}

#[tokio::test]
async fn a_script_that_cannot_be_had_leaves_the_way_direct_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let huge = tempfile::NamedTempFile::new().unwrap();
    huge.as_file().set_len(100 << 20).unwrap();
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap()
    };
    let endless =
        b"HTTP/1.1 200 OK\r\n\r\n".iter().copied().chain(std::iter::repeat_n(b' ', 2 << 20)).collect();
    let (endless, _) = server(endless).await;
    let (missing, _) = server(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_vec()).await;
    let (garbage, _) = server(b"SSH-2.0-OpenSSH\r\n\r\n".to_vec()).await;
    let (around, _) =
        server(b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n".to_vec()).await;
    let (inside, _) = server(b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n\r\n".to_vec()).await;
    for (place, because) in [
        (folder.path().join("none").display().to_string(), "it could not be read: No such file"),
        (folder.path().display().to_string(), "it could not be read: it is no file"),
        (huge.path().display().to_string(), "it is larger than 1 MiB"),
        ("ftp://p.test/p.pac".to_owned(), "its address is not one of http, https or file"),
        ("p.pac".to_owned(), "its address is not one of http, https or file"),
        (format!("http://{closed}/"), "it could not be read: "),
        (endless, "it is larger than 1 MiB"),
        (missing, "it could not be read: the server answered 404 Not Found"),
        (garbage, "it could not be read: "),
        (around, "it could not be read: the server sends us around"),
        (inside, "it could not be read: the server sends us nowhere"),
    ] {
        let said = said(&place).await;
        assert!(said.starts_with("direct | The script "), "{said}");
        assert!(said.contains(&format!("cannot be used, so no proxy is used: {because}")), "{said}");
    }
}

#[tokio::test]
async fn a_script_that_is_bad_leaves_the_way_direct_and_says_so() {
    for (script, because) in [
        ("function FindProxyForURL() { throw new Error('no') }", "it failed: no."),
        (
            "function FindProxyForURL() { return 'rubbish' }",
            "it answered “rubbish”, which is neither a proxy nor DIRECT.",
        ),
        ("function FindProxyForURL() { return 7 }", "it has no function FindProxyForURL that gives a text."),
        ("<html>please log in</html>", "it failed: "),
    ] {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(&file, script).unwrap();
        let said = said(file.path().to_str().unwrap()).await;
        assert!(said.starts_with("direct | ") && said.contains(because), "{said}");
    }
}

/// Both take the whole time of a decision, so they run at once.
#[tokio::test]
async fn a_script_that_never_ends_and_a_server_that_never_answers_are_given_up() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, "function FindProxyForURL() { for (;;) {} }").unwrap();
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = format!("http://{}/", silent.local_addr().unwrap());
    let (endless, silent) = tokio::join!(said(file.path().to_str().unwrap()), said(&silent));
    assert!(endless.ends_with("it did not end in time."), "{endless}");
    assert!(silent.ends_with("it could not be read: no answer in time."), "{silent}");
}

#[tokio::test]
async fn a_script_asks_our_resolver() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let script =
        "function FindProxyForURL(u, h) { return 'PROXY ' + (dnsResolve('c.test') || 'none') + ':1'; }";
    std::fs::write(&file, script).unwrap();
    let place = file.path().to_str().unwrap().to_owned();
    let settings = move || {
        let mode = Mode::Script { setting: "autoconfig-url".into(), place: place.clone() };
        Ok(Settings { source: "gnome", place: "in the settings of GNOME", mode })
    };
    let readers: Vec<Arc<dyn ReadSettings>> = vec![Arc::new(Desktop(Box::new(settings)))];
    let system = [("c.test".to_owned(), vec!["203.0.113.8".parse().unwrap()])].into();
    let routes = routes(&[], readers, &World { system, ..World::default() });
    assert_eq!(shown(&route(&routes, "ws://b.test").await.decision.route), "http://203.0.113.8:1");
}
