//! Programs that stand in front of a board and are spoken to as if they were the board: what each does to a request was read
//! from the bytes that arrive; the doctor sees only what comes back.

use boardwalk_tests::{
    Generation, Script, ScriptedServer, WebRepl,
    proxies::{
        Damage, Proxy, ProxyError,
        Reverse::{self, *},
    },
};

use crate::{
    ask::about,
    network::{board, free_port},
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

/// What programs might do besides.
const DAMAGES: &[(&str, Damage, Expected, Expected)] = &[
    ("headers in another order", Damage::Order, Healthy, Healthy),
    ("headers that nobody asked for", Damage::Additions, Healthy, Healthy),
    ("Connection: keep-alive, Upgrade", Damage::List, Healthy, Healthy),
    ("the whole URL in the first line", Damage::Absolute, Healthy, Healthy),
    ("HTTP/1.0 in the first line", Damage::Http10, Healthy, Healthy),
    ("Upgrade: WebSocket", Damage::ValueCase, LETTERS, Healthy),
    ("small letters, and answers as they are", Damage::Lower, LETTERS, LETTERS),
    ("without the key", Damage::WithoutKey, LETTERS, LETTERS),
    ("with another key", Damage::OtherKey, Cause("accept-mismatch"), Cause("accept-mismatch")),
    ("Connection in two lines", Damage::Fold, LETTERS, LETTERS),
];

/// What they might do to answers.
const ANSWERS: &[(&str, Damage, Expected)] = &[
    ("an answer in small letters", Damage::AnswerLower, Healthy),
    ("an answer with 8 kB of headers more", Damage::AnswerAdditions, Healthy),
    ("103 before the answer", Damage::AnswerInterim, Healthy),
    ("an answer with a header in two lines", Damage::AnswerFold, Healthy),
    ("an answer in two packets", Damage::AnswerHalves, Healthy),
    ("an answer after 4 s", Damage::AnswerLate, Healthy),
    ("ten bytes a second", Damage::AnswerSlow, Cause("not-webrepl")),
    ("an answer with a subprotocol", Damage::AnswerSubprotocol, Cause("not-webrepl")),
    ("an answer with a megabyte of headers", Damage::AnswerFlood, Cause("not-webrepl")),
    ("a reset in the answer", Damage::AnswerReset, Cause("closed-before-reply")),
    ("a reset behind the request", Damage::RequestReset, Cause("closed-before-reply")),
];

/// Nobody is behind these.
const ALONE: &[(&str, Reverse, Expected)] = &[
    ("haproxy", HaproxyHttp, Cause("proxy-cannot-reach-board")),
    ("nginx", NginxDefault, Cause("proxy-cannot-reach-board")),
    ("Apache", ApacheTunnel, Cause("proxy-cannot-reach-board")),
    ("caddy", Caddy, Cause("proxy-cannot-reach-board")),
    ("tinyproxy", TinyproxyReverse, Cause("proxy-cannot-reach-board")),
    ("squid", SquidAccelerator, Cause("proxy-cannot-reach-board")),
    ("nginx that passes bytes", NginxStream, Cause("closed-before-reply")),
];

pub(super) fn rows() -> Vec<Row> {
    let fronts = FRONTS.iter().flat_map(|&(name, front, new, old)| {
        both(name, new, old, front.available(), move |board| front.start(board))
    });
    let damages = DAMAGES.iter().flat_map(|&(name, damage, new, old)| {
        both(name, new, old, Damage::available(), move |board| damage.start(board))
    });
    let answers = ANSWERS.iter().map(|&(name, damage, expected)| {
        let name: &'static str = format!("in front: {name}").leak();
        let ask = move || {
            let board = board(WebRepl::new());
            about(&damage.start(board.webrepl().port()).unwrap().ws_url()).secret().now()
        };
        Row::new(name, expected, ask).needs(Damage::available())
    });
    let alone = ALONE.iter().map(|&(name, front, expected)| {
        let name: &'static str = format!("in front: {name}, and nobody behind it").leak();
        let ask = move || about(&front.start(free_port()).unwrap().ws_url()).now();
        Row::new(name, expected, ask).needs(front.available())
    });
    let refuses = Row::new("in front: one that lets no WebSocket through", STRIPPED, || {
        let board = board(WebRepl::new());
        about(&Damage::Refuses.start(board.webrepl().port()).unwrap().ws_url()).now()
    });
    let hangs = Row::new("in front: nginx, and a board that hangs", Cause("silent-after-request"), || {
        let board = ScriptedServer::start(Script::silent()).unwrap();
        about(&NginxDefault.start(board.port()).unwrap().ws_url()).now()
    });
    fronts
        .chain(damages)
        .chain(answers)
        .chain(alone)
        .chain([refuses.needs(Damage::available()), hangs.needs(NginxDefault.available())])
        .collect()
}

fn both(
    name: &str,
    new: Expected,
    old: Expected,
    available: Result<(), ProxyError>,
    start: impl Fn(u16) -> Result<Proxy, ProxyError> + Copy + Send + Sync + 'static,
) -> [Row; 2] {
    let missing = available.err().map(|missing| missing.to_string());
    let generations = [(Generation::New, "1.20 and newer", new), (Generation::Old, "1.19 and older", old)];
    generations.map(|(generation, which, expected)| {
        let name: &'static str = format!("in front: {name}, {which}").leak();
        let ask = move || {
            let board = board(WebRepl::new().generation(generation));
            let front = start(board.webrepl().port()).unwrap();
            about(&front.ws_url()).secret().now()
        };
        Row::new(name, expected, ask).only(missing.is_none(), missing.as_deref().unwrap_or_default())
    })
}
