//! Two requests, line by line: what was sent and what arrived.

use boardwalk_protocol::websocket::handshake::shown;

use crate::evidence::{Change, ChangeKind, EchoWay, Generations};

/// What a board compares byte for byte (micropython-lib `webrepl.py`; `websocket_helper.py` up to 1.19).
const KEY: &str = "Sec-WebSocket-Key";

/// What the way did to a request. In the plain way the proxy has to shorten the first line to the path (RFC 9112, 3.2.1).
pub(super) fn changes(sent: &[u8], arrived: &[u8], way: EchoWay) -> Vec<Change> {
    let (sent, arrived) = (lines(sent), lines(arrived));
    let mut changes = Vec::new();
    let first = |lines: &[String]| lines.first().cloned().unwrap_or_default();
    let wanted = match way {
        EchoWay::Plain => origin_form(&first(&sent)),
        EchoWay::Tunnel(_) => first(&sent),
    };
    if wanted != first(&arrived) {
        changes.push(change(ChangeKind::Changed, "", Some(&first(&sent)), Some(&first(&arrived))));
    }
    let (sent, arrived) = (sent.get(1..).unwrap_or_default(), arrived.get(1..).unwrap_or_default());
    let mut used = vec![false; arrived.len()];
    let mut last = None;
    for line in sent {
        let same = |at: &usize| !used[*at] && name(&arrived[*at]).eq_ignore_ascii_case(name(line));
        let Some(at) = (0..arrived.len()).find(same) else {
            changes.push(change(ChangeKind::Removed, name(line), Some(line), None));
            continue;
        };
        used[at] = true;
        if arrived[at] != *line {
            changes.push(change(ChangeKind::Changed, name(line), Some(line), Some(&arrived[at])));
        } else if last.is_some_and(|last| at < last) {
            changes.push(change(ChangeKind::Moved, name(line), Some(line), Some(line)));
        }
        last = Some(last.map_or(at, |last: usize| last.max(at)));
    }
    for (line, _) in arrived.iter().zip(&used).filter(|(_, used)| !**used) {
        changes.push(change(ChangeKind::Added, name(line), None, Some(line)));
    }
    changes
}

/// Which boards would take a request. Since 1.20 they also look at `Connection` and `Upgrade`.
pub(super) fn taken_by(request: &[u8]) -> Generations {
    let lines = lines(request);
    let headers: Vec<(&str, &str)> = lines
        .iter()
        .skip(1)
        .filter_map(|line| line.split_once(':'))
        .map(|(n, v)| (n.trim(), v.trim()))
        .collect();
    // A line without a colon raises ValueError (micropython#2800).
    let proper = lines.iter().skip(1).all(|line| line.contains(':'));
    let has = |name: &str, fits: &dyn Fn(&str) -> bool| headers.iter().any(|(n, v)| *n == name && fits(v));
    let old = proper && has(KEY, &|_| true);
    let new = old
        && has("Connection", &|value| value.contains("Upgrade"))
        && has("Upgrade", &|value| value == "websocket");
    Generations { new, old }
}

fn change(kind: ChangeKind, header: &str, sent: Option<&str>, arrived: Option<&str>) -> Change {
    let breaks = match kind {
        ChangeKind::Moved => false,
        // The board never looks at what it does not know, as long as it has a colon.
        ChangeKind::Added => arrived.is_some_and(|line| !line.contains(':')),
        ChangeKind::Changed | ChangeKind::Removed => matters(header, arrived),
    };
    Change {
        kind,
        header: header.to_owned(),
        sent: sent.map(str::to_owned),
        arrived: arrived.map(str::to_owned),
        breaks,
    }
}

/// Whether a board of some generation misses the header now.
fn matters(header: &str, arrived: Option<&str>) -> bool {
    let (name, value) = arrived.and_then(|line| line.split_once(':')).unwrap_or_default();
    match header {
        KEY => name != KEY,
        "Connection" => name != header || !value.contains("Upgrade"),
        "Upgrade" => name != header || value.trim() != "websocket",
        _ => false,
    }
}

