use std::time::Duration;

use crate::Script;

/// Takes the request and never answers.
pub fn silent() -> Script {
    Script::new().read_request().hold()
}

/// What it answers is no HTTP.
pub fn garbage() -> Script {
    Script::new().read_request().send(*b"\x00\xff\x13garbage\r\n\r\n\x80\x81\x82").hold()
}

/// Opens the tunnel, and nothing comes out of it.
pub fn hangs_after_200() -> Script {
    Script::new().read_request().send("HTTP/1.1 200 Connection established\r\n\r\n").hold()
}

/// Opens the tunnel before it dials, cannot, and closes.
pub fn closes_after_200() -> Script {
    Script::new().read_request().send("HTTP/1.1 200 Connection established\r\n\r\n")
}

/// A gigabyte of headers.
pub fn endless_headers() -> Script {
    let line = format!("X-Padding: {}\r\n", "x".repeat(1000));
    Script::new().read_request().send("HTTP/1.1 200 OK\r\n").flood(line, 1_000_000)
}

/// A redirect instead of a tunnel, as captive portals answer.
pub fn redirects(location: &str) -> Script {
    Script::page("302 Found", &format!("Location: {location}\r\n"), "")
}

/// A refusal with this status line and a small page: `refuses("403 Forbidden")`.
pub fn refuses(status: &str) -> Script {
    Script::page(status, "Content-Type: text/html\r\n", "<html><h1>No</h1></html>")
}

/// 407 with each challenge in a header of its own; closes after it.
pub fn wants(challenges: &[&str]) -> Script {
    let headers: String = challenges.iter().map(|c| format!("Proxy-Authenticate: {c}\r\n")).collect();
    Script::page("407 Proxy Authentication Required", &headers, "<html>who are you?</html>")
}

/// 407 with all challenges in one header, as RFC 9110 11.6.1 allows.
pub fn wants_in_one_header(challenges: &[&str]) -> Script {
    wants(&[&challenges.join(", ")])
}

/// The right answer, a byte at a time: with a second between them it takes 39 s.
pub fn drips(apart: Duration) -> Script {
    Script::new().read_request().drip("HTTP/1.1 200 Connection established\r\n\r\n", apart).hold()
}
