//! Tunnels that die of silence, and those that are kept alive through it.

use boardwalk_tests::{
    Generation,
    proxies::{Forward, Program, Proxy, Reverse},
};

use super::{
    actions::board,
    command::Boardwalk,
    ways::{Running, Scheme},
};
use crate::rows::Row;

/// Seconds after which the middlebox ends a connection: less than the pings of Boardwalk are apart.
const SHORT: u32 = 8;
/// More than that, with room for a busy machine, and much less than the program is silent.
const LONG: u32 = 32;
const SILENT: [&str; 2] =
    ["import time; time.sleep(18); print('late')", "import time; time.sleep(45); print('late')"];

pub(super) fn rows() -> Vec<Row> {
    let tunnels = [Program::Tinyproxy, Program::Privoxy, Program::Apache];
    let fronts =
        [Reverse::HaproxyTcp, Reverse::HaproxyCaseAdjust, Reverse::NginxConnection, Reverse::ApacheTunnel];
    let die = tunnels.map(|program| {
        Row::new(format!("life/{program:?}/ends"), &program.available(), move || ends(program))
    });
    let live = tunnels.map(|program| {
        Row::new(format!("life/{program:?}/is kept"), &program.available(), move || {
            let proxy = tunnel(program, LONG);
            let board = board(Generation::New);
            let out = Boardwalk::on(&board, &["exec", SILENT[1]]).through(&proxy).ok(Some(&proxy));
            assert_eq!(out, b"late\r\n");
        })
    });
    let front = fronts.map(|kind| {
        Row::new(format!("life/{kind:?}/is kept"), &kind.available(), move || {
            let board = board(Generation::New);
            let proxy: Proxy = kind.start_with_idle(board.webrepl().port(), LONG).unwrap();
            assert_eq!(Boardwalk::at(&proxy.ws_url(), &["exec", SILENT[1]]).ok(None), b"late\r\n");
        })
    });
    live.into_iter().chain(front).chain(die).collect()
}

fn tunnel(program: Program, idle: u32) -> Running {
    let forward = Forward::new(program).opened().idle(idle);
    Running::of(forward.start().unwrap(), Scheme::Own, forward.auth())
}

/// Told with the time that was measured.
fn ends(program: Program) {
    let proxy = tunnel(program, SHORT);
    let board = board(Generation::New);
    let error = Boardwalk::on(&board, &["exec", SILENT[0]]).through(&proxy).fails("idle-drop", Some(&proxy));
    let text = error["message"].as_str().unwrap();
    let seconds = (SHORT..=SHORT + 6).any(|seconds| text.contains(&format!(" {seconds} s")));
    assert!(seconds, "{text}");
}