/// The lines of a request without their ends, escaped for people. Only what is not ASCII text changes by that.
fn lines(request: &[u8]) -> Vec<String> {
    let head = request.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii_end);
    head.take_while(|line| !line.is_empty()).map(|line| line.chunks(80).map(shown).collect()).collect()
}

fn name(line: &str) -> &str {
    line.split(':').next().unwrap_or_default().trim()
}

fn origin_form(line: &str) -> String {
    let mut words = line.split(' ');
    let (Some(method), Some(url), Some(version)) = (words.next(), words.next(), words.next()) else {
        return line.to_owned();
    };
    let path =
        url.strip_prefix("http://").and_then(|rest| rest.find('/').map(|at| &rest[at..])).unwrap_or(url);
    format!("{method} {path} {version}")
}

#[cfg(test)]
mod tests {
    use boardwalk_protocol::proxy::Via;

    use super::*;

    const SENT: &str = "GET / HTTP/1.1\r\nHost: 127.0.0.1:9\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAA\r\n\r\n";

    fn told(arrived: &str) -> Vec<(ChangeKind, String, bool)> {
        let changes = changes(SENT.as_bytes(), arrived.as_bytes(), EchoWay::Tunnel(Via::Connect));
        changes.into_iter().map(|change| (change.kind, change.header, change.breaks)).collect()
    }

    #[test]
    fn nothing_changed() {
        assert_eq!(told(SENT), []);
        assert_eq!(taken_by(SENT.as_bytes()), Generations { new: true, old: true });
    }

    #[test]
    fn a_go_program_writes_the_names_its_own_way_and_sorts_them() {
        let go = "GET / HTTP/1.1\r\nHost: 127.0.0.1:9\r\nUser-Agent: Go-http-client/1.1\r\nConnection: Upgrade\r\n\
            Sec-Websocket-Key: AAAA\r\nSec-Websocket-Version: 13\r\nUpgrade: websocket\r\n\r\n";
        assert_eq!(
            told(go),
            [
                (ChangeKind::Changed, "Sec-WebSocket-Version".to_owned(), false),
                (ChangeKind::Changed, KEY.to_owned(), true),
                (ChangeKind::Added, "User-Agent".to_owned(), false),
            ]
        );
        assert_eq!(taken_by(go.as_bytes()), Generations { new: false, old: false });
    }

    #[test]
    fn a_proxy_that_takes_the_upgrade_away_leaves_old_boards_alone() {
        let squid = "GET / HTTP/1.1\r\nHost: 127.0.0.1:9\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAA\r\n\
            Via: 1.1 squid\r\nConnection: keep-alive\r\n\r\n";
        let seen = told(squid);
        assert!(seen.contains(&(ChangeKind::Removed, "Upgrade".to_owned(), true)), "{seen:?}");
        assert!(seen.contains(&(ChangeKind::Changed, "Connection".to_owned(), true)));
        assert_eq!(taken_by(squid.as_bytes()), Generations { new: false, old: true });
    }

    #[test]
    fn the_first_line_is_shortened_in_the_plain_way() {
        let sent = SENT.replace("GET /", "GET http://127.0.0.1:9/");
        assert_eq!(changes(sent.as_bytes(), SENT.as_bytes(), EchoWay::Plain), []);
        let older = SENT.replace("HTTP/1.1", "HTTP/1.0");
        assert_eq!(changes(sent.as_bytes(), older.as_bytes(), EchoWay::Plain).len(), 1);
    }

    #[test]
    fn nonsense_is_no_request() {
        for arrived in ["", "\r\n\r\n", "GET / HTTP/1.1\r\nno colon\r\nSec-WebSocket-Key: A\r\n\r\n"] {
            assert_eq!(taken_by(arrived.as_bytes()), Generations::default());
            let _ = told(arrived);
        }
    }
}
