use std::sync::Arc;

use boardwalk_app::AppError;
use boardwalk_app::xray::{Direction, Event, Parsed, Path, VerdictView, What, Xray, XrayOptions, xray};
use boardwalk_transport::{Target, TlsTrust};

use crate::context::{Context, Failure};
use crate::output;

/// So many lines of bytes are printed; `--json` has all.
const MOST_LINES: usize = 60;

pub(crate) async fn handshake(context: &Context, url: &str) -> Result<(), Failure> {
    let Target::WebRepl { url } = context.target(url)? else {
        return Err(Failure::Usage(AppError {
            code: "address-invalid".to_owned(),
            message: format!("{url} is a serial port; only ws:// and wss:// addresses shake hands."),
            help: "Give an address such as ws://192.168.4.1.".to_owned(),
            detail: String::new(),
        }));
    };
    let world = &context.world;
    let options = XrayOptions {
        limit: context.common.timeout,
        trust: world.trust,
        routes: Arc::clone(&world.routes),
        elsewhere: context.routes.without_lan_bypass(),
        users: Arc::clone(&world.proxy_users),
        // One fingerprint is for one place: for the board, when that is behind TLS itself.
        proxy_trust: if url.tls { TlsTrust::Platform } else { world.trust },
    };
    let seen = tokio::select! {
        seen = xray(&url, options) => seen,
        () = context.cancel.cancelled() => return Err(Failure::Told),
    };
    if context.common.json {
        output::json(&seen);
    } else {
        output::line(&text(&seen));
    }
    if seen.verdict.is_ok() { Ok(()) } else { Err(Failure::Told) }
}

/// The X-ray for people.
fn text(seen: &Xray) -> String {
    let mut lines = Vec::new();
    for (at, path) in seen.paths.iter().enumerate() {
        let proxy = path.proxy.as_ref().map(|proxy| format!(" through {proxy}")).unwrap_or_default();
        let compared = if at == 0 { "" } else { ", for comparison" };
        lines.push(format!("{} ({}{proxy}{compared})", seen.url, path.path));
        lines.extend(events(path));
        lines.push(String::new());
        lines.extend(parsed(&path.parsed));
        if seen.paths.len() > 1 {
            lines.push(format!("{} [{}]", path.verdict.message, path.verdict.code));
            lines.push(String::new());
        }
    }
    lines.push(verdict(&seen.verdict));
    lines.join("\n")
}

fn events(path: &Path) -> Vec<String> {
    let all: Vec<_> = path.events.iter().flat_map(event).collect();
    let mut lines: Vec<_> = all.iter().take(MOST_LINES).cloned().collect();
    if all.len() > MOST_LINES {
        lines.push(format!("{:13}… and {} more lines: --json has them", "", all.len() - MOST_LINES));
    }
    lines
}

/// One event: the time, then a line for each line of its bytes.
fn event(event: &Event) -> Vec<String> {
    let arrow = if event.dir == Direction::Sent { '>' } else { '<' };
    let lines = match event.what {
        What::Tcp if event.dir == Direction::Sent => vec!["connecting".to_owned()],
        What::Tcp => vec!["connected".to_owned()],
        What::Tls => vec![format!("{arrow} {} bytes of TLS", event.bytes.len())],
        What::Ws => vec![format!("{arrow} frame {}", escaped(&event.bytes))],
        What::Tunnel if !is_text(&event.bytes) => vec![format!("{arrow} tunnel {}", escaped(&event.bytes))],
        What::Tunnel | What::Http => event
            .bytes
            .split_inclusive(|&byte| byte == b'\n')
            .map(|line| format!("{arrow} {}", escaped(line)))
            .collect(),
    };
    let time = |at| if at == 0 { format!("{:8.1} ms", event.ms) } else { " ".repeat(11) };
    lines.into_iter().enumerate().map(|(at, line)| format!("{}  {line}", time(at))).collect()
}

fn parsed(parsed: &Parsed) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(reply) = &parsed.reply {
        lines.push(format!("reply   {} {}", reply.status, reply.reason));
        lines.extend(reply.headers.iter().map(|(name, value)| format!("        {name}: {value}")));
    }
    if let (Some(_), Some(expected)) = (&parsed.reply, &parsed.expected_accept) {
        lines.push(format!("accept  {expected} is the one expected"));
    }
    if let Some(frame) = &parsed.first_frame {
        lines.push(format!("frame   {frame}"));
    }
    if !lines.is_empty() {
        lines.push(String::new());
    }
    lines
}

fn verdict(verdict: &VerdictView) -> String {
    let sentence = format!("{} [{}]", verdict.message, verdict.code);
    if verdict.help.is_empty() { sentence } else { format!("{sentence}\n  {}", verdict.help) }
}

/// HTTP, where SOCKS could stand.
fn is_text(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace())
}

/// Bytes as printable ASCII.
fn escaped(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string().replace("\\\"", "\"").replace("\\'", "'")
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    #[test]
    fn bytes_are_shown_line_by_line_and_escaped() {
        let seen =
            |dir, what, bytes: &'static [u8]| Event { ms: 1.25, dir, what, bytes: Bytes::from_static(bytes) };
        assert_eq!(
            event(&seen(Direction::Sent, What::Http, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")),
            ["     1.2 ms  > GET / HTTP/1.1\\r\\n", "             > Host: x\\r\\n", "             > \\r\\n"]
        );
        assert_eq!(
            event(&seen(Direction::Received, What::Ws, b"\x81\x0aPassword: \x1b[2J")),
            ["     1.2 ms  < frame \\x81\\nPassword: \\x1b[2J"]
        );
        assert_eq!(event(&seen(Direction::Sent, What::Tcp, b"")), ["     1.2 ms  connecting"]);
        assert_eq!(
            event(&seen(Direction::Sent, What::Tunnel, b"CONNECT x:1 HTTP/1.1\r\n\r\n")),
            ["     1.2 ms  > CONNECT x:1 HTTP/1.1\\r\\n", "             > \\r\\n"]
        );
        assert_eq!(
            event(&seen(Direction::Sent, What::Tunnel, b"\x05\x01\x00")),
            ["     1.2 ms  > tunnel \\x05\\x01\\x00"]
        );
    }
}
