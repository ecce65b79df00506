//! Programs that stand in front of a board and are spoken to as if they were the board: what each does to a request was read
//! from the bytes that arrive; the doctor sees only what comes back.

use boardwalk_tests::{
    Generation, WebRepl,
    proxies::Reverse::{self, *},
};

use crate::{
    ask::about,
    network::board,
    table::{
        Expected::{self, Cause, Healthy},
        Row,
    },
};

const LETTERS: Expected = Cause("handshake-rewritten");
const STRIPPED: Expected = Cause("handshake-stripped");

/// With firmware 1.20 and newer, and with 1.19 and older, which looks for the key alone.
const FRONTS: &[(&str, Reverse, Expected, Expected)] = &[
    ("haproxy, which writes small letters", HaproxyHttp, LETTERS, LETTERS),
    ("haproxy with h1-case-adjust", HaproxyCaseAdjust, Healthy, Healthy),
    ("haproxy that passes bytes", HaproxyTcp, Healthy, Healthy),
    ("caddy, which writes as Go does", Caddy, LETTERS, LETTERS),
    ("a Go program that writes requests anew", GoTcp, LETTERS, LETTERS),
    ("nginx as it comes", NginxDefault, STRIPPED, Healthy),
    ("nginx as its documentation says", NginxIdiom, STRIPPED, Healthy),
    ("nginx with $http_connection", NginxConnection, Healthy, Healthy),
    ("nginx that passes bytes", NginxStream, Healthy, Healthy),
    ("Apache with http://", ApacheHttp, STRIPPED, STRIPPED),
    ("Apache with ws://", ApacheTunnel, Healthy, Healthy),
    ("Apache with upgrade=websocket", ApacheUpgrade, Healthy, Healthy),
    ("tinyproxy in reverse", TinyproxyReverse, STRIPPED, Cause("upgrade-header-wrong")),
    ("squid as an accelerator", SquidAccelerator, STRIPPED, STRIPPED),
    ("mitmproxy in reverse", MitmproxyReverse, Healthy, Healthy),
];

pub(super) fn rows() -> Vec<Row> {
    let generations = [(Generation::New, "1.20 and newer"), (Generation::Old, "1.19 and older")];
    let row = |&(name, front, new, old): &(&str, Reverse, Expected, Expected)| {
        generations.map(|(generation, which)| {
            let expected = if generation == Generation::New { new } else { old };
            let name: &'static str = format!("in front: {name}, {which}").leak();
            Row::new(name, expected, move || {
                let board = board(WebRepl::new().generation(generation));
                let front = front.start(board.webrepl().port()).unwrap();
                about(&front.ws_url()).secret().now()
            })
            .needs(front.available())
        })
    };
    FRONTS.iter().flat_map(row).collect()
}
