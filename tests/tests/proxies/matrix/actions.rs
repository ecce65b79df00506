//! proxy × generation × action: what a person does with a board, through everything that can carry it.

use boardwalk_tests::{Board, Generation, WebRepl};

use super::{
    command::Boardwalk,
    ways::{Running, Way, carriers},
};
use crate::rows::Row;

type Action = fn(&Board, &Running);

const ACTIONS: [(&str, Action); 4] = [("exec", exec), ("put", put), ("get", get), ("repl", repl)];

pub(super) fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for way in carriers() {
        let available = way.available();
        for generation in [Generation::Old, Generation::New] {
            for (action, act) in ACTIONS {
                let name = format!("through/{}/{generation:?}/{action}", way.name);
                let way: Way = way.clone();
                rows.push(Row::new(name, &available, move || {
                    let board = board(generation);
                    act(&board, way.running());
                }));
            }
        }
    }
    for way in carriers()
        .into_iter()
        .filter(|way| ["squid digest", "clash", "microsocks password"].contains(&way.name))
    {
        let name = format!("through/{}/over TLS/exec", way.name);
        rows.push(Row::new(name, &way.available(), move || over_tls(way.running())));
    }
    rows
}

/// TLS inside the tunnel, with the certificate that the person trusts.
fn over_tls(proxy: &Running) {
    let board = Board::unix().unthrottled().webrepl(WebRepl::new().tls()).start().unwrap();
    let fingerprint = board.webrepl().tls().unwrap().fingerprint();
    let command = Boardwalk::on(&board, &["exec", "print(6*7)", "--trust", &fingerprint]);
    assert_eq!(command.through(proxy).ok(Some(proxy)), b"42\r\n");
}

pub(super) fn board(generation: Generation) -> Board {
    let webrepl = WebRepl::new().generation(generation);
    Board::unix().unthrottled().file("noise.bin", noise()).webrepl(webrepl).start().unwrap()
}

/// Two lengths of header, and everything that a text frame may hold.
fn exec(board: &Board, proxy: &Running) {
    let code = "import sys\nfor i in range(40): print('%04d' % i, 'ä€𝄞' * i)\nsys.stdout.write('end')";
    let out = Boardwalk::on(board, &["exec", code]).through(proxy).ok(Some(proxy));
    let mut expected: String = (0..40).map(|i| format!("{i:04} {}\r\n", "ä€𝄞".repeat(i))).collect();
    expected += "end";
    assert_eq!(String::from_utf8(out).unwrap(), expected);
}

fn put(board: &Board, proxy: &Running) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("noise.bin");
    std::fs::write(&file, noise()).unwrap();
    Boardwalk::on(board, &["put"]).arg(&file).arg("/put.bin").through(proxy).ok(Some(proxy));
    assert_eq!(board.read_file("put.bin").unwrap(), Some(noise()));
}

fn get(board: &Board, proxy: &Running) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("back.bin");
    Boardwalk::on(board, &["get", "/noise.bin"]).arg(&file).through(proxy).ok(Some(proxy));
    assert_eq!(std::fs::read(file).unwrap(), noise());
}

/// By a pipe; a terminal adds nothing that a proxy could change.
fn repl(board: &Board, proxy: &Running) {
    let out = Boardwalk::on(board, &["repl"]).through(proxy).input("1+1\r'a' * 3\r").ok(Some(proxy));
    let text = String::from_utf8(out).unwrap();
    assert!(text.contains(">>> 1+1\r\n2\r\n>>> 'a' * 3\r\n'aaa'\r\n>>> "), "{text:?}");
}

/// Bytes that nothing compresses, the same every time; not a multiple of anything.
fn noise() -> Vec<u8> {
    (0..5_003_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}
