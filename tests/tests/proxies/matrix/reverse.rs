//! What stands in front of a board: a session where the bytes survive, a name for what is wrong where they do not.

use boardwalk_tests::{Generation, proxies::Reverse};

use super::{actions::board, command::Boardwalk};
use crate::rows::Row;

/// `None`: it works.
type Code = Option<&'static str>;

/// The page that comes instead bears the mark of a proxy that takes the upgrade away.
const STRIPPED: Code = Some("handshake-stripped");
/// The page tells at the most who changed the request, not what was done to it: the doctor finds that out.
const SERVED: Code = Some("board-served-page");
const SILENT: Code = Some("silent-after-request");
const CASES: [(Reverse, Code, Code); 15] = [
    (Reverse::HaproxyTcp, None, None),
    (Reverse::HaproxyHttp, SERVED, SILENT),
    (Reverse::HaproxyCaseAdjust, None, None),
    (Reverse::NginxDefault, SERVED, None),
    (Reverse::NginxIdiom, SERVED, None),
    (Reverse::NginxConnection, None, None),
    (Reverse::NginxStream, None, None),
    (Reverse::ApacheHttp, SERVED, Some("proxy-cannot-reach-board")),
    (Reverse::ApacheTunnel, None, None),
    (Reverse::ApacheUpgrade, None, None),
    (Reverse::Caddy, SERVED, SILENT),
    // It takes `Upgrade` out of the 101 as well, which RFC 6455 4.1 says to fail on.
    (Reverse::TinyproxyReverse, STRIPPED, Some("upgrade-header-wrong")),
    (Reverse::SquidAccelerator, STRIPPED, Some("proxy-cannot-reach-board")),
    (Reverse::MitmproxyReverse, None, None),
    (Reverse::GoTcp, SERVED, SILENT),
];

pub(super) fn rows() -> Vec<Row> {
    let both = |(kind, new, old)| [(kind, Generation::New, new), (kind, Generation::Old, old)];
    CASES
        .into_iter()
        .flat_map(both)
        .map(|(kind, generation, code)| {
            Row::new(format!("front/{kind:?}/{generation:?}"), &kind.available(), move || {
                look(kind, generation, code)
            })
        })
        .collect()
}

fn look(kind: Reverse, generation: Generation, code: Code) {
    let board = board(generation);
    let proxy = kind.start(board.webrepl().port()).unwrap();
    let command = Boardwalk::at(&proxy.ws_url(), &["exec", "print(6*7)"]);
    match code {
        None => assert_eq!(command.ok(None), b"42\r\n", "{}", proxy.log()),
        Some(code) => drop(command.fails(code, None)),
    }
}
