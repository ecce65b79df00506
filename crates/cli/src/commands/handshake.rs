use boardwalk_app::AppError;
use boardwalk_app::doctor::{Parsed, Part, Passage, Path, Xray, xray, xray_document, xrays_world};
use boardwalk_transport::Target;

use crate::context::{Context, Failure};
use crate::output;

/// So many lines of bytes are printed; `--json` has all.
const MOST_LINES: usize = 60;

pub(crate) async fn handshake(context: &Context, url: &str) -> Result<(), Failure> {
    let target = context.target(url)?;
    let Target::WebRepl { url } = &target else {
        return Err(Failure::Usage(AppError {
            code: "address-invalid".to_owned(),
            message: format!("{url} is a serial port; only ws:// and wss:// addresses shake hands."),
            help: "Give an address such as ws://192.168.4.1.".to_owned(),
            detail: String::new(),
        }));
    };
    let world = xrays_world(&context.world, &target);
    let seen = tokio::select! {
        seen = xray(&world, url, context.common.timeout) => seen,
        () = context.cancel.cancelled() => return Err(Failure::Told),
    };
    if context.common.json {
        output::json(&xray_document(&seen));
    } else {
        output::line(&text(&seen));
    }
    if seen.decisive().is_some_and(Path::is_ok) { Ok(()) } else { Err(Failure::Told) }
}

/// The X-ray for people.
fn text(seen: &Xray) -> String {
    let mut lines = Vec::new();
    let ways = seen.paths().count();
    for path in seen.paths() {
        let proxy = path.through.as_ref().map(|(proxy, _)| format!(" through {proxy}")).unwrap_or_default();
        let compared = if seen.compared.as_ref() == Some(path) { ", for comparison" } else { "" };
        lines.push(format!("{} ({}{proxy}{compared})", seen.url, path.name()));
        lines.extend(events(path));
        lines.push(String::new());
        lines.extend(parsed(&path.parsed));
        if ways > 1 {
            lines.push(format!("{} [{}]", path.message, path.code));
            lines.push(String::new());
        }
    }
    lines.extend(seen.decisive().map(verdict));
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
fn event(event: &Passage) -> Vec<String> {
    let arrow = if event.sent { '>' } else { '<' };
    let lines = match event.what {
        Part::Tcp if event.sent => vec!["connecting".to_owned()],
        Part::Tcp => vec!["connected".to_owned()],
        Part::Tls => vec![format!("{arrow} {} bytes of TLS", event.bytes.len())],
        Part::Ws => vec![format!("{arrow} frame {}", escaped(&event.bytes))],
        Part::Tunnel if !is_text(&event.bytes) => vec![format!("{arrow} tunnel {}", escaped(&event.bytes))],
        Part::Tunnel | Part::Http => event
            .bytes
            .split_inclusive(|&byte| byte == b'\n')
            .map(|line| format!("{arrow} {}", escaped(line)))
            .collect(),
    };
    let time = |at| if at == 0 { format!("{:8.1} ms", event.at.as_secs_f64() * 1e3) } else { " ".repeat(11) };
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

fn verdict(path: &Path) -> String {
    let sentence = format!("{} [{}]", path.message, path.code);
    if path.help.is_empty() { sentence } else { format!("{sentence}\n  {}", path.help) }
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
    use std::time::Duration;

    use bytes::Bytes;

    use super::*;

    #[test]
    fn bytes_are_shown_line_by_line_and_escaped() {
        let seen = |sent, what, bytes: &'static [u8]| {
            let (at, bytes) = (Duration::from_micros(1250), Bytes::from_static(bytes));
            Passage { at, sent, what, bytes }
        };
        assert_eq!(
            event(&seen(true, Part::Http, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")),
            ["     1.2 ms  > GET / HTTP/1.1\\r\\n", "             > Host: x\\r\\n", "             > \\r\\n"]
        );
        assert_eq!(
            event(&seen(false, Part::Ws, b"\x81\x0aPassword: \x1b[2J")),
            ["     1.2 ms  < frame \\x81\\nPassword: \\x1b[2J"]
        );
        assert_eq!(event(&seen(true, Part::Tcp, b"")), ["     1.2 ms  connecting"]);
        assert_eq!(
            event(&seen(true, Part::Tunnel, b"CONNECT x:1 HTTP/1.1\r\n\r\n")),
            ["     1.2 ms  > CONNECT x:1 HTTP/1.1\\r\\n", "             > \\r\\n"]
        );
        assert_eq!(
            event(&seen(true, Part::Tunnel, b"\x05\x01\x00")),
            ["     1.2 ms  > tunnel \\x05\\x01\\x00"]
        );
    }
}
